"""Reads the InfluxDB history from one moment to another, a stretch at a time, in order of arrival.

InfluxDB finds points by their time alone. What arrived later than the stretch of its time is kept for the stretch of
its arrival; what came from a clock ahead of ours is told with its time.
"""

from collections.abc import Iterator
from typing import Any

from city.clock import SECOND_NS
from city.entry import SensorEvent
from city.history import Past
from city.reading import ReadingBatch
from storage.influxql import Asker
from storage.line import EVENTS, name_of
from storage.past import ROWS, in_order

#: First width of a stretch, and the longest.
_FIRST_NS, _LONGEST_NS = 60 * SECOND_NS, 3600 * SECOND_NS

_READING = '"value", "quality", "arrival_ns"'
_EVENT = '"event", "arrival_ns", "attributes"'

#: What lies so long before the first stretch and arrived in it is looked for too: a buffer of a day.
_LATEST_NS = 86_400 * SECOND_NS

#: One reading, as `ReadingBatch.of` has it.
Row = tuple[int, int, int, int, float, int]


def past(server: Asker, start_ns: int, end_ns: int) -> Iterator[Past]:
    """Yield what arrived in [start_ns, end_ns)."""
    width_ns, sensors, quantities = _FIRST_NS, _Numbers(), _Numbers()
    later, _ = _between(
        server, start_ns - _LATEST_NS, start_ns, sensors, quantities, f'AND "arrival_ns" >= {start_ns:d} '
    )
    while start_ns < end_ns:
        until_ns = min(start_ns + width_ns, end_ns)
        rows, events = _between(server, start_ns, until_ns, sensors, quantities)
        ready = [row for row in (*later, *rows) if row[3] < until_ns]
        later = [row for row in (*later, *rows) if row[3] >= until_ns]
        yield Past(until_ns, in_order(ReadingBatch.of(ready), events), sensors.new(), quantities.new())
        start_ns = until_ns
        width_ns = min(_LONGEST_NS, width_ns * 2) if len(rows) < ROWS // 4 else max(SECOND_NS, width_ns // 2)


def oldest_ns(server: Asker) -> int | None:
    """Return the time of the oldest point that is kept; None when there is none."""
    found = server.query('SELECT first("quality") FROM /.+/') + server.query(f'SELECT first("event") FROM "{EVENTS}"')
    return min((row[0] for each in found for row in each["values"]), default=None)


def _between(
    server: Asker, start_ns: int, until_ns: int, sensors: "_Numbers", quantities: "_Numbers", also: str = ""
) -> tuple[list[Row], list[SensorEvent]]:
    where = f'WHERE time >= {start_ns:d} AND time < {until_ns:d} {also}GROUP BY "sensor"'
    rows: list[Row] = []
    for each in server.query(f"SELECT {_READING} FROM /.+/ {where}"):
        if each["name"] != EVENTS:
            numbers = sensors.of(name_of(each["tags"]["sensor"])), quantities.of(name_of(each["name"]))
            rows += [(*numbers, *_reading(value)) for value in each["values"] if value[1] is not None]
    events = [
        _event(sensors.of(name_of(each["tags"]["sensor"])), value)
        for each in server.query(f'SELECT {_EVENT} FROM "{EVENTS}" {where}')
        for value in each["values"]
    ]
    return rows, events


def _reading(point: list[Any]) -> tuple[int, int, float, int]:
    time_ns, value, quality, arrival_ns = point
    return int(time_ns), int(arrival_ns), float(value), int(quality)


def _event(sensor: int, point: list[Any]) -> SensorEvent:
    time_ns, event, arrival_ns, attributes = point
    return SensorEvent(sensor, name_of(event), int(time_ns), int(arrival_ns), attributes)


class _Numbers:
    """Numbers for names as they come, each told once."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._told = 0

    def of(self, name: str) -> int:
        """Return the number of a name."""
        return self._known.setdefault(name, len(self._known))

    def new(self) -> dict[int, str]:
        """Return the names that were not told yet."""
        found = {number: name for name, number in self._known.items() if number >= self._told}
        self._told = len(self._known)
        return found
