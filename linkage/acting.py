"""What a step does to a case: pure functions, one small effect for each step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from city.calendar import Calendar
from city.errors import BadRequest
from city.level import PRIORITIES
from linkage import steps
from linkage.deed import Deed, Outcome
from linkage.departments import Directory
from linkage.record import Case, IncidentRecord, TaskRecord
from linkage.standards import Standard
from linkage.states import ENDED, FOLLOWING, Disposition, IncidentState, Step, TaskState, followed
from linkage.telling.audience import told_by

#: Steps with which a person may set another priority.
_PRIORITISING = frozenset({Step.VERIFY, Step.FILE, Step.DISPATCH})

#: Steps of supervision and command that show that the incident has been seen.
_SEEING = frozenset({Step.ACKNOWLEDGE, Step.VERIFY, Step.FILE, Step.CONFIRM, Step.DISPATCH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A step that somebody asks for, with what comes with it.

    Attributes:
        version: of the incident as they saw it.
        departments: whom to dispatch to; nothing means those that the rule proposed.
    """

    step: Step
    version: int
    note: str = ""
    departments: tuple[str, ...] = ()
    disposition: Disposition | None = None
    priority: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a decision may know beside the case; `next_task` is the first free task id."""

    now_ns: int
    directory: Directory
    standard: Standard
    calendar: Calendar
    next_task: int


def act(case: Case, order: Order, scene: Scene) -> Outcome:
    """Take an incident step.

    Raises:
        IllegalTransition: the case does not allow it now.
        BadRequest: something that the step needs is missing or wrong.
    """
    target = steps.next_state(order.step, case)
    _check_needs(case, order)
    effect = _EFFECTS.get(order.step)
    changed = case if effect is None else effect(case, order, scene)
    if target in ENDED and case.incident.is_open:
        changed = ended(changed, target, order.disposition, scene.now_ns)
    after = settled(Case(_seen_and_ranked(changed.incident, order, scene.now_ns), changed.tasks))
    deed = Deed(
        step=order.step,
        from_state=case.incident.state,
        to_state=after.incident.state,
        note=order.note,
        data=_said(case, after, order),
    )
    return Outcome(after, (replace(deed, told=told_by(deed, case, after, scene.directory)),))


def act_on_task(case: Case, task: TaskRecord, order: Order, scene: Scene) -> Outcome:
    """Take a task step; the incident's state follows.

    Raises:
        IllegalTransition: the task does not allow it now.
        BadRequest: something that the step needs is missing.
    """
    state = steps.next_task_state(order.step, case, task)
    _check_needs(case, order)
    after = settled(case.with_tasks([_moved(task, state, order, scene.now_ns)]))
    data: dict[str, object] = {}
    if after.incident.state is not case.incident.state:
        data["incident"] = {"from": case.incident.state, "to": after.incident.state}
    if order.step is Step.FEED_BACK:
        data["overdue"] = scene.now_ns > task.due_ns
    deed = Deed(
        step=order.step,
        from_state=task.state,
        to_state=state,
        task=task.id,
        department=task.department,
        note=order.note,
        data=data,
    )
    return Outcome(after, (replace(deed, told=told_by(deed, case, after, scene.directory)),))


def dispatched(case: Case, departments: tuple[str, ...], scene: Scene, *, note: str, reason: str) -> Case:
    """Return the case with a new leg for each of `departments`; `reason` names why them."""
    limit = scene.standard.handle(case.incident.condition)
    legs = [
        TaskRecord(
            id=scene.next_task + offset,
            incident=case.incident.id,
            department=department,
            dispatched_ns=scene.now_ns,
            due_ns=scene.calendar.due(scene.now_ns, limit),
            limit=limit.data(),
            note=note,
            reason=reason,
        )
        for offset, department in enumerate(departments)
    ]
    return case.with_tasks(legs)


def ended(case: Case, state: IncidentState, disposition: Disposition | None, now_ns: int) -> Case:
    """Return the case ended: legs that were not checked are cancelled."""
    cancelled = [
        replace(task, state=TaskState.CANCELLED, ended_ns=now_ns)
        for task in case.legs
        if task.state is not TaskState.CHECKED
    ]
    incident = replace(
        case.incident,
        state=state,
        disposition=disposition,
        ended_ns=now_ns,
        unconfirmed_ns=None,
        confirm_by_ns=None,
        acknowledged_ns=now_ns if case.incident.acknowledged_ns is None else case.incident.acknowledged_ns,
    )
    return Case(incident, case.with_tasks(cancelled).tasks)


def settled(case: Case) -> Case:
    """Return the case with the state that its tasks give it, where the state follows from them."""
    if case.incident.state not in FOLLOWING:
        return case
    state = followed([task.state for task in case.tasks if task.mandatory])
    return Case(replace(case.incident, state=state), case.tasks)


def _check_needs(case: Case, order: Order) -> None:
    needs = steps.STEPS[order.step].needs
    if steps.NOTE in needs and not order.note.strip():
        raise BadRequest(expected="a note", got="nothing", at="note")
    if steps.DISPOSITION in needs:
        legal = steps.dispositions(order.step, case)
        if order.disposition not in legal:
            expected = "one of " + ", ".join(f"`{end}`" for end in legal)
            got = "nothing" if order.disposition is None else order.disposition
            raise BadRequest(expected=expected, got=got, at="disposition")
    if order.priority is None:
        return
    if order.step not in _PRIORITISING or order.priority not in PRIORITIES:
        expected = f"1 to {PRIORITIES[-1]} with " + ", ".join(f"`{step}`" for step in sorted(_PRIORITISING))
        raise BadRequest(expected=expected, got=order.priority, at="priority")


def _chosen(case: Case, order: Order, directory: Directory) -> tuple[str, ...]:
    """Return the departments to dispatch to: those asked for, else those proposed that have no leg yet."""
    if not order.departments:
        chosen = tuple(name for name in directory.handling(case.incident.proposed) if case.leg_of(name) is None)
        if not chosen:
            raise BadRequest(expected="a department", got="nothing", at="departments")
        return chosen
    for name in order.departments:
        if not directory.handling([name]):
            raise BadRequest(expected="a department that handles", got=name, at="departments")
        if case.leg_of(name) is not None:
            raise BadRequest(expected="a department without a task in it", got=name, at="departments")
    return directory.handling(order.departments)


def _file(case: Case, _: Order, scene: Scene) -> Case:
    return Case(replace(case.incident, state=IncidentState.FILED, filed_ns=scene.now_ns), case.tasks)


def _verify(case: Case, _: Order, scene: Scene) -> Case:
    return Case(replace(case.incident, verified_ns=scene.now_ns), case.tasks)


def _confirm(case: Case, _: Order, __: Scene) -> Case:
    return Case(replace(case.incident, unconfirmed_ns=None, confirm_by_ns=None), case.tasks)


def _dispatch(case: Case, order: Order, scene: Scene) -> Case:
    reason = "chosen" if order.departments else "rule"
    return dispatched(case, _chosen(case, order, scene.directory), scene, note=order.note, reason=reason)


_EFFECTS: Mapping[Step, Callable[[Case, Order, Scene], Case]] = {
    Step.VERIFY: _verify,
    Step.FILE: _file,
    Step.CONFIRM: _confirm,
    Step.DISPATCH: _dispatch,
}


def _seen_and_ranked(incident: IncidentRecord, order: Order, now_ns: int) -> IncidentRecord:
    if order.step in _SEEING and incident.acknowledged_ns is None:
        incident = replace(incident, acknowledged_ns=now_ns)
    return incident if order.priority is None else replace(incident, priority=order.priority)


_STAMPS: Mapping[Step, Callable[[TaskRecord, int], TaskRecord]] = {
    Step.ACCEPT: lambda task, now_ns: replace(task, accepted_ns=now_ns),
    Step.ARRIVE: lambda task, now_ns: replace(task, arrived_ns=now_ns),
    Step.FEED_BACK: lambda task, now_ns: replace(task, fed_back_ns=now_ns),
    Step.RETURN: lambda task, now_ns: replace(task, ended_ns=now_ns),
    Step.CHECK: lambda task, now_ns: replace(task, checked_ns=now_ns),
    Step.REWORK: lambda task, _: replace(task, fed_back_ns=None, checked_ns=None),
}


def _moved(task: TaskRecord, state: TaskState, order: Order, now_ns: int) -> TaskRecord:
    stamp = _STAMPS.get(order.step)
    stamped = task if stamp is None else stamp(task, now_ns)
    return replace(stamped, state=state, note=order.note if order.note.strip() else task.note)


def _said(before: Case, after: Case, order: Order) -> dict[str, object]:
    """Return what the event keeps beside its states, so that the log alone can rebuild the case."""
    data: dict[str, object] = {}
    if order.disposition is not None and after.incident.disposition is order.disposition:
        data["disposition"] = order.disposition
    if after.incident.priority != before.incident.priority:
        data["priority"] = {"from": before.incident.priority, "to": after.incident.priority}
    known = {task.id for task in before.tasks}
    added = [
        {"id": task.id, "department": task.department, "due_ns": task.due_ns, "reason": task.reason}
        for task in after.tasks
        if task.id not in known
    ]
    if added:
        data["tasks"] = added
    return data
