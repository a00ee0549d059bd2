"""What decoders learned, kept beside the journal, so that it outlives the journal rows that told it."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from city.errors import StoreUnavailable
from ingest.decoders.memory import Lesson
from ingest.journal_codec import Content, Learned, Record
from ingest.side_file import SideFile

_CREATE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS lesson (key TEXT PRIMARY KEY, content BLOB NOT NULL, entries INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS drained (position INTEGER NOT NULL);
INSERT INTO drained SELECT 0 WHERE NOT EXISTS (SELECT * FROM drained);
"""
_KEEP = "INSERT OR REPLACE INTO lesson (key, content, entries) VALUES (?, ?, ?)"


class Lessons:
    """The store of lessons: a drain's thread writes; it is read once, at the start."""

    name = "lessons"
    kinds: Sequence[type[Content]] = (Learned,)

    def __init__(self, path: Path) -> None:
        self._file = SideFile(path, _CREATE)

    def position(self) -> int:
        """Return the journal position up to which everything is kept."""
        return self._file.position()

    def weight(self, record: Record) -> int:
        """Return how many lessons a record holds."""
        return len(record.content.lessons) if isinstance(record.content, Learned) else 0

    def keep(self, records: Sequence[Record], position: int) -> None:
        """Keep the last word of each lesson, and remember `position`; repeating a call changes nothing.

        Raises:
            StoreUnavailable: nothing was kept.
        """
        last = {lesson.key: lesson for record in records for lesson in _of(record)}
        kept = [(one.key, one.content, one.entries) for one in last.values() if one.content]
        forgotten = [(one.key,) for one in last.values() if not one.content]
        try:
            with self._file.writer as writer:
                writer.execute("BEGIN IMMEDIATE")
                writer.executemany(_KEEP, kept)
                writer.executemany("DELETE FROM lesson WHERE key = ?", forgotten)
                writer.execute("UPDATE drained SET position = ?", (position,))
        except sqlite3.Error as error:
            self._file.is_renewed(error)
            raise StoreUnavailable(self.name, str(error)) from error

    def all(self) -> Iterator[Lesson]:
        """Yield everything that is kept, before anybody writes; nothing of a damaged file. Raises StoreUnavailable."""
        for key, content, entries in self._file.asked_at_start("SELECT key, content, entries FROM lesson"):
            yield Lesson(key, content, entries)

    def close(self) -> None:
        """Release the file."""
        self._file.close()


def _of(record: Record) -> tuple[Lesson, ...]:
    return record.content.lessons if isinstance(record.content, Learned) else ()
