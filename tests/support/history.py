"""A small city's readings for the tests of history: names by number, and batches written as rows."""

from city.catalogue import Aggregation
from city.clock import SECOND_NS
from city.entry import Arrivals, SensorEvent
from city.reading import ReadingBatch

#: 2026-11-20 08:00 UTC, the start of an hour.
START_NS = 1_795_161_600 * SECOND_NS


class TableNames:
    """Names by permanent number, as ingest's identity keeps them."""

    def __init__(self, sensors: dict[int, str], quantities: dict[int, str]) -> None:
        self._sensors, self._quantities = sensors, quantities

    def sensor(self, number: int) -> str:
        return self._sensors[number]

    def quantity(self, number: int) -> str:
        return self._quantities[number]


#: By number, from 1.
SENSORS = ("air-1", "风 2,=%0A", "room/3 'inlet' \"b\"\\")
QUANTITIES = ("pm25", "noise", "wind_direction", "rain", "door")

NAMES = TableNames(dict(enumerate(SENSORS, 1)), dict(enumerate(QUANTITIES, 1)))

_AGGREGATIONS = {
    "noise": Aggregation.ENERGETIC,
    "wind_direction": Aggregation.CIRCULAR,
    "rain": Aggregation.SUM,
    "door": Aggregation.LAST,
}


def aggregation(quantity: str) -> Aggregation:
    return _AGGREGATIONS.get(quantity, Aggregation.LINEAR)


def row(
    sensor: int, quantity: int, second: float, value: float, quality: int = 0
) -> tuple[int, int, int, int, float, int]:
    """Return one reading `second` seconds after START_NS, that arrived 7 ms later."""
    time_ns = START_NS + round(second * SECOND_NS)
    return sensor, quantity, time_ns, time_ns + 7_000_000, value, quality


def arrivals(*rows: tuple[int, int, int, int, float, int], events: tuple[SensorEvent, ...] = ()) -> Arrivals:
    """Return one journal entry's arrivals of these readings."""
    return Arrivals(ReadingBatch.of(list(rows)), events)


def event(sensor: int, name: str, second: float, attributes: str = "{}") -> SensorEvent:
    """Return an event `second` seconds after START_NS."""
    time_ns = START_NS + round(second * SECOND_NS)
    return SensorEvent(sensor, name, time_ns, time_ns + 7_000_000, attributes)
