"""The checkpoint on disk: one SQLite file in which state, journal position and alarm outbox change together."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self, TypeVar
from zlib import crc32

import msgspec

from city.alarm import AlarmTransition
from city.context_bytes import PACKED, applied, change_from_bytes, change_to_bytes, context_from_bytes, context_to_bytes
from city.entry import Context, ContextChange
from city.errors import LiandongError, StoreUnavailable
from city.feed import OutboxItem
from city.sqlite_error import is_not_now
from rules.listening import Listening

#: Changes whenever a file written before can no longer be read.
_FORMAT = 1

#: The context has a table of its own: SQLite reads a row without a rowid whole to compare its key, and this one takes
#: a dozen bytes a sensor and more.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS context (number INTEGER PRIMARY KEY CHECK (number = 1), body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS chunk (
    state TEXT NOT NULL, number INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (state, number)
);
CREATE TABLE IF NOT EXISTS context_change (number INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, position INTEGER NOT NULL, body BLOB NOT NULL
);
"""
#: Brings a file of an earlier version, which had the context in `meta`, to this form.
_MOVE = (
    "INSERT OR REPLACE INTO context SELECT 1, body FROM meta WHERE key = 'context'",
    "DELETE FROM meta WHERE key = 'context'",
)

#: The file has one owner; whoever else locks it (a backup) is not waited for longer than a batch may be.
_LOCKED_S = 0.1

T = TypeVar("T")


class DamagedCheckpoint(LiandongError):
    """Raised when a checkpoint cannot be trusted; `cause` says why."""

    code = "damaged_checkpoint"

    def __init__(self, path: Path, cause: str) -> None:
        self.path, self.cause, self.at = path, cause, str(path)
        super().__init__(f"Expected an undamaged checkpoint, got one with {cause} - at `{path}`")


@dataclass(frozen=True, slots=True)
class Head:
    """How far the state has come, and what is in it besides tables."""

    position: int
    listening: Listening
    book_error: str = ""


class Chunk(NamedTuple):
    """A part of one table of state; without content when all of it is default."""

    state: str
    number: int
    body: bytes


@dataclass(slots=True)
class Changes:
    """What one commit writes.

    Attributes:
        context: only when it is new as a whole; `context_changes` when it came of the one before. All chunks are then
            written again.
        settled: outbox items up to this number are forgotten.
    """

    head: Head
    context: Context | None
    chunks: Iterable[Chunk]
    raised: list[tuple[int, AlarmTransition]]
    settled: int = 0
    context_changes: Sequence[ContextChange] = ()


class CheckpointFile:
    """Reads and writes one checkpoint; bodies carry a CRC, since SQLite does not see a flipped bit in a blob."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path, self._connection = path, connection

    @classmethod
    def open(cls, path: Path, *, first_number: int) -> Self:
        """Open or create the checkpoint at `path`; a new one numbers its outbox from `first_number` on.

        Raises:
            DamagedCheckpoint: it is no checkpoint of this format, or not whole.
            StoreUnavailable: it cannot be opened now.
        """
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            connection = sqlite3.connect(path, isolation_level=None, timeout=_LOCKED_S)
        except sqlite3.Error as error:
            raise StoreUnavailable(str(path), str(error)) from error
        file = cls(path, connection)
        try:
            file._prepare(first_number)
            file._check()
        except DamagedCheckpoint:
            connection.close()
            raise
        except sqlite3.Error as error:
            connection.close()
            if is_not_now(error):
                raise StoreUnavailable(str(path), str(error)) from error
            raise DamagedCheckpoint(path, str(error)) from error
        return file

    def _prepare(self, first_number: int) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        with self._transaction():
            for statement in (*_SCHEMA.split(";"), *_MOVE):
                self._connection.execute(statement)
            if self._connection.execute("SELECT 1 FROM meta").fetchone() is None:
                self._connection.execute("INSERT INTO sqlite_sequence VALUES ('outbox', ?)", (first_number,))
                self._put("format", msgspec.msgpack.encode(_FORMAT))

    def _check(self) -> None:
        found = self._connection.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise DamagedCheckpoint(self.path, found)
        if self._read("format", int) != _FORMAT:
            raise DamagedCheckpoint(self.path, "another format")
        for (body,) in self._connection.execute("SELECT body FROM outbox"):
            self._opened(body)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:  # a full disk may have ended it
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def head(self) -> Head | None:
        """Return how far the state has come; None in a new file. Raises DamagedCheckpoint."""
        return self._read("head", Head)

    def context(self) -> Context | None:
        """Return the context in force. Raises DamagedCheckpoint."""
        row = self._connection.execute("SELECT body FROM context").fetchone()
        if row is None:
            return None
        try:
            context = context_read(self._opened(row[0]))
            for (body,) in self._connection.execute("SELECT body FROM context_change ORDER BY number"):
                context = applied(change_from_bytes(self._opened(body)), context)
        except (ValueError, msgspec.MsgspecError) as error:
            raise DamagedCheckpoint(self.path, "an unreadable context") from error
        return context

    def chunks(self, state: str) -> list[bytes]:
        """Return all chunks of one table of state. Raises DamagedCheckpoint."""
        rows = self._connection.execute("SELECT body FROM chunk WHERE state = ? ORDER BY number", (state,))
        return [self._opened(body) for (body,) in rows]

    def forget_but(self, states: Collection[str]) -> None:
        """Forget tables of state that are not among these: an earlier version of the program called them otherwise."""
        known = self._connection.execute("SELECT DISTINCT state FROM chunk").fetchall()
        gone = [(state,) for (state,) in known if state not in states]
        with self._transaction():
            self._connection.executemany("DELETE FROM chunk WHERE state = ?", gone)

    def outbox(self, after: int, limit: int) -> list[OutboxItem]:
        """Return the oldest items with numbers above `after`."""
        rows = self._connection.execute(
            "SELECT number, body FROM outbox WHERE number > ? ORDER BY number LIMIT ?", (after, limit)
        )
        return [
            OutboxItem(number, msgspec.msgpack.decode(self._opened(body), type=AlarmTransition))
            for number, body in rows
        ]

    def oldest_position(self, after: int) -> int | None:
        """Return the journal position of the oldest outbox item with a number above `after`; None without any."""
        found: tuple[int] | None = self._connection.execute(
            "SELECT position FROM outbox WHERE number > ? ORDER BY number LIMIT 1", (after,)
        ).fetchone()
        return found[0] if found is not None else None

    def write(self, changes: Changes) -> None:
        """Write all of `changes` or, if it cannot be done, nothing.

        Raises:
            StoreUnavailable: the disk is full or the like; the same may be tried again.
        """
        try:
            with self._transaction():
                self._write(changes)
        except sqlite3.Error as error:
            raise StoreUnavailable(str(self.path), str(error)) from error

    def _write(self, changes: Changes) -> None:
        execute = self._connection.execute
        if changes.context is not None or changes.context_changes:
            execute("DELETE FROM chunk")
        if changes.context is not None:
            execute("DELETE FROM context_change")
            execute("INSERT OR REPLACE INTO context VALUES (1, ?)", (_sealed(context_to_bytes(changes.context)),))
        for change in changes.context_changes:
            execute("INSERT INTO context_change (body) VALUES (?)", (_sealed(change_to_bytes(change)),))
        for state, number, body in changes.chunks:
            if body:
                execute("INSERT OR REPLACE INTO chunk VALUES (?, ?, ?)", (state, number, _sealed(body)))
            else:
                execute("DELETE FROM chunk WHERE state = ? AND number = ?", (state, number))
        for position, transition in changes.raised:
            body = _sealed(msgspec.msgpack.encode(transition))
            execute(
                "INSERT INTO outbox (id, position, body) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
                (transition.id, position, body),
            )
        execute("DELETE FROM outbox WHERE number <= ?", (changes.settled,))
        self._put("head", msgspec.msgpack.encode(changes.head))

    def _put(self, key: str, body: bytes) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, _sealed(body)))

    def _read(self, key: str, kind: type[T]) -> T | None:
        row = self._connection.execute("SELECT body FROM meta WHERE key = ?", (key,)).fetchone()
        try:
            return msgspec.msgpack.decode(self._opened(row[0]), type=kind) if row is not None else None
        except msgspec.MsgspecError as error:
            raise DamagedCheckpoint(self.path, f"an unreadable {key}") from error

    def _opened(self, body: object) -> bytes:
        content = unsealed(body)
        if content is None:
            raise DamagedCheckpoint(self.path, "a wrong checksum")
        return content


def context_read(body: bytes) -> Context:
    """Return a context, be it of a version that wrote its sensors one by one; raises ValueError or MsgspecError."""
    packed = body[:1] == PACKED
    return context_from_bytes(body) if packed else msgspec.msgpack.decode(body, type=Context)


def unsealed(body: object) -> bytes | None:
    """Return what was written as `body`; None when it is not that any more."""
    if not isinstance(body, bytes) or len(body) < 4 or crc32(body[4:]) != int.from_bytes(body[:4], "little"):
        return None
    return body[4:]


def _sealed(body: bytes) -> bytes:
    return crc32(body).to_bytes(4, "little") + body
