"""From facts to counts: what each kind of fact adds, in one place, whether it stands for one fact or for many alike."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from linkage.evaluation.facts import Kind, Mark, Outcome
from linkage.evaluation.vocabulary import Subject


class Standing(StrEnum):
    """How a deadline stands at a given moment."""

    IN_TIME = "in_time"
    LATE = "late"
    UNMET = "unmet"  #: it has passed and nothing was done
    PENDING = "pending"  #: it has not passed yet
    GONE = "gone"  #: nothing had to be done any more


@dataclass(frozen=True, slots=True)
class Cell:
    """So many facts that are alike in all that counting looks at."""

    kind: Kind
    standing: Standing
    marks: frozenset[Mark]
    number: int = 1


def standing(outcome: Outcome, *, overdue: bool) -> Standing:
    """Return how a deadline stands; `overdue` tells whether it has passed."""
    if outcome is Outcome.OPEN:
        return Standing.UNMET if overdue else Standing.PENDING
    return Standing.PENDING if outcome is Outcome.PAUSED else Standing(outcome)


#: The kinds of fact that each subject answers for.
KINDS: Mapping[Subject, frozenset[Kind]] = {
    Subject.DEPARTMENT: frozenset({Kind.LEG}),
    Subject.DISTRICT: frozenset({Kind.CASE}),
    Subject.GRID: frozenset({Kind.CASE}),
    Subject.COLLECTOR: frozenset({Kind.REPORT, Kind.WATCH, Kind.VERIFY, Kind.CHECK}),
    Subject.ACCEPTOR: frozenset({Kind.ACCEPT, Kind.SEND_VERIFY, Kind.SEND_CHECK}),
    Subject.FOREMAN: frozenset({Kind.FILE, Kind.CLOSE}),
    Subject.DISPATCHER: frozenset({Kind.DISPATCH}),
}


def counted(cells: Iterable[Cell]) -> Counter[str]:
    """Return the counts that these facts make together."""
    counts: Counter[str] = Counter()
    for cell in cells:
        # What the system does in its own name is nobody's merit and nobody's fault.
        if cell.standing is not Standing.PENDING and Mark.SYSTEM not in cell.marks:
            for name in _NAMES[cell.kind](cell.standing, cell.marks):
                counts[name] += cell.number
        elif cell.standing is Standing.PENDING:
            counts["pending"] += cell.number
    return counts


def _leg(stands: Standing, marks: Collection[Mark]) -> list[str]:
    names = [mark.value for mark in (Mark.RETURNED, Mark.TRANSFERRED) if mark in marks]
    if stands is Standing.GONE:
        return names
    names += ["filed", "should_handle"]
    names += [mark.value for mark in (Mark.DELAYED, Mark.SUSPENDED, Mark.APPEALED) if mark in marks]
    excused = stands is Standing.LATE and Mark.EXEMPT in marks
    if stands is Standing.UNMET:
        names.append("unhandled")
    else:
        names += ["handled", "handled_in_time" if stands is Standing.IN_TIME else "handled_late"]
    names += ["exempt"] if excused else []
    if Mark.VOIDED in marks:
        return names
    names += ["should_close", *(["rework"] if Mark.REWORK in marks else [])]
    if Mark.CLOSED in marks and stands is not Standing.UNMET:
        names += ["closed", *(["closed_in_time"] if excused or stands is Standing.IN_TIME else [])]
    return names


def _case(stands: Standing, marks: Collection[Mark]) -> list[str]:
    if Mark.MERGED in marks:
        return ["merged"]
    names = ["reported"]
    if Mark.FILED not in marks:
        return names
    names += ["filed", *(mark.value for mark in (Mark.PUBLIC, Mark.REOPENED) if mark in marks)]
    if Mark.VOIDED in marks:
        return [*names, "voided"]
    if stands is Standing.GONE:
        return names
    names.append("should_close")
    if Mark.CLOSED in marks:
        names += ["closed", *(["forced"] if Mark.FORCED in marks else [])]
        names += ["closed_in_time"] if stands is Standing.IN_TIME else []
    return names


def _report(_: Standing, marks: Collection[Mark]) -> list[str]:
    # A report that was filed stays valid when the incident is voided later.
    return ["reported", *(["valid"] if Mark.FILED in marks else [])]


def _watch(_: Standing, marks: Collection[Mark]) -> list[str]:
    """Return what a filed incident that people reported adds for whoever should have found it."""
    if Mark.FILED not in marks:
        return []
    if Mark.FOUND in marks:
        return ["watched"]
    return ["watched", "missed" if Mark.PUBLIC in marks else "missed_by_office"]


def _accept(_: Standing, __: Collection[Mark]) -> list[str]:
    return ["accepted"]


def _duty(should: str, done: str, in_time: str) -> Callable[[Standing, Collection[Mark]], list[str]]:
    """Return what a plain deadline adds: that it was given, that it was met, and that it was met in time."""

    def names(stands: Standing, _: Collection[Mark]) -> list[str]:
        if stands is Standing.GONE:
            return []
        met = [done] if done and stands is not Standing.UNMET else []
        return [should, *met, *([in_time] if stands is Standing.IN_TIME else [])]

    return names


def _file(stands: Standing, marks: Collection[Mark]) -> list[str]:
    if stands is Standing.GONE:
        return []
    names = ["should_file"]
    if Mark.FILED in marks:
        names += ["filed", *(["filed_in_time"] if stands is Standing.IN_TIME else [])]
        names += ["voided"] if Mark.VOIDED in marks else []
    return names


def _dispatch(stands: Standing, marks: Collection[Mark]) -> list[str]:
    plain = _duty("should_dispatch", "dispatched", "dispatched_in_time")(stands, marks)
    return [*plain, "redispatched"] if Mark.REDISPATCHED in marks and "dispatched" in plain else plain


_NAMES: Mapping[Kind, Callable[[Standing, Collection[Mark]], list[str]]] = {
    Kind.CASE: _case,
    Kind.REPORT: _report,
    Kind.WATCH: _watch,
    Kind.ACCEPT: _accept,
    Kind.LEG: _leg,
    Kind.VERIFY: _duty("should_verify", "verified", "verified_in_time"),
    Kind.SEND_VERIFY: _duty("should_send_verify", "", "sent_verify_in_time"),
    Kind.CHECK: _duty("should_check", "checked", "checked_in_time"),
    Kind.SEND_CHECK: _duty("should_send_check", "", "sent_check_in_time"),
    Kind.FILE: _file,
    Kind.DISPATCH: _dispatch,
    Kind.CLOSE: _duty("should_end", "", "ended_in_time"),
}
