"""Ten thousand connections of one message each, on both brokers: `make soak`. It ends itself."""

import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.report import report
from tests.support.brokers import KINDS, City, running
from tests.support.ingest_process import journaled, running_ingest
from tests.support.oracle import Oracle
from tests.support.reconnecting import reconnect

RECONNECTS = 10_000


def main() -> None:
    """Show both brokers; the exit code is 1 when anything was lost, doubled or made up."""
    figures = {kind: _soaked(kind) for kind in KINDS}
    report("soak-ingest", figures)
    sys.exit(any(figure[name] for figure in figures.values() for name in ("lost", "doubled", "never_sent")))


def _soaked(kind: str) -> dict[str, Any]:
    oracle = Oracle()
    with TemporaryDirectory(prefix="liandong-soak-") as name:
        folder = Path(name) / "ingest"
        with running(kind, Path(name) / "broker") as city:
            took_s = _reconnected(city, folder, oracle)
        kept = Counter(journaled(folder))
    return {
        "reconnects": RECONNECTS,
        "took_s": round(took_s, 1),
        "lost": len(oracle.owed - kept.keys()),
        "doubled": sum(times > 1 for times in kept.values()),
        "never_sent": len(kept.keys() - oracle.sent),
    }


def _reconnected(city: City, folder: Path, oracle: Oracle) -> float:
    with running_ingest(folder, city.settings) as ingest:
        ingest.until(lambda seen: bool(seen["connected"]))
        began_s = time.monotonic()
        reconnect(city, oracle, RECONNECTS)
        took_s = time.monotonic() - began_s
        oracle.flows(city, ingest)
    return took_s


if __name__ == "__main__":
    main()
