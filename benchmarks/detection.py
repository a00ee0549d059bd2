"""Measures how well anomalies are detected: `python -m benchmarks.detection [--nab FOLDER]`; `make bench-detection`."""

import argparse
from pathlib import Path

from benchmarks.detection_nab import nab_figures
from benchmarks.report import report

#: Where the recorded series lie unless said: beside the repository, as the README of that folder describes.
_NAB = Path(__file__).resolve().parents[2] / "shared" / "nab"


def main() -> None:
    """Print a table and write `build/bench/detection.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nab", type=Path, default=_NAB, help="folder with labels.json and data/<group>/<series>.csv")
    arguments = parser.parse_args()
    if not (arguments.nab / "labels.json").exists():
        parser.error(f"expected labels.json, got none - at {arguments.nab}")
    report("detection", {"nab": nab_figures(arguments.nab)})


if __name__ == "__main__":
    main()
