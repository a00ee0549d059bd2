"""Sensors that send and are not registered: who they are, since when, and what they said last."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import structlog

from city.census import Census
from city.entry import Context, ContextChange, Journaled
from city.errors import StoreUnavailable
from city.feed import Discovered
from ingest.message import Sighting
from ingest.side_file import SideFile
from ingest.stranger import Stranger, written_before
from ingest.telemetry import SENSORS_DISCOVERED, SIDE_ROWS_DAMAGED

log = structlog.get_logger(__name__)

_CREATE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS stranger (number INTEGER PRIMARY KEY, body BLOB NOT NULL);
"""
_SAVE = "INSERT OR REPLACE INTO stranger VALUES (?, ?)"
#: The table that versions before the proposals had.
_BEFORE = "SELECT name FROM sqlite_master WHERE name = 'discovered'"

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Stranger).decode


class Discovery:
    """Keeps one entry a sensor; that it exists is durable at once, what it says later within seconds.

    Belongs to one thread.
    """

    def __init__(self, path: Path) -> None:
        self._file = SideFile(path, _CREATE)
        self._strangers = self._load()
        self._touched: set[int] = set()
        self._new = False

    def note(self, sightings: Sequence[Sighting], arrival_ns: int) -> None:
        """Take in what a batch saw."""
        for sighting in sightings:
            stranger = self._strangers.get(sighting.number)
            if stranger is None:
                stranger = self._strangers[sighting.number] = Stranger(sighting.sensor, arrival_ns, arrival_ns)
                self._new = True
                SENSORS_DISCOVERED.inc()
                log.info("sensor_discovered", sensor=sighting.sensor, topic=sighting.topic)
            stranger.hear(sighting, arrival_ns)
            self._touched.add(sighting.number)

    def flush(self) -> None:
        """Save if there is a new sensor; call it before the batch that saw it is committed.

        Raises:
            StoreUnavailable: it could not be saved; the next call tries again.
        """
        if self._new:
            self.save()

    def save(self) -> None:
        """Save all that changed; call it every few seconds.

        Raises:
            StoreUnavailable: it could not be saved; the next call tries again.
        """
        if not self._touched:
            return
        rows = [(number, _encode(self._strangers[number])) for number in self._touched]
        try:
            with self._file.writer as writer:
                writer.execute("BEGIN IMMEDIATE")
                writer.executemany(_SAVE, rows)
        except sqlite3.Error as error:
            self._renew(error)
            raise StoreUnavailable("discovery", str(error)) from error
        self._touched.clear()
        self._new = False

    def apply(self, item: Journaled) -> None:
        """Follow the journal: whoever a new context registers is no stranger any more."""
        match item.entry:
            case Context(sensors=sensors):
                census = Census.of(sensors)
                self.forget(
                    [number for number, one in self._strangers.items() if census.row_of(one.sensor) is not None]
                )
            case ContextChange(context=context):
                self.forget(one.number for one in context.sensors)

    def forget(self, numbers: Iterable[int]) -> None:
        """Remove sensors that are registered by now.

        Raises:
            StoreUnavailable: they could not be removed; the next call tries again.
        """
        gone = [number for number in numbers if number in self._strangers]
        if not gone:
            return
        try:
            with self._file.writer as writer:
                writer.execute("BEGIN IMMEDIATE")
                writer.executemany("DELETE FROM stranger WHERE number = ?", [(number,) for number in gone])
        except sqlite3.Error as error:
            self._renew(error)
            raise StoreUnavailable("discovery", str(error)) from error
        self._touched.difference_update(gone)
        for number in gone:
            del self._strangers[number]

    def listed(self, after: str, limit: int) -> list[Discovered]:
        """Return entries in order of sensor id, from after `after`."""
        chosen = sorted((one for one in self._strangers.values() if one.sensor > after), key=lambda one: one.sensor)
        return [one.shown() for one in chosen[:limit]]

    def find(self, number: int) -> Discovered | None:
        """Return the sensor with this number; None when it is registered or was never heard."""
        stranger = self._strangers.get(number)
        return None if stranger is None else stranger.shown()

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def _load(self) -> dict[int, Stranger]:
        try:
            strangers = dict(_readable(self._file.reader.execute("SELECT number, body FROM stranger")))
            return {**self._from_before(), **strangers}
        except sqlite3.DatabaseError as error:
            if not self._file.is_renewed(error):
                raise
            return {}

    def _from_before(self) -> dict[int, Stranger]:
        """Return what an earlier version kept, and keep it as this one does."""
        if self._file.reader.execute(_BEFORE).fetchone() is None:
            return {}
        strangers = dict(map(written_before, self._file.reader.execute("SELECT * FROM discovered")))
        with self._file.writer as writer:
            writer.execute("BEGIN IMMEDIATE")
            writer.executemany(_SAVE, [(number, _encode(one)) for number, one in strangers.items()])
            writer.execute("DROP TABLE discovered")
        return strangers

    def _renew(self, error: sqlite3.Error) -> None:
        """Where the file turned out damaged, have everyone saved again in the fresh one."""
        if self._file.is_renewed(error):
            self._touched.update(self._strangers)


def strangers_in(path: Path) -> list[tuple[int, str]]:
    """Return number and id of each sensor that a file of discovery holds, as far as it can be read."""
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("SELECT number, body FROM stranger").fetchall()
    except sqlite3.Error as error:
        log.warning("strangers_not_recalled", file=str(path), error=str(error))
        return []
    return [(number, stranger.sensor) for number, stranger in _readable(rows)]


def _readable(rows: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, Stranger]]:
    """Yield strangers by number; one that is damaged is let go, and is met anew when it speaks."""
    for number, body in rows:
        try:
            yield number, _decode(body)
        except (msgspec.MsgspecError, TypeError) as error:
            SIDE_ROWS_DAMAGED.labels("discovery").inc()
            log.warning("stranger_unreadable", number=number, error=str(error))
