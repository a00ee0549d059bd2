"""Reads the journal from any position; one reader belongs to one thread, and never meets the writer's lock."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from city.errors import BadJournal, StoreUnavailable
from city.sqlite_error import is_not_now
from ingest.damage import Damage
from ingest.journal_codec import NUMBERS, Content, Record, Row, decode, number_of
from ingest.segment import Segment

#: Bytes of rows after which a page ends, whatever its limit: what one reader holds in memory.
_PAGE_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Extent:
    """What can be read now: segments, oldest first, and the newest position that is committed."""

    segments: tuple[Segment, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some records in order; nothing of the wanted kinds lies between `upto` and the last of them."""

    records: list[Record]
    upto: int


class JournalReader:
    """Reads records of some kinds, of all when none are named."""

    def __init__(self, extent: Callable[[], Extent], damage: Damage, kinds: Sequence[type[Content]] = ()) -> None:
        self._extent, self._damage = extent, damage
        only = f"AND {_is_any_of(kinds)}" if kinds else ""
        self._scan = f"SELECT * FROM row WHERE position > ? AND position <= ? {only} ORDER BY position"
        self._pick = f"SELECT * FROM row WHERE position = ? {only}"
        self._connection: sqlite3.Connection | None = None
        self._connected_to: Segment | None = None

    def read(self, after: int, limit: int) -> Page:
        """Return up to `limit` records from beyond position `after`; damaged ones are set aside and skipped.

        Raises:
            StoreUnavailable: the files cannot be read now.
        """
        extent = self._extent()
        records: list[Record] = []
        size = 0
        for segment, row in self._rows(extent, after):
            size += len(row.blob) if isinstance(row.blob, bytes) else 0  # else it is damaged, and told so below
            try:
                records.append(decode(row, segment.name))
            except BadJournal as error:
                self._damage.row(segment, row, error)
            if len(records) >= limit or size >= _PAGE_BYTES:
                return Page(records, row.position)
        return Page(records, max(after, extent.position))

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._connected_to = None

    def _rows(self, extent: Extent, after: int) -> Iterator[tuple[Segment, Row]]:
        for segment in extent.segments:
            last = min(segment.last, extent.position)
            if last > after:
                for row in self._rows_of(segment, after, last):
                    yield segment, row

    def _rows_of(self, segment: Segment, after: int, last: int) -> Iterator[Row]:
        reached = after
        try:
            for values in self._to(segment).execute(self._scan, (after, last)):
                row = Row(*values)
                reached = row.position
                yield row
        except sqlite3.OperationalError as error:
            raise StoreUnavailable("journal", str(error)) from error
        except sqlite3.DatabaseError as error:
            yield from self._salvaged(segment, max(reached + 1, segment.first), last, error)

    def _salvaged(self, segment: Segment, start: int, last: int, error: Exception) -> Iterator[Row]:
        """Yield what can still be read one by one of a segment in which some pages are damaged."""
        unreadable = 0
        try:
            for position in range(start, last + 1):
                try:
                    row = self._picked(segment, position)
                except sqlite3.DatabaseError:
                    unreadable += 1
                    continue
                if row is not None:
                    yield row
        finally:  # also where the page ends in the midst of it: the next one begins behind what is lost
            if unreadable:
                self._damage.pages(segment, unreadable, error)

    def _picked(self, segment: Segment, position: int) -> Row | None:
        """Return one row; raises sqlite3.DatabaseError where it is lost."""
        try:
            values = self._to(segment).execute(self._pick, (position,)).fetchone()
        except sqlite3.DatabaseError as error:
            if is_not_now(error):
                raise StoreUnavailable("journal", str(error)) from error
            raise
        return Row(*values) if values is not None else None

    def _to(self, segment: Segment) -> sqlite3.Connection:
        if self._connection is None or self._connected_to is not segment:
            self.close()
            self._connection, self._connected_to = segment.connect(), segment
        return self._connection


def _is_any_of(kinds: Sequence[type[Content]]) -> str:
    """Return the SQL for rows of these kinds and of none at all: else nobody would meet a row whose kind is damaged."""
    chosen = ", ".join(str(number_of(kind)) for kind in kinds)
    return f"(kind IN ({chosen}) OR kind IS NULL OR kind NOT IN ({', '.join(map(str, NUMBERS))}))"
