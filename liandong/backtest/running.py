"""Runs a back-test: the past is read once, and judged by the proposed book and, if asked, by the one in force."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from time import monotonic

from city.alarm import AlarmTransition, Change
from city.backtest import Report, Side
from city.catalogue import Catalogue
from city.census import Census
from city.clock import SECOND_NS, iso
from city.entry import Arrivals, Context
from city.errors import LiandongError
from city.history import Past
from liandong.backtest.admitting import Opened, Queue, queue
from liandong.backtest.ahead import ahead
from liandong.backtest.comparing import difference
from liandong.backtest.counting import Organisation, load, side
from liandong.backtest.judging import UNHEARD_NS, Judging
from liandong.backtest.numbering import Renumbering
from liandong.backtest.source import Source
from linkage.config import LinkageSettings
from linkage.opening import CityBook
from rules.book import RuleBook
from rules.engine import Engine

#: Changes of alarms that one book may make: a book that makes more is wrong, and would fill the disk to say so.
MOST_CHANGES = 200_000

#: Told now and then: how much of the span is done (0 to 1), and how many readings were judged.
Progress = Callable[[float, int], None]


class TooManyAlarms(LiandongError):
    """Raised when a book raises so many alarms that nothing is to be learned from counting them."""

    code = "too_many_alarms"

    def __init__(self, rule: str, changes: int, until_ns: int) -> None:
        self.rule, self.at = rule, rule
        super().__init__(
            f"Expected at most {MOST_CHANGES} changes of alarms, got more until {iso(until_ns)}, {changes} of them "
            f"- at `{rule}`"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: a span of time in whole seconds, before which `warm_up_ns` are judged and not counted."""

    start_ns: int
    end_ns: int
    warm_up_ns: int
    closes_after_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """The city as it stands now, by which the past is judged."""

    catalogue: Catalogue
    census: Census
    zone: str
    holidays: str
    linkage: CityBook
    settings: LinkageSettings
    who: Organisation


@dataclass(frozen=True, slots=True)
class Books:
    """The proposed book, and the one in force to hold it against; None where nobody asked."""

    proposed: RuleBook
    live: RuleBook | None = None


@dataclass(slots=True)
class _Arrived:
    """How much the past holds."""

    readings: int = 0
    events: int = 0

    def count(self, past: Past) -> None:
        """Count a stretch."""
        self.readings += len(past.arrivals.readings)
        self.events += len(past.arrivals.events)


class _Trial:
    """One book on its way through the past."""

    def __init__(self, book: RuleBook, town: Town, context: Context, place: Queue, start_ns: int) -> None:
        self.book, self._queue = book, place
        engine = Engine(town.catalogue)
        engine.start(context, book)
        self.judging = Judging(engine, start_ns, sensors=len(town.census))
        self._changes = Counter[str]()
        self._raised: list[tuple[int, str]] = []

    def judge(self, arrivals: Arrivals, until_ns: int) -> None:
        """Judge a stretch of the past, and admit what comes of it."""
        self._queue.admit(self._counted(self.judging.judge(arrivals, until_ns), until_ns))
        self._queue.pass_until(until_ns)

    def _counted(self, transitions: Iterator[AlarmTransition], until_ns: int) -> Iterator[AlarmTransition]:
        for one in transitions:
            self._changes[one.rule] += 1
            if one.change is Change.RAISED:
                self._raised.append((one.arrival_ns, one.rule))
            if self._changes.total() > MOST_CHANGES:
                raise TooManyAlarms(*self._changes.most_common(1)[0], until_ns)
            yield one

    def found(self, question: Question, town: Town) -> tuple[Side, list[Opened]]:
        """Return what came of it in the span that was asked about."""
        start_ns, end_ns = question.start_ns, question.end_ns
        incidents = [one for one in self._queue.opened() if start_ns <= one.opened_ns < end_ns]
        raised = Counter(rule for at_ns, rule in self._raised if start_ns <= at_ns < end_ns)
        on_duty = load(incidents, town.who, start_ns, end_ns)
        decided = self._queue.decided()
        return side(self.book, incidents, raised, decided, on_duty, town.who.calendar), incidents


def run(question: Question, books: Books, town: Town, source: Source, progress: Progress) -> Report:
    """Return what the books would have done.

    Raises:
        StoreUnavailable: the history does not answer.
        TooManyAlarms: a book raises too many.
    """
    began_s, start_ns = monotonic(), question.start_ns - question.warm_up_ns
    oldest_ns = source.oldest_ns()
    with _trials(books, town, start_ns, question.closes_after_ns) as (trials, numbers):
        renumbering, arrived = Renumbering(town.census, numbers), _Arrived()
        for past in ahead(source.past(start_ns, question.end_ns)):
            arrived.count(past)
            arrivals = renumbering.of(past)
            for trial in trials:
                trial.judge(arrivals, past.until_ns)
            progress((past.until_ns - start_ns) / max(1, question.end_ns - start_ns), arrived.readings)
        found = [trial.found(question, town) for trial in trials]
        unheard_ns = trials[0].judging.unheard_ns
    return Report(
        start=iso(question.start_ns),
        end=iso(question.end_ns),
        history_from="" if oldest_ns is None else iso(oldest_ns),
        readings=arrived.readings,
        events=arrived.events,
        strangers=renumbering.strangers,
        unheard_s=unheard_ns / SECOND_NS,
        closes_after_s=question.closes_after_ns / SECOND_NS,
        took_s=round(monotonic() - began_s, 2),
        proposed=found[0][0],
        live=found[1][0] if len(found) > 1 else None,
        difference=difference(found[0][1], found[1][1]) if len(found) > 1 else None,
        notes=_notes(oldest_ns, start_ns, question, arrived.readings + arrived.events),
    )


def _notes(oldest_ns: int | None, start_ns: int, question: Question, arrived: int) -> list[str]:
    if oldest_ns is None:
        return ["The history is empty."]
    if oldest_ns >= question.end_ns:
        return [f"The history begins at {iso(oldest_ns)}, after the span."]
    notes = []
    if oldest_ns > question.start_ns + UNHEARD_NS:
        notes.append(f"The history begins at {iso(oldest_ns)}: of what was before, nothing is kept.")
    elif oldest_ns > start_ns + UNHEARD_NS:
        notes.append("The rules began without a warm-up: nothing is kept from before the span.")
    if not arrived:
        notes.append("Nothing arrived in the span.")
    return notes


@contextmanager
def _trials(
    books: Books, town: Town, start_ns: int, closes_after_ns: int
) -> Iterator[tuple[Sequence[_Trial], dict[str, int]]]:
    """Yield the books with an engine and a queue each, and the numbers of the quantities that they judge."""
    chosen = [books.proposed, *([books.live] if books.live is not None else [])]
    names = sorted({name for book in chosen for name in book.quantities})
    numbers = {name: number for number, name in enumerate(names)}
    context = Context(start_ns, "backtest", (), town.census, numbers, town.zone, town.holidays)
    with ExitStack() as opened:
        queues = [opened.enter_context(queue(town.linkage, town.settings, closes_after_ns)) for _ in chosen]
        yield (
            [_Trial(book, town, context, place, start_ns) for book, place in zip(chosen, queues, strict=True)],
            numbers,
        )
