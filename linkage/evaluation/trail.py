"""One incident's events on their way to facts: the deadlines that were given, and who met them when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from city.errors import BadDocument
from linkage.clocks import Stage
from linkage.evaluation.facts import Kind, Mark, Outcome

#: The kind of fact that a stage's deadline becomes; handling belongs to the legs.
KIND_OF: Mapping[str, Kind] = {
    Stage.VERIFY: Kind.VERIFY,
    Stage.FILE: Kind.FILE,
    Stage.CONFIRM: Kind.FILE,
    Stage.DISPATCH: Kind.DISPATCH,
    Stage.CHECK: Kind.CHECK,
    Stage.CLOSE: Kind.CLOSE,
}


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of the log as evaluation reads it; `actor` is empty for the system."""

    number: int
    step: str
    at_ns: int
    actor: str = ""
    task: int | None = None
    to_state: str = ""
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Duty:
    """A deadline of the office: met by somebody, or fallen away, or still running."""

    kind: Kind
    due_ns: int
    task: int | None = None
    done_ns: int | None = None
    gone_ns: int | None = None
    person: str = ""
    sent_ns: int | None = None
    sender: str = ""
    marks: set[Mark] = field(default_factory=set)
    tasks: list[int] = field(default_factory=list)

    @property
    def runs(self) -> bool:
        """Tell whether it has been neither met nor dropped."""
        return self.done_ns is None and self.gone_ns is None

    def outcome(self) -> Outcome:
        """Return what became of it."""
        return judged(self.due_ns, self.done_ns, self.gone_ns)

    def sent(self) -> Outcome:
        """Return what became of having it sent to somebody, by the same deadline."""
        return judged(self.due_ns, self.sent_ns, self.gone_ns)


@dataclass(slots=True)
class Work:
    """One department's leg: its deadline, as delays and suspensions left it, and what was done when."""

    task: int
    department: str
    event: int
    due_ns: int
    dispatched_ns: int
    accepted_ns: int | None = None
    arrived_ns: int | None = None
    fed_back_ns: int | None = None
    checked_ns: int | None = None
    told_ns: int | None = None
    late: bool = False
    paused: bool = False
    gone_ns: int | None = None
    marks: set[Mark] = field(default_factory=set)

    @property
    def counts(self) -> bool:
        """Tell whether the department kept it: it gave it not back, nor was it handed to another."""
        return self.marks.isdisjoint({Mark.RETURNED, Mark.TRANSFERRED})

    def outcome(self) -> Outcome:
        """Return what became of it; whether it was late was judged when the department confirmed."""
        if self.fed_back_ns is not None:
            return Outcome.LATE if self.late else Outcome.IN_TIME
        if self.gone_ns is None and self.paused:
            return Outcome.PAUSED
        return judged(self.due_ns, None, self.gone_ns)


@dataclass(slots=True)
class Trail:
    """Everything gathered of one incident so far."""

    opening: Mapping[str, object] = field(default_factory=dict)
    opened_ns: int = 0
    taken_in_by: str = ""
    priority: int = 0
    duties: list[Duty] = field(default_factory=list)
    works: dict[int, Work] = field(default_factory=dict)
    last_due_ns: int | None = None
    filed: bool = False
    ended: str = ""
    disposition: str = ""
    reopened: bool = False
    filing: str = ""
    closing: str = ""

    def running(self, kind: Kind, task: int | None = None) -> Duty | None:
        """Return the duty of this kind that runs."""
        return next((one for one in reversed(self.duties) if one.kind is kind and one.task == task and one.runs), None)


def judged(due_ns: int, done_ns: int | None, gone_ns: int | None) -> Outcome:
    """Return what became of a deadline that was met, or dropped, at these times."""
    if done_ns is not None:
        return Outcome.IN_TIME if done_ns <= due_ns else Outcome.LATE
    if gone_ns is not None:
        return Outcome.GONE if gone_ns <= due_ns else Outcome.UNMET
    return Outcome.OPEN


def deadlines(data: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Yield every deadline that an event's data tells of: itself, or an entry of it, or of a list in it."""
    for entry in (data, *data.values()):
        for one in entry if isinstance(entry, list) else [entry]:
            if isinstance(one, Mapping) and "stage" in one and isinstance(one.get("due_ns"), int):
                yield one


def number_in(value: object) -> int:
    """Return a whole number that the log holds.

    Raises:
        BadDocument: it is something else, which the program never wrote.
    """
    if not isinstance(value, int):
        raise BadDocument(expected="a whole number", got=value, at="event data")
    return value
