"""Judges how far sensors have slowly moved away from what their neighbours say."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.entry import Arrivals
from city.reading import ReadingBatch
from rules.alarms import NEVER_NS
from rules.conditions import Measured
from rules.groups import Grouping
from rules.kind import Verdict
from rules.levelled import reading_seen
from rules.listening import Listening
from rules.metered import MeteredPass, Samples, Taken, exact, reading_at, rounds, taken
from rules.neighbours import nearest
from rules.newest import Newest
from rules.ordering import begins
from rules.pairs import Pairs
from rules.population import Population
from rules.series import SeriesIndex
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: With fewer neighbours a median could be the one that drifts.
FEWEST = 3

#: A memory is made of so many looks: what moves in days need not be looked at every second.
LOOKS = 256

#: Between two looks that are further apart than this many, and than a neighbour's reading may be old, nobody knows what
#: happened: that time does not count.
_LONGEST_LOOKS = 8


class Looks(NamedTuple):
    """Readings at which pairs are looked at, by pair and then in order, with what their neighbours had said by then.

    Attributes:
        near, near_ns, said: of each look its neighbours, and time and value of their newest readings.
        fresh: which of them count.
        median: of those; not a number where they are too few.
    """

    pair: Ints
    row: Ints
    near: Ints
    near_ns: Ints
    said: Floats
    fresh: NDArray[np.bool_]
    median: Floats


class Pace(NamedTuple):
    """How rules look, one value for each of their terms, in nanoseconds."""

    within_ns: Sequence[int]
    memory_ns: Sequence[int]
    learn_ns: Sequence[int]


class DriftPass(MeteredPass):
    """The measure is how far the mean difference to the neighbours' median has moved from what it had always been.

    Both means forget: the one in `memory`, the other in `learn`, and not while the sensor drifts.
    """

    def __init__(self, pairs: Pairs, population: Population, grouping: Sequence[Grouping], pace: Pace) -> None:
        super().__init__("drift", pairs, population)
        self._index = SeriesIndex(pairs, population.quantities)
        self._near = nearest(pairs, grouping)
        within, memory, learn = (np.array(one, dtype=np.int64).take(pairs.term) for one in pace)
        self._within_ns, self._memory_ns, self._learn_ns = within, memory, learn
        self._step_ns = np.maximum(memory // LOOKS, 1)
        self._longest_ns = np.maximum(_LONGEST_LOOKS * self._step_ns, within)
        self._newest = Newest("drift_newest", pairs, self._index)
        columns = {
            "mean": (np.float64, 0),
            "usual": (np.float64, 0),
            "known_ns": (np.int64, 0),
            "looked_ns": (np.int64, NEVER_NS),
            "compared_ns": (np.int64, NEVER_NS),
        }
        self._state = StateTable("drift_state", pairs.keys, columns)
        self._memories = (self._newest.table, self._state)

    def _reads(self, pair: int) -> list[tuple[str, str]]:
        """Return the series of a pair and of its neighbours."""
        near = [one for one in self._near[pair].tolist() if one >= 0]
        return [series for one in (pair, *near) for series in self._pairs.reads(one)]

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Look at sensors whose next look is due, at their own readings."""
        batch = arrivals.readings
        if not len(self._pairs) or not len(batch):
            return []
        seen = taken(batch, self._index)
        if not len(seen.row):
            return []
        looks = self._look(batch, seen)
        self._newest.keep(batch, seen)
        drift, usual = np.full((2, len(looks.row)), np.nan)
        for places in rounds(looks.pair):
            self._compare(batch, looks, places, drift, usual)
        if self._last is not None:
            self._admit(batch, looks, np.flatnonzero(~np.isfinite(drift)).tolist())
        at = np.flatnonzero(np.isfinite(drift))
        row = looks.row[at]
        measure = exact(np.abs(drift[at]))
        samples = Samples(looks.pair[at], row, batch.time_ns[row], batch.arrival_ns[row], batch.quality[row], measure)
        return self._climb(
            samples,
            lambda one: self._evidence(batch, looks, int(at[one]), float(drift[at[one]]), float(usual[at[one]])),
        )

    def _look(self, batch: ReadingBatch, seen: Taken) -> Looks:
        """Return the looks that are due: at a pair's first reading in each step of time, counted from 1970."""
        fan = self._index.fan(seen.series)
        order = np.argsort(fan.pair, kind="stable") if (np.diff(fan.pair) < 0).any() else np.arange(len(fan.pair))
        pair, row = fan.pair[order], seen.row[fan.of[order]]
        step_ns = self._step_ns.take(pair)
        turn = batch.time_ns[row] // step_ns
        before = np.empty_like(turn)
        before[1:] = turn[:-1]
        first = begins(pair)
        before[first] = self._state["looked_ns"].take(pair[first]) // step_ns[first]
        due = np.flatnonzero(turn > before)
        pair, row = pair[due], row[due]
        self._state["looked_ns"][pair] = batch.time_ns[row]
        self._state.touch(pair)
        near = self._near[pair]
        near_ns, said = self._newest.before(batch, seen, near, row)
        fresh = (near >= 0) & (near_ns >= (batch.time_ns[row] - self._within_ns[pair])[:, None])
        return Looks(pair, row, near, near_ns, said, fresh, median_of_fresh(said, fresh))

    def _compare(self, batch: ReadingBatch, looks: Looks, places: Ints, drift: Floats, usual: Floats) -> None:
        """Take one look at each of some pairs; note how far those that were learned have drifted, and what is usual."""
        places = places[np.isfinite(looks.median[places])]
        pair, row, state = looks.pair[places], looks.row[places], self._state
        apart = batch.value[row] - looks.median[places]
        since_ns = np.where(state["compared_ns"][pair] == NEVER_NS, batch.time_ns[row], state["compared_ns"][pair])
        step_ns = np.clip(batch.time_ns[row] - since_ns, 0, self._longest_ns[pair])
        known_ns = state["known_ns"][pair] + step_ns
        mean = _moved(state["mean"][pair], apart, step_ns, np.minimum(known_ns, self._memory_ns[pair]))
        learned = known_ns >= self._learn_ns[pair]
        before = state["usual"][pair]
        moved = _moved(before, apart, step_ns, np.minimum(known_ns, self._learn_ns[pair]))
        # What is usual is not learned from a sensor that drifts, or it would get used to it.
        drifts = learned & self._limits.kept(0, self._pairs.term[pair], np.abs(mean - before))
        state["mean"][pair], state["known_ns"][pair], state["compared_ns"][pair] = mean, known_ns, batch.time_ns[row]
        state["usual"][pair] = np.where(drifts, before, moved)
        usual[places] = state["usual"][pair]
        drift[places] = np.where(learned, mean - usual[places], np.nan)

    def _admit(self, batch: ReadingBatch, looks: Looks, at: Sequence[int]) -> None:
        """Note of pairs that were never judged for how long they were compared, and with how many neighbours."""
        assert self._last is not None  # only where somebody asks
        for look in at:
            pair = int(looks.pair[look])
            before = self._last.get(pair)
            if before is None or before.decided is None:
                evidence = {
                    "reading": reading_seen(reading_at(batch, int(looks.row[look]))),
                    "neighbours": int(looks.fresh[look].sum()),
                    "needed": {"neighbours": FEWEST, "compared_s": int(self._learn_ns[pair]) / SECOND_NS},
                    "compared_s": int(self._state["known_ns"][pair]) / SECOND_NS,
                }
                self._last[pair] = Measured(None, evidence)

    def _evidence(self, batch: ReadingBatch, looks: Looks, look: int, drift: float, usual: float) -> dict[str, object]:
        pair, fresh = int(looks.pair[look]), np.flatnonzero(looks.fresh[look]).tolist()
        neighbours = [
            {
                "sensor": self._pairs.target(int(looks.near[look, one])).id,
                "time": iso(int(looks.near_ns[look, one])),
                "value": float(looks.said[look, one]),
            }
            for one in fresh
        ]
        return {
            "reading": reading_seen(reading_at(batch, int(looks.row[look]))),
            "neighbours": neighbours,
            "median": float(looks.median[look]),
            "difference": float(f"{usual + drift:.9g}"),
            "usual_difference": float(f"{usual:.9g}"),
            "memory_s": int(self._memory_ns[pair]) / SECOND_NS,
            "learned_s": int(self._learn_ns[pair]) / SECOND_NS,
        }


def median_of_fresh(said: Floats, fresh: NDArray[np.bool_]) -> Floats:
    """Return the median of what is fresh in each row; not a number where that is less than `FEWEST`."""
    count = fresh.sum(axis=1)
    ordered = np.sort(np.where(fresh, said, np.inf), axis=1)
    each, last = np.arange(len(count)), np.maximum(count, 1)
    median = (ordered[each, (last - 1) // 2] + ordered[each, last // 2]) / 2
    return np.where(count >= FEWEST, median, np.nan)


def _moved(mean: Floats, value: Floats, step_ns: Ints, weight_ns: Ints) -> Floats:
    """Return means after a value that has stood for `step_ns` of the `weight_ns` that they remember."""
    share = np.where(weight_ns > 0, step_ns / np.maximum(weight_ns, 1), 1.0)
    return mean + share * (value - mean)
