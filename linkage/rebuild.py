"""The fold of one incident's entries of the event log into its rows: pure, so that the log alone gives them again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import orjson
from sqlalchemy import RowMapping

from city.errors import BadDocument
from linkage.changes import AFTER, INCIDENT_COLUMNS, TASK_COLUMNS
from linkage.record import Case, IncidentRecord, TaskRecord
from linkage.states import Disposition, IncidentState, TaskState

_KNOWN, _KNOWN_TASK = frozenset(INCIDENT_COLUMNS), frozenset(TASK_COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An entry of the log as the fold reads it: what it tells of rows, and the version that it made."""

    number: int
    version: int
    data: Mapping[str, Any]

    @classmethod
    def of(cls, row: RowMapping) -> Self:
        """Return the entry in a row of `events`; raises BadDocument where its data is none."""
        try:
            data = orjson.loads(row["data"])
        except orjson.JSONDecodeError as error:
            raise BadDocument(expected="JSON", got=row["data"], at=f"event {row['number']}") from error
        return cls(number=row["number"], version=row["version"], data=data if isinstance(data, dict) else {})


@dataclass(slots=True)
class _Rows:
    incident: dict[str, Any]
    tasks: dict[int, dict[str, Any]] = field(default_factory=dict)
    version: int = 0


def folded(incident: int, changes: Iterable[Change]) -> Case | None:
    """Return an incident and its tasks as its entries, in order, tell them; None where they do not tell it whole.

    Entries that were written before the log told of columns say too little. What is derived (`yellow_ns` of tasks)
    is not told, and left out.

    Raises:
        BadDocument: an entry tells of columns what no entry can.
    """
    rows: _Rows | None = None
    last = 0
    try:
        for change in changes:
            last = change.number
            rows = _followed(rows, change)
        return None if rows is None else _case(incident, rows)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise BadDocument(
            expected="columns of an incident and its tasks", got=str(error), at=f"event {last}"
        ) from error


def _followed(rows: _Rows | None, change: Change) -> _Rows | None:
    after = change.data.get(AFTER, {})
    if after.get("whole"):
        rows = _Rows({name: change.data[name] for name in _KNOWN & change.data.keys()})
    if rows is None:
        return None
    rows.version = change.version
    rows.incident |= _columns(after.get("incident", {}), _KNOWN)
    for number in after.get("gone", ()):
        rows.tasks.pop(number, None)
    for number, columns in after.get("tasks", {}).items():
        rows.tasks[int(number)] = rows.tasks.get(int(number), {}) | _columns(columns, _KNOWN_TASK)
    return rows


def _columns(told: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """Return the columns that there are still: those of a later or an older program are left out."""
    return {name: value for name, value in told.items() if name in known}


def _case(number: int, rows: _Rows) -> Case:
    columns = rows.incident
    columns["state"] = IncidentState(columns.get("state", IncidentState.REPORTED))
    disposition = columns.get("disposition")
    columns["disposition"] = None if disposition is None else Disposition(disposition)
    tasks = tuple(_task(number, task, rows.tasks[task]) for task in sorted(rows.tasks))
    return Case(IncidentRecord(id=number, version=rows.version, **columns), tasks)


def _task(incident: int, number: int, columns: dict[str, Any]) -> TaskRecord:
    columns["state"] = TaskState(columns.get("state", TaskState.DISPATCHED))
    return TaskRecord(id=number, incident=incident, **columns)
