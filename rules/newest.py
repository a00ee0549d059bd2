"""The newest value of every pair, as it was at any reading of a batch."""

import numpy as np
from numpy.typing import NDArray

from city.reading import ReadingBatch
from rules.alarms import NEVER_NS
from rules.metered import Taken
from rules.pairs import Pairs
from rules.series import SeriesIndex
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Newest:
    """Remembers each pair's newest reading; within a batch it answers for the moment of any of its rows."""

    def __init__(self, name: str, pairs: Pairs, index: SeriesIndex) -> None:
        self._index = index
        _, self._series = np.unique(pairs.series, return_inverse=True)
        self.table = StateTable(name, pairs.keys, {"time_ns": (np.int64, NEVER_NS), "value": (np.float64, 0)})

    def before(self, batch: ReadingBatch, seen: Taken, pair: Ints, row: Ints) -> tuple[Ints, Floats]:
        """Return time and value of the newest reading that each of `pair` had before `row`; NEVER_NS for none."""
        keys = seen.series << 32 | seen.row
        series = self._series[pair]
        at = np.searchsorted(keys, series << 32 | row) - 1
        in_batch = (at >= 0) & (seen.series[at] == series)
        of_batch = seen.row[at]
        time_ns = np.where(in_batch, batch.time_ns[of_batch], self.table["time_ns"][pair])
        return time_ns, np.where(in_batch, batch.value[of_batch], self.table["value"][pair])

    def keep(self, batch: ReadingBatch, seen: Taken) -> None:
        """Remember the last reading of each series."""
        last = np.flatnonzero(np.diff(seen.series, append=-1))
        fan = self._index.fan(seen.series[last])
        row = seen.row[last].take(fan.of)
        self.table["time_ns"][fan.pair], self.table["value"][fan.pair] = batch.time_ns[row], batch.value[row]
        self.table.touch(fan.pair)
