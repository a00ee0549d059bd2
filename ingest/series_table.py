"""Gives every series, a pair of sensor and quantity number, a place in columns."""

import numpy as np
from numpy.typing import NDArray

from city.growing import grown, room_for
from ingest.key_table import NOWHERE, Keys, KeyTable, Places

#: Places as they are kept, four bytes each: a million sensors have some million series.
Kept = NDArray[np.int32]


class SeriesTable:
    """Finds many series at once, and numbers new ones from 0 up."""

    def __init__(self) -> None:
        self._table = KeyTable()
        #: By sensor number the last place that one of its series got, and from each place the one before; each is kept
        #: as one more than it is, so that what is still empty says nowhere.
        self._last: Kept = np.zeros(1024, np.int32)
        self._before: Kept = np.zeros(512, np.int32)

    def __len__(self) -> int:
        """Return how many series have a place."""
        return len(self._table)

    def places(self, sensor: NDArray[np.int32], quantity: NDArray[np.int32]) -> Places:
        """Return the place of each series; one that has none gets the next."""
        keys = _keys(sensor, quantity)
        found = self._table.places(keys)
        missing = found == NOWHERE
        if missing.any():
            new = np.unique(keys[missing])
            self._chain(new >> 32, self._table.add(new))
            found[missing] = self._table.places(keys[missing])
        return found

    def known(self, sensor: NDArray[np.int32], quantity: NDArray[np.int32]) -> Places:
        """Return the place of each series, -1 for one that has none."""
        return self._table.places(_keys(sensor, quantity))

    def place(self, sensor: int, quantity: int) -> int | None:
        """Return the place of one series; None where it has none."""
        found = self._table.place(sensor << 32 | quantity)
        return found if found != NOWHERE else None

    def of_sensors(self, sensors: NDArray[np.int64]) -> Places:
        """Return the places of all series of these sensors."""
        at = self._last[sensors[sensors < len(self._last)]].astype(np.int64) - 1
        found = []
        while len(at := at[at != NOWHERE]):
            found.append(at)
            at = self._before[at].astype(np.int64) - 1
        return np.concatenate([at, *found])

    def sensors(self, places: Places) -> NDArray[np.int64]:
        """Return the sensor number of each place."""
        return self._table.keys(places) >> 32

    def quantities(self, places: Places) -> NDArray[np.int64]:
        """Return the quantity number of each place."""
        return self._table.keys(places) & 0xFFFFFFFF

    def _chain(self, sensors: NDArray[np.int64], places: Places) -> None:
        """Link each place to the one that its sensor got before; `sensors` rise, so a sensor's places lie together."""
        highest, first, end = int(sensors[-1]), int(places[0]), int(places[-1]) + 1
        if highest >= len(self._last):
            self._last = grown(self._last, len(self._last), room_for(highest + 1))
        if end > len(self._before):
            self._before = grown(self._before, first, room_for(end))
        same = np.diff(sensors, prepend=-1) == 0
        self._before[places] = np.where(same, places, self._last[sensors])
        self._last[sensors] = places + 1


def _keys(sensor: NDArray[np.int32], quantity: NDArray[np.int32]) -> Keys:
    return sensor.astype(np.int64) << 32 | quantity
