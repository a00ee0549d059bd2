"""Turns the names that devices use into permanent numbers and series slots, once; then it is one look-up."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from city.census import Census
from city.entry import NumberedSensor
from city.errors import UndecodableMessage
from city.quality import UNTRUSTED
from ingest.config import NormaliseSettings
from ingest.meaning import Meaning, Told
from ingest.reasons import Reason
from ingest.series import NO_COUNTER, SeriesColumns


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
        """Return the name of a sensor by its number: one and the same object for all who keep it."""
        ...


class Newest(NamedTuple):
    """The newest reading of a series that was kept."""

    time_ns: int
    value: float
    quality: int


#: From the numbers of a sensor and a quantity to their newest reading; None where none is known.
NewestBefore = Callable[[int, int], Newest | None]


def _nothing(_sensor: int, _quantity: int) -> Newest | None:
    return None


#: How a device names what it tells: a quantity in its own unit by its name alone.
Words = str | Told


class SpeakingSensor:
    """A sensor that has said something; a million of them must fit into memory.

    Attributes:
        layout, row: what it usually tells together, and its row there; None before it is known.
        others: slots of what it tells besides; None for nothing, as an empty one for each would be 64 bytes.
    """

    __slots__ = ("id", "layout", "number", "others", "recorded", "registered", "row")

    def __init__(self, sensor_id: str, number: int, *, registered: bool, recorded: bool) -> None:
        self.id, self.number = sensor_id, number
        self.registered, self.recorded = registered, recorded
        self.others: dict[Words, int] | None = None
        self.layout: Layout | None = None
        self.row = 0

    @property
    def slots(self) -> list[int]:
        """Return all slots that it has."""
        usual = self.layout.slots([self.row])[0].tolist() if self.layout is not None else []
        return [*usual, *(self.others or {}).values()]

    def slot(self, words: Words) -> int | None:
        """Return the slot of what it tells in these words, if it has one."""
        if self.layout is not None:
            place = self.layout.places.get(words)
            if place is not None:
                return self.layout.slot(self.row, place)
        return self.others.get(words) if self.others is not None else None

    def add(self, words: Words, slot: int) -> int:
        """Remember what it tells in these words, and return the slot."""
        if self.others is None:
            self.others = {}
        self.others[words] = slot
        return slot


class Layout:
    """Values that sensors tell together: the slots of each sensor in a row of its own.

    Attributes:
        places: where each value stands in a row.
    """

    def __init__(self, words: Sequence[Words]) -> None:
        self.places = {one: place for place, one in enumerate(words)}
        self._slots: NDArray[np.int32] = np.empty((16, len(words)), np.int32)
        self._count = 0
        #: Rows of sensors that usually tell something else.
        self._rows: dict[int, int] = {}

    def know(self, sensor: SpeakingSensor, slots: Sequence[int]) -> None:
        """Give `sensor` a row, if it has none."""
        if self.row(sensor) is not None:
            return
        if self._count == len(self._slots):
            self._slots = np.resize(self._slots, (2 * self._count, self._slots.shape[1]))
        self._slots[self._count] = slots
        if sensor.layout is None:
            sensor.layout, sensor.row = self, self._count
            besides = {words: slot for words, slot in (sensor.others or {}).items() if words not in self.places}
            sensor.others = besides or None
        else:
            self._rows[sensor.number] = self._count
        self._count += 1

    def row(self, sensor: SpeakingSensor) -> int | None:
        """Return the row of a sensor."""
        return sensor.row if sensor.layout is self else self._rows.get(sensor.number)

    def slot(self, row: int, place: int) -> int:
        """Return one slot."""
        return int(self._slots[row, place])

    def slots(self, rows: Sequence[int]) -> NDArray[np.int64]:
        """Return the slots of these rows."""
        return self._slots[rows].astype(np.int64)


class Naming:
    """Knows every sensor that speaks; belongs to one thread.

    Args:
        understand: from what a device tells to what it means; called once for each way of telling.
    """

    def __init__(
        self,
        numbering: Numbering,
        understand: Callable[[Told], Meaning],
        series: SeriesColumns,
        settings: NormaliseSettings,
    ) -> None:
        self._numbering, self._understand, self._series, self._settings = numbering, understand, series, settings
        self._meanings: dict[Told, int] = {}
        #: By permanent number, since a dictionary of a million names takes ten times as much.
        self._speaking: list[SpeakingSensor | None] = []
        self._registered = Census.of(())
        self._names: dict[int, str] = {}
        self._strangers = 0
        self._past: NewestBefore = _nothing

    def register(self, sensors: Iterable[NumberedSensor]) -> None:
        """Take over the registry: from here on these sensors are registered, and no others."""
        self._registered = Census.of(sensors)
        numbers, recorded = self._registered.numbers["number"], self._registered.numbers["recorded"]
        top = max(int(numbers.max(initial=0)), len(self._speaking))
        is_registered, is_recorded = np.zeros(top + 1, np.bool_), np.zeros(top + 1, np.bool_)
        is_registered[numbers], is_recorded[numbers] = True, recorded
        self._strangers = 0
        for sensor in filter(None, self._speaking):
            self._regard(
                sensor, registered=bool(is_registered[sensor.number]), recorded=bool(is_recorded[sensor.number])
            )

    def change(self, census: Census, new: Iterable[NumberedSensor], gone: Iterable[str]) -> None:
        """Take over the registry `census`, which differs from the one before by `new` and by what is `gone`."""
        self._registered = census
        for one in new:
            sensor = self._heard(one.number)
            if sensor is not None:
                self._strangers -= not sensor.registered
                self._regard(sensor, registered=True, recorded=one.sensor.recorded)
        for sensor in filter(None, (self._heard(self._numbering.known_sensor(name)) for name in gone)):
            self._strangers -= not sensor.registered
            self._regard(sensor, registered=False, recorded=False)

    def _regard(self, sensor: SpeakingSensor, *, registered: bool, recorded: bool) -> None:
        self._strangers += not registered
        sensor.registered = registered
        if sensor.recorded is not recorded:
            sensor.recorded = recorded
            self._series.recorded[sensor.slots] = recorded

    def follow_on(self, past: NewestBefore) -> None:
        """Ask `past` for the newest reading of a counter that speaks for the first time in this run."""
        self._past = past

    def sensor(self, sensor_id: str) -> SpeakingSensor:
        """Return the sensor with this id.

        Raises:
            UndecodableMessage: it is not registered, and too many such have spoken already.
        """
        found = self._heard(self._numbering.known_sensor(sensor_id))
        return found if found is not None else self._meet(sensor_id)

    def _heard(self, number: int | None) -> SpeakingSensor | None:
        return self._speaking[number] if number is not None and number < len(self._speaking) else None

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
        name = self._numbering.sensor(number)
        sensor = SpeakingSensor(name, number, registered=row is not None, recorded=recorded)
        self._speaking += [None] * (number + 1 - len(self._speaking))
        self._speaking[number] = sensor
        return sensor

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
