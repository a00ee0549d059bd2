"""When the case allows a step: its state, and what must hold beside it."""

from collections.abc import Callable, Mapping

from city.errors import IllegalTransition
from linkage.record import Case, TaskRecord
from linkage.states import APPEALING, CLOSED, INCIDENT_MOVES, TASK_MOVES, Disposition, IncidentState, Step, TaskState

#: Delays that one task may be granted (a city's platform: at most 2 approved), and suspensions (once).
MOST_DELAYS, MOST_SUSPENSIONS = 2, 1

#: What a request for more time may ask for.
DELAY, SUSPEND = "delay", "suspend"

#: How an appeal stands.
ASKED, ENDORSED, UPHELD, REJECTED = "asked", "endorsed", "upheld", "rejected"

_Guard = Callable[[Case], bool]
_TaskGuard = Callable[[Case, TaskRecord, int], bool]

#: What must hold beside the incident's state.
_GUARDS: Mapping[Step, _Guard] = {
    Step.ACKNOWLEDGE: lambda case: case.incident.acknowledged_ns is None,
    Step.ASSIGN_VERIFIER: lambda case: case.incident.verified_ns is None,
    Step.VERIFY: lambda case: case.incident.verified_ns is None,
    Step.FILE: lambda case: case.incident.verified_ns is not None,
    Step.SEND_BACK: lambda case: case.incident.unconfirmed_ns is None,
    Step.CONFIRM: lambda case: case.incident.unconfirmed_ns is not None,
    Step.VOID: lambda case: case.incident.unconfirmed_ns is not None and not _responding(case),
    Step.CLOSE: lambda case: case.incident.unconfirmed_ns is None and all_checked(case) and not _responding(case),
    Step.FORCE_CLOSE: lambda case: not _responding(case),
    Step.CANCEL: lambda case: not _responding(case),
    Step.PASS_UP: lambda case: case.incident.jurisdiction != "",
    Step.PASS_DOWN: lambda case: case.incident.jurisdiction == "" and case.incident.district != "",
}

#: What must hold beside the task's state, at a given moment.
_TASK_GUARDS: Mapping[Step, _TaskGuard] = {
    Step.REVOKE: lambda _, task, __: task.handler != "",
    Step.RETURN: lambda _, task, __: task.handler == "",
    Step.ASK_DELAY: lambda _, task, now_ns: _may_ask(task, now_ns) and task.delays < MOST_DELAYS,
    Step.ASK_SUSPEND: lambda _, task, now_ns: _may_ask(task, now_ns) and task.suspensions < MOST_SUSPENSIONS,
    Step.ENDORSE: lambda _, task, now_ns: _may_endorse(task) and not _late(task, now_ns),
    Step.GRANT: lambda _, task, now_ns: _endorsed(task) and not _late(task, now_ns),
    Step.REFUSE: lambda _, task, __: task.request is not None,
    Step.APPEAL: lambda case, task, __: task.overdue and all(one.appeal == "" for one in case.tasks),
    Step.ENDORSE_APPEAL: lambda _, task, __: task.appeal == ASKED,
    Step.UPHOLD: lambda _, task, __: task.appeal == ENDORSED,
    Step.REJECT: lambda _, task, __: task.appeal in {ASKED, ENDORSED},
}

#: What an incident opened by a rule, and one reported by a person, can turn out to be when it was nothing.
_FALSE_BY_RULE = (Disposition.FALSE_RULE, Disposition.FALSE_SENSOR)
_FALSE_BY_PERSON = (Disposition.FALSE_PERSON,)

#: Dispositions that an end allows whatever opened the incident; `recovered` only when it is.
_ENDS: Mapping[Step, tuple[Disposition, ...]] = {
    Step.NOT_FILE: (Disposition.NOT_FILED, Disposition.RECOVERED, Disposition.DUPLICATE),
    Step.VOID: (Disposition.DUPLICATE, Disposition.CANCELLED),
    Step.CLOSE: (Disposition.RESOLVED, Disposition.RECOVERED),
    Step.FORCE_CLOSE: (Disposition.UNRESOLVED, Disposition.RESOLVED, Disposition.RECOVERED),
    Step.CANCEL: (Disposition.CANCELLED, Disposition.DUPLICATE),
}


def _responding(case: Case) -> bool:
    """Tell whether a response runs that hangs on this incident: a leader ends that first."""
    return case.incident.response_level != ""


def all_checked(case: Case) -> bool:
    """Tell whether every department's mandatory leg has been checked."""
    return all(task.state is TaskState.CHECKED for task in case.legs if task.mandatory)


def dispositions(step: Step, case: Case) -> tuple[Disposition, ...]:
    """Return how the incident may end by this step; nothing for a step that ends nothing."""
    if step not in _ENDS:
        return ()
    false = _FALSE_BY_RULE if case.incident.by_alarm else _FALSE_BY_PERSON
    recovered = case.incident.recovered_ns is not None
    return tuple(end for end in (*_ENDS[step], *false) if recovered or end is not Disposition.RECOVERED)


def incident_steps(case: Case) -> tuple[Step, ...]:
    """Return the steps that the incident allows now, whoever takes them."""
    return tuple(step for step in INCIDENT_MOVES if _fits(step, case))


def task_steps(case: Case, task: TaskRecord, now_ns: int) -> tuple[Step, ...]:
    """Return the steps that the task allows at `now_ns`, whoever takes them."""
    return tuple(step for step in TASK_MOVES if _fits_task(step, case, task, now_ns))


def next_state(step: Step, case: Case) -> IncidentState:
    """Return the state that the step leads to.

    Raises:
        IllegalTransition: the step is not allowed now; it names those that are.
    """
    if step not in INCIDENT_MOVES or not _fits(step, case):
        legal = tuple(incident_steps(case))
        raise IllegalTransition(step, state=case.incident.state, legal=legal, at=f"incident {case.incident.number}")
    return INCIDENT_MOVES[step][case.incident.state]


def next_task_state(step: Step, case: Case, task: TaskRecord, now_ns: int) -> TaskState:
    """Return the task state that the step leads to at `now_ns`.

    Raises:
        IllegalTransition: the step is not allowed now; it names those that are.
    """
    legal = task_steps(case, task, now_ns)
    if step not in legal:
        at = f"incident {case.incident.number}, {task.department}"
        raise IllegalTransition(step, state=task.state, legal=legal, at=at)
    return TASK_MOVES[step][task.state]


def _fits(step: Step, case: Case) -> bool:
    if case.incident.state not in INCIDENT_MOVES[step]:
        return False
    guard = _GUARDS.get(step)
    return guard is None or guard(case)


def _fits_task(step: Step, case: Case, task: TaskRecord, now_ns: int) -> bool:
    when = case.incident.state in CLOSED if step in APPEALING else case.incident.is_open and task in case.legs
    if not when or task.state not in TASK_MOVES[step]:
        return False
    guard = _TASK_GUARDS.get(step)
    return guard is None or guard(case, task, now_ns)


def _may_ask(task: TaskRecord, now_ns: int) -> bool:
    """Tell whether more time may be asked for: nothing is pending, and it is not too late."""
    return task.request is None and not _late(task, now_ns)


def _late(task: TaskRecord, now_ns: int) -> bool:
    return now_ns > task.due_ns


def _may_endorse(task: TaskRecord) -> bool:
    return task.request is not None and not _endorsed(task)


def _endorsed(task: TaskRecord) -> bool:
    return task.request is not None and "endorsed_ns" in task.request
