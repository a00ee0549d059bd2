"""What a change of an alarm does to the open incident that it belongs to: pure functions, one for each action."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from city.alarm import AlarmTransition, Change
from linkage.acting import Scene
from linkage.admission.decision import Action, Decision, Reason, Standing
from linkage.admission.evidence import facts
from linkage.deed import Deed, Outcome
from linkage.opening import priority_of
from linkage.record import Case, IncidentRecord
from linkage.states import INCIDENT_MOVES, Step
from linkage.telling.audience import told_by

_ENTERING = frozenset({Action.JOIN, Action.RISE})


def changed_case(case: Case, transition: AlarmTransition, decision: Decision, standing: Standing, scene: Scene) -> Case:
    """Return the case after an alarm that joins it, or belongs to it, changed."""
    changed = _EFFECTS[decision.action](case.incident, transition, standing, scene.now_ns)
    incident = _counted(changed, transition, standing)
    if decision.action in _ENTERING and not standing.direct:
        incident = _with_departments(incident, scene.directory.handling(transition.response.departments))
    return Case(incident, case.tasks)


def joined(case: Case, after: Case, transition: AlarmTransition, decision: Decision, scene: Scene) -> Outcome:
    """Return the outcome of such a change; the deed carries the reason and the seal of the evidence."""
    incident = after.incident
    data: dict[str, object] = {**facts(transition), "reason": decision.reason}
    if incident.priority != case.incident.priority:
        data["priority"] = {"from": case.incident.priority, "to": incident.priority}
    if incident.proposed != case.incident.proposed:
        data["proposed"] = incident.proposed
    deed = Deed(step=decision.action, from_state=case.incident.state, to_state=incident.state, data=data)
    return Outcome(after, (replace(deed, told=told_by(deed, case, after, scene.directory)),))


def reopened(case: Case, transition: AlarmTransition, standing: Standing, burning: int, scene: Scene) -> Outcome:
    """Open an incident again that was closed a short while ago; `burning` counts its other alarms that burn.

    What was done before stays with it; the departments begin anew.
    """
    state = INCIDENT_MOVES[Step.REOPEN][case.incident.state]
    incident = replace(
        _rise(case.incident, transition, Standing(), scene.now_ns),
        state=state,
        disposition=None,
        ended_ns=None,
        sent_back_ns=scene.now_ns,
        reopened=case.incident.reopened + 1,
        active=burning + 1,
        alarms=case.incident.alarms + (standing.belonged != case.incident.id),
        doubted=_doubted(transition, standing),
    )
    incident = _with_departments(incident, scene.directory.handling(transition.response.departments))
    legs = [replace(task, ended_ns=scene.now_ns) for task in case.tasks if task.ended_ns is None]
    after = Case(incident, case.tasks).with_tasks(legs)
    data: dict[str, object] = {**facts(transition), "reason": Reason.SOON_AFTER_END}
    deed = Deed(step=Action.REOPEN, from_state=case.incident.state, to_state=state, data=data)
    told = told_by(replace(deed, step=Action.RISE), case, after, scene.directory)
    return Outcome(after, (replace(deed, told=told),))


@dataclass
class Run:
    """Alarms of one batch that only joined an incident, or only cleared in it: one entry of the log tells of them."""

    action: Action
    found: list[dict[str, object]] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)

    @staticmethod
    def takes(before: Case, after: Case, action: Action) -> bool:
        """Tell whether a change may stand in a run: it moves nothing that people see but the number of alarms."""
        same = replace(after.incident, active=before.incident.active, alarms=before.incident.alarms)
        return action in {Action.JOIN, Action.FALL} and same == before.incident

    def add(self, transition: AlarmTransition, decision: Decision) -> None:
        """Add an alarm to the run."""
        self.found.append(facts(transition))
        self.reasons.append(decision.reason)

    def outcome(self, case: Case) -> Outcome:
        """Return the entry that tells of the run; a run of one reads as if it stood alone."""
        data: dict[str, object] = {**self.found[-1], "reason": self.reasons[-1]}
        if len(self.found) > 1:
            pairs = zip(self.found, self.reasons, strict=True)
            data = {
                "alarms": len(self.found),
                "reason": self.reasons[-1],
                "transitions": [{**one, "reason": reason} for one, reason in pairs],
            }
        state = case.incident.state
        return Outcome(case, (Deed(step=self.action, from_state=state, to_state=state, data=data),))


def _with_departments(incident: IncidentRecord, departments: tuple[str, ...]) -> IncidentRecord:
    """Propose the departments of what joins it too."""
    return replace(incident, proposed=list(dict.fromkeys((*incident.proposed, *departments))))


def _counted(incident: IncidentRecord, transition: AlarmTransition, standing: Standing) -> IncidentRecord:
    """Count the alarm in, or out when it cleared."""
    incident = replace(incident, doubted=_doubted(transition, standing))
    if transition.change is Change.CLEARED:
        return replace(incident, active=incident.active - 1)
    new = 0 if standing.active else 1
    return replace(incident, active=incident.active + new, alarms=incident.alarms + (0 if standing.member else new))


def _doubted(transition: AlarmTransition, standing: Standing) -> int:
    """Return how many of the incident's active alarms are unconfirmed after this change."""
    return standing.doubted + (transition.unconfirmed and transition.change is not Change.CLEARED)


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


def _stays(incident: IncidentRecord, _: AlarmTransition, __: Standing, ___: int) -> IncidentRecord:
    return incident


def _recover(incident: IncidentRecord, _: AlarmTransition, __: Standing, now_ns: int) -> IncidentRecord:
    return replace(incident, recovered_ns=now_ns)


_EFFECTS: Mapping[Action, Callable[[IncidentRecord, AlarmTransition, Standing, int], IncidentRecord]] = {
    Action.JOIN: _join,
    Action.RISE: _rise,
    Action.FALL: _fall,
    Action.RECOVER: _recover,
    Action.DOUBTED: _stays,
    Action.CONFIRMED: _stays,
}
