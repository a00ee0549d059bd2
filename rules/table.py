"""State in columns, one row a key, of which only the chunks that changed are written."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

#: Rows of a chunk are this power of two: 4,096 rows are some 100 kB at most, a fraction of a millisecond to write.
_CHUNK_BITS = 12

Array = NDArray[Any]

#: Type and default of a column, and how many values a row has in it where that is not one.
Column = tuple[DTypeLike, int] | tuple[DTypeLike, int, int]


#: Bytes that a processor reads at once.
_LINE = 64


def _lines(size: int) -> NDArray[np.uint8]:
    """Return so many bytes, all 0, that begin where a line of memory does."""
    room = np.zeros(size + _LINE, np.uint8)
    begin = -room.ctypes.data % _LINE
    return room[begin : begin + size]


class StateTable:
    """Columns of one length; the keys say whose state a row is, whatever the row's number.

    A row that holds nothing but defaults is not written. Tables whose rows are wide and change alone have small chunks.
    """

    def __init__(
        self,
        name: str,
        keys: NDArray[np.int64],
        columns: Mapping[str, Column],
        *,
        rows_a_chunk_bits: int = _CHUNK_BITS,
        rows_together: bool = False,
    ) -> None:
        self.name, self.keys, self._bits = name, keys, rows_a_chunk_bits
        self._defaults = {column: default for column, (_, default, *_) in columns.items()}
        kinds = [(column, kind, tuple(width)) for column, (kind, _, *width) in columns.items()]
        self._record = np.dtype([("key", "<i8", ()), *kinds])
        #: All rows as one line of bytes, where a row's columns lie together; else nothing.
        self.memory: NDArray[np.uint8] = np.empty(0, np.uint8)
        if rows_together:
            row = np.dtype(kinds)
            self.memory = _lines(len(keys) * row.itemsize)
            rows = self.memory.view(row)
            self._columns: dict[str, Array] = {column: rows[column] for column in columns}
            for column, default in self._defaults.items():
                self._columns[column][:] = default
        else:
            self._columns = {
                column: np.full((len(keys), *width), default, kind)
                for column, (kind, default, *width) in columns.items()
            }
        # A new table is written whole, but not row by row: what is not default there has been touched.
        self._touched = np.full((len(keys) >> self._bits) + 1, rows_a_chunk_bits == _CHUNK_BITS)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.keys)

    def __getitem__(self, column: str) -> Array:
        """Return a column, to be read and written in place; say `touch` afterwards."""
        return self._columns[column]

    @property
    def columns(self) -> Collection[str]:
        """Return the names of the columns."""
        return self._columns.keys()

    def touch(self, rows: Array) -> None:
        """Note that these rows changed."""
        self._touched[rows >> self._bits] = True

    def touched(self) -> Iterable[tuple[int, bytes]]:
        """Yield number and content of each chunk that changed since the last `settle`; empty when all is default."""
        if self._bits == 0:
            yield from self._touched_rows()
            return
        for chunk in np.flatnonzero(self._touched).tolist():
            yield chunk, self._content(slice(chunk << self._bits, (chunk + 1) << self._bits))

    def _touched_rows(self) -> Iterable[tuple[int, bytes]]:
        """Yield each touched row by itself, made a chunk full at once: a call for each column and row would be slow."""
        rows = np.flatnonzero(self._touched[: len(self)])
        for begin in range(0, len(rows), 1 << _CHUNK_BITS):
            some = rows[begin : begin + (1 << _CHUNK_BITS)]
            kept, records = self._kept(some), self._records(some)
            for row, differs, place in zip(some.tolist(), kept.tolist(), range(len(some)), strict=True):
                yield row, records[place : place + 1].tobytes() if differs else b""

    def settle(self) -> None:
        """Note that what `touched` yielded is kept."""
        self._touched[:] = False

    def _content(self, rows: slice) -> bytes:
        return self._records(np.flatnonzero(self._kept(rows)) + rows.start).tobytes()

    def _kept(self, rows: NDArray[np.int64] | slice) -> NDArray[np.bool_]:
        """Return which rows hold anything but defaults."""
        kept = np.zeros(len(self.keys[rows]), dtype=np.bool_)
        for column, default in self._defaults.items():
            differs = self._columns[column][rows] != default
            kept |= differs if differs.ndim == 1 else differs.any(axis=1)
        return kept

    def _records(self, rows: NDArray[np.int64]) -> Array:
        records = np.empty(len(rows), dtype=self._record)
        records["key"] = self.keys[rows]
        for column, values in self._columns.items():
            records[column] = values[rows]
        return records

    def load(self, chunks: Iterable[bytes]) -> int:
        """Take back what `touched` yielded, and count it as kept; return how many rows had keys that are not here.

        Raises:
            ValueError: a chunk does not fit the columns.
        """
        records = np.frombuffer(b"".join(chunks), dtype=self._record)
        rows = self.rows_of(records["key"])
        known = rows >= 0
        for column, values in self._columns.items():
            values[rows[known]] = records[column][known]
        self.settle()
        return int(np.count_nonzero(~known))

    def rows_of(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row of each key, -1 where there is none."""
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.int64)
        order = np.argsort(self.keys)
        found = order[np.searchsorted(self.keys, keys, sorter=order).clip(max=len(order) - 1)]
        return np.where(self.keys[found] == keys, found, -1)

    def carry(self, old: "StateTable", old_rows: Array, rows: Array) -> None:
        """Copy the columns both have from rows of `old` to `rows` here, however wide they are there."""
        for column, values in self._columns.items():
            if column in old.columns:
                found = old[column][old_rows]
                values[rows] = found if found.ndim == 1 else _as_wide(found, values.shape[1], self._defaults[column])
        self.touch(rows)


def _as_wide(found: Array, width: int, default: int) -> Array:
    """Return rows with so many values; where one has no room for all of its, the greatest, which are the newest."""
    if found.shape[1] > width and (found[:, width:] != default).any():
        return np.sort(found, axis=1)[:, -width:]
    fitted = np.full((len(found), width), default, dtype=found.dtype)
    fitted[:, : found.shape[1]] = found[:, :width]
    return fitted
