"""The housekeeping of the history's DuckDB file: roll up, put in order, forget; a step at a time, each kept at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

import duckdb
import structlog

from city.catalogue import Aggregation
from city.clock import SECOND_NS
from city.history import Resolution
from city.quality import Quality
from storage import duckdb_order, duckdb_roll
from storage.config import HistorySettings
from storage.duckdb_file import DuckdbFile
from storage.telemetry import ROWS_FORGOTTEN, TEND_SECONDS

log = structlog.get_logger()

Cursor = duckdb.DuckDBPyConnection

_HOUR_NS = 3600 * SECOND_NS
_DAY_NS = 24 * _HOUR_NS

_TABLES = {Resolution.RAW: "readings", **duckdb_roll.TABLES}


class Housekeeping:
    """Tends one file; one call at a time."""

    def __init__(
        self, file: DuckdbFile, settings: HistorySettings, aggregation: Callable[[str], Aggregation], turn: Lock
    ) -> None:
        """Hold `turn` during each step, so that who holds it sees no step half done."""
        self._file, self._aggregation, self._turn = file, aggregation, turn
        self._days = {
            Resolution.RAW: settings.retention_days,
            Resolution.MINUTE: settings.minute_retention_days,
            Resolution.HOUR: settings.hour_retention_days,
        }
        self._ordered_hour = -1

    def tend(self, now_ns: int) -> None:
        """Do what is due.

        Raises:
            StoreUnavailable: the file cannot be written now, or was closed; what was done is kept.
        """
        self._roll()
        if now_ns // _HOUR_NS != self._ordered_hour:
            self._order(now_ns)
            self._forget(now_ns)
            self._ordered_hour = now_ns // _HOUR_NS

    def _roll(self) -> None:
        with self._file.cursor() as cursor:
            [(upto,)] = cursor.execute("SELECT max(position) FROM written").fetchall()
            hours = duckdb_roll.hours_to_roll(cursor, upto)
        for hour_ns, rows in hours:
            self._roll_hour(hour_ns, rows, upto)
        with self._step("note") as cursor:
            duckdb_roll.note_rolled(cursor, upto)

    def _roll_hour(self, hour_ns: int, rows: int, upto: int) -> None:
        """Roll up an hour in parts, each kept at once; what was not noted in the end is made anew."""
        with self._file.cursor() as cursor:
            parts = duckdb_roll.parts_of(cursor, hour_ns, rows, upto)
        for part in parts:
            with self._step("roll") as cursor:
                duckdb_roll.know_kinds(cursor, self._aggregation)
                duckdb_roll.roll_part(cursor, hour_ns, part, upto)
                if part is parts[-1]:
                    duckdb_order.note_loose(cursor, hour_ns, rows)

    def _order(self, now_ns: int) -> None:
        for tier in duckdb_order.TIERS:
            with self._file.cursor() as cursor:
                starts = duckdb_order.due(cursor, tier, now_ns)
            for start_ns in starts:
                with self._step("order") as cursor:
                    duckdb_order.put_in_order(cursor, tier, start_ns)

    def _forget(self, now_ns: int) -> None:
        for resolution, days in self._days.items():
            if days is None:
                continue
            before_ns = now_ns - days * _DAY_NS
            with self._step("forget") as cursor:
                gone = forget(cursor, resolution, before_ns - before_ns % _HOUR_NS)
            if gone:
                log.info("history_forgotten", resolution=resolution.value, rows=gone)

    @contextmanager
    def _step(self, name: str) -> Iterator[Cursor]:
        with self._turn, TEND_SECONDS.labels(name).time(), self._file.cursor() as cursor:
            cursor.begin()
            yield cursor
            cursor.commit()


def forget(cursor: Cursor, resolution: Resolution, before_ns: int) -> int:
    """Delete what is older than `before_ns` but for what was recorded; return how many rows went."""
    [(gone,)] = cursor.execute(
        f"DELETE FROM {_TABLES[resolution]} WHERE time_ns < ? AND (quality & ?) = 0",
        [before_ns, int(Quality.RECORDED)],
    ).fetchall()
    cursor.execute("DELETE FROM forgotten WHERE resolution = ?", [resolution.value])
    cursor.execute("INSERT INTO forgotten VALUES (?, ?)", [resolution.value, before_ns])
    ROWS_FORGOTTEN.labels(resolution.value).inc(gone)
    return int(gone)
