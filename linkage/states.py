"""The states of incidents and tasks, the steps that move them, and how an incident's state follows from its tasks."""

from collections.abc import Collection, Mapping
from enum import StrEnum


class IncidentState(StrEnum):
    """Where an incident stands; the last three are ends."""

    REPORTED = "reported"
    FILED = "filed"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    FED_BACK = "fed_back"
    CHECKING = "checking"
    CLOSED = "closed"
    NOT_FILED = "not_filed"
    CANCELLED = "cancelled"


class TaskState(StrEnum):
    """Where one department's leg stands; the last three are ends."""

    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    HANDLING = "handling"
    FED_BACK = "fed_back"
    CHECKED = "checked"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What a person may do to an incident or, from `ACCEPT` on, to a task."""

    ACKNOWLEDGE = "acknowledge"
    VERIFY = "verify"
    FILE = "file"
    NOT_FILE = "not_file"
    CONFIRM = "confirm"
    VOID = "void"
    DISPATCH = "dispatch"
    URGE = "urge"
    CLOSE = "close"
    CANCEL = "cancel"
    COMMENT = "comment"
    ACCEPT = "accept"
    ARRIVE = "arrive"
    HANDLE = "handle"
    FEED_BACK = "feed_back"
    RETURN = "return"
    CHECK = "check"
    REWORK = "rework"


class Disposition(StrEnum):
    """How an incident ended."""

    RESOLVED = "resolved"
    RECOVERED = "recovered"
    NOT_FILED = "not_filed"
    FALSE_RULE = "false_rule"
    FALSE_SENSOR = "false_sensor"
    FALSE_PERSON = "false_person"
    DUPLICATE = "duplicate"
    CANCELLED = "cancelled"


_I, _T = IncidentState, TaskState

ENDED = frozenset({_I.CLOSED, _I.NOT_FILED, _I.CANCELLED})

#: States after filing, in which the incident's state follows from its tasks.
FOLLOWING = frozenset({_I.FILED, _I.DISPATCHED, _I.HANDLING, _I.FED_BACK, _I.CHECKING})

_OPEN = FOLLOWING | {_I.REPORTED}


def _stay(states: Collection[IncidentState]) -> dict[IncidentState, IncidentState]:
    return {state: state for state in states}


def _all_to(states: Collection[IncidentState], end: IncidentState) -> dict[IncidentState, IncidentState]:
    return dict.fromkeys(states, end)


#: Step -> state before -> state after. After filing, "the same state" means: the one that the tasks then give.
INCIDENT_MOVES: Mapping[Step, Mapping[IncidentState, IncidentState]] = {
    Step.ACKNOWLEDGE: _stay(_OPEN),
    Step.VERIFY: _stay({_I.REPORTED}),
    Step.FILE: {_I.REPORTED: _I.FILED},
    Step.NOT_FILE: {_I.REPORTED: _I.NOT_FILED},
    Step.CONFIRM: _stay(FOLLOWING),
    Step.VOID: _all_to(FOLLOWING, _I.CANCELLED),
    Step.DISPATCH: _stay(FOLLOWING),
    Step.URGE: _stay({_I.DISPATCHED, _I.HANDLING}),
    Step.CLOSE: {_I.CHECKING: _I.CLOSED},
    Step.CANCEL: _all_to(FOLLOWING, _I.CANCELLED),
    Step.COMMENT: _stay(_OPEN | ENDED),
}

#: Step -> state before -> state after.
TASK_MOVES: Mapping[Step, Mapping[TaskState, TaskState]] = {
    Step.ACCEPT: {_T.DISPATCHED: _T.ACCEPTED},
    Step.ARRIVE: {_T.ACCEPTED: _T.ARRIVED},
    Step.HANDLE: {_T.ACCEPTED: _T.HANDLING, _T.ARRIVED: _T.HANDLING},
    Step.FEED_BACK: {_T.ARRIVED: _T.FED_BACK, _T.HANDLING: _T.FED_BACK},
    Step.RETURN: {_T.DISPATCHED: _T.RETURNED, _T.ACCEPTED: _T.RETURNED, _T.ARRIVED: _T.RETURNED},
    Step.CHECK: {_T.FED_BACK: _T.CHECKED},
    Step.REWORK: {_T.FED_BACK: _T.HANDLING, _T.CHECKED: _T.HANDLING},
}

#: Tasks that count no more: the department gave them back, or the incident ended under them.
GONE = frozenset({_T.RETURNED, _T.CANCELLED})

_BEFORE_WORK = frozenset({_T.DISPATCHED})
_DONE = frozenset({_T.FED_BACK, _T.CHECKED})


def followed(tasks: Collection[TaskState]) -> IncidentState:
    """Return the state of a filed incident whose tasks stand like this."""
    live = {state for state in tasks if state not in GONE}
    if not live:
        return IncidentState.FILED
    if live <= _BEFORE_WORK:
        return IncidentState.DISPATCHED
    if not live <= _DONE:
        return IncidentState.HANDLING
    return IncidentState.CHECKING if TaskState.CHECKED in live else IncidentState.FED_BACK
