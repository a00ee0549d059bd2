"""The rule engine: journal entries in, alarm transitions out; it knows no clock, no file and no SQL."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

import numpy as np

from city.alarm import AlarmTransition
from city.calendar import Calendar
from city.catalogue import Catalogue
from city.context_bytes import applied
from city.entry import Arrivals, Connection, Context, ContextChange, Journaled, Tick
from city.errors import BadCityFile
from city.feed import Trouble
from city.holidays import parse_holidays
from rules.book import RuleBook
from rules.kind import OpenAlarm, Pass, Verdict
from rules.kinds import KINDS
from rules.kinds.silence import Silence
from rules.leaping import Moment, judged_at_ticks, leap
from rules.library import Library
from rules.listening import Listening
from rules.mishaps import Mishaps
from rules.patient import Patient
from rules.population import Population
from rules.rule import Rule
from rules.standing import Standing
from rules.table import StateTable
from rules.together import Together
from rules.unheard import SilencePass


@dataclass(slots=True)
class _InForce:
    """What a context was compiled to."""

    context: Context | None = None
    book: RuleBook = field(default_factory=RuleBook)
    population: Population = field(default_factory=lambda: Population((), {}))
    passes: dict[str, Pass] = field(default_factory=dict)

    def put_to(self, context: Context, book: RuleBook) -> "_InForce | None":
        """Return the same for a context that has the same content; None where it has not."""
        if self.context is None or self.context.version != context.version or self.book is not book:
            return None
        return replace(self, context=context)


class Engine:
    """Judges journal entries in their order; the same entries give the same transitions, however batches are cut.

    Attributes:
        listening: the clock of silence.
        book_error: why the newest context's rule book is not in force; empty when it is.
        library: what reads rule books.
    """

    def __init__(self, catalogue: Catalogue, mishaps: Mishaps | None = None) -> None:
        """Begin with nothing in force; a fault of ours is noted in `mishaps`, or raised where there are none."""
        self.library, self._mishaps = Library(catalogue), mishaps
        self._force, self._ready = _InForce(), _InForce()
        self.listening = Listening()
        self.book_error = ""

    @property
    def book(self) -> RuleBook:
        """Return the rule book in force."""
        return self._force.book

    @property
    def context(self) -> Context | None:
        """Return the context in force, with the book in force; None before the first."""
        return self._force.context

    def troubles(self) -> list[Trouble]:
        """Return which kinds of rules met a fault of ours and began anew."""
        return [] if self._mishaps is None else self._mishaps.troubles()

    def apply(self, item: Journaled) -> list[AlarmTransition]:
        """Judge one entry and return what changed, in the order of readings, then rules, then sensors."""
        verdicts = self._judge(item)
        verdicts.sort(key=lambda verdict: verdict[:3])
        return [verdict.transition for verdict in verdicts]

    def leap(self, arrivals: Arrivals, upto_ns: int) -> list[AlarmTransition]:
        """Judge what arrived since the last tick, in order of arrival, with a tick every second up to `upto_ns`.

        That is as `apply` would judge them one by one, but for the ticks that change nothing, which are not made.
        """
        return [transition for _, transition in self.leapt(arrivals, upto_ns)]

    def leapt(self, arrivals: Arrivals, upto_ns: int) -> list[tuple[Moment, AlarmTransition]]:
        """Return what `leap` does, with the place of each in the order of all that a leap may bring."""
        found = leap(self._force.passes.values(), arrivals, self.listening, upto_ns)
        return [(moment, verdict.transition) for moment, verdict in found]

    def _judge(self, item: Journaled) -> list[Verdict]:
        match item.entry:
            case Arrivals() as arrivals:
                return self._by_each(lambda _, pass_: pass_.arrivals(arrivals, self.listening))
            case Tick(time_ns):
                self.listening.tick(time_ns)
                return self._by_each(lambda _, pass_: pass_.tick(time_ns, self.listening))
            case Connection(time_ns, listening):
                self.listening.connect(time_ns, listening=listening)
                return []
            case Context() as context:
                return self._enforce(context)
            case ContextChange() as change:
                return self._change(change)

    def _by_each(self, judged: Callable[[str, Pass], list[Verdict]]) -> list[Verdict]:
        """Return what each kind says; one that meets a fault says nothing, and begins anew."""
        verdicts = []
        for kind, pass_ in self._force.passes.items():
            try:
                verdicts += judged(kind, pass_)
            except Exception as fault:
                if self._mishaps is None:
                    raise
                self._mishaps.note(kind, fault)
                self._force.passes[kind] = self._anew(kind)
        return verdicts

    def _anew(self, kind: str) -> Pass:
        """Return the pass of a kind without the state that a fault left half changed."""
        pass_ = _pass(kind, self._force.book, self._force.population)
        for table in pass_.tables:
            table.touch(np.arange(len(table)))  # what a checkpoint holds of it is to be forgotten
        pass_.begin(self.listening)
        return pass_

    def _change(self, change: ContextChange) -> list[Verdict]:
        """Put a changed context in force; one whose base is not is passed over, and a whole one comes later."""
        base = self._force.context
        if base is None or base.version != change.base:
            return []
        return self._enforce(applied(change, base))

    def _enforce(self, context: Context) -> list[Verdict]:
        """Put a context in force; a book with mistakes leaves the one in force with the new registry."""
        old = self._force
        try:
            self._force, self.book_error = self._built(context), ""
        except Exception as error:  # noqa: BLE001 - a book must not end the city's judging, whatever is wrong with it
            self.book_error = self._why(error)
            before = old.context if old.context is not None else _NOTHING
            # A book that cannot be read names no series: those of the one in force keep their numbers.
            quantities = {**before.quantities, **context.quantities}
            context = replace(
                context, book=before.book, zone=before.zone, holidays=before.holidays, quantities=quantities
            )
            self._force = _compiled(context, old.book)

        def adopted(kind: str, pass_: Pass) -> list[Verdict]:
            pass_.begin(self.listening)
            return pass_.adopt(old.passes[kind], context.time_ns) if kind in old.passes else []

        return self._by_each(adopted)

    def _built(self, context: Context) -> _InForce:
        """Return what a context is compiled to, or was beforehand; raises BadCityFile."""
        ready, self._ready = self._ready, _InForce()
        book = self._book_of(context)
        _calendar(context)
        return ready.put_to(context, book) or _compiled(context, book)

    def _why(self, error: Exception) -> str:
        """Return why a book is not in force; raises a fault of ours where nobody takes note of it."""
        if isinstance(error, BadCityFile):
            return str(error)
        if self._mishaps is None:
            raise error
        self._mishaps.note("book", error)
        return f"A fault of the program, described in its log, not of the book: {type(error).__name__}"

    def prepare(self, context: Context) -> None:
        """Do beforehand what takes long of putting a context in force; when its entry is applied, the rest is quick.

        May be called in another thread, with one context at a time. It decides nothing: unprepared, a context comes to
        the same. A book with mistakes, or one that meets a fault, is left to be told of when it is applied.
        """
        self._ready = _InForce()
        with suppress(Exception):
            self._ready = _compiled(context, self._book_of(context))

    def _book_of(self, context: Context) -> RuleBook:
        """Return the book of a context, which most often is the one in force; raises BadRuleBook."""
        force = self._force
        same = force.context is not None and force.context.book == context.book and not self.book_error
        return force.book if same else self.library.read(context.book)

    def start(self, context: Context, book: RuleBook) -> None:
        """Put a context in force whose book was read already, before anything was judged."""
        self._force = _compiled(context, book)
        for pass_ in self._force.passes.values():
            pass_.begin(self.listening)

    def restore(self, context: Context) -> None:
        """Put back the context of a checkpoint; its tables are loaded next, then `refresh` is called.

        A book that this program can no longer read counts as empty; `book_error` tells.
        """
        try:
            book, self.book_error = self.library.read(context.book), ""
        except BadCityFile as error:
            book, self.book_error = RuleBook(), str(error)
        self._force = _compiled(context, book)

    def refresh(self) -> None:
        """Derive what is not kept in the tables, after they were loaded."""
        for pass_ in self._force.passes.values():
            pass_.refresh()

    def tables(self) -> Iterator[StateTable]:
        """Yield the tables that hold all state besides `context` and `listening`."""
        for pass_ in self._force.passes.values():
            yield from pass_.tables

    def matched(self) -> Iterable[tuple[Rule, int]]:
        """Yield each rule in force with the number of sensors it judges."""
        for pass_ in self._force.passes.values():
            yield from pass_.matched()

    @property
    def explained(self) -> frozenset[str]:
        """Return the sensors whose silence an alarm about an asset explains."""
        silences = self._force.passes.get(Silence.name)
        parts = silences.parts if isinstance(silences, Together) else ()
        return next((part.explained for part in parts if isinstance(part, SilencePass)), frozenset())

    def open_alarms(self) -> Iterable[OpenAlarm]:
        """Yield what stands open."""
        for pass_ in self._force.passes.values():
            yield from pass_.open_alarms()

    def rule(self, rule: str) -> Rule | None:
        """Return a rule in force."""
        return next((one for one in self.book.rules if one.id == rule), None)

    def reads(self, rule: Rule, sensor: str) -> list[tuple[str, str]]:
        """Return the series by which the targets of a rule are judged that a sensor is part of."""
        return self._force.passes[rule.kind].reads(rule.id, sensor)

    def listens(self, rule: Rule) -> bool:
        """Return whether it matters to a rule when ingest heard the broker."""
        return judged_at_ticks(self._force.passes[rule.kind])

    def watch(self) -> None:
        """Keep from now on what each target is judged by, for `standing`."""
        for pass_ in self._force.passes.values():
            pass_.watch()

    def standing(self, rule: Rule, sensor: str, now_ns: int) -> list[Standing]:
        """Return how the targets of a rule stand that a sensor is or has part in; none where it judges none."""
        return self._force.passes[rule.kind].standing(rule.id, sensor, now_ns, self.listening)


#: What is in force before the first context.
_NOTHING = Context(0, "", (), (), {})


def _calendar(context: Context) -> Calendar:
    """Return the calendar of a context; raises BadCityFile where the city's own days are wrong."""
    return parse_holidays(context.holidays, ZoneInfo(context.zone))


def _compiled(context: Context, book: RuleBook) -> _InForce:
    population = Population(context.sensors, context.quantities, _calendar(context))
    return _InForce(context, book, population, {kind: _pass(kind, book, population) for kind in KINDS})


def _pass(kind: str, book: RuleBook, population: Population) -> Pass:
    rules = [(place, rule) for place, rule in enumerate(book.rules) if rule.kind == kind]
    return Patient(KINDS[kind], rules, population)
