"""Reads of the DuckDB history: one series raw or rolled up, the newest readings, events.

A reading is (sensor, quantity, time); where one was kept several times, the last journal position wins.
"""

import duckdb

from city.catalogue import Aggregation
from city.clock import SECOND_NS
from city.history import KeptEvent, LatestReading, Resolution, Series, SeriesQuery
from storage.numbering import number_of

#: Width of a bucket of each rolled-up resolution, in nanoseconds.
WIDTH_NS = {Resolution.MINUTE: 60 * SECOND_NS, Resolution.HOUR: 3600 * SECOND_NS}

#: How a quantity's bucket becomes one value (the catalogue's `aggregation`).
MEANS = {
    Aggregation.LINEAR: "avg(value)",
    Aggregation.ENERGETIC: "10 * log10(avg(pow(10, value / 10)))",
    Aggregation.CIRCULAR: "(degrees(atan2(avg(sin(radians(value))), avg(cos(radians(value))))) + 360) % 360",
    Aggregation.SUM: "sum(value)",
    Aggregation.LAST: "arg_max(value, time_ns)",
}

_IN_RANGE = "sensor = $sensor AND quantity = $quantity AND time_ns >= $start AND time_ns < $end"
_ONCE = (
    "SELECT time_ns, arg_max(value, position) AS value, arg_max(quality, position) AS quality "
    f"FROM readings WHERE {_IN_RANGE} GROUP BY time_ns"
)
_RAW = (
    "SELECT time_ns, value, value AS minimum, value AS maximum, 1 AS count, quality "
    f"FROM ({_ONCE}) ORDER BY time_ns LIMIT $limit"
)
# The inner % keeps the sign of the time, the outer one makes buckets before 1970 start at their beginning too.
_ROLLED = (
    "SELECT time_ns - (time_ns % {width} + {width}) % {width} AS time_ns, {mean} AS value, "
    "min(value) AS minimum, max(value) AS maximum, count(*) AS count, bit_or(quality) AS quality "
    f"FROM ({_ONCE}) GROUP BY 1 ORDER BY 1 LIMIT $limit"
)
_COUNTS = (
    f"SELECT count(DISTINCT time_ns), count(DISTINCT time_ns // {WIDTH_NS[Resolution.MINUTE]}) "
    f"FROM readings WHERE {_IN_RANGE}"
)
_LATEST = """
    WITH newest AS (
        SELECT sensor, quantity, max(time_ns) AS time_ns FROM readings WHERE time_ns >= $since GROUP BY sensor, quantity
    )
    SELECT sensors.name, quantities.name, time_ns, arg_max(arrival_ns, position), arg_max(value, position),
        arg_max(quality, position)
    FROM readings JOIN newest USING (sensor, quantity, time_ns)
        JOIN sensors ON sensors.number = readings.sensor JOIN quantities ON quantities.number = readings.quantity
    WHERE time_ns >= $since
    GROUP BY sensors.name, quantities.name, time_ns
"""
_EVENTS = """
    SELECT event, time_ns, arg_max(arrival_ns, position), arg_max(attributes, position) FROM events
    WHERE sensor = $sensor AND time_ns >= $start AND time_ns < $end
    GROUP BY event, time_ns ORDER BY time_ns DESC, event LIMIT $limit
"""


def series(cursor: duckdb.DuckDBPyConnection, query: SeriesQuery, aggregation: Aggregation) -> Series:
    """Return the series that `query` asks for; `aggregation` is the quantity's own way to one value a bucket."""
    sensor, quantity = number_of(cursor, "sensors", query.sensor), number_of(cursor, "quantities", query.quantity)
    if sensor is None or quantity is None:
        finest = Resolution.RAW if query.resolution is Resolution.AUTO else query.resolution
        return Series(query.sensor, query.quantity, finest, [], [], [], [], [], [])
    span = {"sensor": sensor, "quantity": quantity, "start": query.start_ns, "end": query.end_ns}
    resolution = query.resolution
    if resolution is Resolution.AUTO:
        resolution = _finest(cursor, span, query.limit)
    statement = _RAW
    if resolution is not Resolution.RAW:
        statement = _ROLLED.format(width=WIDTH_NS[resolution], mean=MEANS[aggregation])
    found = cursor.execute(statement, {**span, "limit": query.limit + 1}).fetchnumpy()
    columns = {name: column[: query.limit].tolist() for name, column in found.items()}
    return Series(query.sensor, query.quantity, resolution, **columns, truncated=len(found["time_ns"]) > query.limit)


def latest(cursor: duckdb.DuckDBPyConnection, since_ns: int) -> list[LatestReading]:
    """Return the newest reading of every series heard at or after `since_ns`."""
    return [LatestReading(*row) for row in cursor.execute(_LATEST, {"since": since_ns}).fetchall()]


def events(cursor: duckdb.DuckDBPyConnection, sensor: str, start_ns: int, end_ns: int, limit: int) -> list[KeptEvent]:
    """Return a sensor's events in [start_ns, end_ns), newest first."""
    number = number_of(cursor, "sensors", sensor)
    if number is None:
        return []
    rows = cursor.execute(_EVENTS, {"sensor": number, "start": start_ns, "end": end_ns, "limit": limit}).fetchall()
    return [KeptEvent(sensor, *row) for row in rows]


def _finest(cursor: duckdb.DuckDBPyConnection, span: dict[str, int], limit: int) -> Resolution:
    [(raw, minutes)] = cursor.execute(_COUNTS, span).fetchall()
    if raw <= limit:
        return Resolution.RAW
    return Resolution.MINUTE if minutes <= limit else Resolution.HOUR
