"""Reads from SQL what the overview keeps of open incidents, and which of them have changed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, func, select

from linkage.overview.columns import KEPT
from linkage.tables import EVENTS, INCIDENTS, TASKS

#: Incidents that are read with one query; SQLite allows 32,766 parameters.
_AT_ONCE = 1000

#: Of more changes than this, all is read again: that is then the shorter way.
MOST_CHANGED = 20_000

#: Rows were put back to what the log tells; it names no single incident.
_REBUILT = "rebuild"

_OPEN = INCIDENTS.c.ended_ns.is_(None)
_LINES = select(*(INCIDENTS.c[name] for name in KEPT)).where(_OPEN)
_LEGS = select(TASKS.c.incident, TASKS.c.department).distinct()
_THESE: BindParameter[list[int]] = bindparam("numbers", expanding=True)

# Built once: building a statement anew costs as much as running it.
_SOME_LINES = _LINES.where(INCIDENTS.c.id.in_(_THESE))
_SOME_LEGS = _LEGS.where(TASKS.c.incident.in_(_THESE))
_ALL_LEGS = _LEGS.join(INCIDENTS, INCIDENTS.c.id == TASKS.c.incident).where(_OPEN)
_CHANGED = (
    select(EVENTS.c.incident, EVENTS.c.actor, func.min(EVENTS.c.version).label("version"))
    .where(EVENTS.c.number > bindparam("upto"), EVENTS.c.incident.is_not(None) | (EVENTS.c.step == _REBUILT))
    .group_by(EVENTS.c.incident, EVENTS.c.actor)
    .limit(bindparam("most"))
)
_ACTED = (
    select(EVENTS.c.incident)
    .join(INCIDENTS, INCIDENTS.c.id == EVENTS.c.incident)
    .where(EVENTS.c.actor == bindparam("person"), _OPEN)
    .distinct()
)

#: An incident's id, what is kept of it, and the departments that have, or had, a task in it.
Line = tuple[int, Sequence[Any], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody, or the system, did in an incident lately; `version` is that of the first of it."""

    incident: int
    actor: str | None
    version: int


def changed(connection: Connection, upto: int) -> list[Change] | None:
    """Return what was done after event `upto`; None where all must be read again."""
    rows = connection.execute(_CHANGED, {"upto": upto, "most": MOST_CHANGED + 1}).all()
    if len(rows) > MOST_CHANGED or any(row.incident is None for row in rows):
        return None
    return [Change(*row) for row in rows]


def everything(connection: Connection) -> Iterator[Line]:
    """Yield every open incident."""
    legs = _legs(connection.execute(_ALL_LEGS).all())
    for row in connection.execute(_LINES.execution_options(yield_per=_AT_ONCE)):
        yield row.id, row, legs.get(row.id, ())


def some(connection: Connection, numbers: Sequence[int]) -> Iterator[Line]:
    """Yield those of these incidents that are open."""
    for start in range(0, len(numbers), _AT_ONCE):
        these = {"numbers": numbers[start : start + _AT_ONCE]}
        legs = _legs(connection.execute(_SOME_LEGS, these).all())
        for row in connection.execute(_SOME_LINES, these):
            yield row.id, row, legs.get(row.id, ())


def acted(connection: Connection, person: str) -> set[int]:
    """Return the open incidents in which a person took a step."""
    return set(connection.execute(_ACTED, {"person": person}).scalars())


def _legs(rows: Sequence[Row[Any, Any]]) -> dict[int, tuple[str, ...]]:
    legs: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    for row in rows:
        legs[row.incident] += (row.department,)
    return legs
