"""The append-only journal: what is committed here may be acknowledged, and everything else follows from it."""

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import structlog

from city.errors import BadJournal, StoreUnavailable
from ingest.config import JournalSettings
from ingest.damage import Damage
from ingest.journal_codec import Content, encode
from ingest.journal_reader import Extent, JournalReader
from ingest.log_space import LogSpace
from ingest.segment import Segment, segments_in, write
from ingest.telemetry import (
    COMMIT_SECONDS,
    COMMITS_REFUSED,
    JOURNAL_BEHIND,
    JOURNAL_BYTES,
    JOURNAL_POSITION,
    JOURNAL_SEGMENTS,
    JOURNAL_UNTIDY,
)

log = structlog.get_logger(__name__)

#: Positions left out after damage: more than one segment can hold, so that none is ever used twice.
_GAP = 2**32


class Journal:
    """Writes rows in order and keeps them until every reader has passed; belongs to one thread.

    Attributes:
        position: of the newest committed row.
    """

    def __init__(self, folder: Path, settings: JournalSettings, *, readers: Mapping[str, int]) -> None:
        """Open the journal in `folder`, whose `readers` have come as far as they say.

        A segment that cannot be read is set aside; opening goes on.

        Raises:
            StoreUnavailable: a segment cannot be opened now.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._settings = folder, settings
        self._readers = dict(readers)
        self._pins: dict[str, int] = {}
        self._damage = Damage(folder / "damaged")
        self._janitor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ingest.journal")
        self._writer: sqlite3.Connection | None = None
        self._begun: Segment | None = None
        self._space: LogSpace | None = None
        self._segments: tuple[Segment, ...] = ()
        self._gap = 0
        self.position = self._recover()
        self._old_bytes = self._measure()

    def append(self, contents: Sequence[Content]) -> int:
        """Commit `contents` together and return the position of the first; the others follow it one by one.

        Raises:
            StoreUnavailable: nothing was committed, as the journal or its disk is full or does not work.
        """
        self._make_room()
        first = self.position + 1
        rows = [encode(first + index, content) for index, content in enumerate(contents)]
        try:
            with COMMIT_SECONDS.time():
                write(self._open_writer(first), rows)
        except (sqlite3.Error, OSError) as error:
            self._give_up_writer(first, len(rows))
            COMMITS_REFUSED.labels("error").inc()
            raise StoreUnavailable("journal", str(error)) from error
        last = first + len(rows) - 1
        self._segments[-1].last = last  # before `position`, by which readers in other threads see that it is there
        self.position = last
        JOURNAL_POSITION.set(self.position)
        if self._space is not None and self._space.extend():
            self._later(self._space.flush)
        return first

    def reader(self, kinds: Sequence[type[Content]] = ()) -> JournalReader:
        """Return a reader for one thread, of some kinds or of all."""
        return JournalReader(self._extent, self._damage, kinds)

    def passed(self, reader: str, position: int) -> None:
        """Note that `reader` needs nothing up to `position` any more; segments that nobody needs are given back."""
        self._readers[reader] = position
        JOURNAL_BEHIND.labels(reader).set(self.position - position)
        self._reclaim()

    def pin(self, reader: str, position: int) -> None:
        """Ask to keep what lies beyond `position`, as long as the journal is less than half full."""
        self._pins[reader] = position

    def hold(self, reader: str) -> int:
        """Pin what any reader still needs now, and return the position behind which that lies."""
        self._pins[reader] = min(self._readers.values(), default=self.position)
        return self._pins[reader]

    def let_go(self, reader: str) -> None:
        """Forget a pin."""
        self._pins.pop(reader, None)

    @property
    def given_back(self) -> int:
        """Return the newest position that was committed and is not here any more; 0 while everything is."""
        if not self._segments:
            return 0
        oldest = self._segments[0]
        return oldest.origin[1] if oldest.origin is not None else 0

    @property
    def size(self) -> int:
        """Return the bytes of all segments."""
        return self._old_bytes + (self._segments[-1].size() if self._writer is not None else 0)

    def close(self) -> None:
        """Seal the newest segment; every reader must have been closed."""
        self._seal_writer()
        self._janitor.shutdown()

    def _recover(self) -> int:
        """Find the segments of earlier runs, and return the highest position that may have been used."""
        found = segments_in(self._folder)
        intact = [segment for segment in found if self._is_readable(segment)]
        self._segments = tuple(intact)
        self._miss(found)
        firsts = (segment.first - 1 for segment in found)
        lasts = (segment.last for segment in intact)
        return max([0, *self._readers.values(), *firsts, *lasts]) + self._gap

    def _is_readable(self, segment: Segment) -> bool:
        """Return whether a segment can be read; what is damaged is set aside, and its positions are left out."""
        try:
            lost = segment.recover()
        except BadJournal as error:
            self._damage.segment(segment, error)
            self._gap = _GAP
            return False
        if lost:
            self._damage.commits(segment, lost)
            self._gap = _GAP
        return True

    def _miss(self, found: Sequence[Segment]) -> None:
        """Say which segments are gone though somebody may have needed them: only the oldest are ever given back."""
        firsts = {segment.first for segment in found}
        behind, ahead = (pick(self._readers.values(), default=0) for pick in (min, max))
        for segment in self._segments:
            if segment.origin is None or segment.origin[0] in firsts:
                continue
            first, last = segment.origin
            if last > ahead or (last > behind and min(firsts) < first):
                self._damage.missing(first, last)

    def _extent(self) -> Extent:
        position = self.position  # first: segments that are newer than it do no harm
        return Extent(self._segments, position)

    def _make_room(self) -> None:
        """Begin a new segment where the newest is large enough; refuse where journal or disk are full."""
        if self._free_bytes() < self._settings.min_free_bytes:
            COMMITS_REFUSED.labels("disk").inc()
            raise StoreUnavailable("journal", cause="its disk is almost full")
        newest = self._segments[-1].size() if self._writer is not None else 0
        full = self._old_bytes + newest >= self._settings.max_bytes
        # One that is full of what everybody has read, as after its bound was lowered, gives that back once it goes on.
        if full and min(self._readers.values(), default=self.position) < self.position:
            COMMITS_REFUSED.labels("full").inc()
            raise StoreUnavailable("journal", cause=f"it holds {self._settings.max_bytes} bytes, as many as it may")
        if newest >= self._settings.begun_bytes:
            self._seal_writer()

    def _free_bytes(self) -> int:
        """Return how much is free on its disk; raises StoreUnavailable where the disk is not there."""
        try:
            disk = os.statvfs(self._folder)
        except OSError as error:
            COMMITS_REFUSED.labels("error").inc()
            raise StoreUnavailable("journal", str(error)) from error
        return disk.f_bavail * disk.f_frsize

    def _open_writer(self, first: int) -> sqlite3.Connection:
        if self._writer is None:
            segment = self._begun = Segment(self._folder, first, first - 1)
            self._writer = segment.create(self._segments[-1] if self._segments else None)
            self._space = LogSpace(segment.log_path, self._settings.begun_bytes)
            self._segments = (*self._segments, segment)
            self._old_bytes = self._measure()
        return self._writer

    def _seal_writer(self) -> None:
        if self._writer is not None:
            segment, writer = self._segments[-1], self._writer
            self._writer = self._begun = None
            self._leave_space()
            self._later(lambda: segment.seal(writer))

    def _give_up_writer(self, first: int, count: int) -> None:
        """After a commit that went wrong: it may yet be found on disk, so its positions are not used again."""
        self.position = first + count - 1
        if self._writer is not None:
            writer, self._writer, self._begun = self._writer, None, None
            self._leave_space()
            self._later(writer.close)

    def _leave_space(self) -> None:
        if self._space is not None:
            self._later(self._space.close)
            self._space = None

    def _reclaim(self) -> None:
        needed = min(self._readers.values(), default=self.position)
        if self._old_bytes < self._settings.max_bytes / 2:
            needed = min([needed, *self._pins.values()])
        while len(self._segments) > 1 and self._segments[0].last <= needed:
            oldest, *rest = self._segments
            self._segments = tuple(rest)
            self._later(oldest.unlink)

    def _later(self, act: Callable[[], None]) -> None:
        """Let the janitor's thread do what waits for the disk, one thing after the other."""
        self._janitor.submit(self._tidy, act)

    def _tidy(self, act: Callable[[], None]) -> None:
        try:
            act()
        except (sqlite3.Error, OSError) as error:  # it is there whole all the same, and the next start tries again
            JOURNAL_UNTIDY.inc()
            log.warning("journal_not_tidied", error=str(error))
        self._old_bytes = self._measure()

    def _measure(self) -> int:
        """Return the bytes of all segments but the one that is written; the janitor asks too."""
        segments = self._segments  # first: one that is begun after this is not among them
        begun = self._begun
        total = sum(segment.size() for segment in segments if segment is not begun)
        JOURNAL_BYTES.set(total)
        JOURNAL_SEGMENTS.set(len(segments))
        return total
