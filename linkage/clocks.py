"""Which clocks run for an incident, when each runs out, and how it stands against its limit."""

from dataclasses import dataclass, replace
from enum import StrEnum

from city.calendar import Calendar, Limit, limit_from
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
    """A running clock; `task` is set where it is one department's, and from `yellow_ns` on it is yellow."""

    stage: Stage
    from_ns: int
    due_ns: int
    yellow_ns: int
    task: int | None = None

    def light(self, now_ns: int) -> Light:
        """Return how the clock stands at `now_ns`."""
        if now_ns > self.due_ns:
            return Light.RED
        return Light.GREEN if now_ns <= self.yellow_ns else Light.YELLOW


#: States in which no clock of a leg runs: it is done, or waits with leave.
_RESTING = frozenset({TaskState.CHECKED, TaskState.SUSPENDED})

_WORKING = frozenset({TaskState.DISPATCHED, TaskState.ACCEPTED, TaskState.ARRIVED, TaskState.HANDLING})


def running(case: Case, standard: Standard, calendar: Calendar) -> tuple[Running, ...]:
    """Return every clock that runs, nearest deadline first; none once the incident has ended."""
    incident = case.incident
    if not incident.is_open:
        return ()
    if incident.state is IncidentState.REPORTED:
        return (_reported(incident, standard, calendar),)
    clocks = [_leg(task, standard, calendar) for task in case.legs if task.state not in _RESTING]
    if not case.legs:
        clocks.append(_waiting_for_dispatch(case, standard, calendar))
    elif (since := _all_checked(case)) is not None:
        clocks.append(_set(Stage.CLOSE, since, standard.close, calendar))
    if incident.unconfirmed_ns is not None and incident.confirm_by_ns is not None:
        clocks.append(_confirming(incident.unconfirmed_ns, incident.confirm_by_ns))
    return tuple(sorted(clocks, key=lambda clock: clock.due_ns))


def given(before: Case | None, after: Case, standard: Standard, calendar: Calendar) -> list[dict[str, object]]:
    """Return the deadlines that a step gave or moved, as the event log keeps them."""
    if before is not None and _read_by_clocks(before) == _read_by_clocks(after):
        return []
    known = set() if before is None else {_deadline(clock) for clock in running(before, standard, calendar)}
    new = [clock for clock in running(after, standard, calendar) if _deadline(clock) not in known]
    return [
        {"stage": clock.stage, "from_ns": clock.from_ns, "due_ns": clock.due_ns}
        | ({} if clock.task is None else {"task": clock.task})
        for clock in new
    ]


def yellow(due_ns: int, limit: Limit, calendar: Calendar) -> int:
    """Return when a clock that ends at `due_ns` has a fifth of its limit left, in the limit's own unit."""
    return calendar.before(due_ns, Limit(limit.amount / 5, limit.unit))


def task_yellow(task: TaskRecord, standard: Standard, calendar: Calendar) -> int:
    """Return when the handling clock of a task turns yellow: a delay made its limit longer."""
    once = limit_from(task.limit) if task.limit else standard.handle()
    return yellow(task.due_ns, Limit(once.amount * (1 + task.delays), once.unit), calendar)


def _deadline(clock: Running) -> tuple[Stage, int | None, int]:
    return clock.stage, clock.task, clock.due_ns


def _read_by_clocks(case: Case) -> tuple[object, ...]:
    """Return all of a case that clocks depend on; a storm's thousands of alarms change none of it."""
    incident = case.incident
    stamps = (incident.verified_ns, incident.filed_ns, incident.unconfirmed_ns, incident.sent_back_ns)
    return (incident.state, *stamps, case.tasks)


def _set(stage: Stage, from_ns: int, limit: Limit, calendar: Calendar) -> Running:
    due_ns = calendar.due(from_ns, limit)
    return Running(stage, from_ns, due_ns, yellow(due_ns, limit, calendar))


def _reported(incident: IncidentRecord, standard: Standard, calendar: Calendar) -> Running:
    if incident.verified_ns is None:
        since = incident.opened_ns if incident.sent_back_ns is None else incident.sent_back_ns
        return _set(Stage.VERIFY, since, standard.verify, calendar)
    return _set(Stage.FILE, incident.verified_ns, standard.file, calendar)


def _waiting_for_dispatch(case: Case, standard: Standard, calendar: Calendar) -> Running:
    filed = case.incident.filed_ns
    given_back = [task.ended_ns for task in case.tasks if task.ended_ns is not None]
    since = max([case.incident.opened_ns if filed is None else filed, *given_back])
    return _set(Stage.DISPATCH, since, standard.dispatch, calendar)


def _all_checked(case: Case) -> int | None:
    """Return when the last of the legs that must be checked was; None while one is not."""
    awaited = [task for task in case.legs if task.mandatory]
    checked = [task.checked_ns for task in awaited if task.state is TaskState.CHECKED and task.checked_ns is not None]
    return max(checked) if checked and len(checked) == len(awaited) else None


def _confirming(from_ns: int, due_ns: int) -> Running:
    return Running(Stage.CONFIRM, from_ns, due_ns, due_ns - (due_ns - from_ns) // 5)


def _leg(task: TaskRecord, standard: Standard, calendar: Calendar) -> Running:
    if task.state not in _WORKING and task.fed_back_ns is not None:
        return replace(_set(Stage.CHECK, task.fed_back_ns, standard.check, calendar), task=task.id)
    yellow_ns = task_yellow(task, standard, calendar)
    return Running(Stage.HANDLE, task.dispatched_ns, task.due_ns, yellow_ns, task.id)
