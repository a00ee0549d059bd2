"""Brings what the journal holds into the history store."""

from collections.abc import Sequence

from city.entry import Arrivals
from city.history import HistoryStore
from ingest.journal_codec import Content, Record
from ingest.telemetry import DRAIN_READINGS


class HistorySink:
    """A history store, as a drain fills it."""

    name = "history"
    kinds: Sequence[type[Content]] = (Arrivals,)

    def __init__(self, store: HistoryStore) -> None:
        self._store = store

    def position(self) -> int:
        """Return the position up to which the store keeps everything."""
        return self._store.position()

    def weight(self, record: Record) -> int:
        """Return how many readings and events a record holds."""
        arrivals = record.content
        return len(arrivals.readings) + len(arrivals.events) if isinstance(arrivals, Arrivals) else 0

    def keep(self, records: Sequence[Record], position: int) -> None:
        """Append all of them in one transaction."""
        arrivals = [(one.position, one.content) for one in records if isinstance(one.content, Arrivals)]
        self._store.append(arrivals, position)
        DRAIN_READINGS.inc(sum(len(one.readings) for _, one in arrivals))
