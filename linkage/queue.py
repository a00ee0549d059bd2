"""The queue: pages of incidents, unacknowledged first, then by priority, nearest deadline and age."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, Integer, RowMapping, func, select

from city.clock import Clock
from city.level import PRIORITIES
from linkage import viewing
from linkage.finding import Cut, QueueFilter, find
from linkage.person import Person
from linkage.scope import visible
from linkage.tables import INCIDENTS, TASKS
from linkage.views import IncidentPage, IncidentSummary, Leg, QueueCounts
from linkage.words import OpenWords
from storage.sql import Database

#: Most lines of one page.
MAX_LIMIT = 200


class Queue:
    """Reads pages of incidents. Calls block on the database: call from a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._words = OpenWords()

    def page(
        self, person: Person, wanted: QueueFilter | None = None, *, limit: int = 50, after: str | None = None
    ) -> IncidentPage:
        """Return the lines that `person` may see, from after the cursor `after`; their order is `finding.find`'s.

        Raises:
            BadRequest: `after` is not a cursor of this list.
        """
        chosen = QueueFilter() if wanted is None else wanted
        with self._database.read() as connection:
            found = find(connection, person, chosen, Cut(min(limit, MAX_LIMIT), after), self._words)
            rows = connection.execute(select(INCIDENTS).where(INCIDENTS.c.id.in_(found.ids))).mappings()
            known = {row["id"]: row for row in rows}
            items = summaries(connection, [known[number] for number in found.ids])
        return IncidentPage(items=items, next=found.next, total=found.total, exact=found.exact)

    def counts(self, person: Person, clock: Clock) -> QueueCounts:
        """Return how many open incidents `person` may see: all, unacknowledged, overdue, and of each priority."""
        late = func.sum((INCIDENTS.c.due_ns < clock.now_ns()).cast(Integer))
        query = (
            select(INCIDENTS.c.acknowledged, INCIDENTS.c.priority, func.count().label("all"), late.label("late"))
            .where(INCIDENTS.c.ended_ns.is_(None), visible(person))
            .group_by(INCIDENTS.c.acknowledged, INCIDENTS.c.priority)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        by_priority = {str(priority): 0 for priority in PRIORITIES}
        for row in rows:
            by_priority[str(row["priority"])] += row["all"]
        return QueueCounts(
            open=sum(row["all"] for row in rows),
            unacknowledged=sum(row["all"] for row in rows if not row["acknowledged"]),
            overdue=sum(row["late"] for row in rows),
            by_priority=by_priority,
        )

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
