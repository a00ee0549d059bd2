"""The states of incidents and tasks, the steps that move them, and how an incident's state follows from its tasks."""

from collections.abc import Collection, Mapping
from enum import StrEnum


class IncidentState(StrEnum):
    """Where an incident stands; from `CLOSED` on they are ends."""

    REPORTED = "reported"
    FILED = "filed"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    SUSPENDED = "suspended"  #: every unfinished leg is
    FED_BACK = "fed_back"
    CHECKING = "checking"
    CLOSED = "closed"
    FORCED = "forced"  #: closed by the foreman though not every leg was checked
    NOT_FILED = "not_filed"
    CANCELLED = "cancelled"
    MERGED = "merged"  #: its trail goes on in another incident


class TaskState(StrEnum):
    """Where one department's leg stands; from `RETURNED` on they count no more."""

    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    HANDLING = "handling"
    SUSPENDED = "suspended"
    FED_BACK = "fed_back"
    CHECKED = "checked"
    RETURNED = "returned"
    TRANSFERRED = "transferred"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What a person may do to an incident or, from `ASSIGN` on, to a task."""

    ACKNOWLEDGE = "acknowledge"
    ASSIGN_VERIFIER = "assign_verifier"
    VERIFY = "verify"
    FILE = "file"
    NOT_FILE = "not_file"
    SEND_BACK = "send_back"
    CONFIRM = "confirm"
    VOID = "void"
    DISPATCH = "dispatch"
    URGE = "urge"
    CLOSE = "close"
    FORCE_CLOSE = "force_close"
    CANCEL = "cancel"
    REOPEN = "reopen"
    GRADE = "grade"
    PASS_UP = "pass_up"
    PASS_DOWN = "pass_down"
    MERGE = "merge"
    SPLIT = "split"
    DETACH = "detach"
    COMMENT = "comment"
    ASSIGN = "assign"
    REVOKE = "revoke"
    ACCEPT = "accept"
    ARRIVE = "arrive"
    HANDLE = "handle"
    FEED_BACK = "feed_back"
    RETURN = "return"
    TRANSFER = "transfer"
    ASSIGN_CHECKER = "assign_checker"
    CHECK = "check"
    REWORK = "rework"
    ASK_DELAY = "ask_delay"
    ASK_SUSPEND = "ask_suspend"
    ENDORSE = "endorse"
    GRANT = "grant"
    REFUSE = "refuse"
    RESUME = "resume"
    APPEAL = "appeal"
    ENDORSE_APPEAL = "endorse_appeal"
    UPHOLD = "uphold"
    REJECT = "reject"


class Disposition(StrEnum):
    """How an incident ended."""

    RESOLVED = "resolved"
    RECOVERED = "recovered"
    UNRESOLVED = "unresolved"
    NOT_FILED = "not_filed"
    FALSE_RULE = "false_rule"
    FALSE_SENSOR = "false_sensor"
    FALSE_PERSON = "false_person"
    DUPLICATE = "duplicate"
    CANCELLED = "cancelled"


_I, _T = IncidentState, TaskState

ENDED = frozenset({_I.CLOSED, _I.FORCED, _I.NOT_FILED, _I.CANCELLED, _I.MERGED})

#: Ends after which departments may appeal, and the condition's return reopens.
CLOSED = frozenset({_I.CLOSED, _I.FORCED})

#: States after filing, in which the incident's state follows from its tasks.
FOLLOWING = frozenset({_I.FILED, _I.DISPATCHED, _I.HANDLING, _I.SUSPENDED, _I.FED_BACK, _I.CHECKING})

_OPEN = FOLLOWING | {_I.REPORTED}


def _stay(states: Collection[IncidentState]) -> dict[IncidentState, IncidentState]:
    return {state: state for state in states}


def _all_to(states: Collection[IncidentState], end: IncidentState) -> dict[IncidentState, IncidentState]:
    return dict.fromkeys(states, end)


#: Step -> state before -> state after. After filing, "the same state" means: the one that the tasks then give.
INCIDENT_MOVES: Mapping[Step, Mapping[IncidentState, IncidentState]] = {
    Step.ACKNOWLEDGE: _stay(_OPEN),
    Step.VERIFY: _stay({_I.REPORTED}),
    Step.ASSIGN_VERIFIER: _stay({_I.REPORTED}),
    Step.FILE: {_I.REPORTED: _I.FILED},
    Step.NOT_FILE: {_I.REPORTED: _I.NOT_FILED},
    Step.SEND_BACK: {_I.FILED: _I.REPORTED},
    Step.CONFIRM: _stay(FOLLOWING),
    Step.VOID: _all_to(FOLLOWING, _I.CANCELLED),
    Step.DISPATCH: _stay(FOLLOWING),
    Step.URGE: _stay({_I.DISPATCHED, _I.HANDLING, _I.SUSPENDED}),
    Step.CLOSE: {_I.CHECKING: _I.CLOSED},
    Step.FORCE_CLOSE: _all_to(FOLLOWING, _I.FORCED),
    Step.CANCEL: _all_to(FOLLOWING, _I.CANCELLED),
    Step.REOPEN: {_I.NOT_FILED: _I.REPORTED, _I.CLOSED: _I.FILED, _I.FORCED: _I.FILED, _I.CANCELLED: _I.FILED},
    Step.GRADE: _stay(_OPEN),
    Step.PASS_UP: _stay(_OPEN),
    Step.PASS_DOWN: _stay(_OPEN),
    Step.COMMENT: _stay(_OPEN | ENDED),
}

#: Steps that concern several incidents at once; `linkage.admission` takes them.
SPANNING = frozenset({Step.MERGE, Step.SPLIT, Step.DETACH})

_WORKING = (_T.ACCEPTED, _T.ARRIVED, _T.HANDLING)


def _hold(*states: TaskState) -> dict[TaskState, TaskState]:
    return {state: state for state in states}


#: Step -> state before -> state after. A suspension that is granted leads to `suspended`; one that is over leads back
#: to the state it found.
TASK_MOVES: Mapping[Step, Mapping[TaskState, TaskState]] = {
    Step.ACCEPT: {_T.DISPATCHED: _T.ACCEPTED},
    Step.ARRIVE: {_T.ACCEPTED: _T.ARRIVED},
    Step.HANDLE: {_T.ACCEPTED: _T.HANDLING, _T.ARRIVED: _T.HANDLING},
    Step.FEED_BACK: {_T.ARRIVED: _T.FED_BACK, _T.HANDLING: _T.FED_BACK},
    Step.ASSIGN: _hold(_T.DISPATCHED, *_WORKING),
    Step.REVOKE: _hold(_T.DISPATCHED, *_WORKING),
    Step.RETURN: {_T.DISPATCHED: _T.RETURNED, _T.ACCEPTED: _T.RETURNED, _T.ARRIVED: _T.RETURNED},
    Step.TRANSFER: dict.fromkeys((_T.DISPATCHED, *_WORKING), _T.TRANSFERRED),
    Step.CHECK: {_T.FED_BACK: _T.CHECKED},
    Step.REWORK: {_T.FED_BACK: _T.HANDLING, _T.CHECKED: _T.HANDLING},
    Step.ASSIGN_CHECKER: _hold(_T.FED_BACK),
    Step.ASK_DELAY: _hold(*_WORKING),
    Step.ASK_SUSPEND: _hold(*_WORKING),
    Step.ENDORSE: _hold(*_WORKING),
    Step.GRANT: _hold(*_WORKING),
    Step.REFUSE: _hold(*_WORKING),
    Step.RESUME: {_T.SUSPENDED: _T.HANDLING},
    Step.APPEAL: _hold(_T.CHECKED),
    Step.ENDORSE_APPEAL: _hold(_T.CHECKED),
    Step.UPHOLD: _hold(_T.CHECKED),
    Step.REJECT: _hold(_T.CHECKED),
}

#: Task steps that are possible only after the incident was closed.
APPEALING = frozenset({Step.APPEAL, Step.ENDORSE_APPEAL, Step.UPHOLD, Step.REJECT})

#: Tasks that count no more: the department gave them back, another took them over, or the incident ended under them.
GONE = frozenset({_T.RETURNED, _T.TRANSFERRED, _T.CANCELLED})

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
        return IncidentState.SUSPENDED if live - _DONE == {_T.SUSPENDED} else IncidentState.HANDLING
    return IncidentState.CHECKING if TaskState.CHECKED in live else IncidentState.FED_BACK
