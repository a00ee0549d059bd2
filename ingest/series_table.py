"""Gives every series, a pair of sensor and quantity number, a place in columns: a hash table on numpy arrays."""

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
#: Places as they are kept, four bytes each: a million sensors have some million series.
Kept = NDArray[np.int32]

_EMPTY = -1
#: Odd multiplier of Fibonacci hashing: 2^64 divided by the golden ratio.
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


class SeriesTable:
    """Finds many series at once, and numbers new ones from 0 up; open addressing, at most half full."""

    def __init__(self) -> None:
        self._keys: NDArray[np.int64] = np.empty(512, np.int64)
        self._count = 0
        self._table: Kept = np.full(1024, _EMPTY, np.int32)
        #: By sensor number the last place that one of its series got, and from each place the one before.
        self._last: Kept = np.full(1024, _EMPTY, np.int32)
        self._before: Kept = np.empty(512, np.int32)

    def __len__(self) -> int:
        """Return how many series have a place."""
        return self._count

    def places(self, sensor: NDArray[np.int32], quantity: NDArray[np.int32]) -> Places:
        """Return the place of each series; one that has none gets the next."""
        keys = _keys(sensor, quantity)
        found = self._look_up(keys)
        missing = found == _EMPTY
        if missing.any():
            self._add(np.unique(keys[missing]))
            found[missing] = self._look_up(keys[missing])
        return found

    def known(self, sensor: NDArray[np.int32], quantity: NDArray[np.int32]) -> Places:
        """Return the place of each series, -1 for one that has none."""
        return self._look_up(_keys(sensor, quantity))

    def place(self, sensor: int, quantity: int) -> int | None:
        """Return the place of one series; None where it has none."""
        found = int(self._look_up(_keys(np.array([sensor], np.int32), np.array([quantity], np.int32)))[0])
        return found if found != _EMPTY else None

    def of_sensors(self, sensors: NDArray[np.int64]) -> Places:
        """Return the places of all series of these sensors."""
        at = self._last[sensors[sensors < len(self._last)]]
        found = []
        while len(at := at[at != _EMPTY]):
            found.append(at)
            at = self._before[at]
        return np.concatenate([at, *found]).astype(np.int64)

    def sensors(self, places: Places) -> NDArray[np.int64]:
        """Return the sensor number of each place."""
        return self._keys[places] >> 32

    def quantities(self, places: Places) -> NDArray[np.int64]:
        """Return the quantity number of each place."""
        return self._keys[places] & 0xFFFFFFFF

    def _look_up(self, keys: NDArray[np.int64]) -> Places:
        at = self._first_choice(keys)
        found = self._table[at].astype(np.int64)
        astray = np.flatnonzero((found != _EMPTY) & (self._keys[found] != keys))
        while len(astray):
            at[astray] = (at[astray] + 1) % len(self._table)
            found[astray] = self._table[at[astray]]
            astray = astray[(found[astray] != _EMPTY) & (self._keys[found[astray]] != keys[astray])]
        return found

    def _add(self, keys: NDArray[np.int64]) -> None:
        """Append `keys`, which are new, differ from each other and rise."""
        needed = self._count + len(keys)
        places = np.arange(self._count, needed)
        if needed > len(self._keys):
            self._grow(1 << int(needed - 1).bit_length())
        self._keys[places] = keys
        self._enter(keys, places)
        self._chain(keys >> 32, places)
        self._count = needed

    def _grow(self, size: int) -> None:
        self._keys = np.append(self._keys, np.zeros(size - len(self._keys), np.int64))
        self._before = _resized(self._before, size)
        self._table = np.full(2 * size, _EMPTY, np.int32)
        self._enter(self._keys[: self._count], np.arange(self._count))

    def _chain(self, sensors: NDArray[np.int64], places: Places) -> None:
        """Link each place to the one that its sensor got before; `sensors` rise, so a sensor's places lie together."""
        highest = int(sensors[-1])
        if highest >= len(self._last):
            self._last = _resized(self._last, 2 * highest)
        same = np.diff(sensors, prepend=-1) == 0
        self._before[places] = np.where(same, places - 1, self._last[sensors])
        self._last[sensors] = places

    def _enter(self, keys: NDArray[np.int64], places: Places) -> None:
        """Put every key where its probing first meets an empty cell; one wins where several meet the same."""
        at = self._first_choice(keys)
        while len(places):
            free = self._table[at] == _EMPTY
            self._table[at[free]] = places[free]
            lost = self._table[at] != places
            at, places = (at[lost] + 1) % len(self._table), places[lost]

    def _first_choice(self, keys: NDArray[np.int64]) -> Places:
        bits = np.uint64(64 - (len(self._table).bit_length() - 1))
        return ((keys.view(np.uint64) * _MULTIPLIER) >> bits).astype(np.int64)


def _resized(column: Kept, size: int) -> Kept:
    return np.append(column, np.full(size - len(column), _EMPTY, np.int32))


def _keys(sensor: NDArray[np.int32], quantity: NDArray[np.int32]) -> NDArray[np.int64]:
    return sensor.astype(np.int64) << 32 | quantity
