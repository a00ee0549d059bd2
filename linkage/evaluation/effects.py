"""What each step in the log does to an incident's trail: one small function for each."""

from collections.abc import Callable, Mapping

from linkage.evaluation.facts import Kind, Mark
from linkage.evaluation.trail import Duty, Event, Trail, Work, number_in
from linkage.states import Step, TaskState
from linkage.telling.first_told import TOLD


def _open(trail: Trail, event: Event) -> None:
    trail.opening, trail.opened_ns = event.data, event.at_ns
    trail.priority = number_in(event.data.get("priority", 0))
    if event.actor:
        trail.taken_in_by = event.actor


def _seen(trail: Trail, event: Event) -> None:
    if not trail.taken_in_by:
        trail.taken_in_by = event.actor


def _met(trail: Trail, kind: Kind, event: Event, task: int | None = None) -> Duty | None:
    """Note that the running duty of this kind was met; whoever does it without having been told sent themselves."""
    duty = trail.running(kind, task)
    if duty is None:
        return None
    duty.done_ns, duty.person = event.at_ns, event.actor
    if not event.actor:
        duty.marks.add(Mark.SYSTEM)
    if duty.sent_ns is None:
        duty.sent_ns, duty.sender = event.at_ns, event.actor
    return duty


def _sent(trail: Trail, kind: Kind, event: Event, to: str) -> None:
    duty = trail.running(kind, event.task)
    if duty is None:
        return
    chosen = event.data.get(to)
    duty.person = str(chosen.get("to", "") if isinstance(chosen, Mapping) else chosen or "")
    if duty.sent_ns is None:
        duty.sent_ns, duty.sender = event.at_ns, event.actor


def _assign_verifier(trail: Trail, event: Event) -> None:
    _seen(trail, event)
    _sent(trail, Kind.VERIFY, event, "verifier")


def _assign_checker(trail: Trail, event: Event) -> None:
    _sent(trail, Kind.CHECK, event, "checker")


def _verify(trail: Trail, event: Event) -> None:
    _seen(trail, event)
    _met(trail, Kind.VERIFY, event)


def _file(trail: Trail, event: Event) -> None:
    _met(trail, Kind.VERIFY, event)
    duty = _met(trail, Kind.FILE, event)
    if duty is not None:
        duty.marks.add(Mark.FILED)
    trail.filed, trail.filing = True, _condition(event, "filing")


def _condition(event: Event, name: str) -> str:
    """Return the condition of the case standard that an event says was chosen; empty where none was."""
    said = event.data.get(name)
    return str(said.get("condition", "")) if isinstance(said, Mapping) else ""


def _not_file(trail: Trail, event: Event) -> None:
    if _met(trail, Kind.VERIFY, event) is None:
        _met(trail, Kind.FILE, event)


def _confirm(trail: Trail, event: Event) -> None:
    duty = _met(trail, Kind.FILE, event)
    if duty is not None:
        duty.marks.add(Mark.FILED)


def _dispatch(trail: Trail, event: Event) -> None:
    _met(trail, Kind.DISPATCH, event)


def _send_back(trail: Trail, event: Event) -> None:
    duty = trail.running(Kind.DISPATCH)
    if duty is not None:
        duty.gone_ns = event.at_ns
    trail.filed, trail.filing = False, ""


def _close(trail: Trail, event: Event) -> None:
    _met(trail, Kind.CLOSE, event)
    trail.closing = _condition(event, "closing")


def _reopen(trail: Trail, _: Event) -> None:
    trail.ended, trail.disposition, trail.reopened, trail.closing = "", "", True, ""


_Effect = Callable[[Trail, Event], None]


def _on_work(change: Callable[[Work, Event], None]) -> _Effect:
    """Return the effect on the leg that the event names; on none when it is unknown."""

    def effect(trail: Trail, event: Event) -> None:
        work = trail.works.get(event.task) if event.task is not None else None
        if work is not None:
            change(work, event)

    return effect


def _accept(work: Work, event: Event) -> None:
    work.accepted_ns = event.at_ns if work.accepted_ns is None else work.accepted_ns


def _arrive(work: Work, event: Event) -> None:
    work.arrived_ns = event.at_ns if work.arrived_ns is None else work.arrived_ns


def _told(work: Work, event: Event) -> None:
    work.told_ns = event.at_ns if work.told_ns is None else work.told_ns


def _feed_back(work: Work, event: Event) -> None:
    due_ns = event.data.get("due_ns")
    work.due_ns = work.due_ns if due_ns is None else number_in(due_ns)
    work.fed_back_ns = event.at_ns
    work.late = bool(event.data.get("overdue", event.at_ns > work.due_ns))


def _grant(work: Work, event: Event) -> None:
    work.paused = event.to_state == TaskState.SUSPENDED
    work.marks.add(Mark.SUSPENDED if work.paused else Mark.DELAYED)


def _resume(work: Work, _: Event) -> None:
    work.paused = False


def _given_up(mark: Mark) -> _Effect:
    def given_up(work: Work, event: Event) -> None:
        work.gone_ns = event.at_ns
        work.marks.add(mark)

    return _on_work(given_up)


def _marked(mark: Mark) -> _Effect:
    return _on_work(lambda work, _: work.marks.add(mark))


def _check(trail: Trail, event: Event) -> None:
    _met(trail, Kind.CHECK, event, event.task)
    work = trail.works.get(event.task) if event.task is not None else None
    if work is not None:
        work.checked_ns = event.at_ns


def _rework(trail: Trail, event: Event) -> None:
    _met(trail, Kind.CHECK, event, event.task)
    work = trail.works.get(event.task) if event.task is not None else None
    if work is not None:
        work.fed_back_ns, work.checked_ns, work.late = None, None, False
        work.marks.add(Mark.REWORK)


#: What each step does; one that is not here does nothing but give deadlines and ends.
EFFECTS: Mapping[str, _Effect] = {
    "open": _open,
    Step.ACKNOWLEDGE: _seen,
    Step.ASSIGN_VERIFIER: _assign_verifier,
    Step.VERIFY: _verify,
    Step.FILE: _file,
    Step.NOT_FILE: _not_file,
    Step.CONFIRM: _confirm,
    Step.VOID: _confirm,
    Step.DISPATCH: _dispatch,
    Step.SEND_BACK: _send_back,
    Step.CLOSE: _close,
    Step.FORCE_CLOSE: _close,
    Step.REOPEN: _reopen,
    TOLD: _on_work(_told),
    Step.ACCEPT: _on_work(_accept),
    Step.ARRIVE: _on_work(_arrive),
    Step.FEED_BACK: _on_work(_feed_back),
    Step.RETURN: _given_up(Mark.RETURNED),
    Step.TRANSFER: _given_up(Mark.TRANSFERRED),
    Step.ASSIGN_CHECKER: _assign_checker,
    Step.CHECK: _check,
    Step.REWORK: _rework,
    Step.GRANT: _on_work(_grant),
    Step.RESUME: _on_work(_resume),
    Step.APPEAL: _marked(Mark.APPEALED),
    Step.UPHOLD: _marked(Mark.EXEMPT),
}
