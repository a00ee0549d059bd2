"""What a step does to a department's leg: pure functions, one small effect for each step."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from city.errors import BadRequest
from linkage import more_time, steps
from linkage.deed import Deed, Outcome
from linkage.dispatching import dispatched, settled
from linkage.needs import check_department, check_needs, collector, handler
from linkage.order import Order, Scene
from linkage.record import Case, TaskRecord
from linkage.states import Step, TaskState
from linkage.telling.audience import told_by

#: Why a department has a task that another had.
TRANSFERRED = "transferred"


def act_on_task(case: Case, task: TaskRecord, order: Order, scene: Scene) -> Outcome:
    """Take a task step; the incident's state follows.

    Raises:
        IllegalTransition: the task does not allow it now.
        BadRequest: something that the step needs is missing or wrong.
    """
    state = steps.next_task_state(order.step, case, task, scene.now_ns)
    check_needs(case, order, scene)
    effect = _EFFECTS.get(order.step)
    stepped = replace(task, state=state, note=order.note if order.note.strip() else task.note)
    changed = stepped if effect is None else effect(stepped, order, scene)
    moved = case.with_tasks([changed])
    if order.step is Step.TRANSFER:
        moved = _handed_over(moved, changed, order, scene)
    after = settled(moved)
    deed = Deed(
        step=order.step,
        from_state=task.state,
        to_state=changed.state,
        task=task.id,
        department=task.department,
        note=order.note,
        data=_said(case, after, task, changed),
    )
    return Outcome(after, (replace(deed, told=told_by(deed, case, after, scene.directory)),))


def _handed_over(case: Case, task: TaskRecord, order: Order, scene: Scene) -> Case:
    """Give a task to another department with a whole limit of its own: it has not begun."""
    if len(order.departments) != 1:
        raise BadRequest(expected="one department", got=", ".join(order.departments), at="departments")
    (department,) = order.departments
    check_department(case, department, scene.directory)
    sent = dispatched(case, (department,), scene, note=order.note, reason=TRANSFERRED)
    new = sent.task(scene.next_task)
    if new is None:
        return sent
    heir = replace(new, mandatory=task.mandatory, plan_task=task.plan_task, action=task.action, from_task=task.id)
    return sent.with_tasks([heir])


def _assign(task: TaskRecord, order: Order, scene: Scene) -> TaskRecord:
    return replace(task, handler=handler(task, order, scene))


def _assign_checker(task: TaskRecord, order: Order, scene: Scene) -> TaskRecord:
    return replace(task, checker=collector(order, scene))


def _feed_back(task: TaskRecord, _: Order, scene: Scene) -> TaskRecord:
    """Confirm for the department: whether it was in time is judged here, and once late is late."""
    late = task.overdue or scene.now_ns > task.due_ns
    return replace(task, fed_back_ns=scene.now_ns, overdue=late, request=None)


def _gone(task: TaskRecord, _: Order, scene: Scene) -> TaskRecord:
    return replace(task, ended_ns=scene.now_ns, request=None)


_EFFECTS: Mapping[Step, Callable[[TaskRecord, Order, Scene], TaskRecord]] = {
    Step.ASSIGN: _assign,
    Step.REVOKE: lambda task, _, __: replace(task, handler=""),
    Step.ACCEPT: lambda task, _, scene: replace(task, accepted_ns=scene.now_ns),
    Step.ARRIVE: lambda task, _, scene: replace(task, arrived_ns=scene.now_ns),
    Step.FEED_BACK: _feed_back,
    Step.RETURN: _gone,
    Step.TRANSFER: _gone,
    Step.ASSIGN_CHECKER: _assign_checker,
    Step.CHECK: lambda task, _, scene: replace(task, checked_ns=scene.now_ns),
    Step.REWORK: lambda task, _, __: replace(task, fed_back_ns=None, checked_ns=None, checker=""),
    Step.ASK_DELAY: more_time.ask_delay,
    Step.ASK_SUSPEND: more_time.ask_suspend,
    Step.ENDORSE: more_time.endorse,
    Step.GRANT: more_time.grant,
    Step.REFUSE: lambda task, _, __: replace(task, request=None),
    Step.RESUME: lambda task, _, scene: more_time.resumed(task, scene.now_ns, scene.calendar),
    Step.APPEAL: lambda task, _, __: replace(task, appeal=steps.ASKED),
    Step.ENDORSE_APPEAL: lambda task, _, __: replace(task, appeal=steps.ENDORSED),
    Step.UPHOLD: lambda task, _, __: replace(task, appeal=steps.UPHELD, exempt=True),
    Step.REJECT: lambda task, _, __: replace(task, appeal=steps.REJECTED),
}


def _said(case: Case, after: Case, task: TaskRecord, changed: TaskRecord) -> dict[str, object]:
    """Return what the event keeps beside its states, for people and for evaluation."""
    data: dict[str, object] = {}
    if after.incident.state is not case.incident.state:
        data["incident"] = {"from": case.incident.state, "to": after.incident.state}
    if changed.state is TaskState.FED_BACK and task.state is not TaskState.FED_BACK:
        data |= {"overdue": changed.overdue, "due_ns": task.due_ns, "limit": task.limit}
    for name in ("handler", "checker", "appeal"):
        if getattr(task, name) != getattr(changed, name):
            data[name] = getattr(changed, name)
    if task.request != changed.request:
        data["request"] = changed.request if changed.request is not None else task.request
    if task.due_ns != changed.due_ns:
        data |= {"stage": "handle", "from_ns": changed.dispatched_ns, "due_ns": changed.due_ns}
    known = {one.id for one in case.tasks}
    added = [
        {"id": one.id, "department": one.department, "due_ns": one.due_ns, "reason": one.reason, "from": task.id}
        for one in after.tasks
        if one.id not in known
    ]
    return data | ({"tasks": added} if added else {})
