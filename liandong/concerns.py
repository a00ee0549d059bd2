"""What a rule looks at for one sensor, told of the running engine: with the journal's connections, and what is kept."""

from contextlib import closing
from dataclasses import replace

from city.clock import SECOND_NS, Clock
from city.entry import Connection, Tick
from city.feed import Concerned
from ingest.journal import Journal
from rules.concern import concerned
from rules.engine import Engine

_DAY_NS = 86_400 * SECOND_NS

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
        with closing(self._journal.reader((Tick,))) as reader:
            ticks = [one.content for one in reader.read(after, 1).records]
        with closing(self._journal.reader((Connection,))) as reader:
            records = [one.content for one in reader.read(after, _ROWS).records]
        since_ns = next((one.time_ns for one in ticks if isinstance(one, Tick)), 0)
        connections = tuple(one for one in records if isinstance(one, Connection))
        return replace(found, connections=connections, heard_since_ns=since_ns)
