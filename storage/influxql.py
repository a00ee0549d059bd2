"""Reads of the InfluxDB history in InfluxQL, which InfluxDB 1.8, 2.x and 3 Core answer on `/query`."""

import math
from typing import Any, Protocol

from city.catalogue import Aggregation
from city.history import KeptEvent, LatestReading, Resolution, Series, SeriesQuery
from storage.line import EVENTS, kept_name, measurement_of, name_of

_BUCKETS = {Resolution.MINUTE: "1m", Resolution.HOUR: "1h"}

#: Natural logarithm of ten over ten: e to this times decibels is the power.
_DECIBEL = math.log(10) / 10

#: What is asked of a bucket to know its mean, first columns after the time; and how they become one value.
_ASKED = {
    Aggregation.LINEAR: ('mean("value")',),
    Aggregation.SUM: ('sum("value")',),
    Aggregation.LAST: ('last("value")',),
    Aggregation.ENERGETIC: ('mean("power")',),
    Aggregation.CIRCULAR: ('mean("north")', 'mean("east")'),
}

#: What a point must be turned into before that, besides its value and quality.
_TURNED = {
    Aggregation.ENERGETIC: f'exp("value" * {_DECIBEL!r}) AS "power"',
    Aggregation.CIRCULAR: f'cos("value" * {math.pi / 180!r}) AS "north", sin("value" * {math.pi / 180!r}) AS "east"',
}


_COLUMNS = ("time_ns", "value", "minimum", "maximum", "count", "quality", "last")


class Asker(Protocol):
    """Answers InfluxQL."""

    def query(self, statement: str) -> list[dict[str, Any]]:
        """Return the series that a statement gives, times in nanoseconds."""
        ...


def series(server: Asker, query: SeriesQuery, aggregation: Aggregation) -> Series:
    """Return the series that `query` asks for; `aggregation` is the quantity's own way to one value a bucket."""
    if query.resolution is not Resolution.AUTO:
        return _series(server, query, query.resolution, aggregation)
    for resolution in (Resolution.RAW, Resolution.MINUTE):
        found = _series(server, query, resolution, aggregation)
        if not found.truncated:
            return found
    return _series(server, query, Resolution.HOUR, aggregation)


def latest(server: Asker, since_ns: int) -> list[LatestReading]:
    """Return the newest reading of every series heard at or after `since_ns`."""
    found = server.query(
        f'SELECT last("value"), "arrival_ns", "quality" FROM /.+/ WHERE time >= {since_ns} GROUP BY "sensor"'
    )
    return [
        LatestReading(
            name_of(each["tags"]["sensor"]), name_of(each["name"]), time_ns, arrival_ns, float(value), quality
        )
        for each in found
        for time_ns, value, arrival_ns, quality in each["values"]
        if each["name"] != EVENTS
    ]


def events(server: Asker, sensor: str, start_ns: int, end_ns: int, limit: int) -> list[KeptEvent]:
    """Return a sensor's events in [start_ns, end_ns), newest first."""
    found = server.query(
        f'SELECT "event", "arrival_ns", "attributes" FROM {identifier(EVENTS)} '
        f"WHERE {where_of(sensor, start_ns, end_ns)} ORDER BY time DESC LIMIT {limit:d}"
    )
    kept = [
        KeptEvent(sensor, name_of(event), time_ns, arrival_ns, attributes)
        for each in found
        for time_ns, event, arrival_ns, attributes in each["values"]
    ]
    return sorted(kept, key=lambda event: (-event.time_ns, event.event))


def identifier(name: str) -> str:
    """Return `name` as an InfluxQL identifier, whatever it contains."""
    return '"' + _escaped(name).replace('"', '\\"') + '"'


def literal(text: str) -> str:
    """Return `text` as an InfluxQL string, whatever it contains."""
    return "'" + _escaped(text).replace("'", "\\'") + "'"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def where_of(sensor: str, start_ns: int, end_ns: int) -> str:
    """Return the condition for one sensor in [start_ns, end_ns)."""
    return f'"sensor" = {literal(kept_name(sensor))} AND time >= {start_ns:d} AND time < {end_ns:d}'


def _series(server: Asker, query: SeriesQuery, resolution: Resolution, aggregation: Aggregation) -> Series:
    rolled = resolution is not Resolution.RAW
    statement = _rolled(query, resolution, aggregation) if rolled else _raw(query)
    found = server.query(f"{statement} LIMIT {query.limit + 1:d}")
    rows = [tuple(row) for each in found for row in each["values"]]
    points = [_bucket(row, aggregation) for row in rows] if rolled else [_point(row) for row in rows]
    names = _COLUMNS if rolled else (*_COLUMNS, "arrival_ns")
    columns = {name: [point[at] for point in points[: query.limit]] for at, name in enumerate(names)}
    truncated = len(points) > query.limit
    return Series(query.sensor, query.quantity, resolution, **columns, truncated=truncated)


def _raw(query: SeriesQuery) -> str:
    return (
        f'SELECT "value", "quality", "arrival_ns" FROM {identifier(measurement_of(query.quantity))} '
        f"WHERE {where_of(query.sensor, query.start_ns, query.end_ns)} ORDER BY time"
    )


def _rolled(query: SeriesQuery, resolution: Resolution, aggregation: Aggregation) -> str:
    where = where_of(query.sensor, query.start_ns, query.end_ns)
    source = identifier(measurement_of(query.quantity))
    if aggregation in _TURNED:
        source = f'(SELECT "value", "quality", {_TURNED[aggregation]} FROM {source} WHERE {where})'
        where = f"time >= {query.start_ns:d} AND time < {query.end_ns:d}"
    asked = ", ".join(_ASKED[aggregation])
    return (
        f'SELECT {asked}, min("value"), max("value"), count("value"), min("quality"), max("quality"), '
        f'last("value") FROM {source} '
        f"WHERE {where} GROUP BY time({_BUCKETS[resolution]}) fill(none) ORDER BY time"
    )


def _point(row: tuple[Any, ...]) -> tuple[Any, ...]:
    time_ns, value, quality, arrival_ns = row
    return time_ns, float(value), float(value), float(value), 1, quality, float(value), arrival_ns


def _bucket(row: tuple[Any, ...], aggregation: Aggregation) -> tuple[Any, ...]:
    """Return one bucket; its quality has the flags of its lowest and its highest, since InfluxQL joins no bits."""
    time_ns, *means, minimum, maximum, count, low, high, last = row
    quality = int(low) | int(high)
    return time_ns, _mean(means, aggregation), float(minimum), float(maximum), count, quality, float(last)


def _mean(means: list[float], aggregation: Aggregation) -> float:
    if aggregation is Aggregation.ENERGETIC:
        return math.log(means[0]) / _DECIBEL
    if aggregation is Aggregation.CIRCULAR:
        north, east = means
        return math.degrees(math.atan2(east, north)) % 360
    return float(means[0])
