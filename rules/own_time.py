"""The clock of rules that wait goes by the sensors' time, so that what time changes does not hang on who came when.

A second of it is over when all that was made in it has come: when something newer is sure (`rules.reorder`), or, while
nobody says anything, when twice the lateness has passed, in which the latest came and waited.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS
from city.entry import Arrivals
from city.reading import ReadingBatch
from rules.alarms import NEVER_NS
from rules.event_words import EventWords
from rules.kind import Pass, Verdict
from rules.limits import ENDLESS_NS
from rules.listening import Listening
from rules.table import StateTable
from rules.ticking import due_ns, looks_at_ticks

Ints = NDArray[np.int64]

_NOBODY = np.array([], dtype=np.int64)

#: So many seconds pass one by one before it is asked which of them matter.
_FEW = 8


@dataclass(slots=True)
class _SensorsClock(Listening):
    """A clock of silence on which a reading comes when it is judged, not when it arrived."""

    def stamp(self, arrival_ns: Ints) -> Ints:
        """Return the listening time now, for each of these."""
        return np.full(len(arrival_ns), self.total_ns)


class OwnTime:
    """Lets a pass judge readings in order with the seconds between them; both as the sensors counted them."""

    def __init__(self, name: str, lateness_ns: int, inner: Pass, words: EventWords) -> None:
        self._inner, self._lateness_ns, self._words = inner, lateness_ns, words
        self.table = StateTable(f"{name}.clock", np.array([0]), {"passed_ns": (np.int64, NEVER_NS)})
        #: Whether time by itself changes anything.
        self.passes = looks_at_ticks(inner)

    def adopt(self, old: "OwnTime") -> None:
        """Go on from where another has come to."""
        self.table.carry(old.table, np.array([0]), np.array([0]))

    def judge(self, batch: ReadingBatch, sure_ns: int, listening: Listening) -> list[Verdict]:
        """Judge what goes at a tick, in order; `sure_ns` is up to when all is known to have come. Time passes."""
        if not self.passes:
            return self._told(batch, 0, listening) if len(batch) else []
        clock = self._clock(listening)
        # Who is behind comes after what was over a second ago, whenever the last tick was.
        verdicts = self._until(self._over_ns(NEVER_NS, listening) - SECOND_NS, batch.take(_NOBODY), clock)
        over_ns = self._over_ns(sure_ns, listening)
        verdicts += self._until(over_ns, batch, clock, sure_ns)
        self._keep(over_ns)
        return verdicts

    def _until(self, over_ns: int, batch: ReadingBatch, clock: Listening, sure_ns: int = NEVER_NS) -> list[Verdict]:
        """Judge readings, each after the seconds that are over before it, and the seconds up to `over_ns`."""
        at_ns = np.maximum.accumulate(np.clip(batch.time_ns, clock.mark_ns, max(sure_ns, clock.mark_ns)))
        verdicts, begin = list[Verdict](), 0
        while (tick_ns := self._next_ns(clock, over_ns, batch, at_ns, begin)) <= over_ns:
            _pass(clock, tick_ns - SECOND_NS)
            end = int(np.searchsorted(at_ns, tick_ns, side="right"))
            if end > begin:
                verdicts += self._told(_some(batch, begin, end), begin, clock)
                begin = end
                continue  # what they changed may matter sooner
            _pass(clock, tick_ns)
            verdicts += [verdict._replace(row=begin) for verdict in self._inner.tick(tick_ns, clock)]
        _pass(clock, over_ns)
        if begin < len(batch):
            verdicts += self._told(_some(batch, begin, len(batch)), begin, clock)
        return verdicts

    def skip(self, sure_ns: int, listening: Listening) -> Listening:
        """Let time pass in which nothing matters but readings; return the clock that they are judged by."""
        if self.passes:
            self._keep(self._over_ns(sure_ns, listening))
        return self.clock(listening)

    def clock(self, listening: Listening) -> Listening:
        """Return the clock between two ticks: the sensors' where time changes anything."""
        if not self.passes:
            return listening
        clock = self._clock(listening)
        _pass(clock, self._over_ns(NEVER_NS, listening))  # of ticks that were not made, as nothing was due
        return clock

    def due_ns(self, listening: Listening) -> int:
        """Return when time by itself may change something, on our clock, if nothing goes."""
        if not self.passes:
            return ENDLESS_NS
        first_ns = due_ns(self._inner, Arrivals(ReadingBatch.empty()), self._clock(listening))
        return first_ns if first_ns in {NEVER_NS, ENDLESS_NS} else first_ns + 2 * self._lateness_ns

    def calm(self, coming: ReadingBatch, listening: Listening) -> bool:
        """Return whether time by itself changes nothing, given that these come, and nothing else."""
        if not self.passes:
            return True
        clock = self._clock(listening)
        ahead = self._words.told(_at(coming, np.maximum(coming.time_ns, clock.mark_ns))).arrivals
        return due_ns(self._inner, ahead, clock) >= ENDLESS_NS

    def _clock(self, listening: Listening) -> Listening:
        """Return the sensors' clock; it does not count the time in which nobody listened."""
        passed_ns = int(self.table["passed_ns"][0])
        if passed_ns == NEVER_NS:
            passed_ns = self._over_ns(NEVER_NS, listening) - SECOND_NS
        clock = _SensorsClock(listening.listening, passed_ns, 0)
        clock.total_ns = passed_ns - listening.mark_ns + listening.total_ns
        return clock

    def _over_ns(self, sure_ns: int, listening: Listening) -> int:
        """Return the last second that is over: what is as new as what is sure may still come, of other series."""
        return _whole(max(sure_ns - 1, listening.mark_ns - 2 * self._lateness_ns))

    def _next_ns(self, clock: Listening, over_ns: int, batch: ReadingBatch, at_ns: Ints, begin: int) -> int:
        """Return the next second that may matter, or in which a reading of a batch comes; they do from `begin` on."""
        next_ns = clock.mark_ns + SECOND_NS
        if over_ns - clock.mark_ns <= _FEW * SECOND_NS:
            return next_ns
        rest = self._words.told(_at(_some(batch, begin, len(batch)), at_ns[begin:])).arrivals
        first_ns = min(due_ns(self._inner, rest, clock), *at_ns[begin : begin + 1].tolist(), ENDLESS_NS)
        return max(next_ns, -_whole(-first_ns))

    def _told(self, batch: ReadingBatch, begin: int, clock: Listening) -> list[Verdict]:
        """Judge some of a batch; `begin` is where they begin in it."""
        arrivals, places = self._words.told(batch)
        judged = self._inner.arrivals(arrivals, clock)
        return [verdict._replace(row=begin + int(places[verdict.row])) for verdict in judged]

    def _keep(self, over_ns: int) -> None:
        self.table["passed_ns"][0] = max(int(self.table["passed_ns"][0]), over_ns)
        self.table.touch(np.array([0]))


def _whole(time_ns: int) -> int:
    """Return the second that a moment is in."""
    return time_ns // SECOND_NS * SECOND_NS


def _pass(clock: Listening, time_ns: int) -> None:
    """Move a clock on, if it is not there yet."""
    step_ns = max(0, time_ns - clock.mark_ns)
    clock.total_ns, clock.mark_ns = clock.total_ns + step_ns, clock.mark_ns + step_ns


def _some(batch: ReadingBatch, begin: int, end: int) -> ReadingBatch:
    return batch if (begin, end) == (0, len(batch)) else batch.take(np.arange(begin, end))


def _at(batch: ReadingBatch, arrival_ns: Ints) -> ReadingBatch:
    """Return readings as if they came at other times."""
    return ReadingBatch(batch.sensor, batch.quantity, batch.time_ns, arrival_ns, batch.value, batch.quality)
