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
from ingest.derived.section import Choice
from ingest.derived.told import QuantityNumber

Value = TypeVar("Value")

_HOUR_S = 3_600
_NOTHING = -1


class Surroundings:
    """The city as derivations see it; the registry may change at any time, and changes what follows from then on."""

    def __init__(self, catalogue: Catalogue, zone: ZoneInfo, quantity_number: QuantityNumber) -> None:
        self.catalogue, self.zone, self.number = catalogue, zone, quantity_number
        self.version = 0
        self._census = Census.of(())
        self._row: NDArray[np.int32] = np.full(1, -1, np.int32)

    def use(self, sensors: Iterable[NumberedSensor]) -> None:
        """Take over the registry in force."""
        self._census = Census.of(sensors)
        numbers = self._census.numbers["number"]
        self._row = np.full(int(numbers.max(initial=0)) + 1, -1, np.int32)
        self._row[numbers] = np.arange(len(numbers))
        self.version += 1

    @property
    def census(self) -> Census:
        """Return the registered sensors."""
        return self._census

    def rows(self, numbers: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return the rows of sensors in the census, -1 for those that are not registered."""
        known = numbers < len(self._row)
        return np.where(known, self._row[np.where(known, numbers, 0)], -1).astype(np.int64)

    def minutes_a_reading(self, sensors: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return for how many minutes a reading of each sensor stands: its promised interval, at least one."""
        row = self.rows(sensors)
        promised = self._census.numbers["interval_s"]
        seconds = np.where(row >= 0, promised[row], np.nan) if len(promised) else np.full(len(row), np.nan)
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
    """What was chosen for each sensor, found anew when the registry changes."""

    def __init__(self, choice: Choice[Value], around: Surroundings) -> None:
        self._choice, self._around = choice, around
        self._entry: NDArray[np.int64] = np.full(1, _NOTHING)
        self._version = -1

    def of(self, numbers: NDArray[np.int32]) -> list[Value | None]:
        """Return what holds for the sensors with these numbers; None where nothing was said."""
        values = [*(value for _, value in self._choice.entries), None]
        return [values[entry] for entry in self._entries(numbers).tolist()]

    def any_of(self, numbers: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return of which sensors something was said."""
        said: NDArray[np.bool_] = self._entries(numbers) != _NOTHING
        return said

    def _entries(self, numbers: NDArray[np.int32]) -> NDArray[np.int64]:
        if self._version != self._around.version:
            self._entry = np.append(self._choice.rows(self._around.census), _NOTHING)  # the last is that of no row
            self._version = self._around.version
        found: NDArray[np.int64] = self._entry[self._around.rows(numbers)]
        return found
