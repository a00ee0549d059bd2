"""The list of tasks: every department's legs, nearest deadline first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, FromClause, RowMapping, and_, func, literal, or_, select, tuple_

from city.clock import Clock
from linkage import cases, cursor, viewing
from linkage.permissions import HANDLING_ROLES
from linkage.person import Person
from linkage.queue import MAX_LIMIT, summaries
from linkage.scope import sees_everything, visible
from linkage.states import TaskState
from linkage.tables import INCIDENTS, TASKS
from linkage.views import TaskItem, TaskPage
from storage.sql import Database

_KEY = (TASKS.c.due_ns, TASKS.c.id)

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
        now_ns = self._clock.now_ns()
        wanted = TaskFilter() if wanted is None else wanted
        conditions, seen = _conditions(wanted, person, now_ns), _seen(wanted, person)
        source: FromClause = TASKS
        if seen is not None:
            source = TASKS.join(INCIDENTS, INCIDENTS.c.id == TASKS.c.incident)
            conditions.append(seen)
        query, total = select(TASKS).select_from(source).where(*conditions), select(func.count()).select_from(source)
        shown = min(limit, MAX_LIMIT)
        page = query.order_by(*_KEY).limit(shown + 1)
        if after is not None:
            due_ns, number = cursor.decode(after, len(_KEY))
            page = page.where(tuple_(*_KEY) > tuple_(literal(due_ns), literal(number)))
        with self._database.read() as connection:
            rows = list(connection.execute(page).mappings())
            items = task_items(connection, rows[:shown], person, now_ns)
            count = connection.execute(total.where(*conditions)).scalar_one()
        last = rows[shown - 1] if len(rows) > shown else None
        return TaskPage(
            items=items, next=None if last is None else cursor.encode((last["due_ns"], last["id"])), total=count
        )


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
