"""How legs begin and end with their incident, and how its state follows from them."""

from dataclasses import replace

from linkage.order import Scene
from linkage.record import Case, TaskRecord
from linkage.states import FOLLOWING, Disposition, IncidentState, TaskState, followed

#: Why a department was chosen by a person, against what was proposed or where nothing was.
CHOSEN = "chosen"


def dispatched(case: Case, departments: tuple[str, ...], scene: Scene, *, note: str, reason: str = "") -> Case:
    """Return the case with a new leg for each of `departments`; without a reason each gets the one of its proposal."""
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
            reason=reason if reason else case.incident.proposed_why.get(department, "rule"),
        )
        for offset, department in enumerate(departments)
    ]
    return case.with_tasks(legs)


def ended(case: Case, state: IncidentState, disposition: Disposition | None, now_ns: int) -> Case:
    """Return the case ended: legs that were not checked are cancelled."""
    cancelled = [
        replace(task, state=TaskState.CANCELLED, ended_ns=now_ns, request=None)
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


def reopened(case: Case, state: IncidentState, now_ns: int) -> Case:
    """Return the case open again: its legs stay as they ended, and are proposed for the next round."""
    over = [replace(task, ended_ns=now_ns) for task in case.legs]
    before = list(dict.fromkeys((*case.incident.proposed, *(task.department for task in over))))
    incident = replace(
        case.incident,
        state=state,
        disposition=None,
        ended_ns=None,
        sent_back_ns=now_ns,
        proposed=before,
        reopened=case.incident.reopened + 1,
    )
    return Case(incident, case.with_tasks(over).tasks)


def settled(case: Case) -> Case:
    """Return the case with the state that its tasks give it, where the state follows from them.

    Legs that are not mandatory count only where no other leg does.
    """
    if case.incident.state not in FOLLOWING:
        return case
    awaited = [task.state for task in case.legs if task.mandatory]
    state = followed(awaited if awaited else [task.state for task in case.legs])
    return Case(replace(case.incident, state=state), case.tasks)
