"""What derivations know of the city: its clock, its quantities, and the sensors that are registered."""

from collections.abc import Iterable
from datetime import datetime
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from city.catalogue import Catalogue
from city.census import Census
from city.clock import SECOND_NS
from city.entry import NumberedSensor
from city.sensor import Sensor
from ingest.derived.section import Choice
from ingest.derived.told import QuantityNumber

Value = TypeVar("Value")

_HOUR_S = 3_600


class Surroundings:
    """The city as derivations see it; the registry may change at any time, and changes what follows from then on."""

    def __init__(self, catalogue: Catalogue, zone: ZoneInfo, quantity_number: QuantityNumber) -> None:
        self.catalogue, self.zone, self.number = catalogue, zone, quantity_number
        self.version = 0
        self._census = Census.of(())
        self._row: NDArray[np.int64] = np.full(1, -1)

    def use(self, sensors: Iterable[NumberedSensor]) -> None:
        """Take over the registry in force."""
        self._census = Census.of(sensors)
        numbers = self._census.numbers["number"]
        self._row = np.full(int(numbers.max(initial=0)) + 1, -1)
        self._row[numbers] = np.arange(len(numbers))
        self.version += 1

    def sensor(self, number: int) -> Sensor | None:
        """Return a registered sensor by its number."""
        row = int(self._row[number]) if number < len(self._row) else -1
        return self._census.sensor(row) if row >= 0 else None

    def minutes_a_reading(self, sensors: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return for how many minutes a reading of each sensor stands: its promised interval, at least one."""
        known = sensors < len(self._row)
        row = np.where(known, self._row[np.where(known, sensors, 0)], -1)
        seconds = np.append(self._census.numbers["interval_s"], np.nan)[row]
        minutes: NDArray[np.int64] = np.maximum(1, np.rint(np.nan_to_num(seconds) / 60)).astype(np.int64)
        return minutes

    def offset_ns(self) -> int:
        """Return how long after a full hour of UTC the city's hours begin."""
        offset = datetime(2026, 1, 1, tzinfo=self.zone).utcoffset()
        return (round(offset.total_seconds()) % _HOUR_S if offset is not None else 0) * SECOND_NS

    def local(self, time_ns: int) -> datetime:
        """Return a time on the city's clock, to the second."""
        return datetime.fromtimestamp(time_ns // SECOND_NS, self.zone)


class Chosen(Generic[Value]):
    """What was chosen for each sensor, looked up once as long as the registry stays the same."""

    def __init__(self, choice: Choice[Value], around: Surroundings) -> None:
        self._choice, self._around = choice, around
        self._known: dict[int, Value | None] = {}
        self._version = -1

    def of(self, number: int) -> Value | None:
        """Return what holds for the sensor with this number; None where nothing was said of it."""
        if self._version != self._around.version:
            self._known, self._version = {}, self._around.version
        if number not in self._known:
            sensor = self._around.sensor(number)
            self._known[number] = self._choice.of(sensor) if sensor is not None else None
        return self._known[number]
