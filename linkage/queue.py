"""The queue: pages of incidents, unacknowledged first, then by priority, nearest deadline and age."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, bindparam, select

from city.clock import Clock
from linkage import viewing
from linkage.finding import COUNTED, Cut, QueueFilter, find
from linkage.overview.overview import Overview
from linkage.person import Person
from linkage.scope import visible
from linkage.tables import INCIDENTS, TASKS
from linkage.views import IncidentPage, IncidentSummary, Leg, QueueCounts
from storage.sql import Database

# Built once: building a statement anew costs as much as running it.
_THESE = select(INCIDENTS).where(INCIDENTS.c.id.in_(bindparam("numbers", expanding=True)))

#: Most lines of one page.
MAX_LIMIT = 200


class Queue:
    """Reads pages of incidents. Calls block on the database: call from a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open = Overview(database, _lines)

    def follow(self) -> None:
        """Catch up with the event log, so that those who ask next need not wait for it.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        self._open.follow()

    def page(
        self, person: Person, wanted: QueueFilter | None = None, *, limit: int = 50, after: str | None = None
    ) -> IncidentPage:
        """Return the lines that `person` may see, from after the cursor `after`; their order is `finding.find`'s.

        Raises:
            BadRequest: `after` is not a cursor of this list.
        """
        chosen = QueueFilter() if wanted is None else wanted
        cut = Cut(min(limit, MAX_LIMIT), after)
        if chosen.open:
            seen = self._open.page(person, chosen, cut)
            found, items = seen.found, seen.lines
        else:
            # Asked before the connection is taken: nobody waits for the overview with one in hand.
            both = chosen.open is None and chosen.words
            worded = self._open.matching(chosen.words, COUNTED + 1) if both else None
            with self._database.read() as connection:
                found = find(connection, person, chosen, cut, worded)
                items = _lines(connection, found.ids)
        return IncidentPage(items=items, next=found.next, total=found.total, exact=found.exact)

    def counts(self, person: Person, clock: Clock) -> QueueCounts:
        """Return how many open incidents `person` may see: all, unacknowledged, overdue, and of each priority."""
        return self._open.counts(person, clock.now_ns())

    def summary(self, incident: int, person: Person) -> IncidentSummary | None:
        """Return one line, or None when it is not `person`'s to see."""
        query = select(INCIDENTS).where(INCIDENTS.c.id == incident, visible(person))
        with self._database.read() as connection:
            lines = summaries(connection, list(connection.execute(query).mappings()))
        return lines[0] if lines else None


def _lines(connection: Connection, ids: Sequence[int]) -> tuple[IncidentSummary, ...]:
    """Return incidents as lines, in the order of `ids`."""
    rows = connection.execute(_THESE, {"numbers": ids}).mappings()
    known = {row["id"]: row for row in rows}
    return summaries(connection, [known[number] for number in ids])


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
