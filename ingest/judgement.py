"""Judges a batch of readings, columns in and columns out: plausible range, clock, order, repetition."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.quality import UNTRUSTED, Quality
from city.reading import ReadingBatch
from ingest.series import NEVER_NS, NO_COUNTER, SeriesColumns

#: In the time column: the sensor said no time.
NO_TIME = -(2**63)
#: In the quality column, before judging only: the broker kept the message from before we listened.
RETAINED = 1 << 15

#: Flags of a counter's value from which nothing is counted.
_NOT_COUNTED = int(UNTRUSTED | Quality.LATE | Quality.DUPLICATE)

_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))


@dataclass(frozen=True, slots=True)
class Window:
    """How far a sensor's clock may be from the time of receipt, in nanoseconds."""

    future_ns: int
    past_ns: int


class NewestOf(NamedTuple):
    """Times and values of the newest readings of some series."""

    time_ns: NDArray[np.int64]
    value: NDArray[np.float64]


#: From the numbers of sensors and quantities to their newest readings, `NEVER_NS` where none is known.
PastOf = Callable[[NDArray[np.int32], NDArray[np.int32]], NewestOf]


@dataclass(slots=True)
class Said:
    """Readings as their sensors said them, in columns."""

    slot: NDArray[np.int64]
    time_ns: NDArray[np.int64]
    value: NDArray[np.float64]
    quality: NDArray[np.uint16]


class Judgement:
    """Keeps what it must remember from batch to batch: the newest of each series, and what came lately."""

    def __init__(self, series: SeriesColumns, window: Window) -> None:
        self._series, self._window = series, window
        self._recent = Recent()
        self._past: PastOf | None = None

    def follow_on(self, past: PastOf) -> None:
        """Ask `past` for the newest reading of each series that speaks for the first time in this run."""
        self._past = past

    def judge(self, said: Said, arrival_ns: int) -> ReadingBatch:
        """Return the readings in the city's units, each with its quality."""
        series, meanings = self._series, self._series.meanings
        meaning, first = series.meaning[said.slot], series.first[said.slot].astype(np.int64)
        value = said.value * meanings.factor[meaning] + meanings.offset[meaning]
        time_ns, quality = self._clocked(said, arrival_ns)
        outside = (value < meanings.minimum[meaning]) | (value > meanings.maximum[meaning])
        quality |= _flagged(outside, Quality.OUT_OF_RANGE)
        self._recall(first)
        quality |= self._ordered(first, time_ns, value)
        batch = ReadingBatch(
            sensor=series.sensor[said.slot],
            quantity=meanings.quantity[meaning],
            time_ns=time_ns,
            arrival_ns=np.full(len(value), arrival_ns, np.int64),
            value=value,
            quality=quality,
        )
        return self._counted(first, batch)

    def moment(self, time_ns: int | None, arrival_ns: int, *, recorded: bool) -> int:
        """Return the time of an event: the sensor's own, or of receipt where that cannot be."""
        if time_ns is None:
            return arrival_ns
        near = arrival_ns - self._window.past_ns <= time_ns <= arrival_ns + self._window.future_ns
        return time_ns if near or recorded else arrival_ns

    def _clocked(self, said: Said, arrival_ns: int) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
        """Return times and qualities, with the time of receipt where the sensor's own cannot be."""
        recorded = self._series.recorded[said.slot]
        far = (said.time_ns > arrival_ns + self._window.future_ns) | (said.time_ns < arrival_ns - self._window.past_ns)
        wrong = np.where(recorded, said.time_ns == NO_TIME, far)
        retained = (said.quality & RETAINED) != 0
        quality = said.quality & np.uint16(RETAINED - 1)
        quality |= _flagged(recorded, Quality.RECORDED)
        quality |= _flagged(wrong, Quality.CLOCK)
        quality |= _flagged(wrong & retained, Quality.STALE)
        if not wrong.any():
            return said.time_ns, quality
        # Values of one series that came together without a time stay apart: by a nanosecond, in order of arrival.
        time_ns = said.time_ns.copy()
        time_ns[wrong] = arrival_ns + _occurrence(self._series.first[said.slot[wrong]].astype(np.int64))
        return time_ns, quality

    def _recall(self, slot: NDArray[np.int64]) -> None:
        """Fill in the newest readings that an earlier run kept: what is late or repeated is known after a start."""
        if self._past is None:
            return
        series = self._series
        new = slot[series.newest_ns[slot] == NEVER_NS]
        if len(new):
            new = np.unique(new)
            newest = self._past(series.sensor[new], series.meanings.quantity[series.meaning[new]])
            series.newest_ns[new], series.newest_value[new] = newest.time_ns, newest.value

    def _ordered(
        self, slot: NDArray[np.int64], time_ns: NDArray[np.int64], value: NDArray[np.float64]
    ) -> NDArray[np.uint16]:
        """Return LATE and DUPLICATE of each reading, and remember the newest."""
        before_ns, before_value = self._before(slot, time_ns, value)
        late = time_ns < before_ns
        repeated = (time_ns == before_ns) & (value == before_value)
        keys = _keys(slot, time_ns, value)
        if late.any():
            _, first = np.unique(keys, return_index=True)
            again = np.ones(len(keys), np.bool_)
            again[first] = False
            repeated |= late & (again | self._recent.among(keys, late))
        self._recent.add(keys)
        newest = ~late
        self._series.newest_ns[slot[newest]] = time_ns[newest]  # of several the last is written: they rise
        self._series.newest_value[slot[newest]] = value[newest]
        return _flagged(repeated, Quality.DUPLICATE) | _flagged(late, Quality.LATE)

    def _counted(self, slot: NDArray[np.int64], batch: ReadingBatch) -> ReadingBatch:
        """Return the batch with what its counters rose by; one that fell began again at nothing.

        The first value of a counter tells no rise, nor does one that is late, repeated, or not to be trusted.
        """
        increase, base = self._series.meanings.increase[self._series.meaning[slot]], self._series.base
        counts = (increase != NO_COUNTER) & ((batch.quality & _NOT_COUNTED) == 0)
        if not counts.any():
            return batch
        rows, rises = [], []
        for row in np.flatnonzero(counts).tolist():
            place, value = int(slot[row]), float(batch.value[row])
            before = base.get(place)
            base[place] = value
            if before is not None:
                rows.append(row)
                rises.append(value - before if value >= before else value)
        if not rows:
            return batch
        risen = np.array(rows)
        return ReadingBatch(
            sensor=np.append(batch.sensor, batch.sensor[risen]),
            quantity=np.append(batch.quantity, increase[risen]),
            time_ns=np.append(batch.time_ns, batch.time_ns[risen]),
            arrival_ns=np.append(batch.arrival_ns, batch.arrival_ns[risen]),
            value=np.append(batch.value, np.array(rises)),
            quality=np.append(batch.quality, batch.quality[risen]),
        )

    def _before(
        self, slot: NDArray[np.int64], time_ns: NDArray[np.int64], value: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return of each reading the newest time of its series before it, and the value then."""
        series = self._series
        if series.differ(slot):  # the rule under load
            return series.newest_ns[slot], series.newest_value[slot]
        order, starts = _groups(slot)
        first = slot[order[starts]]
        # Each series' reading from before the batch goes in front of its readings; then a running maximum in each.
        times = np.insert(time_ns[order], starts, series.newest_ns[first])
        values = np.insert(value[order], starts, series.newest_value[first])
        group = np.insert(
            np.repeat(np.arange(len(starts)), np.diff(starts, append=len(slot))), starts, range(len(starts))
        )
        by_time = np.argsort(times, kind="stable")
        rank = np.empty(len(times), np.int64)
        rank[by_time] = np.arange(len(times))
        best = by_time[np.maximum.accumulate(rank + group * len(times)) - group * len(times)]
        previous = np.delete(best[np.arange(len(best)) - 1], starts + np.arange(len(starts)))
        before_ns, before_value = np.empty_like(time_ns), np.empty_like(value)
        before_ns[order], before_value[order] = times[previous], values[previous]
        return before_ns, before_value


class Recent:
    """The keys of what came lately, between one and two generations of them."""

    def __init__(self, generation: int = 131_072) -> None:
        self._generation = generation
        self._young, self._old = _Keys(), _Keys()

    def add(self, keys: NDArray[np.uint64]) -> None:
        """Remember keys."""
        self._young.add(keys)
        if self._young.count > self._generation:
            self._old, self._young = self._young, _Keys()

    def among(self, keys: NDArray[np.uint64], asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which of the `asked` keys are remembered."""
        found = np.zeros(len(keys), np.bool_)
        places = np.flatnonzero(asked)
        young, old = self._young.known(), self._old.known()
        found[places] = [key in young or key in old for key in keys[places].tolist()]
        return found


class _Keys:
    """Keys in columns, which become a set when they are asked for: most cities send little that is late."""

    def __init__(self) -> None:
        self._columns: list[NDArray[np.uint64]] = []
        self._known: set[int] = set()
        self.count = 0

    def add(self, keys: NDArray[np.uint64]) -> None:
        self._columns.append(keys)
        self.count += len(keys)

    def known(self) -> set[int]:
        for column in self._columns:
            self._known.update(column.tolist())
        self._columns.clear()
        return self._known


def _flagged(those: NDArray[np.bool_], flag: Quality) -> NDArray[np.uint16]:
    return those.astype(np.uint16) * np.uint16(flag)


def _groups(slot: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the order that brings each series together, and where in it each begins."""
    order = np.argsort(slot, kind="stable")
    return order, np.flatnonzero(np.diff(slot[order], prepend=-1))


def _occurrence(slot: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return of each reading how many of its series are before it."""
    order, starts = _groups(slot)
    found = np.empty(len(slot), np.int64)
    found[order] = np.arange(len(slot)) - np.repeat(starts, np.diff(starts, append=len(slot)))
    return found


def _keys(slot: NDArray[np.int64], time_ns: NDArray[np.int64], value: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Return one number for each (series, time, value); two that share one only mislabel a late reading."""
    mixed: NDArray[np.uint64] = (slot.view(np.uint64) + _MIX[2]) * _MIX[0]
    mixed ^= time_ns.view(np.uint64) * _MIX[1]
    mixed = (mixed ^ (mixed >> np.uint64(31))) * _MIX[0]
    mixed ^= value.view(np.uint64) * _MIX[2]
    return mixed ^ (mixed >> np.uint64(29))
