"""The rules of one kind, those that wait for late readings each in a part of its own lateness."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from city.entry import Arrivals
from city.reading import ReadingBatch
from rules.duration import shown_duration
from rules.kind import Kind, OpenAlarm, Pass, Verdict
from rules.listening import Listening
from rules.population import Population
from rules.reorder import Reorder
from rules.rule import Rule
from rules.selection import Selection
from rules.standing import Standing
from rules.together import Placed, Together

Ints = NDArray[np.int64]


class Delayed:
    """A pass whose readings come in the order of the sensors' time, as far as its lateness reaches.

    Events are passed on as they come: nothing that counts them goes by their order.
    """

    def __init__(self, inner: Pass, reorder: Reorder, mark: str) -> None:
        self.inner, self._reorder = inner, reorder
        for table in inner.tables:
            table.name = f"{table.name}{mark}"
        self.tables = (*reorder.tables, *inner.tables)

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Let readings wait, and judge events and what there is no more room for."""
        out = self._reorder.push(arrivals.readings)
        verdicts = []
        if len(out.readings):
            judged = self.inner.arrivals(Arrivals(out.readings), listening)
            verdicts += [verdict._replace(row=int(out.cause[verdict.row])) for verdict in judged]
        if arrivals.events or arrivals.statuses:
            told = Arrivals(ReadingBatch.empty(), arrivals.events, arrivals.statuses)
            judged = self.inner.arrivals(told, listening)
            verdicts += [verdict._replace(row=len(arrivals.readings) + verdict.row) for verdict in judged]
        return verdicts

    def tick(self, time_ns: int, listening: Listening) -> list[Verdict]:
        """Judge what has waited long enough, and then what did not come."""
        ripe = self._reorder.ripe(time_ns)
        verdicts = self.inner.arrivals(Arrivals(ripe), listening) if len(ripe) else []
        missed = self.inner.tick(time_ns, listening)
        return [*verdicts, *(verdict._replace(row=len(ripe) + verdict.row) for verdict in missed)]

    def waits_until_ns(self, coming: ReadingBatch) -> int:
        """Return when the first of the readings that wait is judged, if these come too."""
        return self._reorder.due_ns(coming)

    def coming(self, readings: ReadingBatch) -> Arrivals | None:
        """Return what comes to be judged of those that wait and of these; None where somebody must go for another."""
        return Arrivals(self._reorder.coming(readings)) if self._reorder.has_room(readings) else None

    def over(self, readings: ReadingBatch, clock: Listening, ticks: int) -> Iterator[tuple[int, Verdict]]:
        """Judge what goes at so many ticks after the clock's mark; yield the tick, counted from 1, with each verdict.

        What is told besides readings must not matter here, nor the ticks by themselves.
        """
        ripe = self._reorder.over(readings, clock.mark_ns, ticks)
        if not len(ripe.readings):
            return
        first = np.flatnonzero(np.diff(ripe.tick, prepend=0))
        begins = first[np.searchsorted(first, np.arange(len(ripe.tick)), side="right") - 1]
        for verdict in self.inner.arrivals(Arrivals(ripe.readings), clock):
            yield int(ripe.tick[verdict.row]), verdict._replace(row=verdict.row - int(begins[verdict.row]))

    def begin(self, listening: Listening) -> None:
        """Start the timers that start with a context."""
        self.inner.begin(listening)

    def adopt(self, old: Self, time_ns: int) -> list[Verdict]:
        """Take over the state of pairs that judge as before, and who waits."""
        self._reorder.adopt(old._reorder)
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

    def _part(self, lateness_ns: int, rules: Sequence[Placed]) -> Delayed:
        mark = f"~{shown_duration(lateness_ns)}"
        sensors, names = _looked_at([rule for _, rule in rules], self._population)
        reorder = Reorder(f"{self._kind.name}{mark}", lateness_ns, sensors, self._population.quantities, names)
        return Delayed(self._kind.compile(rules, self._population), reorder, mark)


def _looked_at(rules: Iterable[Rule], population: Population) -> tuple[Ints, set[str]]:
    """Return the numbers of the sensors that rules may look at, and the series; some too many do no harm."""
    names, rows = set[str](), [np.array([], dtype=np.int64)]
    for rule in rules:
        names |= {one for one in (rule.select.quantity, *rule.terms.quantities) if one}
        # What else a rule reads may be of sensors that it does not select.
        rows.append(population.match(Selection() if rule.terms.quantities else rule.select))
    return population.numbers[np.unique(np.concatenate(rows))], names
