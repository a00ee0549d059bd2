"""What is remembered of each series, in columns that grow; they can be kept and taken back whole."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ingest.key_table import Places
from ingest.series_table import SeriesTable

_FIRST_SIZE = 256


class Rows:
    """Columns by series, a pair of sensor and quantity number; where one row is a sensor's, its quantity is 0."""

    def __init__(self, **columns: tuple[DTypeLike, object, *tuple[int, ...]]) -> None:
        """Have these columns, each with its type, its default and its width."""
        self._table = SeriesTable()
        self._defaults = {name: default for name, (_, default, *_) in columns.items()}
        self._columns: dict[str, NDArray[Any]] = {
            name: np.full((_FIRST_SIZE, *width), default, kind) for name, (kind, default, *width) in columns.items()
        }

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._table)

    def __getitem__(self, column: str) -> NDArray[Any]:
        """Return a column, to be read and written in place until the next `at`."""
        return self._columns[column]

    def at(self, sensor: NDArray[np.int32], quantity: NDArray[np.int32] | None = None) -> Places:
        """Return the row of each series, a new one at first sight."""
        places = self._table.places(sensor, quantity if quantity is not None else np.zeros_like(sensor))
        for name, column in self._columns.items():
            if len(column) < len(self):
                more = np.full((2 * len(self) - len(column), *column.shape[1:]), self._defaults[name], column.dtype)
                self._columns[name] = np.concatenate([column, more])
        return places

    def sensors(self, rows: Places) -> NDArray[np.int32]:
        """Return the sensors' numbers of rows."""
        return self._table.sensors(rows).astype(np.int32)

    def dump(self) -> dict[str, NDArray[Any]]:
        """Return copies of all that is remembered."""
        rows = np.arange(len(self))
        series = {"sensor": self.sensors(rows), "quantity": self._table.quantities(rows).astype(np.int32)}
        return {**series, **{f"{name}_": column[: len(self)].copy() for name, column in self._columns.items()}}

    def load(self, kept: Mapping[str, NDArray[Any]]) -> None:
        """Remember what `dump` returned; columns that were not kept begin at their defaults."""
        rows = self.at(kept["sensor"].astype(np.int32), kept["quantity"].astype(np.int32))
        for name, column in self._columns.items():
            before = kept.get(f"{name}_")
            if before is not None and before.shape[1:] == column.shape[1:]:
                column[rows] = before
