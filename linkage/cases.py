"""Cases in SQL: read one, write what changed of it, with the derived columns that the queue and the clocks need."""

from collections.abc import Collection
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, func, insert, select, update

from linkage.clocks import running
from linkage.record import Case, IncidentRecord, TaskRecord
from linkage.standards import Standard
from linkage.states import GONE, Disposition, IncidentState, TaskState
from linkage.tables import EVENTS, INCIDENTS, KEYS, NEVER_NS, TASKS

_INCIDENT_FIELDS = tuple(field.name for field in fields(IncidentRecord))
_TASK_FIELDS = tuple(field.name for field in fields(TaskRecord))


def load(connection: Connection, number: int) -> Case | None:
    """Return the case with this incident id."""
    row = connection.execute(select(INCIDENTS).where(INCIDENTS.c.id == number)).mappings().one_or_none()
    if row is None:
        return None
    tasks = connection.execute(select(TASKS).where(TASKS.c.incident == number).order_by(TASKS.c.id)).mappings()
    return Case(incident_of(row), tuple(task_of(task) for task in tasks))


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
    last = connection.execute(select(func.max(table.c.id))).scalar_one()
    return 1 if last is None else int(last) + 1


def past_steps(connection: Connection, incident: int, person: str) -> frozenset[str]:
    """Return the steps that this person has taken in this incident."""
    query = select(EVENTS.c.step).where(EVENTS.c.incident == incident, EVENTS.c.actor == person).distinct()
    return frozenset(connection.execute(query).scalars())


def save(connection: Connection, before: Case | None, after: Case, standard: Standard) -> None:
    """Write what changed, inside the caller's write transaction."""
    row = _incident_row(after, standard)
    if before is None:
        connection.execute(insert(INCIDENTS).values(row))
    else:
        known = _incident_row(before, standard)
        changed = {name: value for name, value in row.items() if known[name] != value}
        if changed:
            connection.execute(update(INCIDENTS).where(INCIDENTS.c.id == after.incident.id).values(changed))
        if before.incident.is_open and not after.incident.is_open:
            connection.execute(update(KEYS).where(KEYS.c.incident == after.incident.id).values(open=False))
    _save_tasks(connection, () if before is None else before.tasks, after.tasks)


def _save_tasks(connection: Connection, before: Collection[TaskRecord], after: Collection[TaskRecord]) -> None:
    known = {task.id: task for task in before}
    # Legs that gave way come first: a new leg of the same department takes their place.
    for task in sorted(after, key=lambda task: task.state not in GONE):
        if task.id not in known:
            connection.execute(insert(TASKS).values(asdict(task)))
        elif task != known[task.id]:
            connection.execute(update(TASKS).where(TASKS.c.id == task.id).values(asdict(task)))


def _incident_row(case: Case, standard: Standard) -> dict[str, Any]:
    incident = case.incident
    clocks = running(case, standard)
    nearest = clocks[0] if clocks else None
    waiting = [clock.due_ns for clock in clocks if clock.due_ns > incident.marked_ns]
    return {
        **{name: getattr(incident, name) for name in _INCIDENT_FIELDS},
        "acknowledged": int(incident.acknowledged_ns is not None),
        "due_ns": NEVER_NS if nearest is None else nearest.due_ns,
        "due_stage": "" if nearest is None else nearest.stage,
        "due_from_ns": NEVER_NS if nearest is None else nearest.from_ns,
        "wake_ns": min(waiting, default=NEVER_NS),
        "words": _words(incident),
    }


def _words(incident: IncidentRecord) -> str:
    sensor = "" if incident.sensor is None else incident.sensor
    return " ".join((incident.number, *incident.title.values(), incident.place, sensor, incident.note)).lower()
