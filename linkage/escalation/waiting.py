"""Whose answer a case waits for, and what its deeds do to the escalations that wait: pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from linkage import levels
from linkage.deed import Deed
from linkage.departments import Axis, Directory
from linkage.escalation import climb
from linkage.escalation.chain import Chain
from linkage.escalation.climb import Escalation, EscalationState
from linkage.record import Case, TaskRecord
from linkage.states import GONE, IncidentState, Step, TaskState

#: Events of the system alone, which answer nothing and start nothing.
QUIET = frozenset({"join", "fall", "recover", "doubted", "confirmed", "overdue", "escalate", "call", "withhold"})


class Need(Enum):
    """What somebody owes."""

    ANSWER = auto()
    STEPS = auto()
    NOTHING = auto()
    NEVER = auto()


_WORKING = frozenset({TaskState.ACCEPTED, TaskState.ARRIVED, TaskState.HANDLING})
_DONE = frozenset({TaskState.FED_BACK, TaskState.CHECKED})


@dataclass(frozen=True, slots=True)
class Moment:
    """When it happens, and by whom; empty for the system."""

    now_ns: int
    by: str = ""


def needs(case: Case) -> dict[int | None, Need]:
    """Return what is owed for the incident itself (None) and for each of its tasks."""
    return {None: _incident_need(case), **{task.id: _task_need(case, task) for task in case.tasks}}


def desks(case: Case, directory: Directory) -> tuple[str, ...]:
    """Return the desks whose answer an incident waits for: command while nobody is dispatched, else supervision."""
    undispatched = case.incident.state is IncidentState.FILED and case.incident.acknowledged_ns is not None
    axis = Axis.COMMAND if undispatched else Axis.SUPERVISION
    return levels.desks(axis, case.incident, directory)


def moved(
    known: Sequence[Escalation], before: Case | None, after: Case, deeds: Sequence[Deed], chain: Chain, scene: Moment
) -> list[Escalation]:
    """Return the escalations that deeds changed, and those that they began (whose id is 0)."""
    there = {one.task: one for one in known}
    owed_before: Mapping[int | None, Need] = {} if before is None else needs(before)
    changed = []
    for task, need in needs(after).items():
        one = there.get(task)
        if one is None:
            if need in {Need.ANSWER, Need.STEPS}:
                changed.append(_begun(after, task, need, chain, scene))
            continue
        new = _after(one, _Turn(owed_before.get(task), need, tuple(_about(deeds, task))), chain, scene)
        if new != one:
            changed.append(new)
    return changed


@dataclass(frozen=True, slots=True)
class _Turn:
    """What was owed, what is owed now, and the deeds about it."""

    owed: Need | None
    need: Need
    deeds: tuple[Deed, ...]

    @property
    def rose(self) -> bool:
        return any(deed.step == "rise" for deed in self.deeds)

    @property
    def taken_up(self) -> bool:
        """Tell whether somebody did something with this very task, such as follow its link or name a handler."""
        return any(deed.task is not None for deed in self.deeds)


def _begun(case: Case, task: int | None, need: Need, chain: Chain, scene: Moment) -> Escalation:
    found = case.task(task)
    one = climb.started(case.incident.id, task, "" if found is None else found.department, chain, scene.now_ns)
    return climb.answered(one, chain, scene.by, scene.now_ns) if need is Need.STEPS else one


def _after(one: Escalation, turn: _Turn, chain: Chain, scene: Moment) -> Escalation:
    if turn.need is Need.NEVER:
        return climb.ended(one) if one.state is not EscalationState.ENDED else one
    if turn.need is Need.NOTHING:
        return climb.rested(one) if one.state is not EscalationState.RESTING else one
    if turn.need is Need.ANSWER:
        return _owing_an_answer(one, turn, chain, scene)
    # An answer ends the first climb; a forgotten one needs a step of a person.
    newly = turn.owed is not Need.STEPS or one.state in {EscalationState.RESTING, EscalationState.ENDED}
    stepped = bool(scene.by) and bool(turn.deeds)
    return climb.answered(one, chain, scene.by, scene.now_ns) if newly or stepped else one


def _owing_an_answer(one: Escalation, turn: _Turn, chain: Chain, scene: Moment) -> Escalation:
    if turn.taken_up and scene.by:
        return climb.answered(one, chain, scene.by, scene.now_ns)
    stopped = one.state in {EscalationState.RESTING, EscalationState.ENDED}
    if stopped or turn.rose or (one.task is None and one.state is EscalationState.WATCHING):
        return climb.restarted(one, chain, scene.now_ns)
    return one


def _about(deeds: Iterable[Deed], task: int | None) -> Iterator[Deed]:
    """Yield the deeds that concern this task, or the incident itself (None); a comment and a rise concern all."""
    for deed in deeds:
        if deed.step not in QUIET and (deed.task == task or deed.step in {Step.COMMENT, "rise"}):
            yield deed


def _incident_need(case: Case) -> Need:
    if not case.incident.is_open:
        return Need.NEVER
    if case.incident.acknowledged_ns is None:
        return Need.ANSWER
    return Need.NOTHING if any(task.state not in _DONE for task in case.legs) else Need.STEPS


def _task_need(case: Case, task: TaskRecord) -> Need:
    if not case.incident.is_open or task.state in GONE or task.ended_ns is not None:
        return Need.NEVER
    if task.state is TaskState.DISPATCHED:
        return Need.ANSWER
    return Need.STEPS if task.state in _WORKING else Need.NOTHING
