"""Which departments are told of what: one function for each kind of deed."""

from collections.abc import Callable, Iterable, Mapping

from linkage.clocks import Stage
from linkage.deed import Deed
from linkage.departments import Axis, Directory
from linkage.levels import desks
from linkage.record import Case
from linkage.states import Step, TaskState
from linkage.telling.channel_alarm import is_about

#: Told of a clock that ran out beside the department itself: who waits for it, or who can do something about it.
_STAGE_DESKS: Mapping[str, tuple[Axis, ...]] = {
    Stage.VERIFY: (Axis.SUPERVISION,),
    Stage.FILE: (Axis.SUPERVISION,),
    Stage.CONFIRM: (Axis.SUPERVISION, Axis.COMMAND),
    Stage.DISPATCH: (Axis.COMMAND,),
    Stage.HANDLE: (Axis.COMMAND,),
    Stage.CHECK: (Axis.SUPERVISION,),
    Stage.CLOSE: (Axis.SUPERVISION,),
}

_DONE = frozenset({TaskState.FED_BACK, TaskState.CHECKED})

_Audience = Callable[[Deed, Case, Case, Directory], Iterable[str]]


def told_by(deed: Deed, before: Case, after: Case, directory: Directory) -> tuple[str, ...]:
    """Return the departments that get a message about `deed`, each once."""
    audience = _AUDIENCES.get(deed.step)
    return () if audience is None else tuple(dict.fromkeys(audience(deed, before, after, directory)))


def _supervision(_: Deed, __: Case, after: Case, directory: Directory) -> Iterable[str]:
    return desks(Axis.SUPERVISION, after.incident, directory)


def _opened(deed: Deed, before: Case, after: Case, directory: Directory) -> Iterable[str]:
    """Return the supervision desks; of a dead channel those who look after channels hear, by the others."""
    return () if is_about(after.incident) else _supervision(deed, before, after, directory)


def _command(_: Deed, __: Case, after: Case, directory: Directory) -> Iterable[str]:
    return desks(Axis.COMMAND, after.incident, directory)


def _both_commands(_: Deed, __: Case, after: Case, directory: Directory) -> Iterable[str]:
    """Return the command desks of both levels: of the one that gives it, and of the one that gets it."""
    return directory.desks(Axis.COMMAND, after.incident.district)


def _sent_out(_: Deed, before: Case, after: Case, __: Directory) -> Iterable[str]:
    known = {task.id for task in before.tasks}
    return [task.department for task in after.tasks if task.id not in known]


def _the_department(deed: Deed, _: Case, __: Case, ___: Directory) -> Iterable[str]:
    return [] if deed.department is None else [deed.department]


def _departments(_: Deed, before: Case, __: Case, ___: Directory) -> Iterable[str]:
    return [task.department for task in before.legs]


def _working(_: Deed, __: Case, after: Case, ___: Directory) -> Iterable[str]:
    return [task.department for task in after.legs if task.state not in _DONE]


def _everyone(deed: Deed, before: Case, after: Case, directory: Directory) -> Iterable[str]:
    """Return all whom it concerns, at both levels: nothing that got worse is one level's secret."""
    command = _both_commands(deed, before, after, directory) if after.incident.filed_ns is not None else ()
    supervision = directory.desks(Axis.SUPERVISION, after.incident.district)
    return [*supervision, *command, *_departments(deed, before, after, directory)]


def _doubting(deed: Deed, before: Case, after: Case, directory: Directory) -> Iterable[str]:
    """Return whom it concerns; nobody where the alarm was sure before, since nobody was told of the doubt."""
    return () if deed.data.get("again") else _everyone(deed, before, after, directory)


def _waiting(deed: Deed, before: Case, after: Case, directory: Directory) -> Iterable[str]:
    both = [
        desk
        for axis in _STAGE_DESKS[str(deed.data["stage"])]
        for desk in directory.desks(axis, after.incident.district)
    ]
    own = deed.data["stage"] == Stage.HANDLE
    return [*(_the_department(deed, before, after, directory) if own else ()), *both]


_AUDIENCES: Mapping[str, _Audience] = {
    "open": _opened,
    "rise": _everyone,
    "confirmed": _doubting,
    "overdue": _waiting,
    Step.FILE: _command,
    Step.SEND_BACK: _supervision,
    Step.DISPATCH: _sent_out,
    Step.TRANSFER: _sent_out,
    Step.URGE: _working,
    Step.VOID: _departments,
    Step.CANCEL: _departments,
    Step.FORCE_CLOSE: _departments,
    Step.REOPEN: _everyone,
    Step.FEED_BACK: _supervision,
    Step.RETURN: _command,
    Step.REWORK: _the_department,
    Step.PASS_UP: _both_commands,
    Step.PASS_DOWN: _both_commands,
    # The department's second person endorses, then the dispatcher decides.
    Step.ASK_DELAY: _the_department,
    Step.ASK_SUSPEND: _the_department,
    Step.ENDORSE: _command,
    Step.GRANT: _the_department,
    Step.REFUSE: _the_department,
    Step.RESUME: _the_department,
    Step.APPEAL: _command,
    Step.ENDORSE_APPEAL: _supervision,
    Step.UPHOLD: _the_department,
    Step.REJECT: _the_department,
}
