"""Gives what the history tells the numbers that the rules know its sensors and quantities by."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from city.census import Census
from city.entry import Arrivals, SensorEvent
from city.history import Past
from city.reading import ReadingBatch

Ints = NDArray[np.int32]

#: A sensor that is not registered; what it said is counted and left out.
_STRANGER = -1


class Renumbering:
    """Translates stretch by stretch. A quantity that no rule knows keeps being heard, under a number of its own.

    Attributes:
        strangers: readings and events of sensors that are registered no more.
    """

    def __init__(self, census: Census, quantities: Mapping[str, int]) -> None:
        self._census, self._quantities = census, quantities
        self._unknown = max(quantities.values(), default=-1) + 1
        self._sensor, self._quantity = _empty(_STRANGER), _empty(self._unknown)
        self.strangers = 0
        self._newest_ns = 0

    def of(self, past: Past) -> Arrivals:
        """Return what arrived under the numbers of the census; times of arrival never fall."""
        self._learn(past)
        batch = past.arrivals.readings
        sensor = self._sensor[batch.sensor]
        known = sensor != _STRANGER
        events = [(int(self._sensor[event.sensor]), event) for event in past.arrivals.events]
        kept = [(number, event) for number, event in events if number != _STRANGER]
        self.strangers += int(np.count_nonzero(~known)) + len(events) - len(kept)
        if not known.all():
            batch, sensor = batch.take(known), sensor[known]
        arrivals = self._rising(sensor, batch, kept)
        self._newest_ns = max(self._newest_ns, _last_ns(arrivals))
        return arrivals

    def _rising(self, sensor: Ints, batch: ReadingBatch, kept: list[tuple[int, SensorEvent]]) -> Arrivals:
        arrival_ns = np.maximum(batch.arrival_ns, self._newest_ns)
        readings = ReadingBatch(
            sensor, self._quantity[batch.quantity], batch.time_ns, arrival_ns, batch.value, batch.quality
        )
        events = tuple(
            SensorEvent(number, event.event, event.time_ns, max(event.arrival_ns, self._newest_ns), event.attributes)
            for number, event in kept
        )
        return Arrivals(readings, events)

    def _learn(self, past: Past) -> None:
        numbers = self._census.numbers["number"]
        rows = ((number, self._census.row_of(name)) for number, name in past.sensors.items())
        known = [(number, _STRANGER if row is None else int(numbers[row])) for number, row in rows]
        self._sensor = _with(self._sensor, known, _STRANGER)
        named = [(number, self._quantities.get(name, self._unknown)) for number, name in past.quantities.items()]
        self._quantity = _with(self._quantity, named, self._unknown)


def _empty(value: int) -> Ints:
    return np.full(1, value, dtype=np.int32)


def _with(table: Ints, pairs: Iterable[tuple[int, int]], missing: int) -> Ints:
    """Return a table with some places set, grown where they lie beyond it."""
    found = list(pairs)
    most = max((number for number, _ in found), default=-1)
    if most >= len(table):
        table = np.concatenate([table, np.full(most + 1 - len(table), missing, dtype=np.int32)])
    for number, value in found:
        table[number] = value
    return table


def _last_ns(arrivals: Arrivals) -> int:
    last = [*arrivals.readings.arrival_ns[-1:].tolist(), *(event.arrival_ns for event in arrivals.events[-1:])]
    return max(last, default=0)
