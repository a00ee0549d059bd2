"""Judges for how long values have not moved although readings kept coming."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.entry import Arrivals
from rules.alarms import NEVER_NS
from rules.kind import Verdict
from rules.levelled import bands_of, reading_seen
from rules.listening import Listening
from rules.metered import MeteredPass, Samples, reading_at, rounds, taken
from rules.pairs import Pairs
from rules.population import Population
from rules.series import SeriesIndex
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: Readings further apart than this share of the mildest level's time did not keep coming: the gap does not count. A
#: flat line so has at least as many readings.
_FEWEST = 10


class FlatPass(MeteredPass):
    """The measure is the seconds for which the value has stayed within a tolerance, gaps left out.

    Late readings are not judged: a line is that of the newest readings of each series.
    """

    def __init__(
        self, pairs: Pairs, population: Population, tolerance: Sequence[float], except_at: Sequence[tuple[float, ...]]
    ) -> None:
        super().__init__("flat", pairs, population)
        self._index = SeriesIndex(pairs, population.quantities)
        self._tolerance = np.array(tolerance, dtype=np.float64).take(pairs.term)
        longest_ns = [round(bands_of(one)[0].limit.high * SECOND_NS) // _FEWEST for one in pairs.roll.terms]
        self._longest_ns = np.array(longest_ns, dtype=np.int64).take(pairs.term)
        self._exempt = _columns(except_at).take(pairs.term, axis=1)
        columns = {
            "low": (np.float64, 0),
            "high": (np.float64, 0),
            "flat_ns": (np.int64, 0),
            "newest_ns": (np.int64, NEVER_NS),
            "began_ns": (np.int64, NEVER_NS),
            "count": (np.int64, 0),
        }
        self._lines = StateTable("line", pairs.keys, columns)
        self._memories = (self._lines,)

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Judge the readings of a batch, each series in its order of arrival."""
        batch = arrivals.readings
        if not len(self._pairs) or not len(batch):
            return []
        rows, series = taken(batch, self._index)
        parts: list[tuple[Ints, Ints, Ints, Ints, Ints]] = []
        for places in rounds(series):
            fan = self._index.fan(series[places])
            row = rows[places].take(fan.of)
            flat_ns = self._draw(fan.pair, batch.value[row], batch.time_ns[row])
            lines = self._lines
            parts.append((fan.pair, row, flat_ns, lines["began_ns"].take(fan.pair), lines["count"].take(fan.pair)))
        if not parts:
            return []
        pair, row, flat_ns, began_ns, count = (np.concatenate(column) for column in zip(*parts, strict=True))

        def evidence(element: int) -> dict[str, object]:
            line = {"since": iso(int(began_ns[element])), "readings": int(count[element])}
            tolerance = float(self._tolerance[pair[element]])
            return {"reading": reading_seen(reading_at(batch, int(row[element]))), "line": line, "tolerance": tolerance}

        flat_s = flat_ns / SECOND_NS
        samples = Samples(pair, row, batch.time_ns[row], batch.arrival_ns[row], batch.quality[row], flat_s)
        return self._climb(samples, evidence)

    def _draw(self, pair: Ints, value: Floats, time_ns: Ints) -> Ints:
        """Take one value of each of `pair`; return for how long each has been flat."""
        lines = self._lines
        low, high = np.minimum(lines["low"].take(pair), value), np.maximum(lines["high"].take(pair), value)
        newest_ns = lines["newest_ns"].take(pair)
        # A tolerance of 0.1 allows 20.1 after 20, whatever binary fractions make of it.
        goes_on = (high - low <= self._tolerance.take(pair) + 1e-9) & (newest_ns != NEVER_NS)
        goes_on &= ~self._is_exempt(pair, value)
        step_ns = time_ns - newest_ns
        counts = goes_on & (step_ns > 0) & (step_ns <= self._longest_ns.take(pair))
        flat_ns: Ints = np.where(goes_on, lines["flat_ns"].take(pair), 0) + np.where(counts, step_ns, 0)
        lines["low"][pair], lines["high"][pair] = np.where(goes_on, low, value), np.where(goes_on, high, value)
        lines["flat_ns"][pair] = flat_ns
        lines["began_ns"][pair] = np.where(goes_on, lines["began_ns"].take(pair), time_ns)
        lines["count"][pair] = np.where(goes_on, lines["count"].take(pair), 0) + 1
        lines["newest_ns"][pair] = time_ns
        lines.touch(pair)
        return flat_ns

    def _is_exempt(self, pair: Ints, value: Floats) -> Flags:
        """Return which values may stay as they are; with a tolerance, those within it of one that may."""
        exempt = np.zeros(len(pair), dtype=np.bool_)
        for at in self._exempt:
            exempt |= np.abs(value - at.take(pair)) <= self._tolerance.take(pair)
        return exempt


def _columns(values: Sequence[tuple[float, ...]]) -> Floats:
    """Return tuples of some lengths as columns, filled up with what no value is near."""
    longest = max((len(one) for one in values), default=0)
    columns = np.full((longest, len(values)), np.inf)
    for place, one in enumerate(values):
        columns[: len(one), place] = one
    return columns
