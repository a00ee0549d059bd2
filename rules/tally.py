"""How many times something happened within the last while, kept for many targets in a few columns each."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.alarms import NEVER_NS
from rules.limits import ENDLESS_NS
from rules.table import Column, StateTable

Ints = NDArray[np.int64]

#: A target remembers so many happenings at most, the newest: 4 kB, so that even a hundred thousand targets fit.
MOST = 500

_LATEST = np.iinfo(np.int64).max


class Count(NamedTuple):
    """How many happenings each target's window holds, the time of its clock, and the first of those counted."""

    number: Ints
    time_ns: Ints
    first_ns: Ints


class Tally:
    """Remembers the newest `depth` happenings of each target, whatever order they came in."""

    def __init__(self, name: str, keys: Ints, within_ns: Ints, depth: int) -> None:
        self._within_ns = within_ns
        columns: dict[str, Column] = {"clock_ns": (np.int64, NEVER_NS), "at_ns": (np.int64, NEVER_NS, depth)}
        self.table = StateTable(name, keys, columns, rows_a_chunk_bits=0)

    def push(self, target: Ints, time_ns: Ints) -> Count:
        """Take one happening of each of `target`; a target's clock is the time of its newest one."""
        at_ns, clock_ns = self.table["at_ns"], self.table["clock_ns"]
        oldest = at_ns[target].argmin(axis=1)
        at_ns[target, oldest] = np.maximum(at_ns[target, oldest], time_ns)
        clock_ns[target] = np.maximum(clock_ns[target], time_ns)
        self.table.touch(target)
        return self.count(target, clock_ns[target])

    def next_ns(self, target: Ints, time_ns: int) -> int:
        """Return when the next happening leaves one of the targets' windows; ENDLESS_NS where all are empty."""
        first_ns = self.count(target, np.full(len(target), time_ns)).first_ns
        counted = first_ns != _LATEST
        return int((first_ns + self._within_ns[target])[counted].min(initial=ENDLESS_NS))

    def remembered(self, target: Ints) -> Ints:
        """Return the happenings that targets remember, in no order, NEVER_NS where there are fewer."""
        return self.table["at_ns"][target]

    def count(self, target: Ints, time_ns: Ints) -> Count:
        """Return what the windows of targets hold that end at `time_ns`, or with their clock where that is later."""
        time_ns = np.maximum(time_ns, self.table["clock_ns"][target])
        happened_ns = self.table["at_ns"][target]
        held = happened_ns > (time_ns - self._within_ns[target])[:, None]
        return Count(held.sum(axis=1), time_ns, np.where(held, happened_ns, _LATEST).min(axis=1))
