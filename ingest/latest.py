"""The newest reading of every series, and what changed since somebody last asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from city.entry import Arrivals, Journaled
from city.history import LatestReading, Names
from city.reading import ReadingBatch
from ingest.series_table import Places, SeriesTable

_NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new up to `version`, which is where the next question goes on."""

    version: int
    readings: list[LatestReading]


class Latest:
    """Keeps one reading a series, the one with the newest time; a late one never rewinds. Belongs to one thread."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._series = SeriesTable()
        self._time_ns: NDArray[np.int64] = np.empty(0, np.int64)
        self._arrival_ns: NDArray[np.int64] = np.empty(0, np.int64)
        self._value: NDArray[np.float64] = np.empty(0, np.float64)
        self._quality: NDArray[np.uint16] = np.empty(0, np.uint16)
        self._changed: NDArray[np.int64] = np.empty(0, np.int64)
        self._winner: NDArray[np.int64] = np.empty(0, np.int64)
        self.version = 0

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
        self.version += 1
        self._time_ns[at] = readings.time_ns[chosen]
        self._arrival_ns[at] = readings.arrival_ns[chosen]
        self._value[at] = readings.value[chosen]
        self._quality[at] = readings.quality[chosen]
        self._changed[at] = self.version

    def of(self, sensors: Iterable[int]) -> list[LatestReading]:
        """Return what is known of the sensors with these numbers."""
        return self._readings(self._series.of_sensors(np.fromiter(sensors, np.int64)))

    def everything(self) -> list[LatestReading]:
        """Return what is known of all sensors."""
        return self._readings(np.arange(len(self._series)))

    def since(self, version: int, limit: int) -> Changes:
        """Return about `limit` of the readings that changed after `version`, oldest change first.

        A change is never divided: all readings of one batch come together, so a few more than `limit` may come.
        """
        changed = self._changed[: len(self._series)]
        places = np.flatnonzero(changed > version)
        upto = self.version
        if len(places) > limit:
            upto = int(np.partition(changed[places], limit - 1)[limit - 1])
            places = places[changed[places] <= upto]
        return Changes(upto, self._readings(places))

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

    def _readings(self, places: Places) -> list[LatestReading]:
        sensor, quantity = self._names.sensor, self._names.quantity
        rows: Sequence[tuple[int, int, int, int, float, int]] = list(
            zip(
                self._series.sensors(places).tolist(),
                self._series.quantities(places).tolist(),
                self._time_ns[places].tolist(),
                self._arrival_ns[places].tolist(),
                self._value[places].tolist(),
                self._quality[places].tolist(),
                strict=True,
            )
        )
        return [LatestReading(sensor(row[0]), quantity(row[1]), *row[2:]) for row in rows]

    def _grow(self) -> None:
        missing = len(self._series) - len(self._time_ns)
        if missing <= 0:
            return
        missing += len(self._series)  # room for as many again, so that growing stays rare
        self._time_ns = np.append(self._time_ns, np.full(missing, _NEVER))
        self._arrival_ns = np.append(self._arrival_ns, np.zeros(missing, np.int64))
        self._value = np.append(self._value, np.zeros(missing, np.float64))
        self._quality = np.append(self._quality, np.zeros(missing, np.uint16))
        self._changed = np.append(self._changed, np.zeros(missing, np.int64))
        self._winner = np.append(self._winner, np.zeros(missing, np.int64))
