"""Which tasks a level gives to an incident: real legs of it, with their own clocks; what was given stays given."""

from dataclasses import replace

from city.calendar import Calendar
from linkage.acting import Scene, settled
from linkage.deed import Deed, Outcome
from linkage.plans.activation import Activation
from linkage.plans.plan import Plan
from linkage.record import Case, TaskRecord
from linkage.states import GONE, IncidentState, Step

#: Why a department has a leg that a plan gave it.
REASON = "plan"


def plan_task(activation: int, task: str) -> str:
    """Return the name that a task of a response carries, so that it is given once however often the level changes."""
    return f"{activation}/{task}"


def filed(case: Case, activation: int, now_ns: int) -> Outcome | None:
    """Return the incident filed in the system's name, where it is not yet: a response is above the doubt of filing."""
    if case.incident.state is not IncidentState.REPORTED:
        return None
    incident = replace(case.incident, state=IncidentState.FILED, filed_ns=now_ns)
    deed = Deed(
        step=Step.FILE,
        from_state=case.incident.state,
        to_state=incident.state,
        data={"activation": activation, "by_response": True},
    )
    return Outcome(settled(Case(incident, case.tasks)), (deed,))


def called_up(case: Case, activation: Activation, plan: Plan, scene: Scene, calendar: Calendar) -> Outcome | None:
    """Return the incident with a leg for every task of the level that has none yet; None when all have."""
    given = {task.plan_task for task in case.tasks if task.state not in GONE}
    missing = [task for task in plan.tasks(activation.level) if plan_task(activation.id, task.id) not in given]
    legs = [
        TaskRecord(
            id=scene.next_task + offset,
            incident=case.incident.id,
            department=task.department,
            dispatched_ns=scene.now_ns,
            due_ns=calendar.due(scene.now_ns, task.within),
            reason=REASON,
            limit=task.within.data(),
            plan_task=plan_task(activation.id, task.id),
            action=dict(task.action),
        )
        for offset, task in enumerate(missing)
    ]
    if not legs:
        return None
    after = settled(case.with_tasks(legs))
    deed = Deed(
        step=Step.DISPATCH,
        from_state=case.incident.state,
        to_state=after.incident.state,
        data={"activation": activation.id, "plan": plan.id, "tasks": [_said(leg) for leg in legs]},
        told=tuple(dict.fromkeys(leg.department for leg in legs)),
    )
    return Outcome(after, (deed,))


def _said(leg: TaskRecord) -> dict[str, object]:
    return {
        "id": leg.id,
        "department": leg.department,
        "from_ns": leg.dispatched_ns,
        "due_ns": leg.due_ns,
        "reason": leg.reason,
        "limit": leg.limit,
        "plan_task": leg.plan_task,
        "action": leg.action,
    }
