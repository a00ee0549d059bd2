"""Reads the DuckDB history from one moment to another, a stretch at a time, in order of arrival."""

from collections.abc import Iterator
from typing import Any

import duckdb
import numpy as np

from city.clock import SECOND_NS
from city.entry import SensorEvent
from city.history import Past
from city.reading import READING, ReadingBatch
from storage.duckdb_file import DuckdbFile
from storage.past import ROWS, in_order

Cursor = duckdb.DuckDBPyConnection

#: First width of a stretch, and the longest; DuckDB knows of each of its row groups from when to when they arrived.
_FIRST_NS, _LONGEST_NS = 600 * SECOND_NS, 86_400 * SECOND_NS

_SPAN = "arrival_ns >= $start AND arrival_ns < $end"
_COLUMNS = ("sensor", "quantity", "time_ns", "arrival_ns", "value", "quality")
_READINGS = f"SELECT {', '.join(_COLUMNS)} FROM readings WHERE {_SPAN}"
_COUNT = f"SELECT count(*) FROM readings WHERE {_SPAN}"
_EVENTS = f"SELECT sensor, event, time_ns, arrival_ns, attributes FROM events WHERE {_SPAN} ORDER BY position"


def past(file: DuckdbFile, start_ns: int, end_ns: int) -> Iterator[Past]:
    """Yield what arrived in [start_ns, end_ns); nothing is held open between two stretches."""
    width_ns, names = _FIRST_NS, _Names()
    while start_ns < end_ns:
        with file.cursor() as cursor:
            width_ns, count = _fitting(cursor, start_ns, end_ns, width_ns)
            until_ns = min(start_ns + width_ns, end_ns)
            span = {"start": start_ns, "end": until_ns}
            found = cursor.execute(_READINGS, span).fetchnumpy()
            events = [SensorEvent(*row) for row in cursor.execute(_EVENTS, span).fetchall()]
            sensors, quantities = names.new(cursor)
        yield Past(until_ns, in_order(_batch(found), events), sensors, quantities)
        start_ns = until_ns
        width_ns = min(_LONGEST_NS, width_ns * 2) if count < ROWS // 2 else width_ns


def oldest_ns(file: DuckdbFile) -> int | None:
    """Return when the oldest reading or event arrived that is kept; None when there is none."""
    with file.cursor() as cursor:
        query = "SELECT least((SELECT min(arrival_ns) FROM readings), (SELECT min(arrival_ns) FROM events))"
        [(found,)] = cursor.execute(query).fetchall()
    return None if found is None else int(found)


def _fitting(cursor: Cursor, start_ns: int, end_ns: int, width_ns: int) -> tuple[int, int]:
    """Return a width in which not too much arrived, and how much did; a second may hold any number."""
    while True:
        [(count,)] = cursor.execute(_COUNT, {"start": start_ns, "end": min(start_ns + width_ns, end_ns)}).fetchall()
        if count <= ROWS or width_ns <= SECOND_NS:
            return width_ns, int(count)
        width_ns = max(SECOND_NS, width_ns // 2)


def _batch(found: dict[str, Any]) -> ReadingBatch:
    return ReadingBatch(*(np.ascontiguousarray(found[name], READING[name]) for name in _COLUMNS))


class _Names:
    """The names of the file's numbers, each told once."""

    def __init__(self) -> None:
        self._told = {"sensors": -1, "quantities": -1}

    def new(self, cursor: Cursor) -> tuple[dict[int, str], dict[int, str]]:
        """Return the names of sensors and quantities that were not told yet."""
        return self._of(cursor, "sensors"), self._of(cursor, "quantities")

    def _of(self, cursor: Cursor, table: str) -> dict[int, str]:
        rows = cursor.execute(f"SELECT number, name FROM {table} WHERE number > ?", [self._told[table]]).fetchall()
        self._told[table] = max((number for number, _ in rows), default=self._told[table])
        return dict(rows)
