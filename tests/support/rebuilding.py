"""What the event log tells of rows, against the rows."""

from linkage.audit.rebuilding import Rebuilder
from linkage.ledger import Ledger


def rebuilder(ledger: Ledger) -> Rebuilder:
    """Return what compares and mends the rows that `ledger` writes."""
    return Rebuilder(ledger.database, ledger.clock, ledger.book.standards, ledger.book.calendar)


def unlike_the_log(ledger: Ledger) -> list[str]:
    """Return every column that is not what the log tells, and every incident of which it does not tell."""
    found = rebuilder(ledger).check()
    return [*map(str, found.differences), *(f"incident {one}: {why}" for one, why in found.skipped.items())]
