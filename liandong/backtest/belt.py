"""Memory that a back-test's processes share: readings are laid down once, and looked at where they lie."""

import mmap
import os
from typing import Self

import numpy as np

from city.reading import READING, ReadingBatch
from storage.past import ROWS

#: Stretches that lie there at once: one that is judged, one that comes next, and two for processes that are unlike.
PLACES = 4

#: A place has room for a stretch as stores tell it; a longer one travels by itself. Columns begin at whole words.
_PLACE_BYTES = -(-ROWS * READING.itemsize // mmap.PAGESIZE) * mmap.PAGESIZE
BELT_BYTES = PLACES * _PLACE_BYTES

_FIELDS = tuple(READING.names or ())


class Belt:
    """A file in memory that has no name; who has its number sees the same bytes."""

    def __init__(self, number: int, *, writes: bool) -> None:
        self.number = number
        self._memory = mmap.mmap(number, BELT_BYTES, access=mmap.ACCESS_WRITE if writes else mmap.ACCESS_READ)

    @classmethod
    def made(cls) -> Self:
        """Return a new one; `close` it."""
        number = os.memfd_create("liandong-backtest")
        os.ftruncate(number, BELT_BYTES)
        return cls(number, writes=True)

    def put(self, place: int, readings: ReadingBatch) -> bool:
        """Lay readings down; False where there is not the room for so many."""
        if len(readings) > ROWS:
            return False
        offset = place * _PLACE_BYTES
        for name in _FIELDS:
            column = np.frombuffer(self._memory, READING[name], len(readings), offset)
            column[:] = getattr(readings, name)
            offset += column.nbytes
        return True

    def look(self, place: int, count: int) -> ReadingBatch:
        """Return the readings that lie at a place, which may not be changed; they are gone with the next `put`."""
        begin = place * _PLACE_BYTES
        return ReadingBatch.from_bytes(memoryview(self._memory)[begin : begin + count * READING.itemsize], count)

    def close(self) -> None:
        """Let go of the number; the memory goes with the last who looks at it."""
        os.close(self.number)
