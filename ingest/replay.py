"""Feeds the journal's past to those who must know it before new messages come."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import get_args

from city.entry import Arrivals, Connection, Entry, Journaled, Tick
from ingest.commit import Follower
from ingest.decoders.memory import Lesson
from ingest.derived.stage import Derive
from ingest.duplicates import DuplicateWindow
from ingest.journal import Journal
from ingest.journal_codec import Content, Digests, Learned, Record
from ingest.lessons import Lessons

#: Records read at once.
_PAGE = 256
_ENTRIES = get_args(Entry)
_TOLD = (Arrivals, Tick, Connection)


def replay(journal: Journal, follower: Follower, after: int) -> None:
    """Apply every entry beyond position `after`, in order."""
    for record in _records(journal, _ENTRIES, after):
        if isinstance(record.content, _ENTRIES):
            follower.apply(Journaled(record.position, record.content))


def retell(journal: Journal, follower: Follower, after: int) -> None:
    """Apply the arrivals beyond position `after`, in order, to who knows where they end however often they are told."""
    for record in _records(journal, (Arrivals,), after):
        if isinstance(record.content, Arrivals):
            follower.apply(Journaled(record.position, record.content))


def refold(journal: Journal, derive: Derive, after: int) -> None:
    """Let derivations remember what lies beyond position `after`, of which nothing is written again."""
    for record in _records(journal, _TOLD, after):
        if isinstance(record.content, _TOLD):
            derive.apply(Journaled(record.position, record.content))
    derive.position = max(after, journal.position)


def rebuild(journal: Journal, duplicates: DuplicateWindow) -> None:
    """Fill the duplicate window from what the journal still holds; do it before subscribing."""
    duplicates.rebuild(_records(journal, (Digests,), 0))


def relearn(journal: Journal, lessons: Lessons, restore: Callable[[Iterable[Lesson]], None]) -> None:
    """Give the decoders back what they learned: what is kept, and then what the journal holds beyond it."""
    restore(lessons.all())
    for record in _records(journal, (Learned,), lessons.position()):
        if isinstance(record.content, Learned):
            restore(record.content.lessons)


def oldest_arrival_ns(journal: Journal) -> int:
    """Return since when the journal reaches, by its first tick; 0 where it has none."""
    with closing(journal.reader((Tick,))) as reader:
        for record in reader.read(0, 1).records:
            if isinstance(record.content, Tick):
                return record.content.time_ns
    return 0


def _records(journal: Journal, kinds: Sequence[type[Content]], after: int) -> Iterator[Record]:
    with closing(journal.reader(kinds)) as reader:
        while after < journal.position:
            page = reader.read(after, _PAGE)
            yield from page.records
            after = page.upto
