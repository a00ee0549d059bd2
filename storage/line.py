"""Readings and events as InfluxDB line protocol, one line each whatever their names contain.

Line protocol has no way to write a newline in a name (influxdb#9966) and none to write a backslash before a separator,
so those characters, control characters and `#` (which begins a comment) are written as in a URL: `%0A`. The client
library escapes the rest. Names without such characters stand as they are; two names never become one.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

from influxdb_client import Point

from city.history import Names
from storage.arrivals import Kept

#: Where events are kept; a quantity of that name is kept under another.
EVENTS = "sensor_event"

#: Series whose beginnings of lines are held ready (about 200 bytes each).
_SERIES = 200_000


def kept_name(name: str) -> str:
    """Return `name` as it stands in InfluxDB."""
    return "".join(_quoted(character) if _is_unwritable(character) else character for character in name)


def measurement_of(quantity: str) -> str:
    """Return the measurement that holds a quantity."""
    return "%73" + EVENTS[1:] if quantity == EVENTS else kept_name(quantity)


def name_of(kept: str) -> str:
    """Return the name that stands in InfluxDB as `kept`."""
    return unquote(kept, errors="surrogatepass")


class LineSerialiser:
    """Writes what is kept as lines with times in nanoseconds: measurement the quantity, tag the sensor."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._start = lru_cache(maxsize=_SERIES)(self._started)

    def lines(self, kept: Kept) -> Iterator[str]:
        """Yield one line for each reading and event, in order."""
        readings = kept.readings
        columns = (readings.sensor, readings.quantity, readings.time_ns, readings.arrival_ns, readings.value)
        rows = zip(*(column.tolist() for column in (*columns, readings.quality, kept.position)), strict=True)
        for sensor, quantity, time_ns, arrival_ns, value, quality, position in rows:
            yield (
                f"{self._start(sensor, quantity)}arrival_ns={arrival_ns}i,position={position}i,quality={quality}i,"
                f"value={value!r} {time_ns}"
            )
        for position, event in kept.events:
            point = Point(EVENTS).tag("sensor", kept_name(self._names.sensor(event.sensor)))
            point.tag("event", kept_name(event.event)).field("attributes", event.attributes)
            point.field("arrival_ns", event.arrival_ns).field("position", position).time(event.time_ns)
            yield str(point.to_line_protocol()).replace("\n", "\\n")

    def _started(self, sensor: int, quantity: int) -> str:
        return series_start(measurement_of(self._names.quantity(quantity)), kept_name(self._names.sensor(sensor)))


def series_start(measurement: str, sensor: str) -> str:
    """Return how each line of a series begins, up to its fields, of names as they stand in InfluxDB."""
    point = Point(measurement).tag("sensor", sensor).field("value", 1)
    return str(point.to_line_protocol()).removesuffix("value=1i")


def _is_unwritable(character: str) -> bool:
    return character in "\\%#" or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


def _quoted(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
