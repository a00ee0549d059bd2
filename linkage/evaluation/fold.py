"""The fold of one incident's events into facts: pure, so that the same log always gives the same evaluation."""

from collections.abc import Iterable, Mapping

from linkage.clocks import Stage
from linkage.evaluation.effects import EFFECTS
from linkage.evaluation.facts import Kind, Mark, Story
from linkage.evaluation.story import story_of
from linkage.evaluation.trail import KIND_OF, Duty, Event, Trail, Work, deadlines, number_in
from linkage.states import ENDED, FOLLOWING, IncidentState, Step

#: Steps that say nothing about deadlines or ends; a storm has thousands of them, so they are not even read.
SILENT_STEPS = frozenset(
    {
        "join",
        "fall",
        "recover",
        "doubted",
        "confirmed",
        "storm",
        "capped",
        "comment",
        "grade",
        "urge",
        "escalate",
        "call",
    }
)

#: What an event tells at least of a leg that it sends out.
_TASK = frozenset({"id", "department", "due_ns"})

_FILED = {str(state) for state in FOLLOWING}
_ENDS = {str(state) for state in ENDED}


def folded(incident: int, events: Iterable[Event]) -> Story:
    """Return what the events of one incident, in order, amount to."""
    trail = Trail()
    for event in events:
        _follow(trail, event)
    return story_of(incident, trail)


def _follow(trail: Trail, event: Event) -> None:
    effect = EFFECTS.get(event.step)
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
    due_ns = number_in(deadline["due_ns"])
    task = deadline.get("task", event.task)
    if deadline["stage"] == Stage.HANDLE:
        work = trail.works.get(number_in(task)) if task is not None else None
        if work is not None and work.fed_back_ns is None:
            work.due_ns = due_ns
        return
    kind = KIND_OF.get(str(deadline["stage"]))
    if kind is None:
        return
    owner = number_in(task) if kind is Kind.CHECK and task is not None else None
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
        if isinstance(task, Mapping) and task.keys() >= _TASK and number_in(task["id"]) not in trail.works:
            trail.works[number_in(task["id"])] = _work(task, event)
    sent = [number_in(task["id"]) for task in added if isinstance(task, Mapping) and "id" in task]
    duty = next((one for one in reversed(trail.duties) if one.kind is Kind.DISPATCH), None)
    if event.step == Step.DISPATCH and duty is not None and duty.done_ns == event.at_ns:
        duty.tasks += sent


def _work(task: Mapping[str, object], event: Event) -> Work:
    """Return a leg as an event tells it: fresh, or as it stood when it came from another incident."""
    return Work(
        task=number_in(task["id"]),
        department=str(task["department"]),
        event=event.number,
        due_ns=number_in(task["due_ns"]),
        dispatched_ns=number_in(task.get("from_ns", event.at_ns)),
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
        trail.works.pop(number_in(number), None)
        duty = trail.running(Kind.CHECK, number_in(number))
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


def _see_priority(trail: Trail, event: Event) -> None:
    """Keep the most urgent priority that the incident ever had."""
    change = event.data.get("priority")
    if isinstance(change, Mapping) and "to" in change:
        trail.priority = min(trail.priority, number_in(change["to"]))


def _moment(task: Mapping[str, object], name: str) -> int | None:
    found = task.get(name)
    return None if found is None else number_in(found)
