"""Cases in SQL: read one, write what changed of it, with the derived columns that the queue and the clocks need."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, bindparam, func, insert, select, update

from city.calendar import Calendar
from linkage.clocks import running, task_yellow
from linkage.more_time import resume_by
from linkage.record import Case, IncidentRecord, TaskRecord
from linkage.standards import Standard
from linkage.states import GONE, Disposition, IncidentState, TaskState
from linkage.tables import EVENTS, INCIDENTS, KEYS, NEVER_NS, TASKS

_INCIDENT_FIELDS = tuple(field.name for field in fields(IncidentRecord))
_TASK_FIELDS = tuple(field.name for field in fields(TaskRecord))

_DERIVED = frozenset({"due_ns", "due_stage", "due_from_ns", "due_yellow_ns", "wake_ns"})

#: Characters that can be searched for; PostgreSQL indexes at most 2,704 bytes, and a character may have four.
_LONGEST_WORDS = 600

#: Stands for the id of the row that is changed.
_NUMBER = "number_"

#: A row and whether it is a new one.
_Write = tuple[bool, dict[str, Any]]

# Built once: building a statement anew costs as much as running it.
_INCIDENT = select(INCIDENTS).where(INCIDENTS.c.id == bindparam("number"))
_TASKS = select(TASKS).where(TASKS.c.incident == bindparam("number")).order_by(TASKS.c.id)
_CHANGE_INCIDENT = update(INCIDENTS).where(INCIDENTS.c.id == bindparam(_NUMBER))
_CHANGE_TASK = update(TASKS).where(TASKS.c.id == bindparam(_NUMBER))
_LAST_ID = {table.name: select(func.max(table.c.id)) for table in (INCIDENTS, TASKS)}


def load(connection: Connection, number: int) -> Case | None:
    """Return the case with this incident id."""
    row = connection.execute(_INCIDENT, {"number": number}).mappings().one_or_none()
    if row is None:
        return None
    tasks = connection.execute(_TASKS, {"number": number}).mappings()
    return Case(incident_of(row), tuple(task_of(task) for task in tasks))


def load_all(connection: Connection, rows: Sequence[RowMapping]) -> dict[int, Case]:
    """Return the cases of these rows of `incidents` by id."""
    tasks: dict[int, list[TaskRecord]] = {row["id"]: [] for row in rows}
    query = select(TASKS).where(TASKS.c.incident.in_(tasks)).order_by(TASKS.c.id)
    for task in connection.execute(query).mappings():
        tasks[task["incident"]].append(task_of(task))
    return {row["id"]: Case(incident_of(row), tuple(tasks[row["id"]])) for row in rows}


def load_some(connection: Connection, numbers: Collection[int]) -> dict[int, Case]:
    """Return those of these cases that there are, by incident id."""
    rows = connection.execute(select(INCIDENTS).where(INCIDENTS.c.id.in_(numbers))).mappings().all()
    return load_all(connection, rows)


def incident_of(row: RowMapping) -> IncidentRecord:
    """Return the incident in a row of `incidents`."""
    values = {name: row[name] for name in _INCIDENT_FIELDS}
    values["state"] = IncidentState(row["state"])
    values["disposition"] = None if row["disposition"] is None else Disposition(row["disposition"])
    return IncidentRecord(**values)


def task_of(row: RowMapping) -> TaskRecord:
    """Return the task in a row of `tasks`."""
    return TaskRecord(**{**{name: row[name] for name in _TASK_FIELDS}, "state": TaskState(row["state"])})


def next_id(connection: Connection, table: Table) -> int:
    """Return the first free id; writers are one at a time, so it is free until the transaction ends."""
    last = connection.execute(_LAST_ID[table.name]).scalar_one()
    return 1 if last is None else int(last) + 1


def past_steps(connection: Connection, incident: int, person: str) -> frozenset[str]:
    """Return the steps that this person has taken in this incident."""
    query = select(EVENTS.c.step).where(EVENTS.c.incident == incident, EVENTS.c.actor == person).distinct()
    return frozenset(connection.execute(query).scalars())


def past_steps_in(connection: Connection, incidents: Collection[int], person: str) -> dict[int, set[str]]:
    """Return the steps that this person has taken in each of `incidents`."""
    past: dict[int, set[str]] = {number: set() for number in incidents}
    query = select(EVENTS.c.incident, EVENTS.c.step).where(EVENTS.c.actor == person, EVENTS.c.incident.in_(incidents))
    for row in connection.execute(query.distinct()):
        past[row.incident].add(row.step)
    return past


def save(connection: Connection, before: Case | None, after: Case, standard: Standard, calendar: Calendar) -> None:
    """Write what changed, inside the caller's write transaction."""
    save_all(connection, [(before, after, standard)], calendar)


def save_all(connection: Connection, cases: Sequence[tuple[Case | None, Case, Standard]], calendar: Calendar) -> None:
    """Write what changed of each case, as it stood before and stands now, inside the caller's write transaction.

    What is the same statement for many of them is one: to a server each is a way there and back.
    """
    alike: defaultdict[tuple[bool, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
    for new, row in (_of_incident(before, after, standard, calendar) for before, after, standard in cases):
        alike[new, tuple(row)].append(row)
    for (new, _), rows in alike.items():
        connection.execute(insert(INCIDENTS) if new else _CHANGE_INCIDENT, rows)
    ended = [after.incident.id for before, after, _ in cases if _has_ended(before, after)]
    if ended:
        connection.execute(update(KEYS).where(KEYS.c.incident.in_(ended)).values(open=False))
    tasks = [
        write
        for before, after, standard in cases
        for write in _of_tasks(() if before is None else before.tasks, _with_yellow(after.tasks, standard, calendar))
    ]
    for new, some in groupby(tasks, key=itemgetter(0)):
        connection.execute(insert(TASKS) if new else _CHANGE_TASK, [row for _, row in some])


def rows_of(case: Case, standard: Standard, calendar: Calendar) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the row of `incidents` and those of `tasks` that a case has, with all that is derived."""
    tasks = _with_yellow(case.tasks, standard, calendar)
    return _incident_row(case, standard, calendar), [_task_row(task) for task in tasks]


def _with_yellow(tasks: Collection[TaskRecord], standard: Standard, calendar: Calendar) -> list[TaskRecord]:
    return [replace(task, yellow_ns=task_yellow(task, standard, calendar)) for task in tasks]


def _of_incident(before: Case | None, after: Case, standard: Standard, calendar: Calendar) -> _Write:
    """Return the row of a new incident, or what changed of an old one with its id."""
    row = _incident_row(after, standard, calendar)
    if before is None:
        return True, row
    known = _incident_row(before, standard, calendar)
    # What is derived is written in any case: the city's standards may have changed since it was.
    changed = {name: value for name, value in row.items() if name in _DERIVED or known[name] != value}
    return False, {_NUMBER: after.incident.id, **changed}


def _has_ended(before: Case | None, after: Case) -> bool:
    return before is not None and before.incident.is_open and not after.incident.is_open


def _of_tasks(before: Collection[TaskRecord], after: Collection[TaskRecord]) -> Iterator[_Write]:
    """Yield the rows of new tasks, and of old ones that changed, in the order in which they must be written."""
    known = {task.id: task for task in before}
    # Legs that gave way come first: a new leg of the same department takes their place.
    for task in sorted(after, key=lambda task: task.state not in GONE):
        if task.id not in known:
            yield True, _task_row(task)
        elif task != known[task.id]:
            yield False, {_NUMBER: task.id, **_task_row(task)}


def _task_row(task: TaskRecord) -> dict[str, Any]:
    """Return the row of a task; `dataclasses.asdict` would copy all that is in it."""
    return {name: getattr(task, name) for name in _TASK_FIELDS}


def _incident_row(case: Case, standard: Standard, calendar: Calendar) -> dict[str, Any]:
    incident = case.incident
    clocks = running(case, standard, calendar)
    nearest = clocks[0] if clocks else None
    waiting = [clock.due_ns for clock in clocks if clock.due_ns > incident.marked_ns]
    if incident.is_open:
        waiting += [end for task in case.legs if (end := resume_by(task)) is not None]
    return {
        **{name: getattr(incident, name) for name in _INCIDENT_FIELDS},
        "acknowledged": int(incident.acknowledged_ns is not None),
        "due_ns": NEVER_NS if nearest is None else nearest.due_ns,
        "due_stage": "" if nearest is None else nearest.stage,
        "due_from_ns": NEVER_NS if nearest is None else nearest.from_ns,
        "due_yellow_ns": NEVER_NS if nearest is None else nearest.yellow_ns,
        "wake_ns": min(waiting, default=NEVER_NS),
        "words": _words(incident),
    }


def _words(incident: IncidentRecord) -> str:
    sensor = "" if incident.sensor is None else incident.sensor
    titles = (incident.title[language] for language in sorted(incident.title, reverse=True))  # zh first, however kept
    words = " ".join((incident.number, *titles, incident.place, sensor, incident.note))
    return words.lower()[:_LONGEST_WORDS]
