"""What to do with a journal row or segment that cannot be read: keep it aside, say so once, and go on."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

import structlog

from city.errors import BadJournal
from ingest.journal_codec import Row
from ingest.segment import Segment
from ingest.telemetry import JOURNAL_DAMAGED

log = structlog.get_logger(__name__)

#: Rows kept for somebody to look at; a disk that is dying must not be filled with its own ruins.
_MAX_ROWS_KEPT = 1000


@contextmanager
def _as_far_as_there_is_room(file: Path) -> Iterator[None]:
    """Say so where the block cannot write: a disk that is full, too, is no reason not to start."""
    try:
        yield
    except OSError as error:
        log.warning("journal_damage_not_set_aside", file=str(file), error=str(error))


class Damage:
    """The folder of what was set aside. Thread-safe, as every file has a name of its own.

    Rows that were told are noted beside the folder: a later start reads them again, and who looked at one and removed
    its file is not told of it twice.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._note = folder, folder.with_name("damaged-rows-told")
        self._lock = Lock()
        self._told = self._noted()

    def row(self, segment: Segment, row: Row, error: BadJournal) -> None:
        """Set one row aside; a second reader that meets it says nothing again."""
        file = self._folder / f"{segment.path.stem}-{row.position}.row"
        with self._lock:
            if file.name in self._told:
                return
            self._told.add(file.name)
        with _as_far_as_there_is_room(file):
            self._folder.mkdir(exist_ok=True)
            if len(list(self._folder.glob("*.row"))) < _MAX_ROWS_KEPT:
                file.write_bytes(row.blob if isinstance(row.blob, bytes) else repr(row.blob).encode())
            with self._note.open("a", encoding="utf-8") as note:
                note.write(f"{file.name}\n")
        JOURNAL_DAMAGED.labels("row").inc()
        log.error("journal_row_damaged", file=str(file), error=str(error))

    def _noted(self) -> set[str]:
        """Return the files of rows that were told, and forget those of segments that are gone."""
        told = {file.name for file in self._folder.glob("*.row")}  # all that an earlier version knows
        with suppress(FileNotFoundError, UnicodeDecodeError):
            told |= set(self._note.read_text("utf-8").split())
        kept = {name for name in told if (self._note.parent / f"{name.partition('-')[0]}.sqlite").exists()}
        if kept != told:
            with _as_far_as_there_is_room(self._note):
                self._note.write_text("".join(f"{name}\n" for name in sorted(kept)), "utf-8")
        return kept

    def pages(self, segment: Segment, unreadable: int, error: Exception) -> None:
        """Say that positions of a segment could not be read at all; the segment itself stays until all have passed."""
        JOURNAL_DAMAGED.labels("page").inc()
        log.error("journal_pages_damaged", segment=segment.name, positions=unreadable, error=str(error))

    def commits(self, segment: Segment, lost: int) -> None:
        """Say that commits at the end of a segment were left out; its log is set aside."""
        aside = self._folder / f"{segment.name}-wal"
        with _as_far_as_there_is_room(aside):
            self._folder.mkdir(exist_ok=True)
            segment.log_copy.replace(aside)
        JOURNAL_DAMAGED.labels("commit").inc(lost)
        log.error("journal_commits_damaged", file=str(aside), commits=lost)

    def segment(self, segment: Segment, error: BadJournal) -> None:
        """Set a whole segment aside."""
        aside = segment.path  # where it stays if it must: nobody reads it, and the next start tries again
        with _as_far_as_there_is_room(aside):
            aside = segment.set_aside(self._folder)
        JOURNAL_DAMAGED.labels("segment").inc()
        log.error("journal_segment_damaged", file=str(aside), error=str(error))

    def missing(self, first: int, last: int) -> None:
        """Say that a segment is gone of which a later one tells; a file of its name is left, and says it once.

        Nothing is said of one that was set aside.
        """
        note = self._folder / f"{first:020d}.missing"
        if note.exists() or (self._folder / f"{first:020d}.sqlite").exists():
            return
        with _as_far_as_there_is_room(note):
            self._folder.mkdir(exist_ok=True)
            note.write_text(f"positions {first} to {last} were in a file that is not there any more\n", "utf-8")
        JOURNAL_DAMAGED.labels("missing").inc()
        log.error("journal_segment_missing", first=first, last=last)
