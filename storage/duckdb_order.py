"""Puts closed spans of the history's tables in order by sensor, so that one series is read without all the others.

Readings of an hour are put in order when it is over, and once more with those of their day: of a quiet city an hour
fills only one or two of DuckDB's row groups, each of which holds every sensor (tried at 100 million rows in a month:
240 ms of processor time to read one sensor's month with hours in order, 16 ms with days). Minutes are put in order once
more with those of five days, and hours with those of thirty: a month then lies in few places of a cold disk and not in
thirty. Readings are not, since whoever reads the past as it arrived would go through five days for a stretch of it.
"""

from dataclasses import dataclass

import duckdb

from city.clock import SECOND_NS

Cursor = duckdb.DuckDBPyConnection

_HOUR_NS = 3600 * SECOND_NS
_DAY_NS = 24 * _HOUR_NS

#: A span counts as closed so long after its end: most of what is late has come by then.
_GRACE_NS = 300 * SECOND_NS

#: Rows above which a span stays as its parts are: by then each fills row groups enough (of 122,880 rows) to be told
#: apart, and putting so many rows in order at once would take long and need much room.
_MOST_ROWS = 20_000_000

#: A span is put in order again when so large a part of it came later; a few rows out of place cost a read nothing.
_LOOSE_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Tier:
    """Spans of one width of one table."""

    name: str
    table: str
    width_ns: int
    most_rows: int = _MOST_ROWS


HOURS_OF_READINGS = Tier("readings by hour", "readings", _HOUR_NS, most_rows=2**62)
DAYS_OF_READINGS = Tier("readings by day", "readings", _DAY_NS)
DAYS_OF_MINUTES = Tier("minutes by day", "minutes", _DAY_NS)
SPANS_OF_MINUTES = Tier("minutes by five days", "minutes", 5 * _DAY_NS)
DAYS_OF_HOURS = Tier("hours by day", "hours", _DAY_NS)
SPANS_OF_HOURS = Tier("hours by thirty days", "hours", 30 * _DAY_NS)

_SETTLED = "DELETE FROM loose WHERE tier = ? AND start_ns = ?"

TIERS = (HOURS_OF_READINGS, DAYS_OF_READINGS, DAYS_OF_MINUTES, SPANS_OF_MINUTES, DAYS_OF_HOURS, SPANS_OF_HOURS)


def note_loose(cursor: Cursor, hour_ns: int, rows: int) -> None:
    """Remember that readings of an hour, and so buckets of its day, came out of order."""
    for tier in TIERS:
        cursor.execute("INSERT INTO loose VALUES (?, ?, ?)", [tier.name, hour_ns - hour_ns % tier.width_ns, rows])


def due(cursor: Cursor, tier: Tier, now_ns: int) -> list[int]:
    """Return the starts of the closed spans of a tier that are to be put in order, oldest first."""
    loose = cursor.execute(
        "SELECT start_ns, sum(rows) FROM loose WHERE tier = ? AND start_ns <= ? GROUP BY 1 ORDER BY 1",
        [tier.name, now_ns - tier.width_ns - _GRACE_NS],
    ).fetchall()
    held = {start_ns: _held(cursor, tier, start_ns) for start_ns, _ in loose}
    for start_ns, rows in held.items():
        if rows > tier.most_rows:
            cursor.execute(_SETTLED, [tier.name, start_ns])
    return [
        start_ns
        for start_ns, rows in loose
        if _LOOSE_SHARE * held[start_ns] <= rows and held[start_ns] <= tier.most_rows
    ]


def _held(cursor: Cursor, tier: Tier, start_ns: int) -> int:
    [(rows,)] = cursor.execute(
        f"SELECT count(*) FROM {tier.table} WHERE time_ns >= ? AND time_ns < ?", [start_ns, start_ns + tier.width_ns]
    ).fetchall()
    return int(rows)


def put_in_order(cursor: Cursor, tier: Tier, start_ns: int) -> None:
    """Write one span anew in order of sensor, quantity and time, within the cursor's transaction."""
    span = [start_ns, start_ns + tier.width_ns]
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE ordered AS SELECT * FROM {tier.table} WHERE time_ns >= ? AND time_ns < ? "
        "ORDER BY sensor, quantity, time_ns",
        span,
    )
    cursor.execute(f"DELETE FROM {tier.table} WHERE time_ns >= ? AND time_ns < ?", span)
    cursor.execute(f"INSERT INTO {tier.table} SELECT * FROM ordered")
    cursor.execute("DROP TABLE ordered")
    cursor.execute(_SETTLED, [tier.name, start_ns])
