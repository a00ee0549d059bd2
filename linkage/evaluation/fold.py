"""The fold of one incident's events into facts: pure, so that the same log always gives the same evaluation."""

from collections.abc import Callable, Iterable, Mapping

from linkage.clocks import Stage
from linkage.evaluation.facts import Kind, Mark, Story
from linkage.evaluation.story import story_of
from linkage.evaluation.trail import KIND_OF, Duty, Event, Trail, Work, deadlines
from linkage.states import ENDED, FOLLOWING, IncidentState, Step, TaskState

#: Steps that say nothing about deadlines or ends; a storm has thousands of them, so they are not even read.
SILENT_STEPS = frozenset({"join", "fall", "recover", "storm", "comment", "grade", "urge", "escalate", "call"})

_FILED = {str(state) for state in FOLLOWING}
_ENDS = {str(state) for state in ENDED}


def folded(incident: int, events: Iterable[Event]) -> Story:
    """Return what the events of one incident, in order, amount to."""
    trail = Trail()
    for event in events:
        _follow(trail, event)
    return story_of(incident, trail)


def _follow(trail: Trail, event: Event) -> None:
    effect = _EFFECTS.get(event.step)
    if effect is not None:
        effect(trail, event)
    if event.task is None and event.to_state in _FILED:
        trail.filed = True  # also by a merge with what was filed, and as a part of it
    _see_priority(trail, event)
    _take_tasks(trail, event)
    _give_tasks(trail, event)
    for deadline in deadlines(event.data):
        _give(trail, event, deadline)
    if event.task is None and event.to_state in _ENDS and not trail.ended:
        _end(trail, event)


def _give(trail: Trail, event: Event, deadline: Mapping[str, object]) -> None:
    """Take a deadline over: a new duty, or another moment for one that runs."""
    due_ns = _number(deadline["due_ns"])
    task = deadline.get("task", event.task)
    if deadline["stage"] == Stage.HANDLE:
        work = trail.works.get(_number(task)) if task is not None else None
        if work is not None and work.fed_back_ns is None:
            work.due_ns = due_ns
        return
    kind = KIND_OF.get(str(deadline["stage"]))
    if kind is None:
        return
    owner = _number(task) if kind is Kind.CHECK and task is not None else None
    known = trail.running(kind, owner)
    if known is not None:
        known.due_ns = due_ns
    else:
        trail.duties.append(Duty(kind, due_ns, owner))
    if kind in {Kind.VERIFY, Kind.FILE, Kind.DISPATCH}:
        trail.last_due_ns = due_ns


def _give_tasks(trail: Trail, event: Event) -> None:
    added = event.data.get("tasks")
    if not isinstance(added, list):
        return
    for task in added:
        if isinstance(task, Mapping) and "due_ns" in task and _number(task["id"]) not in trail.works:
            trail.works[_number(task["id"])] = _work(task, event)
    sent = [_number(task["id"]) for task in added if isinstance(task, Mapping) and "id" in task]
    duty = next((one for one in reversed(trail.duties) if one.kind is Kind.DISPATCH), None)
    if event.step == Step.DISPATCH and duty is not None and duty.done_ns == event.at_ns:
        duty.tasks += sent


def _work(task: Mapping[str, object], event: Event) -> Work:
    """Return a leg as an event tells it: fresh, or as it stood when it came from another incident."""
    return Work(
        task=_number(task["id"]),
        department=str(task["department"]),
        event=event.number,
        due_ns=_number(task["due_ns"]),
        dispatched_ns=_number(task.get("from_ns", event.at_ns)),
        accepted_ns=_moment(task, "accepted_ns"),
        arrived_ns=_moment(task, "arrived_ns"),
        fed_back_ns=_moment(task, "fed_back_ns"),
        checked_ns=_moment(task, "checked_ns"),
        late=bool(task.get("overdue")),
    )


def _take_tasks(trail: Trail, event: Event) -> None:
    """Drop legs that go on in another incident, whose trail tells them from now on."""
    gave = event.data.get("gave_tasks")
    for number in gave if isinstance(gave, list) else []:
        trail.works.pop(_number(number), None)
        duty = trail.running(Kind.CHECK, _number(number))
        if duty is not None:
            trail.duties.remove(duty)


def _end(trail: Trail, event: Event) -> None:
    """Drop what still ran; what had been due by then stays unmet."""
    trail.ended = event.to_state
    trail.disposition = str(event.data.get("disposition", ""))
    for duty in trail.duties:
        if duty.runs:
            duty.gone_ns = event.at_ns
    closed = event.to_state in {IncidentState.CLOSED, IncidentState.FORCED}
    for work in trail.works.values():
        if work.fed_back_ns is None and work.gone_ns is None:
            work.gone_ns = event.at_ns
        elif closed and work.counts:
            work.marks.add(Mark.CLOSED)


def _open(trail: Trail, event: Event) -> None:
    trail.opening, trail.opened_ns = event.data, event.at_ns
    trail.priority = _number(event.data.get("priority", 0))
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
    trail.filed = True


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
    trail.filed = False


def _close(trail: Trail, event: Event) -> None:
    _met(trail, Kind.CLOSE, event)


def _reopen(trail: Trail, _: Event) -> None:
    trail.ended, trail.disposition, trail.reopened = "", "", True


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


def _feed_back(work: Work, event: Event) -> None:
    due_ns = event.data.get("due_ns")
    work.due_ns = work.due_ns if due_ns is None else _number(due_ns)
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


_EFFECTS: Mapping[str, _Effect] = {
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


def _see_priority(trail: Trail, event: Event) -> None:
    """Keep the most urgent priority that the incident ever had."""
    change = event.data.get("priority")
    if isinstance(change, Mapping) and "to" in change:
        trail.priority = min(trail.priority, _number(change["to"]))


def _moment(task: Mapping[str, object], name: str) -> int | None:
    found = task.get(name)
    return None if found is None else _number(found)


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
