"""One file of the journal: a SQLite database of rows in order of position."""

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from city.errors import BadJournal, StoreUnavailable
from city.sqlite_error import is_not_now
from ingest.journal_codec import Row
from ingest.wal_file import unreadable_commits

_SUFFIX = ".sqlite"
_COMPANIONS = ("", "-wal", "-shm")

# Small pages: a lone message costs one page of write-ahead log. No automatic checkpoint: it would stall a commit
# every thousand pages; a segment is checkpointed once, when it is sealed.
_CREATE = (
    "PRAGMA page_size = 4096",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 0",
    "CREATE TABLE row (position INTEGER PRIMARY KEY, kind INTEGER, version INTEGER, crc INTEGER, blob BLOB)",
    "CREATE TABLE origin (first INTEGER, last INTEGER)",
)
_INSERT = "INSERT INTO row VALUES (?, ?, ?, ?, ?)"


class Segment:
    """A segment by its file; what it holds is reached through connections that belong to one thread each.

    Attributes:
        first: no row of it has a lower position; part of the file's name.
        last: no row beyond it is to be read.
        origin: first and last position of the segment that was the newest when this one was begun; None where there
            was none, or an earlier version of the program did not note it.
    """

    def __init__(self, folder: Path, first: int, last: int) -> None:
        self.first, self.last = first, last
        self.origin: tuple[int, int] | None = None
        self.path = folder / f"{first:020d}{_SUFFIX}"
        self._files = tuple(f"{self.path}{companion}" for companion in _COMPANIONS)

    @property
    def name(self) -> str:
        """Return the name of the file."""
        return self.path.name

    @property
    def log_path(self) -> Path:
        """Return the path of its write-ahead log, which is there until it is sealed."""
        return Path(f"{self.path}-wal")

    @property
    def log_copy(self) -> Path:
        """Return where a damaged log is copied to, as the log itself goes when the segment is closed."""
        return self.path.with_suffix(".damaged-wal")

    def size(self) -> int:
        """Return the bytes on disk."""
        total = 0
        for file in self._files:
            try:
                total += os.stat(file).st_size  # noqa: PTH116 - asked before every commit, and paths cost more than this
            except FileNotFoundError:
                continue
        return total

    def create(self, before: "Segment | None" = None) -> sqlite3.Connection:
        """Make the file, durably, and return the connection that writes it; `before` is the one that it follows.

        Raises:
            sqlite3.Error, OSError: it cannot be made; nothing is left of it.
        """
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            for statement in _CREATE:
                connection.execute(statement)
            if before is not None:
                self.origin = before.first, before.last
                connection.execute("INSERT INTO origin VALUES (?, ?)", self.origin)
            _sync_folder(self.path.parent)
        except (sqlite3.Error, OSError):
            connection.close()
            self.unlink()
            raise
        return connection

    def connect(self) -> sqlite3.Connection:
        """Return a connection that reads it."""
        connection = sqlite3.connect(f"{self.path.as_uri()}?mode=rw", uri=True, isolation_level=None)
        connection.text_factory = bytes  # one flipped bit makes a text of a blob, which need not be UTF-8
        connection.execute("PRAGMA query_only = 1")
        return connection

    def recover(self) -> int:
        """Find `last`, and return how many commits recovery had to leave out; their log is copied for `damage`.

        Raises:
            BadJournal: the file is no segment that can be read.
            StoreUnavailable: it cannot be opened now, be it damaged or not.
        """
        try:
            with closing(self.connect()) as connection:
                (last,) = connection.execute("SELECT max(position) FROM row").fetchone()
                self.origin = _origin(connection)
                lost = self._lost_commits(connection)
        except sqlite3.Error as error:
            if is_not_now(error):
                raise StoreUnavailable("journal", str(error)) from error
            raise BadJournal(expected="a journal segment", got=str(error), at=self.name) from error
        self.last = self.first - 1 if last is None else int(last)
        return lost

    def _lost_commits(self, connection: sqlite3.Connection) -> int:
        with suppress(sqlite3.OperationalError, OSError):  # a full disk: what can be read is not worse for it
            (_, frames, _) = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            lost = unreadable_commits(self.log_path, frames)
            if lost:
                shutil.copy(self.log_path, self.log_copy)
            return lost
        return 0

    def seal(self, writer: sqlite3.Connection) -> None:
        """Bring everything into the one file and close it; takes as long as the disk does, so not on the loop."""
        try:
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            writer.close()

    def unlink(self) -> None:
        """Remove it from the disk."""
        for file in map(Path, self._files):
            file.unlink(missing_ok=True)

    def set_aside(self, folder: Path) -> Path:
        """Move it out of the journal, for somebody to look at; return where it is."""
        folder.mkdir(exist_ok=True)
        for file in map(Path, self._files):
            if file.exists():
                file.replace(folder / file.name)
        return folder / self.name


def write(connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
    """Commit `rows` together; they are on disk when this returns.

    Raises:
        sqlite3.Error: nothing of it is to be trusted.
    """
    if len(rows) == 1:
        connection.execute(_INSERT, rows[0])
        return
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(_INSERT, rows)
    connection.execute("COMMIT")


def segments_in(folder: Path) -> list[Segment]:
    """Return the segments that lie in `folder`, oldest first, each with no last position yet."""
    names = sorted(path.stem for path in folder.glob(f"*{_SUFFIX}") if path.stem.isdigit())
    return [Segment(folder, int(name), 0) for name in names]


def _origin(connection: sqlite3.Connection) -> tuple[int, int] | None:
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'origin'").fetchone():
        return None
    found = connection.execute("SELECT first, last FROM origin").fetchone()
    if found is None or not all(isinstance(position, int) for position in found):  # damaged: nobody is missed by it
        return None
    first, last = found
    return first, last


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
