"""Which events were told before: one that is sent again, as a buffer does that is uploaded twice, counts once."""

from collections.abc import Iterable
from importlib import import_module
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from rules.alarms import NEVER_NS
from rules.table import StateTable

Ints = NDArray[np.int64]

#: So many events of each member are remembered at least, the newest by their own time.
_LEAST = 8

#: An event is known by its time, of which 65 µs are one, and by sixteen bits of its word.
_BITS = 16


class Repeats:
    """Remembers the newest events of each member, as the history knows them: by sensor, word and time."""

    def __init__(self, name: str, keys: Ints, words: Iterable[str], depth: int) -> None:
        """Take how many events of a member may count at once: what is older than so many changes no count."""
        self._word = np.array([crc32(word.encode()) & ((1 << _BITS) - 1) for word in words], dtype=np.int64)
        self.table = StateTable(name, keys, {"event": (np.int64, NEVER_NS, max(depth, _LEAST))}, rows_a_chunk_bits=0)
        if len(keys):  # numba is read only where there is something to remember
            self._look = import_module("rules.repeats_kernel").looker()

    def again(self, member: Ints, word: Ints, time_ns: Ints) -> NDArray[np.bool_]:
        """Return which events, in their order, were told before; remember the others."""
        event = time_ns >> _BITS << _BITS | self._word.take(word)
        again = np.empty(len(member), dtype=np.bool_)
        self._look(member, event, self.table["event"], again)
        self.table.touch(member)
        return again
