"""How long a whole look at a long event log takes, on SQLite and PostgreSQL: `python -m benchmarks.linkage_log`."""

import sys
import time
from typing import Any

from benchmarks.linkage import DATABASES
from benchmarks.report import report
from linkage import event_log
from linkage.deed import Deed
from linkage.event_log import Stamp
from storage.sql import Database

ROWS = 1_000_000

_BATCH = 5_000
_FROM_NS = 1_795_161_600_000_000_000

#: What an entry about a step says, at the length that entries have: some two hundred characters.
_DATA: dict[str, object] = {
    "after": {"incident": {"state": "filed", "filed_ns": _FROM_NS}},
    "clocks": [{"stage": "dispatch", "from_ns": _FROM_NS, "due_ns": _FROM_NS + 900_000_000_000}],
    "told": ["command"],
}


def main() -> None:
    """Write a log on each database, verify it, and report."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    figures: dict[str, Any] = {"rows": rows}
    for name, opened in DATABASES.items():
        with opened() as database:
            figures[name] = _measured(database, rows)
        report("linkage_log", figures)


def _measured(database: Database, rows: int) -> dict[str, float]:
    began = time.perf_counter()
    for first in range(0, rows, _BATCH):
        with database.write() as connection:
            event_log.append(connection, map(_entry, range(first, min(first + _BATCH, rows))))
    written_s = time.perf_counter() - began
    began, began_cpu = time.perf_counter(), time.process_time()
    faults = event_log.verify(database)
    took_s, cpu_s = time.perf_counter() - began, time.process_time() - began_cpu
    assert not faults, faults[:3]
    million = rows / 1_000_000
    return {"written_s": written_s, "verified_s_per_million": took_s / million, "cpu_s_per_million": cpu_s / million}


def _entry(number: int) -> tuple[Deed, Stamp]:
    deed = Deed(step="file", from_state="reported", to_state="filed", note="水深 16 cm", data=_DATA)
    return deed, Stamp(at_ns=_FROM_NS + number, version=number % 9, actor="fang", actor_name="方")


if __name__ == "__main__":
    main()
