"""Readings in columns: the one shape in which they travel from normalising to history."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from city.errors import BadJournal

#: One reading. `sensor` and `quantity` are permanent numbers; times are UTC nanoseconds; `value` is in the
#: quantity's own unit; `quality` holds the flags of `city.quality.Quality`.
READING = np.dtype(
    [
        ("sensor", "<i4"),
        ("quantity", "<i4"),
        ("time_ns", "<i8"),
        ("arrival_ns", "<i8"),
        ("value", "<f8"),
        ("quality", "<u2"),
    ]
)

_FIELDS = ("sensor", "quantity", "time_ns", "arrival_ns", "value", "quality")


@dataclass(frozen=True, slots=True)
class ReadingBatch:
    """Many readings in contiguous columns of one length, in order of arrival."""

    sensor: NDArray[np.int32]
    quantity: NDArray[np.int32]
    time_ns: NDArray[np.int64]
    arrival_ns: NDArray[np.int64]
    value: NDArray[np.float64]
    quality: NDArray[np.uint16]

    def __len__(self) -> int:
        """Return how many readings there are."""
        return len(self.value)

    @classmethod
    def of(cls, rows: list[tuple[int, int, int, int, float, int]]) -> Self:
        """Build a batch from rows of (sensor, quantity, time_ns, arrival_ns, value, quality)."""
        columns = zip(*rows, strict=True) if rows else ([] for _ in _FIELDS)
        return cls(*(np.array(column, dtype=READING[name]) for name, column in zip(_FIELDS, columns, strict=True)))

    @classmethod
    def empty(cls) -> Self:
        """Return a batch without readings."""
        return cls.of([])

    @classmethod
    def concatenate(cls, batches: list[Self]) -> Self:
        """Return all readings of `batches`, in order."""
        if not batches:
            return cls.empty()
        return cls(*(np.concatenate([getattr(batch, name) for batch in batches]) for name in _FIELDS))

    def take(self, index: NDArray[Any]) -> Self:
        """Return the readings that `index` (numbers, a mask or a slice's array) picks."""
        return type(self)(*(getattr(self, name)[index] for name in _FIELDS))

    def to_bytes(self) -> bytes:
        """Return the columns one after the other, little-endian."""
        return b"".join(np.ascontiguousarray(getattr(self, name), READING[name]).tobytes() for name in _FIELDS)

    @classmethod
    def from_bytes(cls, data: bytes | memoryview, count: int) -> Self:
        """Read back `count` readings that `to_bytes` wrote; the columns share memory with `data` and are read-only.

        Raises:
            BadJournal: `data` is not exactly that long.
        """
        if len(data) != count * READING.itemsize:
            raise BadJournal(expected=f"{count * READING.itemsize} bytes", got=len(data), at="readings")
        columns, offset = [], 0
        for name in _FIELDS:
            column = np.frombuffer(data, READING[name], count, offset)
            columns.append(column)
            offset += column.nbytes
        return cls(*columns)
