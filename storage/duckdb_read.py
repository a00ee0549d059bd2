"""Reads of the DuckDB history besides series: the newest readings, and events."""

import duckdb
import numpy as np
from numpy.typing import NDArray

from city.history import KeptEvent, NewestReadings
from storage.numbering import number_of

_NEWEST = """
    WITH newest AS (
        SELECT sensor, quantity, max(time_ns) AS time_ns FROM readings WHERE time_ns >= $since GROUP BY sensor, quantity
    )
    SELECT sensor, quantity, time_ns, arg_max(arrival_ns, position) AS arrival_ns, arg_max(value, position) AS value,
        arg_max(quality, position) AS quality
    FROM readings JOIN newest USING (sensor, quantity, time_ns)
    WHERE time_ns >= $since
    GROUP BY sensor, quantity, time_ns
"""
_EVENTS = """
    SELECT event, time_ns, arg_max(arrival_ns, position), arg_max(attributes, position) FROM events
    WHERE sensor = $sensor AND time_ns >= $start AND time_ns < $end
    GROUP BY event, time_ns ORDER BY time_ns DESC, event LIMIT $limit
"""


def newest(cursor: duckdb.DuckDBPyConnection, since_ns: int) -> NewestReadings:
    """Return the newest reading of every series heard at or after `since_ns`."""
    found = cursor.execute(_NEWEST, {"since": since_ns}).fetchnumpy()
    sensors, sensor = _named(cursor, "sensors", found["sensor"])
    quantities, quantity = _named(cursor, "quantities", found["quantity"])
    rest = (np.asarray(found[name]) for name in ("time_ns", "arrival_ns", "value", "quality"))
    return NewestReadings(sensors, quantities, sensor, quantity, *rest)


def _named(
    cursor: duckdb.DuckDBPyConnection, table: str, numbers: NDArray[np.int32]
) -> tuple[list[str], NDArray[np.int64]]:
    """Return the names of those that have one of the file's `numbers`, and for each number its place among them."""
    names = dict(cursor.execute(f"SELECT number, name FROM {table}").fetchall())
    known, place = np.unique(np.asarray(numbers), return_inverse=True)
    return [names[number] for number in known.tolist()], place.astype(np.int64)


def events(cursor: duckdb.DuckDBPyConnection, sensor: str, start_ns: int, end_ns: int, limit: int) -> list[KeptEvent]:
    """Return a sensor's events in [start_ns, end_ns), newest first."""
    number = number_of(cursor, "sensors", sensor)
    if number is None:
        return []
    rows = cursor.execute(_EVENTS, {"sensor": number, "start": start_ns, "end": end_ns, "limit": limit}).fetchall()
    return [KeptEvent(sensor, *row) for row in rows]
