"""From the readings of a batch to the rules that judge them: compressed rows, one look-up for all."""

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from rules.pairs import Pairs

Ints = NDArray[np.int64]
Element = TypeVar("Element", bound=np.generic)


class Fan(NamedTuple):
    """Each of several series fanned out to its pairs: `pair`, and `of`, the index of the series it came from.

    `alone` says that each series has one pair.
    """

    pair: Ints
    of: Ints
    alone: bool = False

    def spread(self, values: NDArray[Element]) -> NDArray[Element]:
        """Return for each pair the value of its series."""
        return values if self.alone else values.take(self.of)


class SeriesIndex:
    """Finds the series of (sensor, quantity), and the pairs of a series, which lie together."""

    def __init__(self, pairs: Pairs, quantities: dict[str, int]) -> None:
        starts = np.flatnonzero(np.diff(pairs.series, prepend=-1))
        self._alone = len(starts) == len(pairs)
        #: Of each series its first pair and how many it has; nothing where each has one, as a million take 16 MB.
        self._first = starts[:0] if self._alone else starts
        self._count = self._first if self._alone else np.diff(starts, append=len(pairs))
        #: How many pairs a series has.
        self.mean_fan = len(pairs) / max(1, len(starts))
        #: The series of each (quantity, sensor), where each quantity's begin, and the row of strangers.
        self._table, self._begin, self._stranger = _lookup(pairs, starts, quantities)
        #: Of each series, who spoke last in the batch that is looked at.
        self._speaker = np.empty(len(starts), dtype=np.int32)

    def series_of(self, sensor: NDArray[np.int32], quantity: NDArray[np.int32]) -> Ints:
        """Return the series of each reading, -1 where no rule looks at it."""
        place = self._begin.take(quantity, mode="clip")
        place += np.minimum(sensor, self._stranger)
        return self._table.take(place).astype(np.int64)

    def once(self, series: Ints) -> bool:
        """Return whether none of `series` comes twice."""
        each = np.arange(len(series), dtype=np.int32)
        self._speaker[series] = each
        return bool((self._speaker.take(series) == each).all())

    def fan(self, series: Ints) -> Fan:
        """Return the pairs of each of `series`, in order."""
        if self._alone:
            return Fan(series, np.arange(len(series)), alone=True)
        first, count = self._first.take(series), self._count.take(series)
        before = np.cumsum(count) - count
        of = np.repeat(np.arange(len(series)), count)
        return Fan(np.repeat(first - before, count) + np.arange(len(of)), of)


def _lookup(pairs: Pairs, starts: Ints, quantities: dict[str, int]) -> tuple[NDArray[np.int32], Ints, int]:
    """Return the table of series, one quantity behind the other; where each quantity number begins; whose row is last.

    The last row of each and the last of them stand for strangers; a number beyond the table leads there.
    """
    stranger = int(pairs.number.max(initial=-1)) + 1
    numbers = {index: quantities[name] for index, name in enumerate(pairs.quantities) if name in quantities}
    begin = np.full(max(numbers.values(), default=0) + 2, len(pairs.quantities) * (stranger + 1), dtype=np.int64)
    for index, number in numbers.items():
        begin[number] = index * (stranger + 1)
    table = np.full((len(pairs.quantities) + 1, stranger + 1), -1, dtype=np.int32)
    table[pairs.quantity[starts], pairs.number[starts]] = np.arange(len(starts))
    return table.ravel(), begin, stranger
