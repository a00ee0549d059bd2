"""What a change of an alarm does to the open incident that it belongs to: pure functions, one for each action."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from city.alarm import AlarmTransition, Change
from linkage.acting import Scene
from linkage.admission.decision import Action, Decision, Standing
from linkage.admission.evidence import facts
from linkage.deed import Deed, Outcome
from linkage.opening import priority_of
from linkage.record import Case, IncidentRecord
from linkage.telling.audience import told_by


def joined(case: Case, transition: AlarmTransition, decision: Decision, standing: Standing, scene: Scene) -> Outcome:
    """Return what the decision does to `case`; the deed carries the reason and the seal of the evidence."""
    incident = _counted(
        _EFFECTS[decision.action](case.incident, transition, standing, scene.now_ns), transition, standing
    )
    after = Case(incident, case.tasks)
    data: dict[str, object] = {**facts(transition), "reason": decision.reason}
    if incident.priority != case.incident.priority:
        data["priority"] = {"from": case.incident.priority, "to": incident.priority}
    deed = Deed(step=decision.action, from_state=case.incident.state, to_state=incident.state, data=data)
    return Outcome(after, (replace(deed, told=told_by(deed, case, after, scene.directory)),))


def _counted(incident: IncidentRecord, transition: AlarmTransition, standing: Standing) -> IncidentRecord:
    """Count the alarm in, or out when it cleared."""
    if transition.change is Change.CLEARED:
        return replace(incident, active=incident.active - 1)
    new = 0 if standing.active else 1
    return replace(incident, active=incident.active + new, alarms=incident.alarms + (0 if standing.member else new))


def _join(incident: IncidentRecord, transition: AlarmTransition, standing: Standing, _: int) -> IncidentRecord:
    return replace(incident, level=max(int(transition.level), standing.others), recovered_ns=None)


def _rise(incident: IncidentRecord, transition: AlarmTransition, _: Standing, __: int) -> IncidentRecord:
    return replace(
        incident,
        level=int(transition.level),
        worst_level=max(incident.worst_level, int(transition.level)),
        priority=min(incident.priority, priority_of(transition)),
        acknowledged_ns=None,
        recovered_ns=None,
    )


def _fall(incident: IncidentRecord, transition: AlarmTransition, standing: Standing, _: int) -> IncidentRecord:
    own = 0 if transition.change is Change.CLEARED else int(transition.level)
    return replace(incident, level=max(own, standing.others))


def _recover(incident: IncidentRecord, _: AlarmTransition, __: Standing, now_ns: int) -> IncidentRecord:
    return replace(incident, recovered_ns=now_ns)


_EFFECTS: Mapping[Action, Callable[[IncidentRecord, AlarmTransition, Standing, int], IncidentRecord]] = {
    Action.JOIN: _join,
    Action.RISE: _rise,
    Action.FALL: _fall,
    Action.RECOVER: _recover,
}
