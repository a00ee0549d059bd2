"""Every step a person may take: what it is called, what it needs, and when the case allows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from city.errors import IllegalTransition
from linkage.record import Case, TaskRecord
from linkage.states import INCIDENT_MOVES, TASK_MOVES, Disposition, IncidentState, Step, TaskState

NOTE, DEPARTMENT, DISPOSITION = "note", "department", "disposition"


@dataclass(frozen=True, slots=True)
class StepDefinition:
    """What a step is called and what must come with it."""

    zh: str
    en: str
    needs: tuple[str, ...] = ()


STEPS: Mapping[Step, StepDefinition] = {
    Step.ACKNOWLEDGE: StepDefinition("知晓", "Acknowledge"),
    Step.VERIFY: StepDefinition("核实属实", "Verify"),
    Step.FILE: StepDefinition("立案", "File"),
    Step.NOT_FILE: StepDefinition("不予立案", "Do not file", (DISPOSITION, NOTE)),
    Step.CONFIRM: StepDefinition("确认自动派遣", "Confirm"),
    Step.VOID: StepDefinition("撤销自动派遣", "Void", (DISPOSITION, NOTE)),
    Step.DISPATCH: StepDefinition("派遣", "Dispatch", (DEPARTMENT,)),
    Step.URGE: StepDefinition("督办", "Urge", (NOTE,)),
    Step.CLOSE: StepDefinition("结案", "Close", (DISPOSITION,)),
    Step.CANCEL: StepDefinition("作废", "Cancel", (DISPOSITION, NOTE)),
    Step.COMMENT: StepDefinition("批注", "Comment", (NOTE,)),
    Step.ACCEPT: StepDefinition("接收", "Accept"),
    Step.ARRIVE: StepDefinition("到场", "Arrive"),
    Step.HANDLE: StepDefinition("开始处置", "Handle"),
    Step.FEED_BACK: StepDefinition("反馈", "Feed back", (NOTE,)),
    Step.RETURN: StepDefinition("退回", "Return", (NOTE,)),
    Step.CHECK: StepDefinition("核查通过", "Check"),
    Step.REWORK: StepDefinition("返工", "Rework", (NOTE,)),
}

_Guard = Callable[[Case], bool]

#: What must hold beside the state.
_GUARDS: Mapping[Step, _Guard] = {
    Step.ACKNOWLEDGE: lambda case: case.incident.acknowledged_ns is None,
    Step.VERIFY: lambda case: case.incident.verified_ns is None,
    Step.CONFIRM: lambda case: case.incident.unconfirmed_ns is not None,
    Step.VOID: lambda case: case.incident.unconfirmed_ns is not None,
    Step.CLOSE: lambda case: case.incident.unconfirmed_ns is None and all_checked(case),
}

#: What an incident opened by a rule, and one reported by a person, can turn out to be when it was nothing.
_FALSE_BY_RULE = (Disposition.FALSE_RULE, Disposition.FALSE_SENSOR)
_FALSE_BY_PERSON = (Disposition.FALSE_PERSON,)

#: Dispositions that an end allows whatever opened the incident; `recovered` only when it is.
_ENDS: Mapping[Step, tuple[Disposition, ...]] = {
    Step.NOT_FILE: (Disposition.NOT_FILED, Disposition.RECOVERED, Disposition.DUPLICATE),
    Step.VOID: (Disposition.DUPLICATE, Disposition.CANCELLED),
    Step.CLOSE: (Disposition.RESOLVED, Disposition.RECOVERED),
    Step.CANCEL: (Disposition.CANCELLED, Disposition.DUPLICATE),
}


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


def task_steps(case: Case, task: TaskRecord) -> tuple[Step, ...]:
    """Return the steps that the task allows now, whoever takes them."""
    if not case.incident.is_open:
        return ()
    return tuple(step for step, moves in TASK_MOVES.items() if task.state in moves)


def next_state(step: Step, case: Case) -> IncidentState:
    """Return the state that the step leads to.

    Raises:
        IllegalTransition: the step is not allowed now; it names those that are.
    """
    if step not in INCIDENT_MOVES or not _fits(step, case):
        legal = tuple(incident_steps(case))
        raise IllegalTransition(step, state=case.incident.state, legal=legal, at=f"incident {case.incident.number}")
    return INCIDENT_MOVES[step][case.incident.state]


def next_task_state(step: Step, case: Case, task: TaskRecord) -> TaskState:
    """Return the task state that the step leads to.

    Raises:
        IllegalTransition: the step is not allowed now; it names those that are.
    """
    legal = task_steps(case, task)
    if step not in legal:
        at = f"incident {case.incident.number}, {task.department}"
        raise IllegalTransition(step, state=task.state, legal=legal, at=at)
    return TASK_MOVES[step][task.state]


def _fits(step: Step, case: Case) -> bool:
    if case.incident.state not in INCIDENT_MOVES[step]:
        return False
    guard = _GUARDS.get(step)
    return guard is None or guard(case)
