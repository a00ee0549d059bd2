"""Segmented scans: what happens along each of many runs of readings, computed for all runs at once."""

from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from rules.ordering import begins, lengths

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Element = TypeVar("Element", bound=np.generic)


class Segments:
    """Runs of elements laid end to end; `length` says how long each is, and none is empty.

    Runs of one element each, the usual case, take a short way to the same answers. What is scanned may have several
    rows, each scanned by itself: elements lie along the last axis.

    Attributes:
        first, last: the ends of each run.
        single: all runs are of one element.
    """

    def __init__(self, length: Ints | int) -> None:
        """Take how long each run is, or how many runs of one element there are."""
        self.last: Ints = np.arange(length) if isinstance(length, int) else np.cumsum(length) - 1
        self.first: Ints = self.last if isinstance(length, int) else self.last - length + 1
        self.single = len(self.last) == 0 or int(self.last[-1]) + 1 == len(self.last)
        #: Of each element, its segment and the first element of that.
        self._of = self.last if self.single else np.repeat(np.arange(len(self.last)), self.last - self.first + 1)
        self._start = self.first if self.single else self.first[self._of]

    @classmethod
    def alike(cls, keys: Ints) -> Self:
        """Return the runs of equal keys that lie side by side."""
        first = begins(keys)
        return cls(len(keys) if len(first) == len(keys) else lengths(first, len(keys)))

    @property
    def owners(self) -> Ints:
        """Return the segment of each element."""
        return self._of

    @property
    def size(self) -> int:
        """Return how many elements there are."""
        return len(self._of)

    def pick(self, runs: Ints) -> tuple["Segments", Ints]:
        """Return some of the runs, laid end to end, and which of the elements theirs are."""
        if self.single:
            return Segments(len(runs)), runs
        first = self.first.take(runs)
        picked = Segments(self.last.take(runs) - first + 1)
        return picked, picked.run(first)

    def block(self, runs: slice) -> tuple[int, "Segments"]:
        """Return some neighbouring runs, and their first element."""
        first, last = self.first[runs], self.last[runs]
        return int(first[0]), Segments(len(first) if self.single else last - first + 1)

    def spread(self, values: NDArray[Element]) -> NDArray[Element]:
        """Return for each element the value of its segment."""
        return values if self.single else values.take(self._of, axis=-1)

    def ends(self, values: NDArray[Element]) -> NDArray[Element]:
        """Return for each segment the value of its last element."""
        return values if self.single else values.take(self.last, axis=-1)

    def starts(self, values: NDArray[Element]) -> NDArray[Element]:
        """Return for each segment the value of its first element."""
        return values if self.single else values.take(self.first, axis=-1)

    def least(self, values: NDArray[Element]) -> NDArray[Element]:
        """Return the least value of each segment."""
        return values if self.single else np.minimum.reduceat(values, self.first)

    def most(self, values: NDArray[Element]) -> NDArray[Element]:
        """Return the greatest value of each segment."""
        return values if self.single else np.maximum.reduceat(values, self.first)

    def so_far(self, values: Ints) -> Ints:
        """Return for each element the greatest value of its segment up to it."""
        if self.single:
            return values
        falls = values[1:] < values[:-1]
        falls[self.last[:-1]] = False
        if not falls.any():
            return values
        inside, longest, step = np.arange(self.size) - self._start, int((self.last - self.first).max()), 1
        while step <= longest:
            before = np.where(inside[step:] < step, values[step:], values[:-step])
            values = np.concatenate([values[:step], np.maximum(values[step:], before)])
            step *= 2
        return values

    def run(self, start: Ints) -> Ints:
        """Return for each element the number counted up from its segment's `start`."""
        return start if self.single else (start - self.first).take(self._of) + np.arange(len(self._of))

    def latch(self, on: Flags, stay: Flags, before: Flags) -> Flags:
        """Return a switch that `on` closes and only `stay` keeps closed; `before` is how each segment finds it.

        `on` implies `stay`.
        """
        if self.single:
            return on | (stay & before)
        decided = on | ~stay
        latest = np.maximum.accumulate(np.where(decided, np.arange(len(self._of)), self._start - 1), axis=-1)
        return np.where(latest >= self._start, np.take_along_axis(on, latest, axis=-1), self.spread(before))

    def previous(self, values: NDArray[Element], before: NDArray[Element]) -> NDArray[Element]:
        """Return for each element the value of the one before it; `before` has that of each segment's first."""
        if self.single:
            return before
        shifted = np.empty_like(values)
        shifted[1:] = values[:-1]
        shifted[self.first] = before
        return shifted
