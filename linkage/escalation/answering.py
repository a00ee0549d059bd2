"""What an answer does to a case when it comes by a link or by telephone: it is seen, and nothing else."""

from dataclasses import replace

from linkage.deed import Deed, Outcome
from linkage.record import Case, TaskRecord
from linkage.states import GONE, Step, TaskState

_DONE = frozenset({TaskState.FED_BACK, TaskState.CHECKED})


def waits(case: Case, task: TaskRecord | None) -> bool:
    """Tell whether an answer would still change anything: the incident is open, and the task with the department."""
    if not case.incident.is_open:
        return False
    return task is None or (task.state not in GONE | _DONE and task.ended_ns is None)


def acknowledged(case: Case, task: TaskRecord | None, said: dict[str, object], now_ns: int) -> Outcome:
    """Return the case as it is after somebody said that they know; `said` tells the log how.

    An incident is acknowledged as if from the console. A task is not accepted by it: only its escalation stops.
    """
    incident = case.incident
    if task is None and incident.acknowledged_ns is None:
        incident = replace(incident, acknowledged_ns=now_ns)
    state = incident.state if task is None else task.state
    deed = Deed(
        step=Step.ACKNOWLEDGE,
        from_state=state,
        to_state=state,
        task=None if task is None else task.id,
        department=None if task is None else task.department,
        data=said,
    )
    return Outcome(Case(incident, case.tasks), (deed,))
