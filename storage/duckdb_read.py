"""Reads of the DuckDB history besides series: the newest readings, and events."""

import duckdb

from city.history import KeptEvent, LatestReading
from storage.numbering import number_of

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
