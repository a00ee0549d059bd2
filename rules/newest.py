"""The newest value of every pair, as it was at any reading of a batch."""

from importlib import import_module
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.reading import ReadingBatch
from rules.alarms import NEVER_NS
from rules.metered import Taken
from rules.ordering import begins, lengths
from rules.pairs import Pairs
from rules.series import SeriesIndex
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Known(NamedTuple):
    """Of each pair its series, and time and value of its newest reading before the batch."""

    series: Ints
    time_ns: Ints
    value: Floats


class Spoken(NamedTuple):
    """The readings of a batch by series and then in order.

    Attributes:
        begin, end: of every series, where its readings are; the same place where it said nothing.
    """

    begin: Ints
    end: Ints
    row: Ints
    time_ns: Ints
    value: Floats


class Newest:
    """Remembers each pair's newest reading; within a batch it answers for the moment of any of its rows."""

    def __init__(self, name: str, pairs: Pairs, index: SeriesIndex) -> None:
        self._index = index
        distinct, series = np.unique(pairs.series, return_inverse=True)
        self.table = StateTable(name, pairs.keys, {"time_ns": (np.int64, NEVER_NS), "value": (np.float64, 0)})
        self._begin, self._end = np.zeros((2, len(distinct)), np.int64)
        if len(pairs):  # numba is read only where there is something to remember
            known = Known(series, self.table["time_ns"], self.table["value"])
            self._look = import_module("rules.newest_kernel").looker(known)

    def before(self, batch: ReadingBatch, seen: Taken, pair: Ints, row: Ints) -> tuple[Ints, Floats]:
        """Return time and value of the newest reading that some pairs had before each of `row`; NEVER_NS for none.

        `pair` has a line of pairs for each row, -1 for nobody.
        """
        begin = begins(seen.series)
        spoke = seen.series[begin]
        self._begin[spoke], self._end[spoke] = begin, begin + lengths(begin, len(seen.series))
        spoken = Spoken(self._begin, self._end, seen.row, batch.time_ns[seen.row], batch.value[seen.row])
        time_ns, value = np.empty(pair.shape, np.int64), np.empty(pair.shape)
        self._look(spoken, (pair, row), time_ns, value)
        self._end[spoke] = self._begin[spoke]
        return time_ns, value

    def keep(self, batch: ReadingBatch, seen: Taken) -> None:
        """Remember the last reading of each series."""
        last = np.flatnonzero(np.diff(seen.series, append=-1))
        fan = self._index.fan(seen.series[last])
        row = seen.row[last].take(fan.of)
        self.table["time_ns"][fan.pair], self.table["value"][fan.pair] = batch.time_ns[row], batch.value[row]
        self.table.touch(fan.pair)
