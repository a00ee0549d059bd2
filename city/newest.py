"""The newest readings of many series in columns: a million sensors have some million of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from city.reading import ReadingBatch

Ints = NDArray[np.int64]

#: Readings in one batch.
_BATCH = 500_000


class LatestReading(msgspec.Struct, frozen=True, gc=False):
    """The newest reading of one sensor's quantity; a msgspec struct, since thousands are made four times a second."""

    sensor: str
    quantity: str
    time_ns: int
    arrival_ns: int
    value: float
    quality: int


@dataclass(frozen=True, slots=True)
class NewestReadings:
    """One reading a series, in no order.

    Attributes:
        sensors, quantities: names; `sensor` and `quantity` of each reading are places among them.
        time_ns, arrival_ns, value, quality: of each reading, as `city.reading.ReadingBatch` has them.
    """

    sensors: Sequence[str]
    quantities: Sequence[str]
    sensor: Ints
    quantity: Ints
    time_ns: Ints
    arrival_ns: Ints
    value: NDArray[np.float64]
    quality: NDArray[np.uint16]

    @classmethod
    def of(cls, readings: Iterable[LatestReading]) -> "NewestReadings":
        """Return these."""
        told = list(readings)
        sensors, quantities = dict[str, int](), dict[str, int]()
        sensor = [sensors.setdefault(one.sensor, len(sensors)) for one in told]
        quantity = [quantities.setdefault(one.quantity, len(quantities)) for one in told]
        return cls(
            list(sensors),
            list(quantities),
            np.array(sensor, np.int64),
            np.array(quantity, np.int64),
            np.array([one.time_ns for one in told], np.int64),
            np.array([one.arrival_ns for one in told], np.int64),
            np.array([one.value for one in told], np.float64),
            np.array([one.quality for one in told], np.uint16),
        )

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.sensor)

    def batches(
        self, sensor_number: Callable[[str], int], quantity_number: Callable[[str], int]
    ) -> Iterable[ReadingBatch]:
        """Yield them with the city's own numbers, half a million at a time."""
        sensors = np.fromiter(map(sensor_number, self.sensors), np.int32, len(self.sensors))
        quantities = np.fromiter(map(quantity_number, self.quantities), np.int32, len(self.quantities))
        for start in range(0, len(self), _BATCH):
            part = slice(start, start + _BATCH)
            yield ReadingBatch(
                sensor=sensors[self.sensor[part]],
                quantity=quantities[self.quantity[part]],
                time_ns=self.time_ns[part],
                arrival_ns=self.arrival_ns[part],
                value=self.value[part],
                quality=self.quality[part],
            )

    def readings(self) -> list[LatestReading]:
        """Return each as an object."""
        columns = (self.time_ns, self.arrival_ns, self.value, self.quality)
        told = zip(self.sensor.tolist(), self.quantity.tolist(), *(one.tolist() for one in columns), strict=True)
        return [LatestReading(self.sensors[one], self.quantities[other], *rest) for one, other, *rest in told]
