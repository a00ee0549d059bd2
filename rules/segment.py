"""Segmented scans: what happens along each of many runs of readings, computed for all runs at once."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Element = TypeVar("Element", bound=np.generic)


class Segments:
    """Runs of elements laid end to end; `length` says how long each is, and none is empty.

    Runs of one element each, the usual case, take a short way to the same answers.
    """

    def __init__(self, length: Ints) -> None:
        self.last: Ints = np.cumsum(length) - 1
        self.first: Ints = self.last - length + 1
        self._single = len(length) == 0 or int(self.last[-1]) + 1 == len(length)
        #: Of each element, its segment and the first element of that.
        self._of = self.last if self._single else np.repeat(np.arange(len(length)), length)
        self._start = self.first if self._single else self.first[self._of]

    def spread(self, values: NDArray[Element]) -> NDArray[Element]:
        """Return for each element the value of its segment."""
        return values if self._single else values.take(self._of)

    def ends(self, values: NDArray[Element]) -> NDArray[Element]:
        """Return for each segment the value of its last element."""
        return values if self._single else values.take(self.last)

    def starts(self, values: NDArray[Element]) -> NDArray[Element]:
        """Return for each segment the value of its first element."""
        return values if self._single else values.take(self.first)

    def owner(self, element: Ints) -> Ints:
        """Return the segments of some elements."""
        return self._of.take(element)

    def run(self, start: Ints) -> Ints:
        """Return for each element the number counted up from its segment's `start`."""
        return start if self._single else (start - self.first).take(self._of) + np.arange(len(self._of))

    def since(self, met: Flags, time_ns: Ints, carried_ns: Ints, none: int, fresh: Flags | None = None) -> Ints:
        """Return when the unbroken run of `met` began that each element is in; meaningless where not met.

        `carried_ns` says of each segment since when it has been met before its first element, `none` for not met.
        A run begins anew at each element that is `fresh`.
        """
        if self._single:
            return np.where(carried_ns == none, time_ns, carried_ns)
        places = np.arange(len(met))
        unbroken = self._start - 1 if fresh is None else np.where(fresh, places - 1, self._start - 1)
        broken = np.maximum.accumulate(np.where(met, unbroken, places))
        began = np.minimum(broken + 1, len(met) - 1)
        carried = carried_ns.take(self._of)
        return np.where((broken < self._start) & (carried != none), carried, time_ns.take(began))

    def latch(self, on: Flags, stay: Flags, before: Flags) -> Flags:
        """Return a switch that `on` closes and only `stay` keeps closed; `before` is how each segment finds it.

        `on` implies `stay`.
        """
        if self._single:
            return on | (stay & before)
        decided = on | ~stay
        latest = np.maximum.accumulate(np.where(decided, np.arange(len(on)), self._start - 1))
        return np.where(latest >= self._start, on.take(latest), before.take(self._of))

    def previous(self, values: NDArray[Element], before: NDArray[Element]) -> NDArray[Element]:
        """Return for each element the value of the one before it; `before` has that of each segment's first."""
        if self._single:
            return before
        shifted = np.empty_like(values)
        shifted[1:] = values[:-1]
        shifted[self.first] = before
        return shifted
