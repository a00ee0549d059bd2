"""Turns the names that devices use into permanent numbers and series slots, once; then it is one look-up."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

import numpy as np

from city.census import Census
from city.entry import NumberedSensor
from city.errors import UndecodableMessage
from city.quality import UNTRUSTED
from ingest.config import NormaliseSettings
from ingest.meaning import Meaning, Told
from ingest.reasons import Reason
from ingest.series import NO_COUNTER, SeriesColumns
from ingest.speakers import Speakers, SpeakingSensor


class Numbering(Protocol):
    """Gives out permanent numbers, equal ones for equal names."""

    @property
    def sensor_number(self) -> Callable[[str], int]:
        """Return the number of a sensor, a new one at first sight."""
        ...

    @property
    def quantity_number(self) -> Callable[[str], int]:
        """Return the number of a quantity, a new one at first sight."""
        ...

    def known_sensor(self, sensor: str) -> int | None:
        """Return the number of a sensor if it has one."""
        ...

    def sensor(self, number: int) -> str:
        """Return the name of a sensor by its number."""
        ...


class Newest(NamedTuple):
    """The newest reading of a series that was kept."""

    time_ns: int
    value: float
    quality: int


#: From the numbers of a sensor and a quantity to their newest reading; None where none is known.
NewestBefore = Callable[[int, int], Newest | None]


def nothing_before(_sensor: int, _quantity: int) -> Newest | None:
    """Return that nothing is known."""
    return None


class Naming:
    """Knows every sensor that speaks; belongs to one thread.

    Args:
        understand: from what a device tells to what it means; called once for each way of telling.
        columns: who speaks, and the series that come of it; filled here.
    """

    def __init__(
        self,
        numbering: Numbering,
        understand: Callable[[Told], Meaning],
        columns: tuple[Speakers, SeriesColumns],
        settings: NormaliseSettings,
    ) -> None:
        self._numbering, self._understand, self._settings = numbering, understand, settings
        self._speakers, self._series = columns
        self._meanings: dict[Told, int] = {}
        self._registered = Census.of(())
        self._names: dict[int, str] = {}
        self._strangers = 0
        self._past: NewestBefore = nothing_before

    @property
    def registered(self) -> Census:
        """Return the registry in force."""
        return self._registered

    def register(self, sensors: Iterable[NumberedSensor]) -> None:
        """Take over the registry: from here on these sensors are registered, and no others."""
        self._registered = Census.of(sensors)
        numbers, recorded = self._registered.numbers["number"], self._registered.numbers["recorded"]
        top = int(numbers.max(initial=0))
        is_registered, is_recorded = np.zeros(top + 1, np.bool_), np.zeros(top + 1, np.bool_)
        is_registered[numbers], is_recorded[numbers] = True, recorded
        for number in self._speakers.regard(is_registered, is_recorded):
            self._record(self.speaker(number))
        self._strangers = self._speakers.strangers

    def change(self, census: Census, new: Iterable[NumberedSensor], gone: Iterable[str]) -> None:
        """Take over the registry `census`, which differs from the one before by `new` and by what is `gone`."""
        self._registered = census
        for one in new:
            self._regard(one.number, registered=True, recorded=one.sensor.recorded)
        for name in gone:
            number = self._numbering.known_sensor(name)
            if number is not None:
                self._regard(number, registered=False, recorded=False)

    def _regard(self, number: int, *, registered: bool, recorded: bool) -> None:
        if not self._speakers.has(number):
            return
        sensor = self.speaker(number)
        self._strangers += sensor.registered - registered
        self._speakers.registered[number] = registered
        if sensor.recorded is not recorded:
            self._speakers.recorded[number] = recorded
            self._record(sensor)

    def _record(self, sensor: SpeakingSensor) -> None:
        self._series.recorded[sensor.slots] = sensor.recorded

    def follow_on(self, past: NewestBefore) -> None:
        """Ask `past` for the newest reading of a counter that speaks for the first time in this run."""
        self._past = past

    def sensor(self, sensor_id: str) -> SpeakingSensor:
        """Return the sensor with this id.

        Raises:
            UndecodableMessage: it is not registered, and too many such have spoken already.
        """
        number = self._numbering.known_sensor(sensor_id)
        if number is not None and self._speakers.has(number):
            return SpeakingSensor(self._speakers, number, sensor_id)
        return self._meet(sensor_id)

    def speaker(self, number: int) -> SpeakingSensor:
        """Return a sensor that has spoken, by its number."""
        return SpeakingSensor(self._speakers, number, self._numbering.sensor(number))

    def plain_slot(self, sensor: SpeakingSensor, quantity: str) -> int:
        """Return the slot of a quantity in its own unit, and remember it among the sensor's plain ones.

        Raises:
            UndecodableMessage: a name that no registry could hold, or too many series of one sensor.
        """
        return sensor.add(quantity, self._add(sensor, Told(quantity)))

    def slot(self, sensor: SpeakingSensor, told: Told) -> int:
        """Return the slot of a quantity as it is told; raises as above."""
        slot = sensor.slot(told)
        return slot if slot is not None else sensor.add(told, self._add(sensor, told))

    def names(self, slots: Iterable[int]) -> tuple[str, ...]:
        """Return the series names of slots."""
        return tuple(self._names[self._series.quantity(slot)] for slot in slots)

    def _meet(self, sensor_id: str) -> SpeakingSensor:
        row = self._registered.row_of(sensor_id)
        if row is None:
            if self._strangers >= self._settings.max_unknown_sensors:
                expected = f"at most {self._settings.max_unknown_sensors} sensors that are not registered"
                raise UndecodableMessage(Reason.TOO_MANY_NAMES, expected=expected, got=sensor_id, at="sensor")
            self._strangers += 1
        recorded = row is not None and bool(self._registered.numbers["recorded"][row])
        number = self._numbering.sensor_number(sensor_id)
        self._speakers.meet(number, registered=row is not None, recorded=recorded)
        return SpeakingSensor(self._speakers, number, sensor_id)

    def _add(self, sensor: SpeakingSensor, told: Told) -> int:
        slots = sensor.slots
        if len(slots) >= self._settings.max_series_per_sensor:
            expected = f"at most {self._settings.max_series_per_sensor} series of one sensor"
            raise UndecodableMessage(Reason.TOO_MANY_NAMES, expected=expected, got=told.quantity, at=sensor.id)
        meaning = self._meaning(told)
        quantity = int(self._series.meanings.quantity[meaning])
        same = next((slot for slot in slots if self._series.quantity(slot) == quantity), None)
        first = int(self._series.first[same]) if same is not None else None
        slot = self._series.add(sensor.number, meaning, first=first)
        self._series.recorded[slot] = sensor.recorded
        if first is None and self._series.meanings.increase[meaning] != NO_COUNTER:
            self._count_on(sensor, slot, quantity)
        return slot

    def _count_on(self, sensor: SpeakingSensor, slot: int, quantity: int) -> None:
        """Go on counting from where the last run left off."""
        series = self._series
        newest = self._past(sensor.number, quantity)
        if newest is not None:
            series.newest_ns[slot], series.newest_value[slot] = newest.time_ns, newest.value
            if not newest.quality & UNTRUSTED:
                series.base[slot] = newest.value

    def _meaning(self, told: Told) -> int:
        """Return the number of what is meant; raises as above."""
        number = self._meanings.get(told)
        if number is None:
            if len(self._meanings) >= self._settings.max_quantities:
                expected = f"at most {self._settings.max_quantities} quantities"
                raise UndecodableMessage(Reason.TOO_MANY_NAMES, expected=expected, got=told.quantity, at="quantity")
            meaning = self._understand(told)
            quantity = self._numbering.quantity_number(meaning.name)
            self._names[quantity] = meaning.name
            increase = self._numbering.quantity_number(meaning.increase) if meaning.increase else NO_COUNTER
            number = self._meanings[told] = self._series.meanings.add(meaning, quantity, increase)
        return number
