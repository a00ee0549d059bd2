"""Judges how far values jump between two readings, held against what is possible in that time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.entry import Arrivals
from rules.alarms import NEVER_NS
from rules.kind import Verdict
from rules.levelled import reading_seen
from rules.listening import Listening
from rules.metered import MeteredPass, Samples, exact, reading_at, rounds, taken
from rules.pairs import Pairs
from rules.population import Population
from rules.series import SeriesIndex
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class LeapPass(MeteredPass):
    """The measure is the change from the reading before, by the time between them where that is longer than `per`.

    A level is kept by the widest step of the last while, so that a step does not pass unseen. Late readings are not
    judged.
    """

    def __init__(
        self, pairs: Pairs, population: Population, per_ns: Sequence[int], remembered_ns: Sequence[int]
    ) -> None:
        super().__init__("leap", pairs, population)
        self._index = SeriesIndex(pairs, population.quantities)
        self._per_ns = np.array(per_ns, dtype=np.int64).take(pairs.term)
        self._remembered_ns = np.array(remembered_ns, dtype=np.int64).take(pairs.term)
        columns = {
            "value": (np.float64, 0),
            "newest_ns": (np.int64, NEVER_NS),
            "widest": (np.float64, 0),
            "widest_ns": (np.int64, NEVER_NS),
        }
        self._steps = StateTable("step", pairs.keys, columns)
        self._memories = (self._steps,)

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Judge the readings of a batch, each series in its order of arrival."""
        batch = arrivals.readings
        if not len(self._pairs) or not len(batch):
            return []
        rows, series = taken(batch, self._index)
        parts: list[tuple[Ints, Ints, Floats, Floats, Floats, Ints]] = []
        for places in rounds(series):
            fan = self._index.fan(series[places])
            row = rows[places].take(fan.of)
            before, before_ns = self._steps["value"].take(fan.pair), self._steps["newest_ns"].take(fan.pair)
            step, widest = self._leap(fan.pair, batch.value[row], batch.time_ns[row])
            parts.append((fan.pair, row, step, widest, before, before_ns))
        if not parts:
            return []
        pair, row, step, widest, before, before_ns = (np.concatenate(column) for column in zip(*parts, strict=True))

        def evidence(element: int) -> dict[str, object]:
            known = int(before_ns[element]) != NEVER_NS
            earlier = {"time": iso(int(before_ns[element])), "value": float(before[element])} if known else None
            return {
                "reading": reading_seen(reading_at(batch, int(row[element]))),
                "reading_before": earlier,
                "widest_step": float(widest[element]),
                "per_s": int(self._per_ns[pair[element]]) / SECOND_NS,
            }

        hot = self._hot(pair, widest)
        at = row[hot]
        samples = Samples(
            pair[hot], at, batch.time_ns[at], batch.arrival_ns[at], batch.quality[at], step[hot], widest[hot]
        )
        return self._climb(samples, lambda element: evidence(int(hot[element])))

    def _hot(self, pair: Ints, widest: Floats) -> Ints:
        """Return the samples of pairs that are open or step too far; all others stay as they are."""
        if self._last is not None:
            return np.arange(len(pair))
        _, limit = self._limits.calm(self._pairs.term.take(pair))
        hot = (widest > limit) | (self._ladder.table["level"].take(pair) > 0)
        return np.flatnonzero(np.isin(pair, pair[hot])) if hot.any() else np.flatnonzero(hot)

    def _leap(self, pair: Ints, value: Floats, time_ns: Ints) -> tuple[Floats, Floats]:
        """Take one value of each of `pair`; return how far each has stepped, and its widest step of the last while."""
        steps = self._steps
        newest_ns = steps["newest_ns"].take(pair)
        known = newest_ns != NEVER_NS
        spans = np.maximum(np.where(known, time_ns - newest_ns, 0) / self._per_ns.take(pair), 1.0)
        step = exact(np.where(known, np.abs(value - steps["value"].take(pair)), 0.0) / spans)
        stale = time_ns - steps["widest_ns"].take(pair) >= self._remembered_ns.take(pair)
        wider = stale | (step >= steps["widest"].take(pair))
        widest: Floats = np.where(wider, step, steps["widest"].take(pair))
        steps["value"][pair], steps["newest_ns"][pair], steps["widest"][pair] = value, time_ns, widest
        steps["widest_ns"][pair] = np.where(wider, time_ns, steps["widest_ns"].take(pair))
        steps.touch(pair)
        return step, widest
