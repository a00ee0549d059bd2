"""Reads incidents' events from the log and folds each incident's into its story."""

from collections.abc import Collection, Iterable
from itertools import groupby
from operator import itemgetter

import orjson
import structlog
from prometheus_client import Counter
from sqlalchemy import Connection, RowMapping, bindparam, select

from city.errors import BadDocument
from linkage.evaluation.facts import Story
from linkage.evaluation.fold import SILENT_STEPS, folded
from linkage.evaluation.trail import Event
from linkage.tables import EVENTS

log = structlog.get_logger()

STORIES_LEFT_OUT = Counter(
    "linkage_evaluation_stories_dropped_total",
    "Incidents that evaluation leaves out, since their events make no sense.",
)

_COLUMNS = (
    EVENTS.c.incident,
    EVENTS.c.number,
    EVENTS.c.step,
    EVENTS.c.at_ns,
    EVENTS.c.actor,
    EVENTS.c.task,
    EVENTS.c.to_state,
    EVENTS.c.data,
)
_SAYING = EVENTS.c.step.not_in(sorted(SILENT_STEPS))
_OF_SOME = (
    select(*_COLUMNS)
    .where(EVENTS.c.incident.in_(bindparam("incidents", expanding=True)), _SAYING, EVENTS.c.number <= bindparam("last"))
    .order_by(EVENTS.c.incident, EVENTS.c.number)
)


def stories_of(connection: Connection, incidents: Collection[int], last: int) -> list[Story]:
    """Return what events up to the number `last` say of these incidents."""
    rows = connection.execute(_OF_SOME, {"incidents": sorted(incidents), "last": last}).mappings()
    told = (_story(incident, some) for incident, some in groupby(rows, key=itemgetter("incident")))
    return [story for story in told if story is not None]


def _story(incident: int, rows: Iterable[RowMapping]) -> Story | None:
    """Return an incident's story; None, told and counted, where an event says what no event can."""
    try:
        return folded(incident, map(event_of, rows))
    except (BadDocument, orjson.JSONDecodeError) as error:
        STORIES_LEFT_OUT.inc()
        log.exception("incident_not_evaluated", incident=incident, cause=str(error))
        return None


def event_of(row: RowMapping) -> Event:
    """Return an entry of the log as evaluation reads it."""
    return Event(
        number=row["number"],
        step=row["step"],
        at_ns=row["at_ns"],
        actor="" if row["actor"] is None else row["actor"],
        task=row["task"],
        to_state=row["to_state"],
        data=orjson.loads(row["data"]),
    )
