"""What the members of one side of a group said last, at each of many readings of many groups at once.

Readings lie by group and then in their order. The members of a side are laid out one below the other, a column for each
reading; who did not speak is carried over from the reading before. Sides of about the same size are looked at together,
so that no column is much longer than its side.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.alarms import NEVER_NS
from rules.limits import ENDLESS_NS
from rules.ordering import begins
from rules.segment import Segments
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: What a side of several sensors becomes: one number.
MEAN, LEAST, MOST, SUM = "mean", "min", "max", "sum"
TAKES = (MEAN, LEAST, MOST, SUM)

#: So many cells (members times readings) are looked at at once: what they need then stays in the processor's cache.
_CELLS = 1 << 15

#: Up to so many sizes of sides are looked at each by itself.
_SIZES = 8


class Spoken(NamedTuple):
    """Readings of groups, sorted by group.

    Attributes:
        side, rank: whose they are: a side of the group, and a member's place in it.
        since_ns: what was said before is too old to be taken at this reading.
    """

    group: Ints
    side: Ints
    rank: Ints
    time_ns: Ints
    value: Floats
    since_ns: Ints

    def some(self, at: Ints | slice) -> "Spoken":
        """Return some of them."""
        return Spoken(self.group[at], self.side[at], self.rank[at], self.time_ns[at], self.value[at], self.since_ns[at])


class OneNumber(NamedTuple):
    """What a side is taken as at each of some readings, NaN where nothing is fresh; of how many, and the oldest."""

    value: Floats
    sensors: Ints
    oldest_ns: Ints


class _Words(NamedTuple):
    """What members of groups said last: one below the other, a column for each group."""

    value: Floats
    time_ns: Ints


class Side:
    """One side of every group: its members, and what several of them are taken as."""

    def __init__(self, number: int, member: Ints, size: Ints, takes: Sequence[str]) -> None:
        """Take the members, one group behind the other, and of each group how many they are and what they become."""
        self._number, self._member, self._size = number, member, size
        self._first: Ints = np.cumsum(size) - size
        self._width = _width(size)
        self._widths = np.unique(self._width[size > 0]).tolist()
        self._alike = len(self._widths) == 1 and bool((size > 0).all())
        self._ways = sorted(set(takes))
        self._way = np.array([self._ways.index(one) for one in takes], dtype=np.int8)

    def look(self, spoken: Spoken, members: StateTable) -> OneNumber:
        """Return what the side is at each reading; `members` has what each said before the first of them."""
        if self._alike:
            return self._look(self._widths[0], spoken, members)
        count = len(spoken.group)
        found = OneNumber(np.full(count, np.nan), np.zeros(count, dtype=np.int64), np.full(count, ENDLESS_NS))
        width = self._width.take(spoken.group)
        for each in self._widths:
            at = np.flatnonzero(width == each)
            if len(at):
                for whole, part in zip(found, self._look(each, spoken.some(at), members), strict=True):
                    whole[at] = part
        return found

    def _look(self, width: int, spoken: Spoken, members: StateTable) -> OneNumber:
        """Return what sides of about one size are at readings of their groups, as many at once as fit."""
        readings = Segments.alike(spoken.group)
        words = self._before(width, readings.starts(spoken.group), members)
        count, step = len(spoken.group), max(1, _CELLS // width)
        found = OneNumber(np.empty(count), np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64))
        for begin in range(0, count, step):
            some = slice(begin, begin + step)
            piece = spoken.some(some)
            number = self._taken(piece, self._follow(words, readings.owners[some], piece))
            for whole, part in zip(found, number, strict=True):
                whole[some] = part
        return found

    def _before(self, width: int, group: Ints, members: StateTable) -> _Words:
        """Return what the members of groups said before; below the last of a smaller side nobody ever spoke."""
        row, size = np.arange(width)[:, None], self._size.take(group)
        member = self._member.take(self._first.take(group) + np.minimum(row, size - 1))
        return _Words(members["value"][member], np.where(row < size, members["time_ns"][member], NEVER_NS))

    def _follow(self, words: _Words, column: Ints, piece: Spoken) -> _Words:
        """Return what members had said last at each reading, a column each; keep it for the readings after them.

        `column` says which of `words` are a reading's group's.
        """
        count, first, last = len(column), int(column[0]), int(column[-1])
        width, groups, own = len(words.value), last + 1 - first, np.flatnonzero(piece.side == self._number)
        # What was said lies in the order in which it is newer: before each group's readings, its words before them.
        reading = np.arange(count) + (column + 1 - first) * width
        start = begins(column)
        before = (start + np.arange(groups) * width) + np.arange(width)[:, None]
        newest = np.zeros((width, count), dtype=np.int64)
        newest[:, start] = before
        newest[piece.rank.take(own), own] = reading.take(own)
        newest = np.maximum.accumulate(newest, axis=1)
        value, time_ns = np.empty(count + groups * width), np.empty(count + groups * width, dtype=np.int64)
        value[reading], value[before] = piece.value, words.value[:, first : last + 1]
        time_ns[reading], time_ns[before] = piece.time_ns, words.time_ns[:, first : last + 1]
        value, time_ns = value.take(newest), time_ns.take(newest)
        # Only the last group can go on in the next piece.
        words.value[:, last], words.time_ns[:, last] = value[:, -1], time_ns[:, -1]
        return _Words(value, time_ns)

    def _taken(self, piece: Spoken, said: _Words) -> OneNumber:
        fresh = said.time_ns >= piece.since_ns
        if bool(fresh.all()):
            count = np.full(len(piece.group), len(fresh))
            return OneNumber(self._number_of(piece, said.value, None, count), count, said.time_ns.min(axis=0))
        oldest_ns = np.where(fresh, said.time_ns, ENDLESS_NS).min(axis=0)
        count = _counted(fresh)
        return OneNumber(self._number_of(piece, said.value, fresh, count), count, oldest_ns)

    def _number_of(self, piece: Spoken, value: Floats, fresh: Flags | None, count: Ints) -> Floats:
        if len(self._ways) == 1:
            return one_number(self._ways[0], value, fresh, count)
        number, way = np.empty(len(piece.group)), self._way.take(piece.group)
        for place, each in enumerate(self._ways):
            at = np.flatnonzero(way == place)
            some = None if fresh is None else fresh.take(at, axis=1)
            number[at] = one_number(each, value.take(at, axis=1), some, count.take(at))
        return number


def one_number(way: str, value: Floats, fresh: Flags | None = None, count: Ints | None = None) -> Floats:
    """Return of each column one number of those values that are fresh (None: all), NaN where none is.

    `count` is how many they are, where that is known.
    """
    if fresh is None:
        return _REDUCED[way](value, np.full(value.shape[1], len(value)))
    count = _counted(fresh) if count is None else count
    return np.where(count > 0, _REDUCED[way](np.where(fresh, value, _NOTHING[way]), count), np.nan)


def _counted(fresh: Flags) -> Ints:
    """Return how many of each column are flagged."""
    kind = np.int8 if len(fresh) <= np.iinfo(np.int8).max else np.int64
    count: Ints = np.add.reduce(fresh.view(np.int8), axis=0, dtype=kind).astype(np.int64)
    return count


def _sum(value: Floats) -> Floats:
    """Return the sum of each column, added from the top, however many columns there are."""
    total: Floats = np.cumsum(value)[-1:] if value.shape[1] == 1 else np.add.reduce(value, axis=0)
    return total


#: Each way to take one number of several, and what stands for one that is not taken.
_REDUCED: Mapping[str, Callable[[Floats, Ints], Floats]] = {
    MEAN: lambda value, count: _sum(value) / np.maximum(count, 1),
    LEAST: lambda value, _: value.min(axis=0),
    MOST: lambda value, _: value.max(axis=0),
    SUM: lambda value, _: _sum(value),
}
_NOTHING: Mapping[str, float] = {MEAN: 0.0, LEAST: np.inf, MOST: -np.inf, SUM: 0.0}


def _width(size: Ints) -> Ints:
    """Return how many rows sides are given: as many as they have where sizes are few.

    Else the next power of two, or three quarters of it where that is enough.
    """
    if len(np.unique(size)) <= _SIZES:
        return size
    whole = 1 << np.ceil(np.log2(np.maximum(size, 1))).astype(np.int64)
    three_quarters = whole // 4 * 3
    return np.where((three_quarters >= size) & (whole > 2), three_quarters, whole)
