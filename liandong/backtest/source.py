"""What a back-test reads: all that arrived in a span of time, be it from a store or from whoever has the store."""

from collections.abc import Iterator
from typing import Protocol

from city.history import Past


class Source(Protocol):
    """Gives the past; a `city.history.HistoryStore` is one."""

    def past(self, start_ns: int, end_ns: int) -> Iterator[Past]:
        """Yield all that arrived in [start_ns, end_ns), a stretch at a time; raises StoreUnavailable."""
        ...

    def oldest_ns(self) -> int | None:
        """Return when the oldest arrived of what is kept; None when nothing is."""
        ...
