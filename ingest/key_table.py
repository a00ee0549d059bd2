"""Gives every key, a number of 64 bits, a place in columns: a hash table on numpy arrays."""

import numpy as np
from numpy.typing import NDArray

from city.growing import grown, room_for

Keys = NDArray[np.int64]
Places = NDArray[np.int64]

#: In place of a place: the key has none.
NOWHERE = -1

_FIRST_SIZE = 512
#: Odd multiplier of Fibonacci hashing: 2^64 divided by the golden ratio.
_MULTIPLIER = 0x9E3779B97F4A7C15
_WORD = (1 << 64) - 1


class KeyTable:
    """Finds many keys at once, and numbers new ones from 0 up; open addressing, at most half full.

    A key takes sixteen to twenty-six bytes. Belongs to one thread.
    """

    def __init__(self) -> None:
        self._keys: Keys = np.empty(_FIRST_SIZE, np.int64)
        self._count = 0
        self._table: NDArray[np.int32] = np.full(2 * _FIRST_SIZE, NOWHERE, np.int32)

    def __len__(self) -> int:
        """Return how many keys have a place."""
        return self._count

    def keys(self, places: Places) -> Keys:
        """Return the keys at these places."""
        return self._keys[places]

    def places(self, keys: Keys) -> Places:
        """Return the place of each key, `NOWHERE` for one that has none."""
        at = self._first_choice(keys)
        found = self._table[at].astype(np.int64)
        astray = np.flatnonzero((found != NOWHERE) & (self._keys[found] != keys))
        while len(astray):
            at[astray] = (at[astray] + 1) % len(self._table)
            found[astray] = self._table[at[astray]]
            astray = astray[(found[astray] != NOWHERE) & (self._keys[found[astray]] != keys[astray])]
        return found

    def place(self, key: int) -> int:
        """Return the place of one key, `NOWHERE` if it has none."""
        table, keys, last = self._table, self._keys, len(self._table) - 1
        at = ((key * _MULTIPLIER) & _WORD) >> (64 - last.bit_length())
        while (found := table.item(at)) != NOWHERE and keys.item(found) != key:
            at = (at + 1) & last
        return found

    def add(self, keys: Keys) -> Places:
        """Give places to `keys`, which are new and differ from each other, and return them: the next ones in order."""
        needed = self._count + len(keys)
        places = np.arange(self._count, needed)
        if needed > len(self._keys):
            self._keys = grown(self._keys, self._count, room_for(needed))
        if 2 * needed > len(self._table):
            self._table = np.full(1 << (2 * needed - 1).bit_length(), NOWHERE, np.int32)
            self._enter(self._keys[: self._count], np.arange(self._count))
        self._keys[places] = keys
        self._enter(keys, places)
        self._count = needed
        return places

    def _enter(self, keys: Keys, places: Places) -> None:
        """Put every key where its probing first meets an empty cell; one wins where several meet the same."""
        at = self._first_choice(keys)
        while len(places):
            free = self._table[at] == NOWHERE
            self._table[at[free]] = places[free]
            lost = self._table[at] != places
            at, places = (at[lost] + 1) % len(self._table), places[lost]

    def _first_choice(self, keys: Keys) -> Places:
        bits = np.uint64(64 - (len(self._table).bit_length() - 1))
        return ((keys.view(np.uint64) * np.uint64(_MULTIPLIER)) >> bits).astype(np.int64)
