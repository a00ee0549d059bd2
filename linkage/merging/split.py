"""One incident becomes two: pure. Some of its alarms and tasks go on in a new one; both keep the trail."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from linkage.acting import settled
from linkage.deed import Deed, Outcome
from linkage.introduction import introduced
from linkage.merging.merge import carried_over
from linkage.record import Case, IncidentRecord, TaskRecord
from linkage.states import IncidentState, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Alarms of an incident: how many, how many burn, and the highest level that burns, or burnt last.

    `doubted` of those that burn are unconfirmed.
    """

    alarms: int = 0
    active: int = 0
    level: int = 0
    doubted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What goes on in a new incident.

    Attributes:
        keys: rules and targets whose alarms go; `moving` counts those alarms, `staying` the others.
        tasks: legs that go.
        opening: the new incident as if it were just reported; its id, number, title, rule and place are right.
    """

    keys: tuple[tuple[str, str], ...]
    tasks: tuple[TaskRecord, ...]
    moving: Tally
    staying: Tally
    opening: IncidentRecord


@dataclass(frozen=True, slots=True)
class Split:
    """What a split does: `carried` is the new case before, with the tasks it takes over; `rest` is the old one."""

    rest: Outcome
    carried: Case
    part: Outcome


def split(case: Case, part: Part, step: Step, now_ns: int, note: str) -> Split:
    """Let part of an incident go on in a new one; a part that burns as long as it did, at its own level."""
    moved = [replace(task, incident=part.opening.id) for task in part.tasks]
    carried = Case(_begun(part, case.incident, now_ns, filed=bool(moved)), tuple(moved))
    new = settled(carried)
    ids = {task.id for task in part.tasks}
    left = Case(_left(case.incident, part.staying, now_ns), tuple(task for task in case.tasks if task.id not in ids))
    rest = settled(left)
    return Split(
        Outcome(rest, (_gave(case, rest, part, step, note),)),
        carried,
        Outcome(new, (_opened(case, new, part, step, note, moved),)),
    )


def _begun(part: Part, old: IncidentRecord, now_ns: int, *, filed: bool) -> IncidentRecord:
    level = part.moving.level
    recovered = now_ns if old.recovered_ns is None else old.recovered_ns
    return replace(
        part.opening,
        state=IncidentState.FILED if filed else IncidentState.REPORTED,
        filed_ns=old.filed_ns if filed else None,
        verified_ns=old.verified_ns if filed else None,
        level=level,
        worst_level=level,
        alarms=part.moving.alarms,
        active=part.moving.active,
        doubted=part.moving.doubted,
        recovered_ns=None if part.moving.active or not part.moving.alarms else recovered,
    )


def _left(incident: IncidentRecord, staying: Tally, now_ns: int) -> IncidentRecord:
    recovered = incident.recovered_ns
    if incident.active and not staying.active and staying.alarms:
        recovered = now_ns
    level = staying.level if staying.active else incident.level
    return replace(
        incident,
        alarms=staying.alarms,
        active=staying.active,
        doubted=staying.doubted,
        level=level,
        recovered_ns=recovered,
    )


def _gave(case: Case, rest: Case, part: Part, step: Step, note: str) -> Deed:
    data: dict[str, object] = {
        "into": part.opening.id,
        "into_number": part.opening.number,
        "keys": [list(key) for key in part.keys],
        "alarms": part.moving.alarms,
        "gave_tasks": [task.id for task in part.tasks],
        "level": rest.incident.level,
    }
    return Deed(step=step, from_state=case.incident.state, to_state=rest.incident.state, note=note, data=data)


def _opened(case: Case, new: Case, part: Part, step: Step, note: str, moved: Sequence[TaskRecord]) -> Deed:
    data = introduced(new.incident)
    data |= {"reason": step, "from": case.incident.id, "from_number": case.incident.number}
    data["keys"] = [list(key) for key in part.keys]
    if moved:
        data["tasks"] = carried_over(moved)
    return Deed(step="open", to_state=new.incident.state, note=note, data=data)
