"""What the event log tells of rows, against the rows."""

from zoneinfo import ZoneInfo

from city.calendar import Calendar
from city.clock import SystemClock
from linkage.audit.rebuilding import Rebuilder
from linkage.ledger import Ledger
from linkage.standards import parse_standards
from storage.sql import Database

#: Columns of tasks, and of incidents, that follow from the city's standards and calendar.
_FOLLOWING = (("yellow_ns",), ("due_ns", "due_stage", "due_from_ns", "due_yellow_ns", "wake_ns"))


def rebuilder(ledger: Ledger) -> Rebuilder:
    """Return what compares and mends the rows that `ledger` writes."""
    return Rebuilder(ledger.database, ledger.clock, ledger.book.standards, ledger.book.calendar)


def unlike_the_log(ledger: Ledger) -> list[str]:
    """Return every column that is not what the log tells, and every incident of which it does not tell."""
    found = rebuilder(ledger).check()
    return [*map(str, found.differences), *(f"incident {one}: {why}" for one, why in found.skipped.items())]


def facts_unlike_the_log(database: Database) -> list[str]:
    """Return the same but what follows from a city's standards, and nothing of incidents that no event tells of."""
    standards, calendar = parse_standards("classes: []\n"), Calendar(zone=ZoneInfo("Asia/Shanghai"))
    found = Rebuilder(database, SystemClock(), standards, calendar).check()
    return [str(one) for one in found.differences if one.column not in _FOLLOWING[one.task is None]]
