"""What a rule looks at for one sensor, told of the running engine: with the journal's connections, and what is kept."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from city.clock import SECOND_NS, Clock
from city.entry import Connection, Tick
from city.feed import Concerned
from ingest.journal import Journal
from ingest.journal_codec import Record
from ingest.journal_reader import JournalReader
from rules.concern import concerned
from rules.engine import Engine
from rules.listening import LONGEST_TICK_NS

_DAY_NS = 86_400 * SECOND_NS

#: A tick lies among so many rows before a connection, if there was one.
_NEAR = 64

#: Rows of the journal that are looked through for connections, the newest; rows of other kinds are passed over unread.
_ROWS = 500_000


class Concerns:
    """Answers for the engine in force; `retention_days` is how long the history keeps readings, None for ever."""

    def __init__(self, journal: Journal, clock: Clock, retention_days: int | None) -> None:
        self._journal, self._clock, self._retention_days = journal, clock, retention_days

    def of(self, engine: Engine, rule: str, sensor: str) -> Concerned:
        """Return what a rule in force looks at; on the loop that owns the engine. Raises NotFound."""
        forgotten_ns = None
        if self._retention_days is not None:
            forgotten_ns = self._clock.now_ns() - self._retention_days * _DAY_NS
        return replace(concerned(engine, rule, sensor), forgotten_ns=forgotten_ns)

    def with_connections(self, found: Concerned) -> Concerned:
        """Return it with the connections that the journal still holds; blocks, in any thread.

        Raises:
            StoreUnavailable: the journal cannot be read now.
        """
        after = max(0, self._journal.position - _ROWS)
        whole = after == 0 and self._journal.given_back == 0
        with closing(self._journal.reader((Connection,))) as reader:
            records = reader.read(after, _ROWS).records
        with closing(self._journal.reader((Tick,))) as reader:
            first = reader.read(after, 1).records
            changes = [change for one in records for change in _with_gap(reader, one)]
        since_ns = 0 if whole or not first else _time_ns(first[0])
        return replace(found, connections=tuple(changes), heard_since_ns=since_ns)


def _with_gap(ticks: JournalReader, record: Record) -> Iterator[Connection]:
    """Yield a connection; before it, where nobody had run for a while, that nobody listened since the last tick."""
    connection = record.content
    assert isinstance(connection, Connection)  # the reader reads no others
    page = ticks.read(max(0, record.position - _NEAR), _NEAR)
    before = [_time_ns(one) for one in page.records if one.position < record.position]
    if before and connection.time_ns - before[-1] > LONGEST_TICK_NS:
        yield Connection(before[-1], listening=False)
    yield connection


def _time_ns(record: Record) -> int:
    return record.content.time_ns if isinstance(record.content, Tick) else 0
