"""All series in columns, a slot for each way in which one is told; what a way means is kept once for all sensors."""

import numpy as np
from numpy.typing import NDArray

from city.growing import grown, room_for
from ingest.meaning import Meaning

#: Before every time that a reading can have.
NEVER_NS = -(2**63)

#: In place of a quantity's number: the series is no counter.
NO_COUNTER = -1

_FIRST_SIZE = 1024
_COLUMNS = ("sensor", "meaning", "first", "recorded", "newest_ns", "newest_value", "_mark")
_MEANING_COLUMNS = ("quantity", "factor", "offset", "minimum", "maximum", "increase")


class Meanings:
    """What values mean, in columns by a number of its own: some hundred in a city of a million sensors.

    A counter's `increase` is the number of the quantity that it rises by.
    """

    def __init__(self) -> None:
        self._count = 0
        self.quantity: NDArray[np.int32] = np.zeros(_FIRST_SIZE, np.int32)
        self.factor: NDArray[np.float64] = np.ones(_FIRST_SIZE)
        self.offset: NDArray[np.float64] = np.zeros(_FIRST_SIZE)
        self.minimum: NDArray[np.float64] = np.zeros(_FIRST_SIZE)
        self.maximum: NDArray[np.float64] = np.zeros(_FIRST_SIZE)
        self.increase: NDArray[np.int32] = np.full(_FIRST_SIZE, NO_COUNTER, np.int32)

    def add(self, meaning: Meaning, quantity: int, increase: int = NO_COUNTER) -> int:
        """Return the number of a new meaning."""
        number = self._count
        if number == len(self.quantity):
            _grow(self, _MEANING_COLUMNS, number)
        self._count += 1
        self.quantity[number], self.increase[number] = quantity, increase
        self.factor[number], self.offset[number] = meaning.factor, meaning.offset
        self.minimum[number], self.maximum[number] = meaning.minimum, meaning.maximum
        return number


class SeriesColumns:
    """Columns by slot; they grow by parts of themselves, and a slot is never given twice. Belongs to one thread.

    `first` is the slot that keeps the newest reading: the same for all slots of one series. `base` has of each counter
    the last value that can be trusted.
    """

    def __init__(self) -> None:
        self._count = 0
        self.meanings = Meanings()
        self.sensor: NDArray[np.int32] = np.zeros(_FIRST_SIZE, np.int32)
        self.meaning: NDArray[np.int32] = np.zeros(_FIRST_SIZE, np.int32)
        self.first: NDArray[np.int32] = np.zeros(_FIRST_SIZE, np.int32)
        self.recorded: NDArray[np.bool_] = np.zeros(_FIRST_SIZE, np.bool_)
        self.newest_ns: NDArray[np.int64] = np.zeros(_FIRST_SIZE, np.int64)
        self.newest_value: NDArray[np.float64] = np.zeros(_FIRST_SIZE)
        self.base: dict[int, float] = {}
        self._mark: NDArray[np.int32] = np.zeros(_FIRST_SIZE, np.int32)

    def __len__(self) -> int:
        """Return how many slots there are."""
        return self._count

    def add(self, sensor: int, meaning: int, *, first: int | None = None) -> int:
        """Return a new slot; `first` is the one that the same series already has."""
        slot = self._count
        if slot == len(self.sensor):
            _grow(self, _COLUMNS, slot)
        self._count += 1
        self.sensor[slot], self.meaning[slot] = sensor, meaning
        self.first[slot] = first if first is not None else slot
        self.recorded[slot], self.newest_ns[slot] = False, NEVER_NS
        return slot

    def quantity(self, slot: int) -> int:
        """Return the number of a slot's quantity."""
        return int(self.meanings.quantity[self.meaning[slot]])

    def differ(self, slots: NDArray[np.int64]) -> bool:
        """Return whether no slot is there twice; quicker than sorting."""
        order = np.arange(len(slots), dtype=np.int32)
        self._mark[slots] = order
        return bool((self._mark[slots] == order).all())


def _grow(columns: Meanings | SeriesColumns, names: tuple[str, ...], used: int) -> None:
    for name in names:
        setattr(columns, name, grown(getattr(columns, name), used, room_for(used)))
