"""From the readings of a batch to the rules that judge them: compressed rows, one look-up for all."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.pairs import Pairs

Ints = NDArray[np.int64]


class Fan(NamedTuple):
    """Each of several series fanned out to its pairs: `pair`, and `of`, the index of the series it came from."""

    pair: Ints
    of: Ints


class SeriesIndex:
    """Finds the series of (sensor, quantity), and the pairs of a series, which lie together."""

    def __init__(self, pairs: Pairs, quantities: dict[str, int]) -> None:
        starts = np.flatnonzero(np.diff(pairs.series, prepend=-1))
        self._first = starts
        self._count = np.diff(starts, append=len(pairs))
        self._alone = bool(np.all(self._count == 1))
        #: How many pairs a series has.
        self.mean_fan = len(pairs) / max(1, len(starts))
        self._table, self._column = _lookup(pairs, starts, quantities)

    def series_of(self, sensor: NDArray[np.int32], quantity: NDArray[np.int32]) -> Ints:
        """Return the series of each reading, -1 where no rule looks at it."""
        rows, columns = self._table.shape
        column = self._column[np.minimum(quantity, len(self._column) - 1)]
        found: Ints = self._table.ravel()[np.minimum(sensor, rows - 1).astype(np.int64) * columns + column]
        return found

    def fan(self, series: Ints) -> Fan:
        """Return the pairs of each of `series`, in order."""
        first = self._first.take(series)
        if self._alone:
            return Fan(first, np.arange(len(series)))
        count = self._count.take(series)
        before = np.cumsum(count) - count
        of = np.repeat(np.arange(len(series)), count)
        return Fan(np.repeat(first - before, count) + np.arange(len(of)), of)


def _lookup(pairs: Pairs, starts: Ints, quantities: dict[str, int]) -> tuple[Ints, Ints]:
    """Return the table of series by sensor number and column, and the column of each quantity number.

    The last row and the last column stand for strangers; a number beyond the table leads there.
    """
    numbers = {index: quantities[name] for index, name in enumerate(pairs.quantities) if name in quantities}
    column = np.full(max(numbers.values(), default=0) + 2, len(pairs.quantities), dtype=np.int64)
    for index, number in numbers.items():
        column[number] = index
    tallest = int(pairs.number.max(initial=-1))
    table = np.full((tallest + 2, len(pairs.quantities) + 1), -1, dtype=np.int64)
    table[pairs.number[starts], pairs.quantity[starts]] = np.arange(len(starts))
    return table, column
