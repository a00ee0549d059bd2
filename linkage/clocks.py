"""Which clocks run for an incident, when each runs out, and how it stands against its limit."""

from dataclasses import dataclass
from enum import StrEnum

from linkage.record import Case, IncidentRecord, TaskRecord
from linkage.standards import Standard
from linkage.states import IncidentState, TaskState


class Stage(StrEnum):
    """What somebody must do before the clock runs out."""

    VERIFY = "verify"
    FILE = "file"
    CONFIRM = "confirm"
    DISPATCH = "dispatch"
    HANDLE = "handle"
    CHECK = "check"
    CLOSE = "close"


class Light(StrEnum):
    """How a clock stands: green to 80 % of its limit, yellow to 100 %, then red (China Unicom's 数字城管 platform)."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Running:
    """A running clock; `task` is set where it is one department's."""

    stage: Stage
    from_ns: int
    due_ns: int
    task: int | None = None


_WORKING = frozenset({TaskState.DISPATCHED, TaskState.ACCEPTED, TaskState.ARRIVED, TaskState.HANDLING})


def running(case: Case, standard: Standard) -> tuple[Running, ...]:
    """Return every clock that runs, nearest deadline first; none once the incident has ended."""
    incident = case.incident
    if not incident.is_open:
        return ()
    if incident.state is IncidentState.REPORTED:
        return (_reported(incident, standard),)
    clocks = [_leg(task, standard) for task in case.legs if task.state is not TaskState.CHECKED]
    if not case.legs:
        clocks.append(_waiting_for_dispatch(case, standard))
    elif not clocks:
        since = max(task.checked_ns for task in case.legs if task.checked_ns is not None)
        clocks.append(Running(Stage.CLOSE, since, since + standard.close_ns))
    if incident.unconfirmed_ns is not None and incident.confirm_by_ns is not None:
        clocks.append(Running(Stage.CONFIRM, incident.unconfirmed_ns, incident.confirm_by_ns))
    return tuple(sorted(clocks, key=lambda clock: clock.due_ns))


def light(from_ns: int, due_ns: int, now_ns: int) -> Light:
    """Return how a clock stands at `now_ns`."""
    if now_ns > due_ns:
        return Light.RED
    return Light.GREEN if (now_ns - from_ns) * 100 <= (due_ns - from_ns) * 80 else Light.YELLOW


def _reported(incident: IncidentRecord, standard: Standard) -> Running:
    if incident.verified_ns is None:
        return Running(Stage.VERIFY, incident.opened_ns, incident.opened_ns + standard.verify_ns)
    return Running(Stage.FILE, incident.verified_ns, incident.verified_ns + standard.file_ns)


def _waiting_for_dispatch(case: Case, standard: Standard) -> Running:
    filed = case.incident.filed_ns
    given_back = [task.ended_ns for task in case.tasks if task.ended_ns is not None]
    since = max([case.incident.opened_ns if filed is None else filed, *given_back])
    return Running(Stage.DISPATCH, since, since + standard.dispatch_ns)


def _leg(task: TaskRecord, standard: Standard) -> Running:
    if task.state in _WORKING or task.fed_back_ns is None:
        return Running(Stage.HANDLE, task.dispatched_ns, task.due_ns, task.id)
    return Running(Stage.CHECK, task.fed_back_ns, task.fed_back_ns + standard.check_ns, task.id)
