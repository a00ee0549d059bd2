"""The history store in one DuckDB file: no set-up, one process."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

import duckdb
import numpy as np

from city.catalogue import Aggregation
from city.clock import Clock, SystemClock
from city.entry import Arrivals
from city.errors import StoreUnavailable
from city.history import KeptEvent, Names, NewestReadings, Past, Series, SeriesQuery
from storage import duckdb_past, duckdb_read, duckdb_series
from storage.arrivals import Kept, kept_of
from storage.config import HistorySettings
from storage.duckdb_file import DuckdbFile
from storage.duckdb_schema import SCHEMA
from storage.duckdb_tend import Housekeeping
from storage.numbering import Numbering

#: Size of DuckDB's log at which it goes into the file: with its default of 16 MB an append of 10,000 rows costs 6.6 ms
#: of processor time, with this 5.0 ms (tried); a start replays at most so much.
_CHECKPOINT = "64MB"

Cursor = duckdb.DuckDBPyConnection


class DuckdbHistory:
    """Keeps readings in a DuckDB file; a `city.history.HistoryStore`.

    One call of `append` and one of `tend` at a time, any number of readers beside them.
    """

    def __init__(
        self,
        path: Path,
        names: Names,
        *,
        settings: HistorySettings | None = None,
        clock: Clock | None = None,
        aggregation: Callable[[str], Aggregation] = lambda _: Aggregation.LINEAR,
    ) -> None:
        chosen = settings if settings is not None else HistorySettings()
        options = {
            "memory_limit": f"{chosen.memory_mb}MB",
            "threads": str(chosen.threads),
            "checkpoint_threshold": _CHECKPOINT,
        }
        now = clock if clock is not None else SystemClock()
        self._file = DuckdbFile(path, schema=SCHEMA, options=options, clock=now)
        self._names, self._aggregation = names, aggregation
        self._sensors, self._quantities = Numbering("sensors"), Numbering("quantities")
        self._writing, self._tending = Lock(), Lock()
        self._housekeeping = Housekeeping(self._file, chosen, aggregation, self._tending)
        self._written: int | None = None
        self._log_bytes = self._settled = 0
        self._settle()

    def position(self) -> int:
        """Return the journal position up to which everything is kept; 0 for an empty store."""
        with self._file.cursor() as cursor:
            return _position(cursor)

    def settled(self) -> int:
        """Return the position that the last checkpoint brought into the file itself."""
        return self._settled

    def append(self, arrivals: Sequence[tuple[int, Arrivals]], position: int) -> None:
        """Keep (position, arrivals) pairs and remember `position`, in one transaction; what was kept is passed over."""
        with self._writing:
            try:
                with self._file.cursor() as cursor:
                    cursor.begin()
                    before = self._written if self._written is not None else _position(cursor)
                    self._written = self._append(cursor, arrivals, before, position)
                    cursor.commit()
            except BaseException:
                self._forget()
                raise
            self._look_at_log(before, self._written)

    def readings(self, query: SeriesQuery) -> Series:
        """Return one series; empty for a sensor or quantity that was never heard."""
        with self._file.cursor() as cursor:
            return duckdb_series.series(cursor, query, self._aggregation(query.quantity))

    def newest(self, since_ns: int) -> NewestReadings:
        """Return the newest reading of every series that has one at or after `since_ns`."""
        with self._file.cursor() as cursor:
            return duckdb_read.newest(cursor, since_ns)

    def events(self, sensor: str, start_ns: int, end_ns: int, limit: int) -> list[KeptEvent]:
        """Return a sensor's events in [start_ns, end_ns), newest first, at most `limit`."""
        with self._file.cursor() as cursor:
            return duckdb_read.events(cursor, sensor, start_ns, end_ns, limit)

    def past(self, start_ns: int, end_ns: int) -> Iterator[Past]:
        """Yield all that arrived in [start_ns, end_ns), a stretch at a time."""
        return duckdb_past.past(self._file, start_ns, end_ns)

    def oldest_ns(self) -> int | None:
        """Return when the oldest reading or event arrived that is kept."""
        return duckdb_past.oldest_ns(self._file)

    def tend(self, now_ns: int) -> None:
        """Roll up what is new, put closed hours in order, forget what is too old."""
        self._housekeeping.tend(now_ns)

    @contextmanager
    def still(self) -> Iterator[None]:
        """Leave the file and its log as they are while the block lasts; writes wait, reads go on."""
        with self._tending, self._writing:
            # What is left in the log is as good as in the file: both are copied.
            with suppress(StoreUnavailable), self._file.cursor() as cursor:
                cursor.execute("CHECKPOINT")
            yield

    def close(self) -> None:
        """Write everything into the file and release it."""
        self._file.close()

    def _settle(self) -> None:
        """Bring an earlier run's log into the file; a disk that is full leaves that for later."""
        with suppress(StoreUnavailable), self._file.cursor() as cursor:
            cursor.execute("CHECKPOINT")
            self._settled = _position(cursor)

    def _look_at_log(self, before: int, written: int) -> None:
        """Note a checkpoint, by which everything has come into the file that was written until then.

        What this commit wrote is among it where the log is empty; else it came `before`, as that of housekeeping does.
        """
        log_bytes = self._file.log_bytes
        if not log_bytes:
            self._settled = written
        elif log_bytes < self._log_bytes:
            self._settled = before
        self._log_bytes = log_bytes

    def _forget(self) -> None:
        """Read again what the file holds: a commit that failed may or may not have reached it."""
        self._written = None
        self._sensors.forget()
        self._quantities.forget()

    def _append(self, cursor: Cursor, arrivals: Sequence[tuple[int, Arrivals]], written: int, position: int) -> int:
        kept = kept_of([(at, each) for at, each in arrivals if at > written])
        self._append_readings(cursor, kept)
        self._append_events(cursor, kept)
        if position > written:
            cursor.execute("UPDATE written SET position = ?", [position])
        return max(position, written)

    def _append_readings(self, cursor: Cursor, kept: Kept) -> None:
        if len(kept.readings) == 0:
            return
        readings = kept.readings
        columns = {
            "sensor": self._sensors.translate(cursor, readings.sensor, self._names.sensor),
            "quantity": self._quantities.translate(cursor, readings.quantity, self._names.quantity),
            "time_ns": readings.time_ns,
            "arrival_ns": readings.arrival_ns,
            "value": readings.value,
            "quality": readings.quality,
            "position": kept.position,
        }
        _insert(cursor, "readings", {name: np.ascontiguousarray(column) for name, column in columns.items()})

    def _append_events(self, cursor: Cursor, kept: Kept) -> None:
        if not kept.events:
            return
        numbers = np.array([event.sensor for _, event in kept.events], np.int32)
        columns = {
            "sensor": self._sensors.translate(cursor, numbers, self._names.sensor),
            "event": np.array([event.event for _, event in kept.events], object),
            "time_ns": np.array([event.time_ns for _, event in kept.events], np.int64),
            "arrival_ns": np.array([event.arrival_ns for _, event in kept.events], np.int64),
            "attributes": np.array([event.attributes for _, event in kept.events], object),
            "position": np.array([at for at, _ in kept.events], np.int64),
        }
        _insert(cursor, "events", columns)


def _position(cursor: Cursor) -> int:
    [(position,)] = cursor.execute("SELECT max(position) FROM written").fetchall()
    return int(position)


def _insert(cursor: Cursor, table: str, columns: dict[str, np.ndarray[tuple[int], np.dtype[np.generic]]]) -> None:
    """Insert whole columns: DuckDB scans numpy arrays in place, its fastest way in (1.4 million rows/s here)."""
    cursor.register("incoming", columns)
    cursor.execute(f"INSERT INTO {table} SELECT {', '.join(columns)} FROM incoming")
    cursor.unregister("incoming")
