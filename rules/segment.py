"""Segmented scans: what happens along each of many runs of readings, computed for all runs at once."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Number = TypeVar("Number", bound=np.generic)


class Segments:
    """Runs of elements laid end to end; `length` says how long each is, and none is empty."""

    def __init__(self, length: Ints) -> None:
        self.single = bool(np.all(length == 1))
        self.last = np.cumsum(length) - 1
        self.first = self.last - length + 1
        #: Of each element, its segment and the first element of that.
        self.of = np.arange(len(length)) if self.single else np.repeat(np.arange(len(length)), length)
        self._start = self.first if self.single else self.first[self.of]

    def spread(self, values: NDArray[Number]) -> NDArray[Number]:
        """Return for each element the value of its segment."""
        return values if self.single else values[self.of]

    def run(self, start: Ints) -> Ints:
        """Return for each element the number counted up from its segment's `start`."""
        return start if self.single else (start - self.first)[self.of] + np.arange(len(self.of))

    def since(self, met: Flags, time_ns: Ints, carried_ns: Ints, none: int) -> Ints:
        """Return when the unbroken run of `met` began that each element is in; meaningless where not met.

        `carried_ns` says of each segment since when it has been met before its first element, `none` for not met.
        """
        if self.single:
            return np.where(carried_ns != none, carried_ns, time_ns)
        broken = np.maximum.accumulate(np.where(met, self._start - 1, np.arange(len(met))))
        began = np.minimum(broken + 1, len(met) - 1)
        carried = carried_ns[self.of]
        return np.where((broken < self._start) & (carried != none), carried, time_ns[began])

    def latch(self, on: Flags, off: Flags, before: Flags) -> Flags:
        """Return a switch that `on` closes and `off` opens; `before` is how each segment finds it."""
        decided = on | off
        if self.single:
            return np.where(decided, on, before)
        latest = np.maximum.accumulate(np.where(decided, np.arange(len(on)), self._start - 1))
        return np.where(latest >= self._start, on[latest], before[self.of])

    def previous(self, values: Ints, before: Ints) -> Ints:
        """Return for each element the value of the one before it; `before` has that of each segment's first."""
        if self.single:
            return before
        shifted = np.empty_like(values)
        shifted[1:] = values[:-1]
        shifted[self.first] = before
        return shifted
