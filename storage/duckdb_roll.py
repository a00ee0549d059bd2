"""Rolls readings up into minutes and hours: every bucket that was touched since the last time is made anew.

Making a bucket from what is kept, and not adding to it, is what makes late and repeated readings harmless. Only a
bucket whose readings are forgotten already stays as it is: of two versions the one with more readings is kept.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from math import ceil

import duckdb
import numpy as np

from city.catalogue import Aggregation
from city.history import Resolution
from storage.duckdb_bucket import COLUMNS, KINDS, WIDTH_NS, hours_of, minutes_of, start_of
from storage.telemetry import BUCKETS_LEFT, BUCKETS_ROLLED

Cursor = duckdb.DuckDBPyConnection

#: Readings that are rolled up together, and kept at once. For ten million, which a million sensors send in five
#: minutes, DuckDB needs more than 192 MB, and fails where it may not use them (measured).
AT_ONCE = 2_500_000

#: The greatest number of a sensor.
_GREATEST = 2**31 - 1

_MINUTE_NS, _HOUR_NS = WIDTH_NS[Resolution.MINUTE], WIDTH_NS[Resolution.HOUR]
_MINUTE = start_of("time_ns", _MINUTE_NS)
_HOUR = start_of("time_ns", _HOUR_NS)

_TOUCHED = f"""
    CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT sensor, quantity, {_MINUTE} AS minute
    FROM readings WHERE position > $after AND position <= $upto AND time_ns >= $start AND time_ns < $end
        AND sensor > $over AND sensor <= $till
"""
_CUTS = """
    SELECT approx_quantile(sensor, $parts::FLOAT[]) FROM readings
    WHERE position > $after AND position <= $upto AND time_ns >= $start AND time_ns < $end
"""
_ONCE = f"""(
    SELECT readings.sensor, readings.quantity, kind, time_ns, arg_max(value, position) AS value,
        arg_max(quality, position) AS quality
    FROM readings JOIN touched ON touched.sensor = readings.sensor AND touched.quantity = readings.quantity
            AND touched.minute = {start_of("readings.time_ns", _MINUTE_NS)}
        JOIN kinds ON kinds.number = readings.quantity
    WHERE time_ns >= $start AND time_ns < $end
    GROUP BY readings.sensor, readings.quantity, kind, time_ns
)"""
_MINUTES = f"CREATE OR REPLACE TEMP TABLE fresh AS {minutes_of(_ONCE)}"
_OF_TOUCHED_HOUR = """(
    SELECT minutes.*, kind FROM minutes SEMI JOIN touched USING (sensor, quantity)
        JOIN kinds ON kinds.number = minutes.quantity
    WHERE time_ns >= $start AND time_ns < $end
)"""
_HOURS = f"CREATE OR REPLACE TEMP TABLE fresh AS {hours_of(_OF_TOUCHED_HOUR)}"

_KEY = "sensor, quantity, time_ns"
_LEAVE = """
    DELETE FROM fresh USING {table} AS kept
    WHERE fresh.sensor = kept.sensor AND fresh.quantity = kept.quantity AND fresh.time_ns = kept.time_ns
        AND kept.time_ns >= $start AND kept.time_ns < $end AND kept.count > fresh.count
"""
_CLEAR = """
    DELETE FROM {table} AS kept USING fresh
    WHERE fresh.sensor = kept.sensor AND fresh.quantity = kept.quantity AND fresh.time_ns = kept.time_ns
        AND kept.time_ns >= $start AND kept.time_ns < $end
"""
_FILL = f"INSERT INTO {{table}} SELECT {_KEY}, {', '.join(COLUMNS)} FROM fresh ORDER BY {_KEY}"


def rolled(cursor: Cursor) -> int:
    """Return the position up to which every bucket is made."""
    [(position,)] = cursor.execute("SELECT max(position) FROM rolled").fetchall()
    return int(position)


def hours_to_roll(cursor: Cursor, upto: int) -> list[tuple[int, int]]:
    """Return start and count of new readings of the hours that were touched and not rolled up, up to `upto`."""
    return cursor.execute(
        f"SELECT {_HOUR} AS hour, count(*) FROM readings WHERE position > ? AND position <= ? GROUP BY 1 ORDER BY 1",
        [rolled(cursor), upto],
    ).fetchall()


def know_kinds(cursor: Cursor, aggregation: Callable[[str], Aggregation]) -> None:
    """Tell the statements of this cursor how each quantity is rolled up."""
    quantities = cursor.execute("SELECT number, name FROM quantities").fetchall()
    cursor.register(
        "kinds",
        {
            "number": np.array([number for number, _ in quantities], np.int32),
            "kind": np.array([KINDS[aggregation(name)] for _, name in quantities], np.int32),
        },
    )


def parts_of(cursor: Cursor, hour_ns: int, rows: int, upto: int) -> list[tuple[int, int]]:
    """Return parts of an hour, of `rows` new readings, as numbers of sensors: above the first, up to the second.

    All at once would not fit into what DuckDB may use; about as many readings are in each.
    """
    parts = ceil(rows / AT_ONCE)
    if parts < 2:
        return [(-1, _GREATEST)]
    new = {"start": hour_ns, "end": hour_ns + _HOUR_NS, "after": rolled(cursor), "upto": upto}
    [(cuts,)] = cursor.execute(_CUTS, {**new, "parts": [part / parts for part in range(1, parts)]}).fetchall()
    return list(pairwise([-1, *sorted(set(cuts) - {_GREATEST}), _GREATEST]))


def roll_part(cursor: Cursor, hour_ns: int, part: tuple[int, int], upto: int) -> None:
    """Make the touched buckets of a part anew, within the cursor's transaction, in which `know_kinds` was called."""
    hour = {"start": hour_ns, "end": hour_ns + _HOUR_NS}
    over, till = part
    cursor.execute(_TOUCHED, {**hour, "after": rolled(cursor), "upto": upto, "over": over, "till": till})
    for start_ns, end_ns in _runs(cursor):
        span = {"start": start_ns, "end": end_ns}
        cursor.execute(_MINUTES, span)
        _replace(cursor, Resolution.MINUTE, span)
    cursor.execute(_HOURS, hour)
    _replace(cursor, Resolution.HOUR, hour)
    cursor.execute("DROP TABLE fresh")
    cursor.execute("DROP TABLE touched")


def note_rolled(cursor: Cursor, upto: int) -> None:
    """Remember that every bucket is made up to a position."""
    cursor.execute("UPDATE rolled SET position = ?", [upto])


def _runs(cursor: Cursor) -> Iterator[tuple[int, int]]:
    """Yield the spans of touched minutes that follow each other: what lies between need not be read."""
    minutes = [minute for (minute,) in cursor.execute("SELECT DISTINCT minute FROM touched ORDER BY 1").fetchall()]
    starts = [now for before, now in zip([None, *minutes], minutes, strict=False) if before != now - _MINUTE_NS]
    ends = [
        now + _MINUTE_NS for now, after in zip(minutes, [*minutes[1:], None], strict=False) if after != now + _MINUTE_NS
    ]
    yield from zip(starts, ends, strict=True)


def _replace(cursor: Cursor, resolution: Resolution, span: dict[str, int]) -> None:
    table = TABLES[resolution]
    [(left,)] = cursor.execute(_LEAVE.format(table=table), span).fetchall()
    cursor.execute(_CLEAR.format(table=table), span)
    [(made,)] = cursor.execute(_FILL.format(table=table)).fetchall()
    BUCKETS_LEFT.inc(left)
    BUCKETS_ROLLED.labels(resolution.value).inc(made)


#: Where the buckets of each resolution are.
TABLES = {Resolution.MINUTE: "minutes", Resolution.HOUR: "hours"}
