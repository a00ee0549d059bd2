"""Two incidents become one: pure. The one that goes on takes alarms and tasks; the other keeps its trail and ends."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from linkage.acting import settled
from linkage.deed import Deed, Outcome
from linkage.record import Case, IncidentRecord, TaskRecord
from linkage.states import IncidentState, Step, TaskState

#: What the log says of a task that changes its incident beside its deadline, so that each trail alone tells it whole.
_STOOD = ("accepted_ns", "arrived_ns", "fed_back_ns", "checked_ns", "overdue")


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge does to both.

    Attributes:
        source: the one that ends, and `target`: the one that goes on.
        carried: the target as it was, with the tasks that it takes over.
        tasks: ids of those tasks.
    """

    source: Outcome
    target: Outcome
    carried: Case
    tasks: tuple[int, ...]


def carried_over(tasks: Iterable[TaskRecord]) -> list[dict[str, object]]:
    """Return what an entry says of tasks that come from another incident: how they stand."""
    return [
        {"id": task.id, "department": task.department, "from_ns": task.dispatched_ns, "due_ns": task.due_ns}
        | {name: getattr(task, name) for name in _STOOD}
        for task in tasks
    ]


def merged(source: Case, target: Case, now_ns: int, *, note: str = "", reason: str = "chosen") -> Merge:
    """Let `source` go on in `target`; a department that works in both goes on in the target's leg."""
    taken = [task for task in source.legs if target.leg_of(task.department) is None]
    moved = [replace(task, incident=target.incident.id) for task in taken]
    ids = {task.id for task in taken}
    doubled = [
        replace(task, state=TaskState.CANCELLED, ended_ns=now_ns)
        for task in source.legs
        if task.id not in ids and task.state is not TaskState.CHECKED
    ]
    rest = Case(source.incident, tuple(task for task in source.tasks if task.id not in ids))
    carried = target.with_tasks(moved)
    left = Case(_gone_on(source.incident, now_ns), rest.with_tasks(doubled).tasks)
    after = settled(Case(_taking(target.incident, source.incident), carried.tasks))
    return Merge(
        Outcome(left, (_left(source, left, target, ids, note, reason),)),
        Outcome(after, (_taken(source, target, after, moved, note, reason),)),
        carried,
        tuple(ids),
    )


def _gone_on(incident: IncidentRecord, now_ns: int) -> IncidentRecord:
    return replace(
        incident,
        state=IncidentState.MERGED,
        ended_ns=now_ns,
        active=0,
        doubted=0,
        unconfirmed_ns=None,
        confirm_by_ns=None,
        acknowledged_ns=now_ns if incident.acknowledged_ns is None else incident.acknowledged_ns,
    )


def _taking(target: IncidentRecord, source: IncidentRecord) -> IncidentRecord:
    """Return the incident that goes on, at least as bad and as urgent as both; what got worse must be seen again."""
    level, recovered = target.level, target.recovered_ns
    if source.active:
        level = max(source.level, 0 if recovered is not None else target.level)
        recovered = None
    elif source.alarms and not target.alarms:
        recovered = source.recovered_ns  # all the alarms that it has from now on have cleared
    filed = source.filed_ns if target.filed_ns is None else target.filed_ns
    return replace(
        target,
        level=level,
        worst_level=max(target.worst_level, source.worst_level),
        recovered_ns=recovered,
        priority=min(target.priority, source.priority),
        proposed=list(dict.fromkeys((*target.proposed, *source.proposed))),
        alarms=target.alarms + source.alarms,
        active=target.active + source.active,
        doubted=target.doubted + source.doubted,
        acknowledged_ns=None if level > target.level else target.acknowledged_ns,
        state=_state(target, source),
        filed_ns=filed,
        verified_ns=source.verified_ns if target.verified_ns is None else target.verified_ns,
        unconfirmed_ns=target.unconfirmed_ns,
    )


def _state(target: IncidentRecord, source: IncidentRecord) -> IncidentState:
    """Return where the incident that goes on stands: filed, as soon as one of them was."""
    reported = target.state is IncidentState.REPORTED and source.state is not IncidentState.REPORTED
    return IncidentState.FILED if reported else target.state


def _left(source: Case, left: Case, target: Case, ids: set[int], note: str, reason: str) -> Deed:
    return Deed(
        step=Step.MERGE,
        from_state=source.incident.state,
        to_state=left.incident.state,
        note=note,
        data={
            "into": target.incident.id,
            "into_number": target.incident.number,
            "alarms": source.incident.alarms,
            "gave_tasks": sorted(ids),
            "reason": reason,
        },
    )


def _taken(source: Case, target: Case, after: Case, moved: list[TaskRecord], note: str, reason: str) -> Deed:
    data: dict[str, object] = {
        "from": source.incident.id,
        "from_number": source.incident.number,
        "alarms": source.incident.alarms,
        "level": after.incident.level,
        "reason": reason,
    }
    if moved:
        data["tasks"] = carried_over(moved)
    if after.incident.priority != target.incident.priority:
        data["priority"] = {"from": target.incident.priority, "to": after.incident.priority}
    if after.incident.proposed != target.incident.proposed:
        data["proposed"] = after.incident.proposed
    return Deed(step=Step.MERGE, from_state=target.incident.state, to_state=after.incident.state, note=note, data=data)
