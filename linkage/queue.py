"""The queue: pages of incidents, unacknowledged first, then by priority, nearest deadline and age."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, UnaryExpression, func, literal, select, tuple_

from linkage import cursor, viewing
from linkage.person import Person
from linkage.scope import mine, visible, with_department
from linkage.tables import ENDED_ORDER, INCIDENTS, QUEUE_ORDER, TASKS
from linkage.views import IncidentPage, IncidentSummary, Leg
from storage.sql import Database

#: Most lines of one page.
MAX_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Which incidents; an empty collection asks for nothing in particular.

    Attributes:
        open: True for those not ended, False for those ended, None for both.
        mine: only those in which the person or their department has a part.
        q: words that must all stand in number, title, place, sensor or note.
    """

    open: bool | None = True
    states: Collection[str] = ()
    priorities: Collection[int] = ()
    departments: Collection[str] = ()
    domains: Collection[str] = ()
    districts: Collection[str] = ()
    classes: Collection[str] = ()
    mine: bool = False
    q: str = ""


class Queue:
    """Reads pages of incidents. Calls block on the database: call from a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, person: Person, wanted: QueueFilter | None = None, *, limit: int = 50, after: str | None = None
    ) -> IncidentPage:
        """Return the lines that `person` may see, from after the cursor `after`.

        Open incidents come in queue order; ended ones newest end first; both together newest first.

        Raises:
            BadRequest: `after` is not a cursor of this list.
        """
        chosen = QueueFilter() if wanted is None else wanted
        order = _order(chosen)
        conditions = _conditions(chosen, person)
        shown = min(limit, MAX_LIMIT)
        # The ids come from an index alone; only the lines shown are read whole.
        ids = select(INCIDENTS.c.id).where(*conditions).order_by(*order.columns).limit(shown + 1)
        if after is not None:
            ids = ids.where(order.follows(cursor.decode(after, len(order.names))))
        query = select(INCIDENTS).where(INCIDENTS.c.id.in_(ids)).order_by(*order.columns)
        with self._database.read() as connection:
            rows = list(connection.execute(query).mappings())
            total = connection.execute(_count(conditions)).scalar_one()
            items = summaries(connection, rows[:shown])
        last = rows[shown - 1] if len(rows) > shown else None
        return IncidentPage(items=items, next=None if last is None else cursor.encode(order.key(last)), total=total)

    def summary(self, incident: int, person: Person) -> IncidentSummary | None:
        """Return one line, or None when it is not `person`'s to see."""
        query = select(INCIDENTS).where(INCIDENTS.c.id == incident, visible(person))
        with self._database.read() as connection:
            lines = summaries(connection, list(connection.execute(query).mappings()))
        return lines[0] if lines else None


def summaries(connection: Connection, rows: Sequence[RowMapping]) -> tuple[IncidentSummary, ...]:
    """Return rows of `incidents` as lines, with the newest leg of each department."""
    legs: dict[int, dict[str, Leg]] = defaultdict(dict)
    tasks = connection.execute(
        select(TASKS.c.incident, TASKS.c.department, TASKS.c.state)
        .where(TASKS.c.incident.in_([row["id"] for row in rows]))
        .order_by(TASKS.c.id)
    )
    for task in tasks:
        legs[task.incident][task.department] = Leg(department=task.department, state=task.state)
    return tuple(viewing.summary_of(row, legs[row["id"]].values()) for row in rows)


@dataclass(frozen=True, slots=True)
class _Order:
    """A sort order over columns that are never null; `descending` turns all of them round."""

    names: tuple[str, ...]
    descending: bool = False

    @property
    def columns(self) -> list[ColumnElement[int] | UnaryExpression[int]]:
        columns = [INCIDENTS.c[name] for name in self.names]
        return [column.desc() for column in columns] if self.descending else list(columns)

    def follows(self, key: tuple[int, ...]) -> ColumnElement[bool]:
        columns = tuple_(*(INCIDENTS.c[name] for name in self.names))
        values = tuple_(*(literal(part) for part in key))
        return columns < values if self.descending else columns > values

    def key(self, row: RowMapping) -> tuple[int, ...]:
        return tuple(row[name] for name in self.names)


_QUEUE_ORDER = _Order(QUEUE_ORDER)
_ENDED_ORDER = _Order(ENDED_ORDER, descending=True)
_NEWEST_ORDER = _Order(("id",), descending=True)


def _order(wanted: QueueFilter) -> _Order:
    if wanted.open is None:
        return _NEWEST_ORDER
    return _QUEUE_ORDER if wanted.open else _ENDED_ORDER


def _conditions(wanted: QueueFilter, person: Person) -> list[ColumnElement[bool]]:
    conditions = [visible(person)]
    if wanted.open is not None:
        ended = INCIDENTS.c.ended_ns
        conditions.append(ended.is_(None) if wanted.open else ended.is_not(None))
    for column, values in (
        (INCIDENTS.c.state, wanted.states),
        (INCIDENTS.c.priority, wanted.priorities),
        (INCIDENTS.c.domain, wanted.domains),
        (INCIDENTS.c.district, wanted.districts),
        (INCIDENTS.c.incident_class, wanted.classes),
    ):
        if values:
            conditions.append(column.in_(list(values)))
    if wanted.departments:
        conditions.append(with_department(list(wanted.departments)))
    if wanted.mine:
        conditions.append(mine(person))
    if wanted.q.strip():
        conditions.append(_worded(wanted))
    return conditions


def _worded(wanted: QueueFilter) -> ColumnElement[bool]:
    """Return the condition that all words stand in the incident; a list of ids, so that an index alone is searched."""
    found = select(INCIDENTS.c.id)
    if wanted.open:
        found = found.where(INCIDENTS.c.ended_ns.is_(None))
    words = (INCIDENTS.c.words.contains(word, autoescape=True) for word in wanted.q.lower().split())
    return INCIDENTS.c.id.in_(found.where(*words))


def _count(conditions: list[ColumnElement[bool]]) -> Select[int]:
    return select(func.count()).select_from(INCIDENTS).where(*conditions)
