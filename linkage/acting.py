"""What a step does to an incident: pure functions, one small effect for each step."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from city.errors import BadRequest
from linkage import conditions, levels, steps
from linkage.deed import Deed, Outcome
from linkage.departments import Directory
from linkage.dispatching import CHOSEN, dispatched, ended, reopened, settled
from linkage.harm import harm_said
from linkage.needs import check_department, check_needs, collector
from linkage.order import Order, Scene
from linkage.record import Case, IncidentRecord
from linkage.states import ENDED, IncidentState, Step
from linkage.task_acting import act_on_task
from linkage.telling.audience import told_by

__all__ = ["Order", "Scene", "act", "act_on_task", "dispatched", "ended", "settled"]

#: Steps of supervision and command that show that the incident has been seen.
_SEEING = frozenset(
    {Step.ACKNOWLEDGE, Step.VERIFY, Step.FILE, Step.CONFIRM, Step.DISPATCH, Step.ASSIGN_VERIFIER, Step.REOPEN}
)


def act(case: Case, order: Order, scene: Scene) -> Outcome:
    """Take an incident step.

    Raises:
        IllegalTransition: the case does not allow it now.
        BadRequest: something that the step needs is missing or wrong.
    """
    target = steps.next_state(order.step, case)
    check_needs(case, order, scene)
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
        data=_said(case, after, order) | conditions.said(case, order, scene.standard),
    )
    return Outcome(after, (replace(deed, told=told_by(deed, case, after, scene.directory)),))


def _chosen(case: Case, order: Order, directory: Directory) -> tuple[str, ...]:
    """Return the departments to dispatch to: those asked for, else those proposed that have no leg yet."""
    level = case.incident.jurisdiction
    if not order.departments:
        proposed = levels.of_level(case.incident.proposed, directory, level)
        chosen = tuple(name for name in proposed if case.leg_of(name) is None)
        if not chosen:
            raise BadRequest(expected="a department", got="nothing", at="departments")
        return chosen
    for name in order.departments:
        check_department(case, name, directory)
    return directory.handling(order.departments)


def _file(case: Case, order: Order, scene: Scene) -> Case:
    filed = replace(
        case.incident,
        state=IncidentState.FILED,
        filed_ns=scene.now_ns,
        sent_back_ns=None,
        condition=conditions.chosen(case, order, scene.standard),
    )
    return Case(filed, case.tasks)


def _verify(case: Case, _: Order, scene: Scene) -> Case:
    return Case(replace(case.incident, verified_ns=scene.now_ns), case.tasks)


def _assign_verifier(case: Case, order: Order, scene: Scene) -> Case:
    return Case(replace(case.incident, verifier=collector(order, scene)), case.tasks)


def _send_back(case: Case, _: Order, scene: Scene) -> Case:
    """Give it back to the acceptor, who judges anew: what was verified before is in the log, and counts no more."""
    incident = replace(
        case.incident,
        state=IncidentState.REPORTED,
        filed_ns=None,
        verified_ns=None,
        verifier="",
        sent_back_ns=scene.now_ns,
    )
    return Case(incident, case.tasks)


def _confirm(case: Case, _: Order, __: Scene) -> Case:
    return Case(replace(case.incident, unconfirmed_ns=None, confirm_by_ns=None), case.tasks)


def _dispatch(case: Case, order: Order, scene: Scene) -> Case:
    reason = CHOSEN if order.departments else ""
    return dispatched(case, _chosen(case, order, scene.directory), scene, note=order.note, reason=reason)


def _reopen(case: Case, _: Order, scene: Scene) -> Case:
    return reopened(case, steps.next_state(Step.REOPEN, case), scene.now_ns)


def _grade(case: Case, order: Order, _: Scene) -> Case:
    return Case(replace(case.incident, event_grade=order.grade), case.tasks)


def _pass_up(case: Case, _: Order, scene: Scene) -> Case:
    proposed = levels.passed_up(case.incident, scene.directory)
    return Case(replace(case.incident, jurisdiction="", proposed=proposed), case.tasks)


def _pass_down(case: Case, _: Order, scene: Scene) -> Case:
    incident = case.incident
    table = scene.table(incident.incident_class, incident.district)
    proposed, why = levels.passed_down(incident, scene.directory, table)
    below = replace(incident, jurisdiction=incident.district, proposed=proposed, proposed_why=why)
    return Case(below, case.tasks)


_EFFECTS: Mapping[Step, Callable[[Case, Order, Scene], Case]] = {
    Step.ASSIGN_VERIFIER: _assign_verifier,
    Step.VERIFY: _verify,
    Step.FILE: _file,
    Step.SEND_BACK: _send_back,
    Step.CONFIRM: _confirm,
    Step.DISPATCH: _dispatch,
    Step.REOPEN: _reopen,
    Step.GRADE: _grade,
    Step.PASS_UP: _pass_up,
    Step.PASS_DOWN: _pass_down,
}


def _seen_and_ranked(incident: IncidentRecord, order: Order, now_ns: int) -> IncidentRecord:
    if order.step in _SEEING and incident.acknowledged_ns is None:
        incident = replace(incident, acknowledged_ns=now_ns)
    return incident if order.priority is None else replace(incident, priority=order.priority)


#: Fields of which the event says what they were and became.
_TOLD = ("priority", "event_grade", "jurisdiction", "condition", "verifier")


def _said(before: Case, after: Case, order: Order) -> dict[str, object]:
    """Return what the event keeps beside its states, for people and for evaluation."""
    data: dict[str, object] = harm_said(order)
    if order.disposition is not None and after.incident.disposition is order.disposition:
        data["disposition"] = order.disposition
    for name in _TOLD:
        was, now = getattr(before.incident, name), getattr(after.incident, name)
        if was != now:
            data[name] = {"from": was, "to": now}
    if before.incident.proposed != after.incident.proposed:
        data["proposed"] = after.incident.proposed
    if order.override.strip():
        data["override"] = order.override
    known = {task.id for task in before.tasks}
    added = [
        {"id": task.id, "department": task.department, "due_ns": task.due_ns, "reason": task.reason}
        for task in after.tasks
        if task.id not in known
    ]
    if added:
        data["tasks"] = added
    return data
