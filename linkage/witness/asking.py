"""Which readings are wanted as evidence: asked for in the transaction of the event that they are about."""

from collections.abc import Iterable

from sqlalchemy import Connection, insert

from city.clock import SECOND_NS
from linkage.event_log import Entry
from linkage.record import Case
from linkage.states import Step
from linkage.tables import EVIDENCE

#: Events before and after which the sensor's readings are kept.
MOMENTS = frozenset({"open", Step.REOPEN, Step.FEED_BACK, Step.CHECK, Step.CLOSE, Step.FORCE_CLOSE})

#: Readings kept before and after a moment: what a person needs to see a rise and its end in, and few enough to keep.
_BEFORE_NS, _AFTER_NS = 15 * 60 * SECOND_NS, 5 * 60 * SECOND_NS

WAITING = "waiting"


def ask(connection: Connection, found: Iterable[tuple[Entry, Case]], now_ns: int) -> int:
    """Ask for the readings around those of `found` that are such moments; return how many."""
    rows = [
        {
            "incident": case.incident.id,
            "event": entry.number,
            "moment": str(entry.deed.step),
            "sensor": case.incident.sensor,
            "at_ns": now_ns,
            "from_ns": now_ns - _BEFORE_NS,
            "to_ns": now_ns + _AFTER_NS,
            "state": WAITING,
            "attempts": 0,
            "next_ns": now_ns + _AFTER_NS,
            "reason": "",
            "series": [],
        }
        for entry, case in found
        if entry.deed.step in MOMENTS and case.incident.sensor is not None
    ]
    if rows:
        connection.execute(insert(EVIDENCE), rows)
    return len(rows)
