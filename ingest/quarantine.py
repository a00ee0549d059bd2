"""Messages that could not be understood, kept for a while so that somebody can look at them."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from city.clock import SECOND_NS, Clock
from city.errors import NotFound, StoreUnavailable
from city.feed import Quarantined
from ingest.config import QuarantineSettings
from ingest.journal_codec import Content, Record, Refused
from ingest.message import QuarantinedMessage
from ingest.side_file import SideFile

_DAY_NS = 86_400 * SECOND_NS

_CREATE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, position INTEGER NOT NULL, place INTEGER NOT NULL, time_ns INTEGER NOT NULL,
    topic TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, size INTEGER NOT NULL, payload BLOB NOT NULL,
    UNIQUE (position, place)
);
CREATE INDEX IF NOT EXISTS message_time ON message (time_ns);
CREATE TABLE IF NOT EXISTS drained (position INTEGER NOT NULL);
INSERT INTO drained SELECT 0 WHERE NOT EXISTS (SELECT * FROM drained);
"""
_KEEP = """
INSERT OR IGNORE INTO message (position, place, time_ns, topic, reason, detail, size, payload)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_SHOWN = "id, time_ns, topic, reason, detail, size"


class Quarantine:
    """The store of refused messages: a drain's thread writes, the loop reads, each on a connection of its own."""

    name = "quarantine"
    kinds: Sequence[type[Content]] = (Refused,)

    def __init__(self, path: Path, settings: QuarantineSettings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._file = SideFile(path, _CREATE)

    def position(self) -> int:
        """Return the journal position up to which everything is kept."""
        (position,) = self._query("SELECT position FROM drained")[0]
        return int(position)

    def weight(self, record: Record) -> int:
        """Return how many messages a record holds."""
        return len(record.content.messages) if isinstance(record.content, Refused) else 0

    def keep(self, records: Sequence[Record], position: int) -> None:
        """Keep what these records hold, remember `position`, and let go of what is too old or too much.

        Repeating a call changes nothing.

        Raises:
            StoreUnavailable: nothing was kept.
        """
        rows = [row for record in records for row in _rows(record)]
        try:
            with self._file.writer as writer:
                writer.execute("BEGIN IMMEDIATE")
                writer.executemany(_KEEP, rows)
                writer.execute("UPDATE drained SET position = ?", (position,))
                self._trim(writer)
        except sqlite3.Error as error:
            self._file.is_renewed(error)
            raise StoreUnavailable("quarantine", str(error)) from error

    def listed(self, before: int, limit: int) -> list[Quarantined]:
        """Return messages without their bytes, newest first, with ids below `before` (0: from the newest)."""
        where = "WHERE id < ?" if before else "WHERE id > ?"
        sql = f"SELECT {_SHOWN} FROM message {where} AND time_ns >= ? ORDER BY id DESC LIMIT ?"
        return [Quarantined(*row) for row in self._query(sql, before, self._oldest_ns(), limit)]

    def whole(self, number: int) -> Quarantined:
        """Return one message with its bytes; raises NotFound."""
        sql = f"SELECT {_SHOWN}, payload FROM message WHERE id = ? AND time_ns >= ?"
        rows = self._query(sql, number, self._oldest_ns())
        if not rows:
            raise NotFound(kind="quarantined message", key=number)
        return Quarantined(*rows[0])

    def counts(self) -> dict[str, int]:
        """Return how many messages are kept, by reason."""
        sql = "SELECT reason, count(*) FROM message WHERE time_ns >= ? GROUP BY reason ORDER BY reason"
        return dict(self._query(sql, self._oldest_ns()))

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def _trim(self, writer: sqlite3.Connection) -> None:
        writer.execute("DELETE FROM message WHERE time_ns < ?", (self._oldest_ns(),))
        newest = "(SELECT max(id) FROM message)"
        writer.execute(f"DELETE FROM message WHERE id <= {newest} - ?", (self._settings.max_messages,))

    def _oldest_ns(self) -> int:
        return self._clock.now_ns() - round(self._settings.keep_days * _DAY_NS)

    def _query(self, sql: str, *values: object) -> list[Any]:
        try:
            return self._file.reader.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise StoreUnavailable("quarantine", str(error)) from error


def _rows(record: Record) -> list[tuple[object, ...]]:
    if not isinstance(record.content, Refused):
        return []
    arrival_ns, messages = record.content.arrival_ns, record.content.messages
    return [(record.position, place, arrival_ns, *_columns(message)) for place, message in enumerate(messages)]


def _columns(message: QuarantinedMessage) -> tuple[object, ...]:
    topic = message.raw_topic.decode(errors="backslashreplace")
    size = message.size if message.size is not None else len(message.payload)
    return topic, message.reason, message.detail, size, message.payload
