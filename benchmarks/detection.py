"""Measures how well faults and anomalies are detected: `make bench-detection`.

`python -m benchmarks.detection [--only PART] [--days N] [--nab FOLDER]`; of the parts that are left out the figures of
an earlier run stay.
"""

import argparse
import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.detection_faults import DAYS, fault_figures
from benchmarks.detection_irregular import irregular_figures
from benchmarks.detection_made_up import made_up_figures
from benchmarks.detection_nab import nab_figures
from benchmarks.report import FOLDER, report
from liandong.log import configure_log

#: Where the recorded series lie unless said: beside the repository, as the README of that folder describes.
_NAB = Path(__file__).resolve().parents[2] / "shared" / "nab"
_PARTS = ("faults", "nab", "irregular", "made_up")


def main() -> None:
    """Print a table and write `build/bench/detection.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=_PARTS, help="the simulated month, recorded or made-up series")
    parser.add_argument("--days", type=float, default=DAYS, help="simulated days, of all sensors with all rules")
    parser.add_argument("--dense", type=int, default=1, help="so many times as many faults, for a shorter look")
    parser.add_argument("--seed", type=int, default=1, help="of what is simulated")
    parser.add_argument("--nab", type=Path, default=_NAB, help="folder with labels.json and data/<group>/<series>.csv")
    arguments = parser.parse_args()
    if arguments.only not in {"faults", "made_up"} and not (arguments.nab / "labels.json").exists():
        parser.error(f"expected labels.json, got none - at {arguments.nab}")
    configure_log("detection", logging.WARNING)
    measures: Mapping[str, Callable[[], dict[str, object]]] = {
        "faults": lambda: fault_figures(arguments.days, seed=arguments.seed, dense=arguments.dense),
        "nab": lambda: nab_figures(arguments.nab),
        "irregular": lambda: irregular_figures(arguments.nab),
        "made_up": made_up_figures,
    }
    figures = _earlier()
    for part in [arguments.only] if arguments.only else _PARTS:
        figures[part] = measures[part]()
    report("detection", figures)


def _earlier() -> dict[str, object]:
    """Return what an earlier run left, without the machine that it ran on."""
    file = FOLDER / "detection.json"
    known: Mapping[str, object] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return {name: known[name] for name in _PARTS if name in known}


if __name__ == "__main__":
    main()
