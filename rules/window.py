"""The lowest value of the last while, kept for many pairs in a few columns each."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.alarms import NEVER_NS
from rules.table import Column, StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: A window is kept in so many parts: readings that are closer together than one part share it, with the lower value.
PARTS = 16

#: One more, for the reading that is exactly one window old.
_SLOTS = PARTS + 1


class Lowest(NamedTuple):
    """The lowest value in each window, and when it was read, to within a part of the window."""

    value: Floats
    time_ns: Ints


class Window:
    """Remembers values of `length_ns` for each pair; of sensors' times that go back it remembers nothing."""

    def __init__(self, name: str, keys: Ints, length_ns: Ints) -> None:
        self._length_ns = length_ns
        columns: dict[str, Column] = {
            "at_ns": (np.int64, NEVER_NS, _SLOTS),
            "low": (np.float64, 0, _SLOTS),
            "head": (np.int8, 0),
        }
        self.table = StateTable(name, keys, columns, rows_a_chunk_bits=0)

    def push(self, pair: Ints, value: Floats, time_ns: Ints) -> Lowest:
        """Take one value of each of `pair`, and return the lowest within its window, itself included."""
        at_ns, low, head = (self.table[column] for column in ("at_ns", "low", "head"))
        slot = head[pair].astype(np.int64)
        newest_ns, length_ns = at_ns[pair, slot], self._length_ns[pair]
        shares = time_ns - newest_ns < length_ns // PARTS
        slot = np.where(shares, slot, (slot + 1) % _SLOTS)
        low[pair, slot] = np.where(shares, np.minimum(low[pair, slot], value), value)
        at_ns[pair, slot] = np.where(shares, newest_ns, time_ns)
        head[pair] = slot
        self.table.touch(pair)
        remembered_ns, remembered = at_ns[pair], low[pair]
        within = remembered_ns >= (time_ns - length_ns)[:, None]
        lowest = np.where(within, remembered, np.inf).argmin(axis=1)
        each = np.arange(len(pair))
        return Lowest(remembered[each, lowest], remembered_ns[each, lowest])
