"""All series in columns, a slot for each way in which one is told: line, plausible range, and the newest reading."""

import numpy as np
from numpy.typing import NDArray

from ingest.meaning import Meaning

#: Before every time that a reading can have.
NEVER_NS = -(2**63)

#: In place of a quantity's number: the series is no counter.
NO_COUNTER = -1

_FIRST_SIZE = 1024
_COLUMNS = (
    "sensor", "quantity", "factor", "offset", "minimum", "maximum", "recorded", "first", "newest_ns", "newest_value",
    "increase", "base",
)  # fmt: skip


class SeriesColumns:
    """Columns by slot; they grow by doubling, and a slot is never given twice. Belongs to one thread.

    `first` is the slot that keeps the newest reading: the same for all slots of one series. A counter's `increase` is
    the number of the quantity that it rises by, and its `base` the last value that can be trusted.
    """

    def __init__(self) -> None:
        self._count = 0
        self.sensor: NDArray[np.int32] = np.zeros(_FIRST_SIZE, np.int32)
        self.quantity: NDArray[np.int32] = np.zeros(_FIRST_SIZE, np.int32)
        self.factor: NDArray[np.float64] = np.ones(_FIRST_SIZE)
        self.offset: NDArray[np.float64] = np.zeros(_FIRST_SIZE)
        self.minimum: NDArray[np.float64] = np.zeros(_FIRST_SIZE)
        self.maximum: NDArray[np.float64] = np.zeros(_FIRST_SIZE)
        self.recorded: NDArray[np.bool_] = np.zeros(_FIRST_SIZE, np.bool_)
        self.first: NDArray[np.int64] = np.zeros(_FIRST_SIZE, np.int64)
        self.newest_ns: NDArray[np.int64] = np.zeros(_FIRST_SIZE, np.int64)
        self.newest_value: NDArray[np.float64] = np.zeros(_FIRST_SIZE)
        self.increase: NDArray[np.int32] = np.full(_FIRST_SIZE, NO_COUNTER, np.int32)
        self.base: NDArray[np.float64] = np.full(_FIRST_SIZE, np.nan)

    def __len__(self) -> int:
        """Return how many slots there are."""
        return self._count

    def add(self, sensor: int, quantity: int, meaning: Meaning, *, first: int | None = None) -> int:
        """Return a new slot; `first` is the one that the same series already has."""
        slot = self._count
        if slot == len(self.sensor):
            for name in _COLUMNS:
                setattr(self, name, np.resize(getattr(self, name), 2 * slot))
        self._count += 1
        self.sensor[slot], self.quantity[slot] = sensor, quantity
        self.factor[slot], self.offset[slot] = meaning.factor, meaning.offset
        self.minimum[slot], self.maximum[slot] = meaning.minimum, meaning.maximum
        self.first[slot] = first if first is not None else slot
        self.recorded[slot], self.newest_ns[slot] = False, NEVER_NS
        self.increase[slot], self.base[slot] = NO_COUNTER, np.nan
        return slot
