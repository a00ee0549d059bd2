"""The ledger of what was shed, by hour, source and reason: what was acknowledged and not kept is told here."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from city.clock import SECOND_NS, Clock
from city.errors import StoreUnavailable
from city.intake import Shed
from ingest.fairness.config import LedgerSettings
from ingest.journal_codec import Content, LetGo, Record
from ingest.side_file import SideFile

_HOUR_NS = 3600 * SECOND_NS
_DAY_NS = 24 * _HOUR_NS

_CREATE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS shed (
    id INTEGER PRIMARY KEY AUTOINCREMENT, hour INTEGER NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL,
    messages INTEGER NOT NULL, size INTEGER NOT NULL, first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL,
    UNIQUE (hour, source, reason)
);
CREATE TABLE IF NOT EXISTS drained (position INTEGER NOT NULL);
INSERT INTO drained SELECT 0 WHERE NOT EXISTS (SELECT * FROM drained);
"""
_KEEP = """
INSERT INTO shed (hour, source, reason, messages, size, first_ns, last_ns) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (hour, source, reason) DO UPDATE SET messages = messages + excluded.messages, size = size + excluded.size,
    first_ns = min(first_ns, excluded.first_ns), last_ns = max(last_ns, excluded.last_ns)
"""
_SHOWN = "id, source, reason, messages, size, first_ns, last_ns"


class Ledger:
    """The store of what was shed: a drain's thread writes, the loop reads, each on a connection of its own."""

    name = "ledger"
    kinds: Sequence[type[Content]] = (LetGo,)

    def __init__(self, path: Path, settings: LedgerSettings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._file = SideFile(path, _CREATE)

    def position(self) -> int:
        """Return the journal position up to which everything is kept."""
        return self._file.position()

    def weight(self, record: Record) -> int:
        """Return how many rows a record holds."""
        return len(record.content.rows) if isinstance(record.content, LetGo) else 0

    def keep(self, records: Sequence[Record], position: int) -> None:
        """Add what these records hold, remember `position`, and let go of what is too old.

        Records up to a position that was remembered before are not added again.

        Raises:
            StoreUnavailable: nothing was added.
        """
        try:
            with self._file.writer as writer:
                writer.execute("BEGIN IMMEDIATE")
                ((known,),) = writer.execute("SELECT position FROM drained").fetchall()
                writer.executemany(_KEEP, [row for one in records if one.position > known for row in _rows(one)])
                writer.execute("UPDATE drained SET position = max(position, ?)", (position,))
                oldest_ns = self._clock.now_ns() - self._settings.keep_days * _DAY_NS
                writer.execute("DELETE FROM shed WHERE hour < ?", (oldest_ns // _HOUR_NS,))
        except sqlite3.Error as error:
            self._file.is_renewed(error)
            raise StoreUnavailable(self.name, str(error)) from error

    def listed(self, before: int, limit: int) -> list[Shed]:
        """Return rows newest first, with ids below `before` (0: from the newest)."""
        where = "WHERE id < ?" if before else "WHERE id > ?"
        sql = f"SELECT {_SHOWN} FROM shed {where} ORDER BY id DESC LIMIT ?"
        return [Shed(*row) for row in self._file.asked(sql, (before, limit))]

    def close(self) -> None:
        """Release the file."""
        self._file.close()


def _rows(record: Record) -> list[tuple[object, ...]]:
    if not isinstance(record.content, LetGo):
        return []
    at_ns = record.content.arrival_ns
    return [
        (at_ns // _HOUR_NS, row.source, row.reason, row.messages, row.size, at_ns, at_ns) for row in record.content.rows
    ]
