"""Which readings and pictures are wanted as evidence: asked for in the transaction of the event they are about."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, insert

from city.clock import SECOND_NS
from city.level import Domain
from linkage.event_log import Entry
from linkage.record import Case, IncidentRecord
from linkage.states import Step
from linkage.tables import EVIDENCE

#: Events before and after which the sensor's readings are kept.
MOMENTS = frozenset({"open", Step.REOPEN, Step.FEED_BACK, Step.CHECK, Step.CLOSE, Step.FORCE_CLOSE})

#: Readings kept before and after a moment: what a person needs to see a rise and its end in, and few enough to keep.
_BEFORE_NS, _AFTER_NS = 15 * 60 * SECOND_NS, 5 * 60 * SECOND_NS

WAITING = "waiting"

#: Kinds of evidence: a sensor's readings, and the address of a camera's picture.
READINGS, SNAPSHOT = "readings", "snapshot"

#: Pictures are looked for at once, and again later where ingest does not answer; a camera's clock may be ahead so far.
_AHEAD_NS = 60 * SECOND_NS


def ask(connection: Connection, found: Iterable[tuple[Entry, Case]], now_ns: int, age_ns: int) -> int:
    """Ask for the readings around such moments of `found`, and pictures at most `age_ns` old; return how many."""
    rows = [row for entry, case in found for row in _wanted(entry, case, now_ns, age_ns)]
    if rows:
        connection.execute(insert(EVIDENCE), rows)
    return len(rows)


def _wanted(entry: Entry, case: Case, now_ns: int, age_ns: int) -> Iterator[dict[str, object]]:
    shared = {
        "incident": case.incident.id,
        "event": entry.number,
        "moment": str(entry.deed.step),
        "at_ns": now_ns,
        "state": WAITING,
        "attempts": 0,
        "reason": "",
        "series": [],
    }
    sensor, step = case.incident.sensor, entry.deed.step
    if step in MOMENTS and sensor is not None:
        from_ns, to_ns = now_ns - _BEFORE_NS, now_ns + _AFTER_NS
        yield {**shared, "kind": READINGS, "sensor": sensor, "from_ns": from_ns, "to_ns": to_ns, "next_ns": to_ns}
    if step == "open" and _is_seen(case.incident):
        camera = sensor if sensor is not None and case.incident.domain == Domain.VIDEO else ""
        span = {"from_ns": now_ns - age_ns, "to_ns": now_ns + _AHEAD_NS, "next_ns": now_ns}
        yield {**shared, **span, "kind": SNAPSHOT, "sensor": camera}


def _is_seen(incident: IncidentRecord) -> bool:
    """Tell whether a camera may have seen it: what a camera raised, or what somebody reports at a place."""
    if incident.drill:
        return False
    return incident.domain == Domain.VIDEO or (not incident.by_alarm and incident.longitude is not None)
