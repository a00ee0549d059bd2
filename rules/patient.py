"""The rules of one kind, those that wait for late readings each in a part of its own lateness."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from city.entry import Arrivals
from rules.alarms import NEVER_NS
from rules.duration import shown_duration
from rules.event_words import EventWords, Telling
from rules.kind import Kind, OpenAlarm, Pass, Verdict
from rules.listening import Listening
from rules.own_time import OwnTime
from rules.population import Population
from rules.reorder import Reorder
from rules.rule import Rule
from rules.selection import Selection
from rules.standing import Standing
from rules.together import Placed, Together

Ints = NDArray[np.int64]


class Delayed:
    """A pass to which readings, events and seconds come in the order of the sensors' time, as far as it waits."""

    def __init__(self, inner: Pass, reorder: Reorder, words: EventWords, own_time: OwnTime, mark: str) -> None:
        self.inner, self._reorder, self._words, self._own_time = inner, reorder, words, own_time
        for table in inner.tables:
            table.name = f"{table.name}{mark}"
        self.tables = (*reorder.tables, own_time.table, *inner.tables)

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Let readings and events wait, and judge those for which there is no more room."""
        coming = self._words.rows(arrivals)
        out = self._reorder.push(coming.arrivals.readings)
        if not len(out.readings):
            return []
        clock, verdicts = self._own_time.clock(listening), list[Verdict]()
        cause = np.maximum.accumulate(coming.places[out.cause])  # in the order in which they go
        for told, places in self._words.runs(out.readings):
            judged = self.inner.arrivals(told, clock)
            verdicts += [verdict._replace(row=int(cause[places[verdict.row]])) for verdict in judged]
        return verdicts

    def tick(self, time_ns: int, listening: Listening) -> list[Verdict]:
        """Judge what has waited long enough, and the seconds that are over with it."""
        ripe = self._reorder.ripe(time_ns)
        return self._own_time.judge(ripe, self._reorder.sure_ns, listening)

    def due_ns(self, arrivals: Arrivals, listening: Listening) -> int:
        """Return when the first goes that waits, or a second matters by itself, given that these come as well."""
        coming = self._words.rows(arrivals).arrivals.readings
        if not self._reorder.has_room(coming):
            return NEVER_NS  # who has to go for another is heard when that one comes
        return min(self._reorder.due_ns(coming), self._own_time.due_ns(listening))

    def is_calm(self, arrivals: Arrivals, listening: Listening) -> bool:
        """Return whether nothing but readings matters while these come, and there is room for all of them."""
        coming = self._words.rows(arrivals).arrivals.readings
        if not listening.listening or not self._reorder.has_room(coming):
            return False
        return self._own_time.calm(self._reorder.coming(coming), listening)

    def over(self, arrivals: Arrivals, clock: Listening, mark_ns: int, ticks: int) -> Iterator[tuple[int, Verdict]]:
        """Judge what goes at so many ticks after `mark_ns`; yield the tick, counted from 1, with each verdict.

        Time by itself must not matter up to then, which the clock says already.
        """
        ripe = self._reorder.over(self._words.rows(arrivals).arrivals.readings, mark_ns, ticks)
        now = self._own_time.skip(self._reorder.sure_ns, clock)
        if not len(ripe.readings):
            return
        first = np.flatnonzero(np.diff(ripe.tick, prepend=0))
        begins = first[np.searchsorted(first, np.arange(len(ripe.tick)), side="right") - 1]
        told, places = self._words.told(ripe.readings)
        for verdict in self.inner.arrivals(told, now):
            place = int(places[verdict.row])
            yield int(ripe.tick[place]), verdict._replace(row=place - int(begins[place]))

    def begin(self, listening: Listening) -> None:
        """Start the timers that start with a context."""
        self.inner.begin(listening)

    def adopt(self, old: Self, time_ns: int) -> list[Verdict]:
        """Take over the state of pairs that judge as before, and who waits."""
        self._reorder.adopt(old._reorder, self._words.renumbered(old._reorder.waiting(), old._words))
        self._own_time.adopt(old._own_time)
        return self.inner.adopt(old.inner, time_ns)

    def refresh(self) -> None:
        """Derive what is not kept in the tables, after they were loaded."""
        self.inner.refresh()

    def matched(self) -> Iterator[tuple[Rule, int]]:
        """Yield each rule with the number of sensors it judges."""
        return self.inner.matched()

    def open_alarms(self) -> Iterable[OpenAlarm]:
        """Return what stands open."""
        return self.inner.open_alarms()

    def watch(self) -> None:
        """Keep from now on what each target is judged by."""
        self.inner.watch()

    def reads(self, rule: str, sensor: str) -> list[tuple[str, str]]:
        """Return the series by which the targets of a rule are judged that a sensor is part of."""
        return self.inner.reads(rule, sensor)

    def standing(self, rule: str, sensor: str, now_ns: int, listening: Listening) -> list[Standing]:
        """Return how the targets of a rule stand that a sensor is or has part in."""
        return self.inner.standing(rule, sensor, now_ns, listening)


class Patient(Together):
    """The rules of one kind: those that judge at once, then those of each lateness, the shortest first."""

    def __init__(self, kind: Kind, rules: Sequence[Placed], population: Population) -> None:
        self._kind, self._population = kind, population
        self._prompt = kind.compile([one for one in rules if not one[1].lateness_ns], population)
        spans = sorted({rule.lateness_ns for _, rule in rules if rule.lateness_ns})
        self._delayed = {span: self._part(span, [one for one in rules if one[1].lateness_ns == span]) for span in spans}
        super().__init__([self._prompt, *self._delayed.values()])

    def adopt(self, old: Self, time_ns: int) -> list[Verdict]:
        """Take over the state of pairs that judge as before; a rule with another lateness starts anew."""
        verdicts = self._prompt.adopt(old._prompt, time_ns)
        for span, before in old._delayed.items():
            part = self._delayed.get(span)
            verdicts += (self._part(span, []) if part is None else part).adopt(before, time_ns)
        return verdicts

    def _part(self, lateness_ns: int, placed: Sequence[Placed]) -> Delayed:
        mark, rules = f"~{shown_duration(lateness_ns)}", [rule for _, rule in placed]
        name, inner = f"{self._kind.name}{mark}", self._kind.compile(placed, self._population)
        words = EventWords(word for rule in rules if isinstance(rule.terms, Telling) for word in rule.terms.events)
        reorder = Reorder(name, lateness_ns, _looked_at(rules, self._population, words))
        return Delayed(inner, reorder, words, OwnTime(name, lateness_ns, inner, words), mark)


def _looked_at(rules: Iterable[Rule], population: Population, words: EventWords) -> Iterator[tuple[Ints, int]]:
    """Yield the numbers of the sensors that rules may look at with the series; some too many do no harm."""
    names, rows = set[str](), [np.array([], dtype=np.int64)]
    for rule in rules:
        names |= {one for one in (rule.select.quantity, *rule.terms.quantities) if one}
        others = rule.terms.others if isinstance(rule.terms, Telling) else ()
        # What else a rule reads may be of sensors that it does not select.
        everybody = Selection() if rule.terms.quantities and not others else rule.select
        rows += [population.match(one) for one in (everybody, *others)]
    sensors = population.numbers[np.unique(np.concatenate(rows))]
    yield from ((sensors, population.quantities[one]) for one in sorted(names & population.quantities.keys()))
    yield from ((sensors, number) for number in words.numbers)
