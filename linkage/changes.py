"""What a step changed in the rows of an incident and of its tasks, as its entry of the event log keeps it.

Under `AFTER` an entry's data has the columns that differ from what the log told before, as they stand after the step:
`incident` by column, `tasks` by id and column, `gone` the ids of tasks that belong to another incident from now on, and
`whole` where there is nothing before to differ from. Columns then stand in relation to those that the entry's data
itself names, else to what a new row has; so the log alone gives every row again (`linkage/rebuild.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, replace
from operator import attrgetter
from typing import Any

import orjson

from city.level import Level
from linkage.deed import Deed
from linkage.record import Case, IncidentRecord, TaskRecord

#: The key of an entry's data under which the changed columns stand.
AFTER = "after"

#: Not told as columns: an entry stands in its incident, its version counts its entries, and yellow is derived.
_ELSEWHERE = frozenset({"id", "incident", "version", "yellow_ns"})

#: A column without a default: equal to no value.
_NOTHING = object()

_Columns = dict[str, object]


def _begun(field: Field[Any]) -> object:
    if field.default is not MISSING:
        return field.default
    return _NOTHING if field.default_factory is MISSING else field.default_factory()


#: What a row has that nobody has written to yet, by column; columns without a default are missing in `NEW_…`.
_INCIDENT = {field.name: _begun(field) for field in fields(IncidentRecord) if field.name not in _ELSEWHERE}
_TASK = {field.name: _begun(field) for field in fields(TaskRecord) if field.name not in _ELSEWHERE}
INCIDENT_COLUMNS, TASK_COLUMNS = tuple(_INCIDENT), tuple(_TASK)

_of_incident: Callable[[IncidentRecord], tuple[object, ...]] = attrgetter(*INCIDENT_COLUMNS)
_of_task: Callable[[TaskRecord], tuple[object, ...]] = attrgetter(*TASK_COLUMNS)
_NEW_TASK = tuple(_TASK.values())


class Known:
    """What the log tells of the cases that one transaction writes.

    A case may change without a deed, as in a run of alarms that joins it; its next deed then tells of all that.
    """

    def __init__(self) -> None:
        self._cases: dict[int, Case | None] = {}
        self._given: set[int] = set()

    def told(self, before: Case | None, after: Case, deeds: tuple[Deed, ...]) -> tuple[Deed, ...]:
        """Return the deeds of a step; the last one tells every column that the log does not know to be so."""
        number = after.incident.id
        if number not in self._cases:
            self._cases[number] = self._logged(before)
        if not deeds:
            return deeds
        *first, last = deeds
        found = changes(self._cases[number], after, last.data)
        known = self._cases[number]
        if known is not None and "gone" in found:
            self._given |= {task.id for task in known.tasks} - {task.id for task in after.tasks}
        self._cases[number] = after
        return (*first, replace(last, data={**last.data, AFTER: found})) if found else deeds

    def tells(self, case: Case) -> bool:
        """Tell whether the log tells a case as it stands."""
        known = self._cases.get(case.incident.id)
        return known is not None and not changes(known, case)

    def _logged(self, before: Case | None) -> Case | None:
        """Return what the incident's own entries tell of it: nothing of tasks that come from another one."""
        if before is None or before.incident.version == 0:
            return None
        return Case(before.incident, tuple(task for task in before.tasks if task.id not in self._given))


def changes(before: Case | None, after: Case, said: Mapping[str, object] | None = None) -> _Columns:
    """Return what an entry tells of the step from `before` to `after`; `said` is what its data says besides."""
    if before is None:
        begun = _INCIDENT if said is None else {name: said.get(name, value) for name, value in _INCIDENT.items()}
        found: _Columns = {"whole": True}
        incident = _differing(INCIDENT_COLUMNS, tuple(begun.values()), _of_incident(after.incident))
    else:
        found = {}
        incident = _differing(INCIDENT_COLUMNS, _of_incident(before.incident), _of_incident(after.incident))
    tasks, gone = _tasks(() if before is None else before.tasks, after.tasks)
    return found | {name: part for name, part in (("incident", incident), ("tasks", tasks), ("gone", gone)) if part}


def spoken(data: str) -> dict[str, Any]:
    """Return what an entry's data says to people: all of it but the columns, which only rebuilding reads.

    A level is a word, none for what people report; entries that begin an incident keep it as the column has it.
    """
    said: dict[str, Any] = orjson.loads(data)
    said.pop(AFTER, None)
    if isinstance(level := said.get("level"), int):
        said["level"] = Level(level).word if level else None
    return said


def _tasks(before: tuple[TaskRecord, ...], after: tuple[TaskRecord, ...]) -> tuple[_Columns, list[int]]:
    known = {task.id: task for task in before}
    changed: _Columns = {}
    for task in after:
        was = known.pop(task.id, None)
        if was is task:
            continue
        columns = _differing(TASK_COLUMNS, _NEW_TASK if was is None else _of_task(was), _of_task(task))
        if columns:
            changed[str(task.id)] = columns
    return changed, sorted(known)


def _differing(names: tuple[str, ...], before: tuple[object, ...], after: tuple[object, ...]) -> _Columns:
    if before == after:
        return {}
    return {name: now for name, was, now in zip(names, before, after, strict=True) if was != now}
