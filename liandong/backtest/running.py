"""Runs a back-test: the past is read once, and judged by the proposed book and, if asked, by the one in force."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, islice
from time import monotonic

from city.alarm import AlarmTransition, Change
from city.backtest import Report, Side
from city.catalogue import Catalogue
from city.census import Census
from city.clock import SECOND_NS, iso
from city.entry import Context
from city.errors import LiandongError
from city.history import Past
from city.reading import ReadingBatch
from liandong.backtest.admitting import Opened, Queue, queue
from liandong.backtest.ahead import ahead
from liandong.backtest.bounds import ALONE, Hands
from liandong.backtest.comparing import difference
from liandong.backtest.counting import Organisation, load, side
from liandong.backtest.crew import Judged, Stretch, crew
from liandong.backtest.hand import Task
from liandong.backtest.judging import UNHEARD_NS
from liandong.backtest.numbering import Renumbering
from liandong.backtest.panel import in_order
from liandong.backtest.shares import shares
from liandong.backtest.source import Source
from linkage.config import LinkageSettings
from linkage.opening import CityBook
from rules.book import RuleBook
from rules.population import Population

#: Changes of alarms that one book may make: a book that makes more is wrong, and would fill the disk to say so.
MOST_CHANGES = 200_000

#: Who says how much is learned from so many readings, or so many stretches of a history in which little comes.
_FIRST_READINGS, _FIRST_STRETCHES = 100_000, 40

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
    """How much the past holds, and how much of it was judged."""

    readings: int = 0
    events: int = 0
    judged: int = 0

    def stretches(self, pasts: Iterator[Past], renumbering: Renumbering) -> Iterator[Stretch]:
        """Yield the past under the numbers of the census."""
        for past in pasts:
            self.readings += len(past.arrivals.readings)
            self.events += len(past.arrivals.events)
            yield Stretch(renumbering.of(past), past.until_ns, len(past.arrivals.readings))


class _Trial:
    """One book on its way through the past."""

    def __init__(self, number: int, book: RuleBook, place: Queue) -> None:
        self.book, self._number, self._queue = book, number, place
        self._places = {rule.id: at for at, rule in enumerate(book.rules)}
        self._changes = Counter[str]()
        self._raised: list[tuple[int, str]] = []

    def take(self, judged: Judged) -> None:
        """Admit what came of a stretch of the past."""
        until_ns = judged.stretch.until_ns
        changes = in_order(judged.placed, self._number, self._places)
        self._queue.admit(self._counted(changes, until_ns))
        self._queue.pass_until(until_ns)

    def _counted(self, transitions: Sequence[AlarmTransition], until_ns: int) -> Iterator[AlarmTransition]:
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
        decided = self._queue.decided(start_ns, end_ns)
        return side(self.book, incidents, raised, decided, on_duty, town.who.calendar), incidents


def run(
    question: Question, books: Books, town: Town, source: Source, progress: Progress, hands: Hands = ALONE
) -> Report:
    """Return what the books would have done.

    Raises:
        StoreUnavailable: the history does not answer.
        TooManyAlarms: a book raises too many.
        HandLost: a process that judges a share of the rules has ended.
    """
    began_s, start_ns = monotonic(), question.start_ns - question.warm_up_ns
    oldest_ns = source.oldest_ns()
    chosen = [books.proposed, *([books.live] if books.live is not None else [])]
    numbers = {name: at for at, name in enumerate(sorted({name for book in chosen for name in book.quantities}))}
    renumbering, arrived, unheard_ns = Renumbering(town.census, numbers), _Arrived(), 0
    with ExitStack() as opened:
        queues = [opened.enter_context(queue(town.linkage, town.settings, question.closes_after_ns)) for _ in chosen]
        trials = [_Trial(at, book, place) for at, (book, place) in enumerate(zip(chosen, queues, strict=True))]
        coming = arrived.stretches(ahead(source.past(start_ns, question.end_ns)), renumbering)
        first = _first(coming)
        context = Context(start_ns, "backtest", (), town.census, numbers, town.zone, town.holidays)
        judges = opened.enter_context(crew(_tasks(chosen, town.catalogue, context, first, hands)))
        for judged in judges.judged(chain(first, coming)):
            for trial in trials:
                trial.take(judged)
            unheard_ns, arrived.judged = judged.unheard_ns, arrived.judged + judged.stretch.told
            progress((judged.stretch.until_ns - start_ns) / max(1, question.end_ns - start_ns), arrived.judged)
        found = [trial.found(question, town) for trial in trials]
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


def _first(coming: Iterator[Stretch]) -> list[Stretch]:
    """Return the first stretches, from which is learned who says how much."""
    first, told = list[Stretch](), 0
    for stretch in islice(coming, _FIRST_STRETCHES):
        first.append(stretch)
        told += stretch.told
        if told >= _FIRST_READINGS:
            break
    return first


def _tasks(
    books: Sequence[RuleBook], catalogue: Catalogue, context: Context, first: Sequence[Stretch], hands: Hands
) -> list[Task]:
    """Return what each process judges: shares of about the same work over readings such as come first."""
    readings = ReadingBatch.concatenate([stretch.arrivals.readings for stretch in first])
    split = shares(books, Population(context.sensors, context.quantities), readings, hands.most)
    return [Task(catalogue, context, one, bounds=hands.bounds) for one in split]
