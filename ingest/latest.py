"""The newest reading of every series, and what changed since somebody last asked."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from city.entry import Arrivals, Journaled
from city.growing import grown, room_for
from city.history import LatestReading, Names
from city.reading import ReadingBatch
from ingest.judgement import NewestOf
from ingest.key_table import Places
from ingest.naming import Newest
from ingest.series import NEVER_NS
from ingest.series_table import SeriesTable

_NEVER = np.iinfo(np.int64).min
#: Marks that are looked at together: all three million of a large city at once took 10 ms, four times a second.
_PART = 1 << 16


class News:
    """What one listener has not been told yet: a mark a series, so that it costs no more however far one is behind."""

    def __init__(self, latest: "Latest") -> None:
        self._latest = latest
        self._new: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._next = 0

    def mark(self, places: Places, size: int) -> None:
        """Note that these of `size` series changed."""
        if size > len(self._new):
            self._new = np.append(self._new, np.zeros(2 * size - len(self._new), np.bool_))
        self._new[places] = True

    def take(self, limit: int) -> list[LatestReading]:
        """Return up to `limit` series that changed since they were last returned, as they are now.

        Whoever asks too seldom skips values; no series waits for others that change more often.
        """
        found, room = list[Places](), limit
        for begin, end in _rounds(self._next, len(self._new)):
            some = begin + np.flatnonzero(self._new[begin:end])[:room]
            found.append(some)
            room -= len(some)
            if not room:
                self._next = int(some[-1]) + 1
                break
        waiting = np.concatenate(found) if found else np.zeros(0, np.int64)
        self._new[waiting] = False
        return self._latest.at(waiting)


def _rounds(start: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield where the parts of one round through `size` marks begin and end, from `start` on."""
    for first, last in ((start, size), (0, start)):
        for begin in range(first, last, _PART):
            yield begin, min(begin + _PART, last)


class Latest:
    """Keeps one reading a series, the one with the newest time; a late one never rewinds. Belongs to one thread."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._series = SeriesTable()
        #: Rows of the columns that belong to a series.
        self._used = 0
        self._time_ns: NDArray[np.int64] = np.empty(0, np.int64)
        self._arrival_ns: NDArray[np.int64] = np.empty(0, np.int64)
        self._value: NDArray[np.float64] = np.empty(0, np.float64)
        self._quality: NDArray[np.uint16] = np.empty(0, np.uint16)
        self._winner: NDArray[np.int32] = np.empty(0, np.int32)
        self._listeners: list[News] = []

    def apply(self, item: Journaled) -> None:
        """Take in a journal entry."""
        if isinstance(item.entry, Arrivals):
            self.take(item.entry.readings)

    def take(self, readings: ReadingBatch) -> None:
        """Take in readings in order of arrival; of two with one time, the later arrival stays."""
        if not len(readings):
            return
        places = self._series.places(readings.sensor, readings.quantity)
        self._grow()
        chosen = self._newest_of_each(places, readings.time_ns)
        chosen = chosen[readings.time_ns[chosen] >= self._time_ns[places[chosen]]]
        at = places[chosen]
        self._time_ns[at] = readings.time_ns[chosen]
        self._arrival_ns[at] = readings.arrival_ns[chosen]
        self._value[at] = readings.value[chosen]
        self._quality[at] = readings.quality[chosen]
        for listener in self._listeners:
            listener.mark(at, len(self._series))

    def newest(self, sensor: int, quantity: int) -> Newest | None:
        """Return the newest reading of one series; None where none is known."""
        place = self._series.place(sensor, quantity)
        if place is None:
            return None
        return Newest(int(self._time_ns[place]), float(self._value[place]), int(self._quality[place]))

    def newest_of(self, sensor: NDArray[np.int32], quantity: NDArray[np.int32]) -> NewestOf:
        """Return time and value of the newest reading of each series; `NEVER_NS` where none is known."""
        places = self._series.known(sensor, quantity)
        if not len(self._time_ns):
            return NewestOf(np.full(len(places), NEVER_NS), np.zeros(len(places)))
        return NewestOf(np.where(places < 0, NEVER_NS, self._time_ns[places]), self._value[places])

    def of(self, sensors: Iterable[int]) -> list[LatestReading]:
        """Return what is known of the sensors with these numbers."""
        return self.at(self._series.of_sensors(np.fromiter(sensors, np.int64)))

    def series(self, after: int, limit: int) -> list[tuple[str, str]]:
        """Return sensor and quantity of up to `limit` series, in order of first hearing, behind the `after` first."""
        places = np.arange(after, min(after + limit, len(self._series)))
        numbers = zip(self._series.sensors(places).tolist(), self._series.quantities(places).tolist(), strict=True)
        return [(self._names.sensor(sensor), self._names.quantity(quantity)) for sensor, quantity in numbers]

    def sensors(self) -> NDArray[np.int64]:
        """Return the numbers of all sensors of which something is known."""
        return np.unique(self._series.sensors(np.arange(len(self._series))))

    @contextmanager
    def news(self) -> Iterator[News]:
        """Tell what changes from here on, until the block ends."""
        news = News(self)
        self._listeners.append(news)
        try:
            yield news
        finally:
            self._listeners.remove(news)

    def at(self, places: Places) -> list[LatestReading]:
        """Return what is known of the series at these places."""
        sensors, quantities = self._series.sensors(places).tolist(), self._series.quantities(places).tolist()
        sensor = {number: self._names.sensor(number) for number in set(sensors)}
        quantity = {number: self._names.quantity(number) for number in set(quantities)}
        columns = (self._time_ns, self._arrival_ns, self._value, self._quality)
        rows = zip(sensors, quantities, *(column[places].tolist() for column in columns), strict=True)
        return [LatestReading(sensor[row[0]], quantity[row[1]], *row[2:]) for row in rows]

    def _newest_of_each(self, places: Places, time_ns: NDArray[np.int64]) -> Places:
        """Return the index of the newest reading of each series, the last one among equal times."""
        order = np.arange(len(places))
        self._winner[places] = order
        if (self._winner[places] == order).all():
            return order
        by_series = np.lexsort((time_ns, places))
        is_last = np.append(np.diff(places[by_series]) != 0, [True])
        newest: Places = by_series[is_last]
        return newest

    def _grow(self) -> None:
        used, size = self._used, len(self._series)
        if size > len(self._time_ns):
            room = room_for(size)
            self._time_ns = grown(self._time_ns, used, room)
            self._arrival_ns = grown(self._arrival_ns, used, room)
            self._value = grown(self._value, used, room)
            self._quality = grown(self._quality, used, room)
            self._winner = grown(self._winner, used, room)
        self._time_ns[used:size] = _NEVER
        self._used = size
