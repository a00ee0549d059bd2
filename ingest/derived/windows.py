"""Windows of time that stand side by side, by sensor: what falls into each, until nothing more can."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS
from ingest.derived.rows import Rows
from ingest.derived.told import Told
from ingest.key_table import Places
from ingest.telemetry import DERIVED_LATE

_MINUTE_NS = 60 * SECOND_NS
_NONE, _NEVER = -(2**62), -(2**62)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a window waits for what comes late, in nanoseconds.

    Attributes:
        late_ns: after its end by the sensor's own clock, which is less than the window is long.
        silent_ns: by ours, after the sensor was last heard and the window ended, for one that says nothing more.
    """

    late_ns: int = 120 * SECOND_NS
    silent_ns: int = 300 * SECOND_NS


@dataclass(frozen=True, slots=True)
class Closed:
    """Windows that are over, in order of `index` for each sensor; `k` are the items.

    Attributes:
        index: number of the window, its beginning divided by its length.
        total, count: sum and number of values, windows x k.
        minutes: in how many minutes of the window a value came, windows x k.
        quality: flags that any of the values had.
    """

    sensor: NDArray[np.int32]
    index: NDArray[np.int64]
    total: NDArray[np.float64]
    count: NDArray[np.int64]
    minutes: NDArray[np.int64]
    quality: NDArray[np.uint16]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.index)

    def take(self, which: NDArray[np.bool_]) -> "Closed":
        """Return some of them."""
        return Closed(
            self.sensor[which], self.index[which], self.total[which], self.count[which], self.minutes[which],
            self.quality[which],
        )  # fmt: skip


class Windows:
    """Windows of one length, at most an hour; of each sensor two are open: its newest, and the one before.

    A sensor's readings are taken in order of arrival, so it does not matter how they were cut into batches.
    """

    def __init__(self, name: str, items: int, length_ns: int, patience: Patience, offset_ns: int = 0) -> None:
        """Have windows for this many items; `offset_ns` after a full hour of UTC the city's hours begin."""
        self.rows = Rows(
            index=(np.int64, _NONE, 2), total=(np.float64, 0.0, 2, items), count=(np.int64, 0, 2, items),
            minutes=(np.uint64, 0, 2, items), quality=(np.uint16, 0, 2), newest=(np.int64, _NEVER),
            heard=(np.int64, _NEVER),
        )  # fmt: skip
        self._name, self._length_ns, self._patience, self._offset_ns = name, length_ns, patience, offset_ns
        self._due_ns = _NEVER

    def end_ns(self, index: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return when windows end."""
        return (index + 1) * self._length_ns + self._offset_ns

    def take(self, told: Told) -> Closed:
        """Take values, and return the windows that are over with them."""
        row = self.rows.at(told.sensor)
        since = told.time_ns - self._offset_ns
        index = since // self._length_ns
        over = self.end_ns(index) + self._patience.late_ns <= self._newest_before(row, told.time_ns)
        if over.any():
            DERIVED_LATE.labels(self._name).inc(int(over.sum()))
        kept = ~over
        minute = ((since - index * self._length_ns) // _MINUTE_NS).astype(np.uint64)
        open_ = self._opened(row[kept], index[kept])
        np.add.at(open_.total, (open_.of, told.item[kept]), told.value[kept])
        np.add.at(open_.count, (open_.of, told.item[kept]), 1)
        np.bitwise_or.at(open_.minutes, (open_.of, told.item[kept]), np.uint64(1) << minute[kept])
        np.bitwise_or.at(open_.quality, open_.of, told.quality[kept])
        np.maximum.at(self.rows["newest"], row, told.time_ns)
        np.maximum.at(self.rows["heard"], row, told.arrival_ns)
        self._due_ns = min(self._due_ns, int(told.arrival_ns.min()) + self._patience.silent_ns)
        ends = self.end_ns(open_.index)
        return self._close(open_, ends + self._patience.late_ns <= self.rows["newest"][open_.row])

    def tick(self, now_ns: int, listening_since_ns: int) -> Closed | None:
        """Return the windows of sensors that fell silent; None for none."""
        if now_ns < self._due_ns or now_ns - listening_since_ns < self._patience.silent_ns:
            return None
        row, slot = np.nonzero(self.rows["index"][: len(self.rows)] != _NONE)
        index = self.rows["index"][row, slot]
        due = np.maximum(self.end_ns(index), self.rows["heard"][row]) + self._patience.silent_ns
        over = due <= now_ns
        self._due_ns = int(due[~over].min(initial=2**62))
        if not over.any():
            return None
        return self._close(self._read(row[over], index[over], slot[over]), np.ones(int(over.sum()), np.bool_))

    def dump(self) -> dict[str, NDArray[Any]]:
        """Return copies of all that is remembered."""
        return {**self.rows.dump(), "length": np.array(self._length_ns)}

    def load(self, kept: Mapping[str, NDArray[Any]]) -> None:
        """Remember what `dump` returned; windows of another length are begun anew."""
        if int(kept["length"]) == self._length_ns:
            self.rows.load(kept)

    def _newest_before(self, row: Places, time_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return of each value the newest time of its sensor before it."""
        order = np.argsort(row, kind="stable")
        starts = np.diff(row[order], prepend=-1) != 0
        group = np.cumsum(starts)
        times = time_ns[order]
        rank = np.empty(len(times), np.int64)
        by_time = np.argsort(times, kind="stable")
        rank[by_time] = np.arange(len(times))
        so_far = by_time[np.maximum.accumulate(rank + group * len(times)) - group * len(times)]
        before = np.full(len(times), _NEVER)
        before[1:] = np.where(starts[1:], _NEVER, times[so_far[:-1]])
        found = np.empty_like(before)
        found[order] = before
        newest: NDArray[np.int64] = np.maximum(found, self.rows["newest"][row])
        return newest

    def _opened(self, row: Places, index: NDArray[np.int64]) -> "_Open":
        """Return the windows that values fall into, and those of the same sensors that are open already."""
        touched = np.unique(row)
        held_row, slot = np.nonzero(self.rows["index"][touched] != _NONE)
        held_row = touched[held_row]
        held_index = self.rows["index"][held_row, slot]
        rows, indexes = np.concatenate([held_row, row]), np.concatenate([held_index, index])
        order = np.lexsort((indexes, rows))
        new = (np.diff(rows[order], prepend=-1) != 0) | (np.diff(indexes[order], prepend=_NONE) != 0)
        of = np.empty(len(rows), np.int64)
        of[order] = np.cumsum(new) - 1
        found = self._blank(rows[order][new], indexes[order][new])
        held = of[: len(held_row)]
        found.total[held], found.count[held] = self.rows["total"][held_row, slot], self.rows["count"][held_row, slot]
        found.minutes[held] = self.rows["minutes"][held_row, slot]
        found.quality[held] = self.rows["quality"][held_row, slot]
        self.rows["index"][held_row, slot] = _NONE
        return _Open(found.row, found.index, found.total, found.count, found.minutes, found.quality,
                     of[len(held_row) :])  # fmt: skip

    def _read(self, row: Places, index: NDArray[np.int64], slot: NDArray[np.int64]) -> "_Open":
        """Return open windows, and hold them no more."""
        self.rows["index"][row, slot] = _NONE
        rows = self.rows
        return _Open(
            row, index, rows["total"][row, slot], rows["count"][row, slot], rows["minutes"][row, slot],
            rows["quality"][row, slot], np.zeros(0, np.int64),
        )  # fmt: skip

    def _blank(self, row: Places, index: NDArray[np.int64]) -> "_Open":
        shape = (len(row), self.rows["total"].shape[2])
        return _Open(
            row, index, np.zeros(shape), np.zeros(shape, np.int64), np.zeros(shape, np.uint64),
            np.zeros(len(row), np.uint16), np.zeros(0, np.int64),
        )  # fmt: skip

    def _close(self, open_: "_Open", over: NDArray[np.bool_]) -> Closed:
        """Hold what is not over, and return the rest."""
        stays = ~over
        row, slot = open_.row[stays], open_.index[stays] % 2
        for name in ("index", "total", "count", "minutes", "quality"):
            self.rows[name][row, slot] = getattr(open_, name)[stays]
        return Closed(
            self.rows.sensors(open_.row[over]), open_.index[over], open_.total[over], open_.count[over],
            np.bitwise_count(open_.minutes[over]).astype(np.int64), open_.quality[over],
        )  # fmt: skip


@dataclass(slots=True)
class _Open:
    """Windows in work; `of` says of each value which one it falls into."""

    row: Places
    index: NDArray[np.int64]
    total: NDArray[np.float64]
    count: NDArray[np.int64]
    minutes: NDArray[np.uint64]
    quality: NDArray[np.uint16]
    of: NDArray[np.int64]
