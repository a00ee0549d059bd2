"""The two axes, in one place: who may take which step, and what nobody may do twice in one incident.

Supervision verifies, files, checks and closes; command dispatches, urges and grants; departments handle their own
tasks. No person may both handle and judge, or dispatch and close, the same incident, whatever roles they hold
(CJJ/T 106 keeps 监督 and 指挥 apart; domain practice extends it to the person).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from city.errors import NotPermitted
from linkage import levels
from linkage.departments import Axis
from linkage.person import Person, Role
from linkage.record import Case, TaskRecord
from linkage.states import Step

_SUPERVISION = frozenset({Role.ACCEPTOR, Role.FOREMAN})
_FIELD = frozenset({Role.COLLECTOR, Role.ACCEPTOR, Role.FOREMAN})
_COMMAND = frozenset({Role.DISPATCHER})
_OFFICER = frozenset({Role.OFFICER})
_FOREMAN = frozenset({Role.FOREMAN})
HANDLING_ROLES = frozenset({Role.OFFICER, Role.HANDLER})

#: On duty: these may report an incident and comment on one.
REPORTING = _FIELD | _COMMAND | HANDLING_ROLES | {Role.LEADER, Role.MONITOR}

#: These see incidents of every department; officers and handlers see those in which their department has a part.
SEEING_ALL = _FIELD | _COMMAND | {Role.MONITOR, Role.LEADER, Role.EVALUATOR, Role.OPERATOR}

#: Who may take each step.
WHO: Mapping[Step, frozenset[Role]] = {
    Step.ACKNOWLEDGE: _SUPERVISION | _COMMAND | _OFFICER | {Role.LEADER},
    Step.ASSIGN_VERIFIER: _SUPERVISION,
    Step.VERIFY: _FIELD,
    Step.FILE: _SUPERVISION,
    Step.NOT_FILE: _SUPERVISION,
    Step.SEND_BACK: _COMMAND,
    Step.CONFIRM: _SUPERVISION,
    Step.VOID: _SUPERVISION,
    Step.DISPATCH: _COMMAND,
    Step.URGE: _COMMAND,
    Step.CLOSE: _SUPERVISION,
    Step.FORCE_CLOSE: _FOREMAN,
    Step.CANCEL: _FOREMAN,
    Step.REOPEN: _SUPERVISION,
    Step.GRADE: _SUPERVISION | _COMMAND | {Role.LEADER},
    Step.PASS_UP: _COMMAND,
    Step.PASS_DOWN: _COMMAND,
    Step.MERGE: _SUPERVISION | _COMMAND,
    Step.SPLIT: _SUPERVISION | _COMMAND,
    Step.DETACH: _SUPERVISION | _COMMAND,
    Step.COMMENT: REPORTING,
    Step.ASSIGN: _OFFICER,
    Step.REVOKE: _OFFICER,
    Step.ACCEPT: HANDLING_ROLES,
    Step.ARRIVE: HANDLING_ROLES,
    Step.HANDLE: HANDLING_ROLES,
    Step.FEED_BACK: HANDLING_ROLES,
    Step.RETURN: _OFFICER,
    Step.TRANSFER: _COMMAND,
    Step.ASSIGN_CHECKER: _SUPERVISION,
    Step.CHECK: _FIELD,
    Step.REWORK: _FIELD,
    Step.ASK_DELAY: HANDLING_ROLES,
    Step.ASK_SUSPEND: HANDLING_ROLES,
    Step.ENDORSE: _OFFICER,
    Step.GRANT: _COMMAND,
    Step.REFUSE: _COMMAND,
    Step.RESUME: _COMMAND,
    Step.APPEAL: _OFFICER,
    Step.ENDORSE_APPEAL: _COMMAND,
    Step.UPHOLD: frozenset({Role.ACCEPTOR}),
    Step.REJECT: frozenset({Role.ACCEPTOR}),
}

_BOTH_SIDES = (Step.ACKNOWLEDGE, Step.GRADE, Step.MERGE, Step.SPLIT, Step.DETACH, Step.COMMENT)
_COMMANDS = (Step.SEND_BACK, Step.DISPATCH, Step.URGE, Step.PASS_UP, Step.PASS_DOWN, Step.TRANSFER, Step.GRANT)
_COMMANDS_MORE = (Step.REFUSE, Step.RESUME, Step.ENDORSE_APPEAL)
_WORK = (Step.ASSIGN, Step.REVOKE, Step.ACCEPT, Step.ARRIVE, Step.HANDLE, Step.FEED_BACK, Step.RETURN)
_ASKS = (Step.ASK_DELAY, Step.ASK_SUSPEND, Step.ENDORSE, Step.APPEAL)

#: The axis each step belongs to; None for what every side does.
AXIS: Mapping[Step, Axis | None] = {
    **dict.fromkeys(Step, Axis.SUPERVISION),
    **dict.fromkeys(_BOTH_SIDES, None),
    **dict.fromkeys((*_COMMANDS, *_COMMANDS_MORE), Axis.COMMAND),
    **dict.fromkeys((*_WORK, *_ASKS), Axis.DEPARTMENT),
}

HANDLES = frozenset({Step.ASSIGN, Step.ACCEPT, Step.ARRIVE, Step.HANDLE, Step.FEED_BACK, *_ASKS})
JUDGES = frozenset({Step.CHECK, Step.REWORK, Step.CLOSE, Step.FORCE_CLOSE, Step.CANCEL, Step.VOID})
DISPATCHES = frozenset({Step.DISPATCH, Step.TRANSFER})
CLOSES = frozenset({Step.CLOSE, Step.FORCE_CLOSE, Step.CANCEL, Step.VOID})
GRANTS = frozenset({Step.GRANT, Step.REFUSE, Step.ENDORSE_APPEAL})
SETTLES_APPEALS = frozenset({Step.UPHOLD, Step.REJECT})

#: Steps of the collector who was told to check, and of the handler who was sent.
_CHECKING = frozenset({Step.CHECK, Step.REWORK})
_ON_SITE = frozenset({Step.ACCEPT, Step.ARRIVE, Step.HANDLE, Step.FEED_BACK})

#: These may close, in writing, what the sensors say is not over.
OVERRIDING = _FOREMAN

#: Pairs of groups of which one person may take steps of only one in the same incident.
APART = (
    (HANDLES, JUDGES),
    (HANDLES, GRANTS),
    (HANDLES, SETTLES_APPEALS),
    (DISPATCHES, CLOSES),
    (frozenset({Step.ENDORSE_APPEAL}), SETTLES_APPEALS),
)


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
    if AXIS[step] is Axis.COMMAND and not levels.commands(person, case.incident, step):
        return Refusal(levels.whose(case.incident, step))
    return _named(step, person, case, task) or _kept_apart(step, past)


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


def _named(step: Step, person: Person, case: Case, task: TaskRecord | None) -> Refusal | None:
    """Refuse a step that was given to one person: to collectors and handlers beside them, not to those who gave it."""
    if step is Step.VERIFY:
        return _given_to(case.incident.verifier, person, _SUPERVISION)
    if task is None:
        return None
    if step in _CHECKING:
        return _given_to(task.checker, person, _SUPERVISION)
    if step in _ON_SITE:
        return _given_to(task.handler, person, _OFFICER)
    if step is Step.ENDORSE and task.request is not None and task.request.get("by") == person.id:
        return Refusal("another officer of the department than who asked")
    return None


def _given_to(chosen: str, person: Person, givers: frozenset[Role]) -> Refusal | None:
    if chosen in {"", person.id} or person.holds(givers):
        return None
    return Refusal(f"{chosen}, to whom it was given, or {' or '.join(sorted(givers))}")


def _kept_apart(step: Step, past: Collection[str]) -> Refusal | None:
    for one, other in APART:
        for mine, theirs in ((one, other), (other, one)):
            done = sorted(theirs.intersection(past))
            if step in mine and done:
                return Refusal(f"somebody who did not `{done[0]}` in it")
    return None
