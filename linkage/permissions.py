"""The two axes, in one place: who may take which step, and what nobody may do twice in one incident.

Supervision verifies, files, checks and closes; command dispatches and urges; departments handle their own tasks. No
person may both handle and judge, or dispatch and close, the same incident, whatever roles they hold (CJJ/T 106 keeps
监督 and 指挥 apart; domain practice extends it to the person).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from city.errors import NotPermitted
from linkage.departments import Axis
from linkage.person import Person, Role
from linkage.record import Case, TaskRecord
from linkage.states import Step

_SUPERVISION = frozenset({Role.ACCEPTOR, Role.FOREMAN})
_FIELD = frozenset({Role.COLLECTOR, Role.ACCEPTOR, Role.FOREMAN})
_COMMAND = frozenset({Role.DISPATCHER})
_OFFICER = frozenset({Role.OFFICER})
HANDLING_ROLES = frozenset({Role.OFFICER, Role.HANDLER})

#: On duty: these may report an incident and comment on one.
REPORTING = _FIELD | _COMMAND | HANDLING_ROLES | {Role.LEADER, Role.MONITOR}

#: These see incidents of every department; officers and handlers see those in which their department has a part.
SEEING_ALL = _FIELD | _COMMAND | {Role.MONITOR, Role.LEADER, Role.EVALUATOR, Role.OPERATOR}

WHO: Mapping[Step, frozenset[Role]] = {
    Step.ACKNOWLEDGE: _SUPERVISION | _COMMAND | _OFFICER | {Role.LEADER},
    Step.VERIFY: _FIELD,
    Step.FILE: _SUPERVISION,
    Step.NOT_FILE: _SUPERVISION,
    Step.CONFIRM: _SUPERVISION,
    Step.VOID: _SUPERVISION,
    Step.DISPATCH: _COMMAND,
    Step.URGE: _COMMAND,
    Step.CLOSE: _SUPERVISION,
    Step.CANCEL: frozenset({Role.FOREMAN}),
    Step.COMMENT: REPORTING,
    Step.ACCEPT: _OFFICER,
    Step.ARRIVE: HANDLING_ROLES,
    Step.HANDLE: HANDLING_ROLES,
    Step.FEED_BACK: HANDLING_ROLES,
    Step.RETURN: _OFFICER,
    Step.CHECK: _FIELD,
    Step.REWORK: _FIELD,
}

#: The axis each step belongs to; None for what every side does.
AXIS: Mapping[Step, Axis | None] = {
    Step.ACKNOWLEDGE: None,
    Step.VERIFY: Axis.SUPERVISION,
    Step.FILE: Axis.SUPERVISION,
    Step.NOT_FILE: Axis.SUPERVISION,
    Step.CONFIRM: Axis.SUPERVISION,
    Step.VOID: Axis.SUPERVISION,
    Step.DISPATCH: Axis.COMMAND,
    Step.URGE: Axis.COMMAND,
    Step.CLOSE: Axis.SUPERVISION,
    Step.CANCEL: Axis.SUPERVISION,
    Step.COMMENT: None,
    Step.ACCEPT: Axis.DEPARTMENT,
    Step.ARRIVE: Axis.DEPARTMENT,
    Step.HANDLE: Axis.DEPARTMENT,
    Step.FEED_BACK: Axis.DEPARTMENT,
    Step.RETURN: Axis.DEPARTMENT,
    Step.CHECK: Axis.SUPERVISION,
    Step.REWORK: Axis.SUPERVISION,
}

HANDLES = frozenset({Step.ACCEPT, Step.ARRIVE, Step.HANDLE, Step.FEED_BACK})
JUDGES = frozenset({Step.CHECK, Step.REWORK, Step.CLOSE, Step.CANCEL, Step.VOID})
DISPATCHES = frozenset({Step.DISPATCH})
CLOSES = frozenset({Step.CLOSE, Step.CANCEL, Step.VOID})

#: Pairs of groups of which one person may take steps of only one in the same incident.
_APART = ((HANDLES, JUDGES), (DISPATCHES, CLOSES))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not: for whom the step is."""

    allowed: str


def refusal(step: Step, person: Person, case: Case, task: TaskRecord | None, past: Collection[str]) -> Refusal | None:
    """Return why `person` may not take `step`, or None when they may; `past` are their steps in this incident."""
    if not person.holds(WHO[step]):
        return Refusal(" or ".join(sorted(WHO[step])))
    if AXIS[step] is Axis.DEPARTMENT and (task is None or task.department != person.department):
        return Refusal(f"department {task.department}" if task is not None else "the task's department")
    if not may_see(person, case):
        return Refusal("those whose district or department it concerns")
    return _kept_apart(step, past)


def check(step: Step, person: Person, case: Case, task: TaskRecord | None, past: Collection[str]) -> None:
    """Let `person` take `step`.

    Raises:
        NotPermitted: it is not theirs to take; the message says whose it is.
    """
    found = refusal(step, person, case, task, past)
    if found is not None:
        raise NotPermitted(step, allowed=found.allowed, at=f"incident {case.incident.number}")


def may_see(person: Person, case: Case) -> bool:
    """Tell whether the incident is this person's to see."""
    departments = {task.department for task in case.tasks}
    return may_see_one(person, case.incident.district, case.incident.reporter, departments)


def may_see_one(person: Person, district: str, reporter: str, departments: Collection[str]) -> bool:
    """Tell whether an incident of this district, reporter and departments is this person's to see."""
    if reporter == person.id:
        return True
    if person.district and district and person.district != district:
        return False
    if person.holds(SEEING_ALL):
        return True
    return person.holds(HANDLING_ROLES) and person.department in departments


def _kept_apart(step: Step, past: Collection[str]) -> Refusal | None:
    for one, other in _APART:
        for mine, theirs in ((one, other), (other, one)):
            done = sorted(theirs.intersection(past))
            if step in mine and done:
                return Refusal(f"somebody who did not `{done[0]}` in it")
    return None
