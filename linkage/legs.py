"""The list of tasks: every department's legs, nearest deadline first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, bindparam, literal, or_, select, tuple_

from city.clock import Clock
from linkage import cases, cursor, viewing
from linkage.finding import COUNTED
from linkage.permissions import HANDLING_ROLES
from linkage.person import Person
from linkage.queue import MAX_LIMIT, summaries
from linkage.scope import sees_everything, visible
from linkage.states import TaskState
from linkage.tables import INCIDENTS, TASKS
from linkage.views import TaskItem, TaskPage
from storage.sql import Database

_KEY = (TASKS.c.due_ns, TASKS.c.id)

# Built once: building a statement anew costs as much as running it.
_THESE = select(TASKS).where(TASKS.c.id.in_(bindparam("numbers", expanding=True))).order_by(*_KEY)

#: States in which the handling clock runs.
_RUNNING = (TaskState.DISPATCHED, TaskState.ACCEPTED, TaskState.ARRIVED, TaskState.HANDLING)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """Which tasks; an empty collection asks for nothing in particular.

    Attributes:
        departments: of one of these departments.
        states: in one of these states.
        mine: only the person's department's.
        given: only those given to the person, or to nobody in particular.
        overdue: only those past their limit, or fed back past it and not excused by an appeal.
    """

    departments: Collection[str] = ()
    states: Collection[str] = ()
    mine: bool = False
    given: bool = False
    overdue: bool = False


class Tasks:
    """Reads pages of tasks. Calls block on the database: call from a thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def page(
        self, person: Person, wanted: TaskFilter | None = None, *, limit: int = 50, after: str | None = None
    ) -> TaskPage:
        """Return tasks of incidents that `person` may see, with the steps they may take, from after the cursor.

        Raises:
            BadRequest: `after` is not a cursor of this list.
        """
        wanted, now_ns = TaskFilter() if wanted is None else wanted, self._clock.now_ns()
        start = None if after is None else cursor.decode(after, len(_KEY))
        shown = min(limit, MAX_LIMIT)
        with self._database.read() as connection:
            keys, total = _keys(connection, _matching(wanted, person, now_ns), start, shown + 1)
            rows = connection.execute(_THESE, {"numbers": [number for _, number in keys[:shown]]}).mappings()
            items = task_items(connection, list(rows), person, now_ns)
        following = cursor.encode(keys[shown - 1]) if len(keys) > shown else None
        return TaskPage(items=items, next=following, total=min(total, COUNTED), exact=total <= COUNTED)


def _keys(
    connection: Connection, matching: Select[int, int], start: Sequence[int] | None, most: int
) -> tuple[list[tuple[int, int]], int]:
    """Return the deadlines and ids of at most `most` tasks from after `start`, and how many there are in all.

    Few are found all and sorted here, many soon by the index on their deadline; for a database both are the same
    question, and it has to guess. Many are counted no further than COUNTED + 1.
    """
    few = [(due_ns, number) for due_ns, number in connection.execute(matching.limit(COUNTED + 1)).all()]
    if len(few) <= COUNTED:
        return [key for key in sorted(few) if start is None or key > tuple(start)][:most], len(few)
    page = matching.order_by(*_KEY).limit(most)
    if start is not None:
        page = page.where(tuple_(*_KEY) > tuple_(*map(literal, start)))
    return [(due_ns, number) for due_ns, number in connection.execute(page).all()], len(few)


def _matching(wanted: TaskFilter, person: Person, now_ns: int) -> Select[int, int]:
    """Return the query for the deadlines and ids of all tasks that are wanted and that `person` may see."""
    conditions, seen = _conditions(wanted, person, now_ns), _seen(wanted, person)
    query = select(*_KEY).where(*conditions)
    return query if seen is None else query.join(INCIDENTS, INCIDENTS.c.id == TASKS.c.incident).where(seen)


def task_items(connection: Connection, rows: Sequence[RowMapping], person: Person, now_ns: int) -> tuple[TaskItem, ...]:
    """Return rows of `tasks` with their incidents and the steps that `person` may take at `now_ns`."""
    numbers = sorted({row["incident"] for row in rows})
    lines = list(connection.execute(select(INCIDENTS).where(INCIDENTS.c.id.in_(numbers))).mappings())
    summary = {line.id: line for line in summaries(connection, lines)}
    known = cases.load_all(connection, lines)
    past = cases.past_steps_in(connection, numbers, person.id)
    items = []
    for row in rows:
        task, case = cases.task_of(row), known[row["incident"]]
        values = viewing.task_of(task, viewing.task_steps(case, task, person, past[row["incident"]], now_ns))
        items.append(TaskItem(**dict(values), summary=summary[values.incident]))
    return tuple(items)


def _seen(wanted: TaskFilter, person: Person) -> ColumnElement[bool] | None:
    """Return the condition on the incidents of tasks under which `person` sees them; None where they see all."""
    if sees_everything(person):
        return None
    if not (wanted.mine and person.department and person.holds(HANDLING_ROLES)):
        return visible(person)
    # Their department has a task in it, so only the district is left to ask for.
    if not person.district:
        return None
    return INCIDENTS.c.district.in_(["", person.district]) | (INCIDENTS.c.reporter == person.id)


def _conditions(wanted: TaskFilter, person: Person, now_ns: int) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.departments:
        conditions.append(TASKS.c.department.in_(list(wanted.departments)))
    if wanted.states:
        conditions.append(TASKS.c.state.in_(list(wanted.states)))
    if wanted.mine:
        conditions.append(TASKS.c.department == person.department)
    if wanted.given:
        conditions.append(TASKS.c.handler.in_(["", person.id]))
    if wanted.overdue:
        running = and_(TASKS.c.state.in_(_RUNNING), TASKS.c.due_ns < now_ns)
        conditions.append(or_(running, and_(TASKS.c.overdue, TASKS.c.exempt.is_(False))))
    return conditions
