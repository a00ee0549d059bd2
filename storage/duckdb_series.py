"""Reads one series of the DuckDB history, raw or rolled up; what is not rolled up yet is rolled up in passing.

A reading is (sensor, quantity, time); where one was kept several times, the last journal position wins.
"""

from dataclasses import dataclass
from typing import Any

import duckdb

from city.catalogue import Aggregation
from city.history import Resolution, Series, SeriesQuery
from storage.duckdb_bucket import COLUMNS, KINDS, WIDTH_NS, hours_of, minutes_of, start_of
from storage.duckdb_roll import TABLES, rolled
from storage.numbering import number_of

Cursor = duckdb.DuckDBPyConnection

_IN_RANGE = "sensor = $sensor AND quantity = $quantity AND time_ns >= $start AND time_ns < $end"
_RAW = f"""
    SELECT time_ns, arg_max(value, position) AS value, arg_max(quality, position) AS quality,
        arg_max(arrival_ns, position) AS arrival_ns
    FROM readings WHERE {_IN_RANGE} GROUP BY time_ns ORDER BY time_ns LIMIT $limit
"""
_SHOWN = ", ".join(("time_ns", *COLUMNS[:-1]))


def _touched(resolution: Resolution) -> str:
    """Return the SELECT of the buckets that were touched since everything was rolled up."""
    bucket = start_of("time_ns", WIDTH_NS[resolution])
    return f"SELECT DISTINCT {bucket} AS bucket FROM readings WHERE {_IN_RANGE} AND position > $rolled"


def _fuller(fresh: str, kept: str) -> str:
    """Return the SELECT of both, of a bucket in both the one with more readings; the fresh one of equals."""
    return f"""
        SELECT * FROM (SELECT *, 1 AS fresh FROM ({fresh}) UNION ALL BY NAME SELECT *, 0 AS fresh FROM ({kept}))
        QUALIFY row_number() OVER (PARTITION BY time_ns ORDER BY count DESC, fresh DESC) = 1
    """


def _kept(resolution: Resolution) -> str:
    return f"SELECT *, $kind AS kind FROM {TABLES[resolution]} WHERE {_IN_RANGE}"


def _minutes(touched: str) -> str:
    """Return the SELECT of all minutes; those that hold `touched` minutes are made anew."""
    once = f"""(
        SELECT sensor, quantity, $kind AS kind, time_ns, arg_max(value, position) AS value,
            arg_max(quality, position) AS quality
        FROM readings
        WHERE {_IN_RANGE} AND {start_of("time_ns", WIDTH_NS[Resolution.MINUTE])} IN ({touched})
        GROUP BY sensor, quantity, time_ns
    )"""
    return _fuller(minutes_of(once), _kept(Resolution.MINUTE))


def _hours() -> str:
    """Return the SELECT of all hours; the touched ones are made anew of their minutes."""
    hour = start_of("time_ns", WIDTH_NS[Resolution.HOUR])
    minutes = f"({_minutes(_touched(Resolution.MINUTE))})"
    fresh = f"(SELECT * FROM {minutes} WHERE {hour} IN ({_touched(Resolution.HOUR)}))"
    return _fuller(hours_of(fresh), _kept(Resolution.HOUR))


_ROLLED = {
    Resolution.MINUTE: f"SELECT {_SHOWN} FROM ({_minutes(_touched(Resolution.MINUTE))}) ORDER BY time_ns LIMIT $limit",
    Resolution.HOUR: f"SELECT {_SHOWN} FROM ({_hours()}) ORDER BY time_ns LIMIT $limit",
}
_STORED = {
    resolution: f"SELECT {_SHOWN} FROM {table} WHERE {_IN_RANGE} ORDER BY time_ns LIMIT $limit"
    for resolution, table in TABLES.items()
}
_IS_TOUCHED = f"SELECT 1 AS touched FROM readings WHERE {_IN_RANGE} AND position > $rolled LIMIT 1"
_EXTENT = f"""
    SELECT min(time_ns), coalesce(sum(count) FILTER (WHERE time_ns >= $first AND time_ns <= $last), 0)
    FROM hours WHERE {_IN_RANGE}
"""
_HOUR_NS = WIDTH_NS[Resolution.HOUR]


def series(cursor: Cursor, query: SeriesQuery, aggregation: Aggregation) -> Series:
    """Return the series that `query` asks for; `aggregation` is the quantity's own way to one value a bucket."""
    sensor, quantity = number_of(cursor, "sensors", query.sensor), number_of(cursor, "quantities", query.quantity)
    if sensor is None or quantity is None:
        finest = Resolution.RAW if query.resolution is Resolution.AUTO else query.resolution
        return Series(query.sensor, query.quantity, finest, [], [], [], [], [], [])
    asked = _Asked(cursor, query, {"sensor": sensor, "quantity": quantity}, KINDS[aggregation])
    return asked.finest() if query.resolution is Resolution.AUTO else asked.at(query.resolution)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question, with the numbers of its sensor and quantity."""

    cursor: Cursor
    query: SeriesQuery
    numbers: dict[str, int]
    kind: int

    def finest(self) -> Series:
        """Return the finest resolution that keeps within the limit and reaches back as far as anything does."""
        start_ns, least = self._extent()
        forgotten = dict(self.cursor.execute("SELECT resolution, before_ns FROM forgotten").fetchall())
        for resolution in (Resolution.RAW, Resolution.MINUTE):
            is_too_long = resolution is Resolution.RAW and least > self.query.limit
            if is_too_long or start_ns < forgotten.get(resolution.value, start_ns):
                continue
            found = self.at(resolution)
            if not found.truncated:
                return found
        return self.at(Resolution.HOUR)

    def at(self, resolution: Resolution) -> Series:
        """Return it in one resolution."""
        start_ns, end_ns = self.query.start_ns, self.query.end_ns
        if resolution is Resolution.RAW:
            found = self._rows(_RAW, start=start_ns, end=end_ns, limit=self.query.limit + 1)
            return self._series(resolution, {**found, **dict.fromkeys(("minimum", "maximum", "last"), found["value"])})
        width_ns = WIDTH_NS[resolution]
        span = {"start": start_ns // width_ns * width_ns, "end": -(-end_ns // width_ns) * width_ns}
        upto = rolled(self.cursor)
        if self._rows(_IS_TOUCHED, **span, rolled=upto)["touched"]:
            own = {"rolled": upto, "kind": self.kind}
            return self._series(resolution, self._rows(_ROLLED[resolution], **span, **own, limit=self.query.limit + 1))
        return self._series(resolution, self._rows(_STORED[resolution], **span, limit=self.query.limit + 1))

    def _extent(self) -> tuple[int, int]:
        """Return where the series begins in the span, and the least count of its readings.

        That is of the hours that lie in it whole, so that a long span is not read only to find that it is too long.
        """
        start_ns, end_ns = self.query.start_ns, self.query.end_ns
        span = {"start": start_ns // _HOUR_NS * _HOUR_NS, "end": end_ns, "first": start_ns, "last": end_ns - _HOUR_NS}
        [(oldest_ns, least)] = self.cursor.execute(_EXTENT, {**self.numbers, **span}).fetchall()
        return start_ns if oldest_ns is None else max(start_ns, oldest_ns), int(least)

    def _rows(self, statement: str, **values: int) -> dict[str, list[Any]]:
        found = self.cursor.execute(statement, {**self.numbers, **values}).fetchnumpy()
        return {name: column.tolist() for name, column in found.items()}

    def _series(self, resolution: Resolution, found: dict[str, list[Any]]) -> Series:
        limit, truncated = self.query.limit, len(found["time_ns"]) > self.query.limit
        columns = {name: column[:limit] for name, column in found.items()}
        if "count" not in columns:
            columns["count"] = [1] * len(columns["time_ns"])
        return Series(self.query.sensor, self.query.quantity, resolution, **columns, truncated=truncated)
