"""Judges how far values rise or fall within a window."""

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.entry import Arrivals
from rules.kind import Verdict
from rules.levelled import reading_seen
from rules.listening import Listening
from rules.metered import MeteredPass, Samples, exact, reading_at, rounds, taken
from rules.pairs import Pairs
from rules.population import Population
from rules.series import SeriesIndex
from rules.window import Window

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class ChangePass(MeteredPass):
    """The measure is the value less the lowest of its window; for falls, both with their sign turned.

    Late readings are not judged: the window goes with the newest of each series.
    """

    def __init__(self, pairs: Pairs, population: Population, *, over_ns: Ints, sign: Floats) -> None:
        super().__init__("change", pairs, population)
        self._index = SeriesIndex(pairs, population.quantities)
        self._over_ns, self._sign = over_ns.take(pairs.term), sign.take(pairs.term)
        self._window = Window("window", pairs.keys, self._over_ns)
        self._memories = (self._window.table,)

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Judge the readings of a batch, each series in its order of arrival."""
        batch = arrivals.readings
        if not len(self._pairs) or not len(batch):
            return []
        rows, series = taken(batch, self._index)
        parts: list[tuple[Ints, Ints, Floats, Floats, Ints]] = []
        for places in rounds(series):
            fan = self._index.fan(series[places])
            row, sign = rows[places].take(fan.of), self._sign.take(fan.pair)
            value = sign * batch.value[row]
            lowest = self._window.push(fan.pair, value, batch.time_ns[row])
            parts.append((fan.pair, row, exact(value - lowest.value), sign * lowest.value, lowest.time_ns))
        if not parts:
            return []
        pair, row, change, from_, since_ns = (np.concatenate(column) for column in zip(*parts, strict=True))

        def evidence(element: int) -> dict[str, object]:
            start = {"time": iso(int(since_ns[element])), "value": float(from_[element])}
            over_s = int(self._over_ns[pair[element]]) / SECOND_NS
            return {
                "reading": reading_seen(reading_at(batch, int(row[element]))),
                "changed_from": start,
                "window_s": over_s,
            }

        samples = Samples(pair, row, batch.time_ns[row], batch.arrival_ns[row], batch.quality[row], change)
        return self._climb(samples, evidence)
