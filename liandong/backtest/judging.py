"""Judges a past that arrives in stretches, as if every second of it passed; what nobody heard is nobody's silence."""

from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS
from city.entry import Arrivals, Connection, Journaled
from city.reading import ReadingBatch

#: Readings judged at once: much more leaves the processor's cache, much less pays for every rule too often.
_AT_ONCE = 60_000

#: Where nobody at all was heard for so long, ingest counts as away until somebody is: the history keeps no word of its
#: connection. A minute is what sensors of a city promise; with fewer sensors than this the silence of all may be true.
UNHEARD_NS, LEAST_SENSORS = 60 * SECOND_NS, 20


#: What a judge tells of one change of an alarm.
Change = TypeVar("Change", covariant=True)


class Judge(Protocol[Change]):
    """Gives what changed by what came; an engine is one, and so are several."""

    def apply(self, item: Journaled) -> object:
        """Take a connection, which changes nothing by itself."""
        ...

    def leap(self, arrivals: Arrivals, upto_ns: int) -> Iterable[Change]:
        """Judge what arrived since the last tick, with a tick every second up to `upto_ns`."""
        ...


class Judging(Generic[Change]):
    """A judge on its way through the past.

    Attributes:
        unheard_ns: time in which nothing arrived, so that no silence was counted.
    """

    def __init__(self, judge: Judge[Change], start_ns: int, *, sensors: int) -> None:
        """Begin at `start_ns`, a whole second, with a judge that has its book and so many sensors."""
        self._judge, self._many = judge, sensors >= LEAST_SENSORS
        self._at_ns = self._heard_ns = start_ns
        self.unheard_ns = 0
        self._connect(start_ns, listening=True)

    def judge(self, arrivals: Arrivals, until_ns: int) -> Iterator[Change]:
        """Yield what changed by what arrived before `until_ns`, a whole second, in order."""
        for again_ns in self._returns(arrivals):
            before, arrivals = _split(arrivals, again_ns - 1)
            yield from self._listen(before, again_ns - again_ns % SECOND_NS)
            self._hear_again(again_ns - again_ns % SECOND_NS)
            self._heard_ns = again_ns
        yield from self._listen(arrivals, until_ns)

    def _returns(self, arrivals: Arrivals) -> list[int]:
        """Return when somebody is heard after nobody was."""
        came_ns = np.concatenate([arrivals.readings.arrival_ns, _event_ns(arrivals)])
        came_ns.sort()
        quiet = np.diff(came_ns, prepend=self._heard_ns) > UNHEARD_NS
        returns: list[int] = came_ns[quiet].tolist() if self._many else []
        return returns

    def _listen(self, arrivals: Arrivals, until_ns: int) -> Iterator[Change]:
        """Judge what comes, and the ticks up to `until_ns` or to when nobody was heard for too long."""
        while len(arrivals.readings) > _AT_ONCE:
            cut_ns = _whole(int(arrivals.readings.arrival_ns[_AT_ONCE]))
            some, arrivals = _split(arrivals, cut_ns)
            yield from self._leap(some, cut_ns)
        last_ns = max([self._heard_ns, *arrivals.readings.arrival_ns[-1:].tolist(), *_event_ns(arrivals)[-1:].tolist()])
        self._heard_ns = last_ns
        end_ns = min(until_ns, _whole(last_ns) + UNHEARD_NS) if self._many else until_ns
        yield from self._leap(arrivals, end_ns)
        if end_ns < until_ns and self._listening:
            self._connect(self._at_ns, listening=False)

    def _leap(self, some: Arrivals, upto_ns: int) -> Iterator[Change]:
        if upto_ns > self._at_ns:
            yield from self._judge.leap(some, upto_ns)
            self._at_ns = upto_ns

    def _hear_again(self, time_ns: int) -> None:
        time_ns = max(time_ns, self._at_ns)
        self.unheard_ns += time_ns - self._at_ns
        self._at_ns = time_ns
        self._connect(time_ns, listening=True)

    def _connect(self, time_ns: int, *, listening: bool) -> None:
        self._listening = listening
        self._judge.apply(Journaled(0, Connection(time_ns, listening)))


def _whole(time_ns: int) -> int:
    """Return the first whole second that is not before a time."""
    return -(-time_ns // SECOND_NS) * SECOND_NS


def _event_ns(arrivals: Arrivals) -> NDArray[np.int64]:
    return np.array([event.arrival_ns for event in arrivals.events], dtype=np.int64)


def _split(arrivals: Arrivals, upto_ns: int) -> tuple[Arrivals, Arrivals]:
    """Return what arrived up to a moment, and the rest."""
    batch, events = arrivals.readings, arrivals.events
    row = int(np.searchsorted(batch.arrival_ns, upto_ns, side="right"))
    event = int(np.searchsorted(_event_ns(arrivals), upto_ns, side="right"))
    first, rest = slice(0, row), slice(row, None)
    return Arrivals(_slice(batch, first), events[:event]), Arrivals(_slice(batch, rest), events[event:])


def _slice(batch: ReadingBatch, rows: slice) -> ReadingBatch:
    return ReadingBatch(
        batch.sensor[rows],
        batch.quantity[rows],
        batch.time_ns[rows],
        batch.arrival_ns[rows],
        batch.value[rows],
        batch.quality[rows],
    )
