"""Judges a stretch of what arrived with every tick in it, making only the ticks that can change something.

History is judged many times faster than it happened: a month has 2.6 million ticks, and nearly all of them change
nothing. A pass that waits for the clock says when it next matters (`rules.ticking.Waiting`); one that does not say is
given every tick. What comes of it is what all ticks would have given, one by one.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS
from city.entry import Arrivals
from city.reading import ReadingBatch
from rules.kind import Pass, Verdict
from rules.limits import ENDLESS_NS
from rules.listening import Listening
from rules.patient import Delayed
from rules.ticking import due_ns, looks_at_ticks, single

Ints = NDArray[np.int64]


#: What a verdict comes of.
_ARRIVED, _TICK = 0, 1


class Moment(NamedTuple):
    """The place of a verdict in the order of all: its tick, arrivals before it, then its own."""

    tick: int
    kind: int
    row: int
    rule: int
    target: int


@dataclass(slots=True)
class Leaping(Listening):
    """A clock of silence that counts however far a tick lies from the one before: all in between are thought of."""

    def tick(self, time_ns: int) -> None:
        """Count the time since the last mark, if somebody listened."""
        if self.listening:
            self.total_ns += max(0, time_ns - self.mark_ns)
        self.mark_ns = time_ns

    def stamp(self, arrival_ns: Ints) -> Ints:
        """Return the listening time at which each of these arrived."""
        if not self.listening:
            return np.full(len(arrival_ns), self.total_ns)
        return self.total_ns + np.maximum(arrival_ns - self.mark_ns, 0)


#: Readings at which a pass looks ahead at once, at first and at least: the less, the more often something is due.
_AHEAD, _LEAST_AHEAD = 65_536, 256


class _Rest:
    """What of a stretch has not been judged yet."""

    def __init__(self, arrivals: Arrivals) -> None:
        self._all = arrivals
        self._reading, self._event = 0, 0
        self._event_ns = [event.arrival_ns for event in arrivals.events]

    def ahead(self, readings: int) -> tuple[Arrivals, int]:
        """Return about so many readings of it with the events among them, and the moment up to which that is all."""
        batch, event, upto_ns = self._all.readings, len(self._event_ns), ENDLESS_NS
        end = min(self._reading + readings, len(batch))
        if end < len(batch):
            upto_ns = int(batch.arrival_ns[end]) - 1
            end, event = int(np.searchsorted(batch.arrival_ns, upto_ns, "right")), bisect_right(self._event_ns, upto_ns)
        return Arrivals(_slice(batch, self._reading, end), self._all.events[self._event : event]), upto_ns

    def take(self, upto_ns: int) -> tuple[Arrivals, tuple[int, int]]:
        """Return what arrives up to a moment, and how many readings and events came before it."""
        batch, events = self._all.readings, self._all.events
        first = self._reading, self._event
        self._reading = int(np.searchsorted(batch.arrival_ns, upto_ns, side="right"))
        self._event = bisect_right(self._event_ns, upto_ns)
        taken = Arrivals(_slice(batch, first[0], self._reading), events[first[1] : self._event])
        return taken, first

    def told(self, row: int, some: Arrivals, first: tuple[int, int]) -> tuple[int, int]:
        """Return when a row of `some` arrived, and its row in the whole; `first` as `take` returned it."""
        readings, events = first
        if row < len(some.readings):
            return int(self._all.readings.arrival_ns[readings + row]), readings + row
        event = events + row - len(some.readings)
        return self._event_ns[event], len(self._all.readings) + event


def _slice(batch: ReadingBatch, start: int, end: int) -> ReadingBatch:
    return ReadingBatch(
        batch.sensor[start:end],
        batch.quantity[start:end],
        batch.time_ns[start:end],
        batch.arrival_ns[start:end],
        batch.value[start:end],
        batch.quality[start:end],
    )


def leap(
    passes: Iterable[Pass], arrivals: Arrivals, listening: Listening, upto_ns: int
) -> list[tuple[Moment, Verdict]]:
    """Judge what arrives after the clock's mark, up to `upto_ns`, with a tick every second; move the clock there.

    What arrives is in order of its time of arrival. Verdicts are in the order in which single ticks would have made
    them; their `row` counts on over the stretch.
    """
    found: list[tuple[Moment, Verdict]] = []
    for pass_ in single(passes):
        clock = Leaping(listening.listening, listening.mark_ns, listening.total_ns)
        found += _leapt(pass_, arrivals, clock, upto_ns)
    moved = Leaping(listening.listening, listening.mark_ns, listening.total_ns)
    moved.tick(upto_ns)
    listening.mark_ns, listening.total_ns = moved.mark_ns, moved.total_ns
    found.sort(key=lambda one: one[0])
    return found


def _leapt(pass_: Pass, arrivals: Arrivals, clock: Listening, upto_ns: int) -> Iterator[tuple[Moment, Verdict]]:
    start_ns, rest, ahead = clock.mark_ns, _Rest(arrivals), _AHEAD
    while True:
        coming, known_ns = rest.ahead(ahead)
        if isinstance(pass_, Delayed) and (ticks := _calm_ticks(pass_, coming, clock, min(known_ns, upto_ns))):
            mark_ns = clock.mark_ns
            before = _ticks(start_ns, mark_ns) if mark_ns > start_ns else 0
            clock.tick(mark_ns + ticks * SECOND_NS)
            some, _ = rest.take(clock.mark_ns)
            for tick, verdict in pass_.over(some, clock, mark_ns, ticks):
                yield Moment(before + tick, _TICK, *verdict[:3]), verdict
            continue
        tick_ns = _next_tick(clock.mark_ns, due_ns(pass_, coming, clock))
        until_ns = min(tick_ns, known_ns, upto_ns)
        some, first = rest.take(until_ns)
        if len(some.readings) or some.events:
            for verdict in pass_.arrivals(some, clock):
                yield _placed(verdict, start_ns, *rest.told(verdict.row, some, first))
        if tick_ns == until_ns:
            clock.tick(tick_ns)
            for verdict in pass_.tick(tick_ns, clock):
                yield Moment(_ticks(start_ns, tick_ns), _TICK, *verdict[:3]), verdict
            ahead = max(_LEAST_AHEAD, ahead // 2)
        elif until_ns == upto_ns:
            return
        else:
            ahead *= 2


def _placed(verdict: Verdict, start_ns: int, arrived_ns: int, row: int) -> tuple[Moment, Verdict]:
    return Moment(_ticks(start_ns, arrived_ns), _ARRIVED, row, verdict.rule, verdict.target), verdict._replace(row=row)


def _ticks(start_ns: int, time_ns: int) -> int:
    """Return which tick is the first that is not before a moment."""
    return max(1, -((start_ns - time_ns) // SECOND_NS))


def _next_tick(mark_ns: int, due_ns: int) -> int:
    """Return the first tick after the clock's mark that is not before `due_ns`."""
    return mark_ns + max(1, -((mark_ns - due_ns) // SECOND_NS)) * SECOND_NS


def judged_at_ticks(pass_: Pass) -> bool:
    """Return whether time alone may change what a pass judges, and so whether somebody listened."""
    return any(looks_at_ticks(one.inner if isinstance(one, Delayed) else one) for one in single([pass_]))


def _calm_ticks(pass_: Delayed, coming: Arrivals, clock: Listening, until_ns: int) -> int:
    """Return over how many ticks, if any, nothing matters to a pass but the readings that go at them."""
    ticks = max(0, (until_ns - clock.mark_ns) // SECOND_NS)
    return ticks if ticks and pass_.is_calm(coming, clock) else 0
