"""Readings that wait for those that were made before them: let out in the order of the sensors' time.

Who waits lies in one table of a fixed size, so it is bounded, and kept with the checkpoint. Nothing here goes by how
batches are cut: readings come out at ticks, or one by one when there is no more room.

What was made up to a moment is *sure* to have come when something as new has waited long enough: if any two that come
in another order than they were made come within the lateness of each other, nothing older can follow.
"""

from collections.abc import Iterable
from dataclasses import replace
from heapq import heappush, heappushpop
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from city.quality import Quality
from city.reading import READING, ReadingBatch
from rules.alarms import NEVER_NS
from rules.limits import ENDLESS_NS
from rules.ripening import WAITS, Waiters, gone, ticks_to
from rules.table import Column, StateTable

Ints = NDArray[np.int64]

#: Readings that wait at most, for the rules of one kind and lateness: 3 MB. With one more, the oldest goes at once.
MOST = 65_536

#: Sensor number and quantity share a key.
_QUANTITY_BITS = 32

_FIELDS = tuple(READING.names or ())


class Out(NamedTuple):
    """Readings let out, in their order, and for each the row of the one that pushed it out (of no use at ticks)."""

    readings: ReadingBatch
    cause: Ints


class Ripe(NamedTuple):
    """Readings let out over several ticks, in their order, and the tick of each, counted from 1."""

    readings: ReadingBatch
    tick: Ints


class Reorder:
    """Keeps readings of some series for `lateness_ns`, and lets them out in order of their time, all series together.

    A reading goes when it has waited that long since it came (or since it was made, where its clock is ahead by no more
    than that), and with it all that was made before it, whosever it is. One that came when something newer was sure
    already is *behind*: it waits for its own time, that those of its series be in order at least. One that is
    older than what of its series has gone is late, one that is not is in order, whatever order they came in.
    """

    def __init__(
        self,
        name: str,
        lateness_ns: int,
        series: Iterable[tuple[Ints, int]],
        most: int | None = None,
    ) -> None:
        """Take the series that wait: the numbers of sensors, and a quantity of theirs."""
        self._lateness_ns, self._most = lateness_ns, MOST if most is None else most
        keys = [sensors.astype(np.int64) << _QUANTITY_BITS | quantity for sensors, quantity in series]
        keys.append(np.array([], dtype=np.int64))
        self._gone = StateTable(f"{name}.gone", np.unique(np.concatenate(keys)), {"newest_ns": (np.int64, NEVER_NS)})
        columns: dict[str, Column] = {field: (READING[field], 0) for field in _FIELDS}
        columns["arrival_ns"] = (np.int64, NEVER_NS)
        #: Whoever is behind is marked as late here.
        self._waits = StateTable(f"{name}.waits", np.arange(self._most), columns)
        self._sure = StateTable(f"{name}.sure", np.array([0]), {"sure_ns": (np.int64, NEVER_NS)})
        self.tables = (self._gone, self._waits, self._sure)

    @property
    def sure_ns(self) -> int:
        """Return up to when all that was made is known to have come."""
        return int(self._sure["sure_ns"][0])

    def adopt(self, old: Self, waiting: ReadingBatch) -> None:
        """Let wait here who waited there, but for series that nobody looks at any more."""
        places = old._gone.rows_of(self._gone.keys)
        known = np.flatnonzero(places >= 0)
        self._gone.carry(old._gone, places[known], known)
        self._sure.carry(old._sure, np.array([0]), np.array([0]))
        for row, _ in self._put(waiting.take(self.rows_of(waiting) >= 0), np.array([], dtype=np.int64)):
            raise AssertionError(row)  # both have as much room

    def waiting(self) -> ReadingBatch:
        """Return who waits, in order of arrival; marked as late whoever is behind."""
        return self._batch(self._by_arrival())

    def rows_of(self, batch: ReadingBatch) -> Ints:
        """Return the series of each reading, -1 where nobody looks at it."""
        keys = batch.sensor.astype(np.int64) << _QUANTITY_BITS | batch.quantity
        places = np.searchsorted(self._gone.keys, keys).clip(max=max(0, len(self._gone) - 1))
        if not len(self._gone):
            return np.full(len(keys), -1)
        return np.where(self._gone.keys[places] == keys, places, -1)

    def due_ns(self, coming: ReadingBatch) -> int:
        """Return when the first goes of those that wait, if these come too; endless where there is none."""
        both = (self._batch(self._waiting()), self._ours(coming))
        return int(min((self._ripe_ns(some).min() for some in both if len(some)), default=ENDLESS_NS))

    def coming(self, batch: ReadingBatch) -> ReadingBatch:
        """Return who waits and those of a batch that will, as they would come if none came later than it was made.

        Whether late is not known yet.
        """
        both = ReadingBatch.concatenate([self._batch(self._waiting()), self._ours(batch)])
        both = both.take(_order(both))
        return replace(_marked(both, np.zeros(len(both), dtype=np.bool_)), arrival_ns=both.time_ns)

    def has_room(self, batch: ReadingBatch) -> bool:
        """Tell whether nobody has to go for a batch, whenever it comes."""
        ours = int(np.count_nonzero(self.rows_of(batch) >= 0))
        return ours + int(np.count_nonzero(self._waits["arrival_ns"] != NEVER_NS)) <= self._most

    def over(self, batch: ReadingBatch, mark_ns: int, ticks: int) -> Ripe:
        """Let readings wait for which there is room, and return what goes at so many ticks after `mark_ns`.

        That is what `push` and `ripe` do, tick by tick, for those that come up to each.
        """
        slots = self._by_arrival()
        both = ReadingBatch.concatenate([self._batch(slots), self._ours(batch)])
        series, ripe = self.rows_of(both), ticks_to(mark_ns, self._ripe_ns(both))
        came = ticks_to(mark_ns, both.arrival_ns)
        came[: len(slots)] = 0
        waiters = Waiters(series, both.time_ns, self._sure_ns(both), came, ripe, _is_late(both))
        tick, late, behind, sure_ns = gone(waiters, self._gone["newest_ns"], self.sure_ns, ticks)
        self._free(slots)
        staying = np.flatnonzero(tick == WAITS)
        free = np.flatnonzero(self._waits["arrival_ns"] == NEVER_NS)
        self._write(free[: len(staying)], _marked(both.take(staying), behind[staying]))
        self._know(sure_ns)
        order = _order(both, tick)[: len(both) - len(staying)]
        np.maximum.at(self._gone["newest_ns"], series[order], both.time_ns[order])
        self._gone.touch(series[order])
        return Ripe(_marked(both.take(order), late[order]), tick[order])

    def push(self, batch: ReadingBatch) -> Out:
        """Let readings wait; return those for which there is no more room, the oldest first."""
        rows = np.flatnonzero(self.rows_of(batch) >= 0)
        ours = batch.take(rows)
        out = self._put(_marked(ours, ours.time_ns <= self.sure_ns), rows)
        # One by one: what is pushed out next may be older than what was before.
        pushed = [self._going(ReadingBatch.of([reading])) for reading, _ in out]
        return Out(ReadingBatch.concatenate(pushed), np.array([cause for _, cause in out], dtype=np.int64))

    def ripe(self, time_ns: int) -> ReadingBatch:
        """Return those that have waited long enough at a tick, and those that are older, in order."""
        slots = self._waiting()
        batch = self._batch(slots)
        waited = self._ripe_ns(batch) <= time_ns
        if not waited.any():
            return ReadingBatch.empty()
        self._know(int(self._sure_ns(batch)[waited].max()))
        ready = waited | (~_is_late(batch) & (batch.time_ns <= self.sure_ns))
        _, series = np.unique(self.rows_of(batch), return_inverse=True)
        upto_ns = np.full(int(series.max()) + 1, NEVER_NS)
        np.maximum.at(upto_ns, series[ready], batch.time_ns[ready])
        goes = batch.time_ns <= upto_ns[series]
        going = batch.take(goes)
        self._free(slots[goes])
        return self._going(going.take(_order(going)))

    def _ripe_ns(self, batch: ReadingBatch) -> Ints:
        """Return when readings have waited long enough; those of a clock that is ahead wait until it is that time."""
        return np.maximum(batch.arrival_ns, self._sure_ns(batch)) + self._lateness_ns

    def _sure_ns(self, batch: ReadingBatch) -> Ints:
        """Return what is sure once readings have waited: a clock that is far ahead says nothing about others."""
        return np.minimum(batch.time_ns, batch.arrival_ns + self._lateness_ns)

    def _know(self, sure_ns: int) -> None:
        self._sure["sure_ns"][0] = max(self.sure_ns, sure_ns)
        self._sure.touch(np.array([0]))

    def _going(self, batch: ReadingBatch) -> ReadingBatch:
        """Return readings that go now in order of time, late where older than what of their series has gone before."""
        series, newest_ns = self.rows_of(batch), self._gone["newest_ns"]
        late = batch.time_ns < newest_ns[series]
        np.maximum.at(newest_ns, series, batch.time_ns)
        self._gone.touch(series)
        return _marked(batch, late)

    def _waiting(self) -> Ints:
        return np.flatnonzero(self._waits["arrival_ns"] != NEVER_NS)

    def _by_arrival(self) -> Ints:
        slots = self._waiting()
        return slots[np.argsort(self._waits["arrival_ns"][slots], kind="stable")]

    def _ours(self, batch: ReadingBatch) -> ReadingBatch:
        return batch.take(np.flatnonzero(self.rows_of(batch) >= 0))

    def _batch(self, slots: Ints) -> ReadingBatch:
        return ReadingBatch(*(self._waits[field][slots] for field in _FIELDS))

    def _free(self, slots: Ints) -> None:
        for field in _FIELDS:
            self._waits[field][slots] = NEVER_NS if field == "arrival_ns" else 0
        self._waits.touch(slots)

    def _put(self, batch: ReadingBatch, rows: Ints) -> list[tuple[tuple[int, int, int, int, float, int], int]]:
        """Give readings a place; return those that must go for them, oldest first, each with the row that came."""
        free = np.flatnonzero(self._waits["arrival_ns"] == NEVER_NS)
        if len(batch) <= len(free):
            self._write(free[: len(batch)], batch)
            return []
        out = []
        heap: list[tuple[int, int, int, int, int, float]] = []
        for reading in _rows(self._batch(self._waiting())):
            heappush(heap, reading)
        for reading, row in zip(_rows(batch), rows.tolist(), strict=True):
            if len(heap) < self._most:
                heappush(heap, reading)
                continue
            time_ns, arrival_ns, sensor, quantity, quality, value = heappushpop(heap, reading)
            out.append(((sensor, quantity, time_ns, arrival_ns, value, quality), row))
        self._free(self._waiting())
        self._write(np.arange(len(heap)), ReadingBatch.of([(s, q, t, a, v, f) for t, a, s, q, f, v in sorted(heap)]))
        return out

    def _write(self, slots: Ints, batch: ReadingBatch) -> None:
        for field in _FIELDS:
            self._waits[field][slots] = getattr(batch, field)
        self._waits.touch(slots)


def _order(batch: ReadingBatch, *first: Ints) -> Ints:
    """Return the order in which readings are judged: that of their time, and of what they are, not of their arrival."""
    keys: tuple[NDArray[Any], ...] = (batch.quality, batch.arrival_ns, batch.sensor, batch.quantity, batch.time_ns)
    return np.lexsort((*keys, *first))


def _is_late(batch: ReadingBatch) -> NDArray[np.bool_]:
    late: NDArray[np.bool_] = batch.quality & np.uint16(Quality.LATE) != 0
    return late


def _marked(batch: ReadingBatch, late: NDArray[np.bool_]) -> ReadingBatch:
    """Return readings that are late where they are said to be, and nowhere else."""
    flags = np.where(late, batch.quality | np.uint16(Quality.LATE), batch.quality & ~np.uint16(Quality.LATE))
    return replace(batch, quality=flags.astype(np.uint16))


def _rows(batch: ReadingBatch) -> list[tuple[int, int, int, int, int, float]]:
    """Return readings as they are ordered: by time, then by arrival, then by what they are."""
    columns = (batch.time_ns, batch.arrival_ns, batch.sensor, batch.quantity, batch.quality, batch.value)
    return list(zip(*(column.tolist() for column in columns), strict=True))
