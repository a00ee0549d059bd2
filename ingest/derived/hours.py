"""Means of the last 24 hours of each station, in a ring."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.derived.rows import Rows
from ingest.key_table import Places

#: Hours that are remembered: as many as any mean needs.
REMEMBERED = 24

_NONE = -(2**62)


class Hours:
    """Hours are whole numbers that rise; what was not told of one, or lies too far back, is NaN."""

    def __init__(self, items: int) -> None:
        """Remember means of this many items."""
        self._rows = Rows(
            hour=(np.int64, _NONE, REMEMBERED), mean=(np.float64, np.nan, REMEMBERED, items),
            quality=(np.uint16, 0, REMEMBERED), day=(np.int64, 0),
        )  # fmt: skip

    def at(self, sensor: NDArray[np.int32]) -> Places:
        """Return the rows of stations."""
        return self._rows.at(sensor)

    def sensors(self, row: Places) -> NDArray[np.int32]:
        """Return the numbers of stations."""
        return self._rows.sensors(row)

    def day(self, row: Places) -> NDArray[np.int64]:
        """Return the day, counted from 1, of which each station told hours and that was not told itself; 0 for none."""
        day: NDArray[np.int64] = self._rows["day"][row]
        return day

    def set_day(self, row: Places, day: int) -> None:
        """Say that these stations have hours of a day; 0 that their day was told."""
        self._rows["day"][row] = day

    def put(self, row: Places, hour: int, means: NDArray[np.float64], quality: NDArray[np.uint16]) -> None:
        """Remember an hour of these stations."""
        place = hour % REMEMBERED
        self._rows["hour"][row, place] = hour
        self._rows["mean"][row, place] = means
        self._rows["quality"][row, place] = quality

    def until(self, row: Places, hour: int, count: int = REMEMBERED) -> NDArray[np.float64]:
        """Return the means of `count` hours up to `hour`, the newest first: stations x hours x items."""
        wanted = hour - np.arange(count)
        there = self._rows["hour"][row][:, wanted % REMEMBERED] == wanted
        means = self._rows["mean"][row][:, wanted % REMEMBERED]
        found: NDArray[np.float64] = np.where(there[:, :, np.newaxis], means, np.nan)
        return found

    def flags(self, row: Places, hour: int, count: int) -> NDArray[np.uint16]:
        """Return the flags that any of these hours has."""
        wanted = hour - np.arange(count)
        there = self._rows["hour"][row][:, wanted % REMEMBERED] == wanted
        quality = self._rows["quality"][row][:, wanted % REMEMBERED]
        found: NDArray[np.uint16] = np.bitwise_or.reduce(np.where(there, quality, np.uint16(0)), axis=1)
        return found

    def dump(self) -> dict[str, NDArray[Any]]:
        """Return copies of all that is remembered."""
        return self._rows.dump()

    def load(self, kept: dict[str, NDArray[Any]]) -> None:
        """Remember what `dump` returned."""
        self._rows.load(kept)


def mean_of(hours: NDArray[np.float64], needed: int) -> NDArray[np.float64]:
    """Return the mean over the second axis, NaN where fewer than `needed` are known."""
    known = ~np.isnan(hours)
    count = known.sum(axis=1)
    total = np.where(known, hours, 0.0).sum(axis=1)
    return np.where(count >= needed, total / np.maximum(count, 1), np.nan)
