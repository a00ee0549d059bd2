"""The back-test as desk, API and page know it: what is asked, how it stands, and what it found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ByRule:
    """One rule: the incidents that it would have opened, how bad they became, and how often it was raised at all."""

    rule: str
    name: dict[str, str]
    incidents: int
    levels: dict[str, int]
    alarms: int


@dataclass(frozen=True, slots=True)
class ByDepartment:
    """One department: the incidents that would have been its business, and how they fall on its shifts.

    Attributes:
        shifts: in the span; `mean` and `most` are incidents of one of them, `most_at` when the busiest began.
        off_duty: incidents that came while nobody of it was on duty; they are on no shift.
        by_shift: the mean of the shifts that begin at one time of day, by that time (`08:00`).
    """

    department: str
    name: dict[str, str]
    incidents: int
    shifts: int
    mean: float
    most: int
    most_at: str
    off_duty: int
    by_shift: dict[str, float]


@dataclass(frozen=True, slots=True)
class Decided:
    """How many changes of alarms admission decided on one way, for one reason."""

    action: str
    reason: str
    changes: int


@dataclass(frozen=True, slots=True)
class Side:
    """What one book would have done; hours are of the city's day, 24 of them."""

    rules: int
    incidents: int
    alarms: int
    by_rule: list[ByRule]
    by_level: dict[str, int]
    by_hour: list[int]
    by_department: list[ByDepartment]
    decided: list[Decided]


@dataclass(frozen=True, slots=True)
class Differing:
    """One incident that the two books do not open alike.

    Attributes:
        what: `new`, `gone`, `earlier`, `later`, or `level` for one that only becomes worse or less bad.
        at, live_at: when it is opened by the proposed book and by the one in force; empty where it is not.
        seconds: by how much the proposed book is later.
        alarms: how many it stands for by the proposed book, or by the one in force where that alone opens it; an
            incident that bundles what a cap holds back has no target and many of them.
    """

    what: str
    rule: str
    target: str
    at: str
    live_at: str
    seconds: float
    level: str
    live_level: str
    alarms: int


@dataclass(frozen=True, slots=True)
class Difference:
    """How the proposed book differs from the one in force; `items` are the first of each kind in the span."""

    counts: dict[str, int]
    items: list[Differing]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One back-test.

    Attributes:
        start, end: the span, RFC 3339; `history_from` where what is kept begins, empty where nothing is.
        closes_after_s: an incident was closed so long after its last alarm cleared.
        unheard_s: time in which nothing at all arrived: no silence counts in it.
        strangers: readings and events of sensors that are registered no more, which nobody judged.
        took_s: how long it took.
        notes: what a reader must know, in words.
    """

    start: str
    end: str
    history_from: str
    readings: int
    events: int
    strangers: int
    unheard_s: float
    closes_after_s: float
    took_s: float
    proposed: Side
    live: Side | None = None
    difference: Difference | None = None
    notes: list[str] = field(default_factory=list)


class BacktestState(StrEnum):
    """How a back-test of the desk stands."""

    NONE = "none"  #: nobody asked for one since the desk started
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"  #: the book that was proposed has mistakes
    FAILED = "failed"
    CANCELLED = "cancelled"
    ABORTED = "aborted"  #: the desk ended while it ran


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake of a book; `at` is file and line."""

    at: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedBacktest:
    """What somebody asks: a span in nanoseconds, and a book as YAML text.

    Attributes:
        amend: the rules go into the book in force, in the place of those with their ids; else they are the book.
        against_live: hold it against the book in force.
    """

    start_ns: int
    end_ns: int
    book: str
    amend: bool = False
    against_live: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the desk's back-test stands; `done` goes from 0 to 1."""

    state: BacktestState = BacktestState.NONE
    done: float = 0.0
    readings: int = 0
    asked_by: str = ""
    started_ns: int | None = None
    error: str = ""
    mistakes: Sequence[Mistake] = ()
    report: Report | None = None


class Backtests(Protocol):
    """Runs one back-test at a time, beside the city's work."""

    async def start(self, asked: AskedBacktest, by: str) -> Standing:
        """Begin one; raises Conflict while another runs, BadRequest for a span that cannot be."""
        ...

    def now(self) -> Standing:
        """Return how the last one stands."""
        ...

    async def cancel(self) -> Standing:
        """End the one that runs, if one does."""
        ...
