"""What the system files and dispatches in its own name where lives are at risk, for a person to confirm or void."""

from dataclasses import replace

from city.clock import SECOND_NS
from linkage.acting import dispatched, settled
from linkage.deed import Deed, Outcome
from linkage.order import Scene
from linkage.record import Case
from linkage.states import IncidentState, Step
from linkage.telling.audience import told_by


def filed_by_itself(opened: Outcome, scene: Scene, confirm_within_s: int) -> Outcome:
    """File what has just been opened, and dispatch it."""
    filed = _unconfirmed(Case(replace(opened.case.incident, state=IncidentState.FILED)), scene, confirm_within_s)
    filed = Case(replace(filed.incident, filed_ns=scene.now_ns), filed.tasks)
    data = _said(filed)
    file = Deed(step=Step.FILE, from_state=opened.case.incident.state, to_state=filed.incident.state, data=data)
    after, sent = _dispatched(filed, scene)
    told = [replace(file, told=told_by(file, filed, after, scene.directory)), *sent]
    return Outcome(after, (*opened.deeds, *told))


def reopened_by_itself(reopened: Outcome, scene: Scene, confirm_within_s: int) -> Outcome:
    """Dispatch what has just been opened again, as if it were new; whom that tells is not told of the reopening too."""
    case = _unconfirmed(reopened.case, scene, confirm_within_s)
    after, sent = _dispatched(case, scene)
    again = {department for deed in sent for department in deed.told}
    *before, last = reopened.deeds
    told = tuple(department for department in last.told if department not in again)
    return Outcome(after, (*before, replace(last, data={**last.data, **_said(case)}, told=told), *sent))


def _unconfirmed(case: Case, scene: Scene, confirm_within_s: int) -> Case:
    confirm_by_ns = scene.now_ns + confirm_within_s * SECOND_NS
    return Case(replace(case.incident, unconfirmed_ns=scene.now_ns, confirm_by_ns=confirm_by_ns), case.tasks)


def _said(case: Case) -> dict[str, object]:
    return {"unconfirmed": True, "confirm_by_ns": case.incident.confirm_by_ns}


def _dispatched(filed: Case, scene: Scene) -> tuple[Case, list[Deed]]:
    """Return the case with a leg for each department that is proposed, and what is to be written about them."""
    known = {task.id for task in filed.tasks}
    after = settled(dispatched(filed, scene.directory.handling(filed.incident.proposed), scene, note=""))
    added = [
        {"id": task.id, "department": task.department, "due_ns": task.due_ns, "reason": task.reason}
        for task in after.tasks
        if task.id not in known
    ]
    if not added:
        return after, []
    deed = Deed(
        step=Step.DISPATCH,
        from_state=filed.incident.state,
        to_state=after.incident.state,
        data={"unconfirmed": True, "tasks": added},
    )
    return after, [replace(deed, told=told_by(deed, filed, after, scene.directory))]
