"""Messages that could not be understood, kept for a while so that somebody can look at them, or have them replayed."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from city.clock import SECOND_NS, Clock
from city.errors import NotFound, StoreUnavailable
from city.feed import QuarantineCount, Quarantined, Refusals
from ingest.config import QuarantineSettings
from ingest.journal_codec import Content, Record, Refused, Retried
from ingest.message import QuarantinedMessage
from ingest.reasons import Reason
from ingest.side_file import SideFile
from ingest.telemetry import QUARANTINE_DELETED
from ingest.topics import matches

_DAY_NS = 86_400 * SECOND_NS

_CREATE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, position INTEGER NOT NULL, place INTEGER NOT NULL, time_ns INTEGER NOT NULL,
    topic TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, size INTEGER NOT NULL, payload BLOB NOT NULL,
    UNIQUE (position, place)
);
CREATE INDEX IF NOT EXISTS message_time ON message (time_ns);
CREATE TABLE IF NOT EXISTS drained (position INTEGER NOT NULL);
INSERT INTO drained SELECT 0 WHERE NOT EXISTS (SELECT * FROM drained);
"""
#: What files of earlier versions lack.
_ADDED = {
    "tries": "INTEGER NOT NULL DEFAULT 0",
    "replayed_ns": "INTEGER",
    "broker": "TEXT NOT NULL DEFAULT ''",
}
_KEEP = """
INSERT OR IGNORE INTO message (position, place, time_ns, topic, reason, detail, size, payload, broker)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_UNDERSTOOD = "UPDATE message SET replayed_ns = ? WHERE position = ? AND place = ? AND replayed_ns IS NULL"
_REFUSED_AGAIN = "UPDATE message SET reason = ?, detail = ?, tries = tries + 1 WHERE position = ? AND place = ?"
_SHOWN = "id, time_ns, topic, reason, detail, size, {payload}, tries, replayed_ns, broker"
_KEPT = "id, position, place, time_ns, topic, payload, broker"
_WANTED = """
time_ns >= :oldest AND (:reason = '' OR reason = :reason) AND (:source = '' OR source_of(topic) = :source)
AND (:filter = '' OR matches(:filter, topic)) AND (:broker = '' OR broker = :broker)
"""

#: Levels of a topic that name its source, where the first alone would name all of them.
_NATIVE = "city"


class Kept(NamedTuple):
    """A message with its bytes, by the row of the journal that refused it and its place among that row's messages.

    It is not `whole` where bytes were cut off, or where its topic is no UTF-8 and kept in another spelling.
    """

    id: int
    position: int
    place: int
    time_ns: int
    topic: str
    payload: bytes
    broker: str
    whole: int


class Quarantine:
    """The store of refused messages: a drain's thread writes, any thread reads, one at a time."""

    name = "quarantine"
    kinds: Sequence[type[Content]] = (Refused, Retried)

    def __init__(self, path: Path, settings: QuarantineSettings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._file = SideFile(path, _CREATE, {"message": _ADDED}, [source_of, matches])
        self._writing = Lock()

    def position(self) -> int:
        """Return the journal position up to which everything is kept."""
        return self._file.position()

    def weight(self, record: Record) -> int:
        """Return how many messages a record holds."""
        return len(record.content.messages) if isinstance(record.content, Refused) else 0

    def keep(self, records: Sequence[Record], position: int) -> None:
        """Keep what these records hold, remember `position`, and let go of what is too old or too much.

        Repeating a call changes nothing.

        Raises:
            StoreUnavailable: nothing was kept.
        """
        with self._writing:
            try:
                self._keep(records, position)
            except sqlite3.Error as error:
                self._file.is_renewed(error)
                raise StoreUnavailable("quarantine", str(error)) from error

    def expire(self) -> None:
        """Delete what is too old, whether anything new comes or not.

        Raises:
            StoreUnavailable: nothing was deleted.
        """
        try:
            with self._writing, self._file.writer as writer:
                writer.execute("BEGIN IMMEDIATE")
                self._trim(writer)
        except sqlite3.Error as error:
            raise StoreUnavailable("quarantine", str(error)) from error

    def listed(self, before: int, limit: int, wanted: Refusals | None = None) -> list[Quarantined]:
        """Return messages without their bytes, newest first, with ids below `before` (0: from the newest)."""
        columns = _SHOWN.format(payload="x''")
        sql = f"SELECT {columns} FROM message WHERE (:before = 0 OR id < :before) AND {_WANTED}"
        values = {**self._values(wanted), "before": before, "limit": limit}
        rows = self._file.asked(f"{sql} ORDER BY id DESC LIMIT :limit", values)
        return [Quarantined(*row) for row in rows]

    def waiting(self, wanted: Refusals, after: int, limit: int) -> list[Kept]:
        """Return messages that were not understood yet, with their bytes, oldest first, with ids beyond `after`."""
        whole = "size <= :most AND reason <> :cut"
        sql = f"SELECT {_KEPT}, {whole} FROM message WHERE id > :after AND replayed_ns IS NULL AND {_WANTED}"
        values = {**self._values(wanted), "most": self._settings.max_payload_bytes, "cut": Reason.BAD_TOPIC}
        rows = self._file.asked(f"{sql} ORDER BY id LIMIT :limit", {**values, "after": after, "limit": limit})
        return [Kept(*row) for row in rows]

    def whole(self, number: int) -> Quarantined:
        """Return one message with its bytes; raises NotFound."""
        sql = f"SELECT {_SHOWN.format(payload='payload')} FROM message WHERE id = :id AND time_ns >= :oldest"
        rows = self._file.asked(sql, {"id": number, "oldest": self._oldest_ns()})
        if not rows:
            raise NotFound(kind="quarantined message", key=number)
        return Quarantined(*rows[0])

    def counts(self) -> list[QuarantineCount]:
        """Return how many messages are kept, by reason and source."""
        sql = """
        SELECT reason, source_of(topic) AS source, sum(replayed_ns IS NULL), count(replayed_ns) FROM message
        WHERE time_ns >= :oldest GROUP BY reason, source ORDER BY reason, source
        """
        return [QuarantineCount(*row) for row in self._file.asked(sql, {"oldest": self._oldest_ns()})]

    def close(self) -> None:
        """Release the file, after the question that is being answered."""
        self._file.close()

    def _keep(self, records: Sequence[Record], position: int) -> None:
        with self._file.writer as writer:
            writer.execute("BEGIN IMMEDIATE")
            ((known,),) = writer.execute("SELECT position FROM drained").fetchall()
            for record in (one for one in records if one.position > known):
                _write(writer, record)
            writer.execute("UPDATE drained SET position = max(position, ?)", (position,))
            self._trim(writer)

    def _trim(self, writer: sqlite3.Connection) -> None:
        old = writer.execute("DELETE FROM message WHERE time_ns < ?", (self._oldest_ns(),)).rowcount
        newest = "(SELECT max(id) FROM message)"
        over = writer.execute(f"DELETE FROM message WHERE id <= {newest} - ?", (self._settings.max_messages,)).rowcount
        for reason, count in (("too_old", old), ("too_many", over)):
            QUARANTINE_DELETED.labels(reason).inc(count)

    def _oldest_ns(self) -> int:
        return self._clock.now_ns() - round(self._settings.keep_days * _DAY_NS)

    def _values(self, wanted: Refusals | None) -> dict[str, object]:
        wanted = wanted if wanted is not None else Refusals()
        named = {
            "reason": wanted.reason,
            "source": wanted.source,
            "filter": wanted.topic,
            "broker": wanted.broker,
        }
        return {**named, "oldest": self._oldest_ns()}


def source_of(topic: str) -> str:
    """Return the beginning of a topic by which messages are counted: its first level, of native ones the first two."""
    levels = topic.split("/")
    first = next((number for number, level in enumerate(levels) if level), 0)
    more = 2 if levels[first] == _NATIVE else 1
    return "/".join(levels[: first + more])


def _write(writer: sqlite3.Connection, record: Record) -> None:
    match record.content:
        case Refused(arrival_ns, messages):
            rows = [(record.position, place, arrival_ns, *_columns(message)) for place, message in enumerate(messages)]
            writer.executemany(_KEEP, rows)
        case Retried(time_ns, tries):
            understood = [(time_ns, one.position, one.place) for one in tries if not one.reason]
            writer.executemany(_UNDERSTOOD, understood)
            refused = [(one.reason, one.detail, one.position, one.place) for one in tries if one.reason]
            writer.executemany(_REFUSED_AGAIN, refused)


def _columns(message: QuarantinedMessage) -> tuple[object, ...]:
    topic = message.raw_topic.decode(errors="backslashreplace")
    size = message.size if message.size is not None else len(message.payload)
    return topic, message.reason, message.detail, size, message.payload, message.broker
