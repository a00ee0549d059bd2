"""The judge as ingest's pipeline and the link share it: it judges for the one and wakes the other."""

import asyncio

from city.alarm import AlarmTransition
from city.entry import Connection, Journaled
from city.feed import OutboxItem
from rules.checkpoint import Judge


class Bench:
    """A judge with somebody waiting at its door; belongs to ingest's loop.

    Attributes:
        since_ns: when ingest last began or ceased to listen.
        unreadable: why the newest rule files could not even be read; empty when they could.
    """

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.since_ns = 0
        self.unreadable = ""
        self._news = asyncio.Event()

    @property
    def position(self) -> int:
        """Return the last position judged."""
        return self.judge.position

    @property
    def released(self) -> int:
        """Return the position up to which the journal is needed no more."""
        return self.judge.released

    def apply(self, item: Journaled) -> list[AlarmTransition]:
        """Judge one entry, and wake who waits for an alarm; raises StoreUnavailable."""
        if isinstance(item.entry, Connection):
            self.since_ns = item.entry.time_ns
        raised = self.judge.apply(item)
        if raised:
            self._news.set()
        return raised

    async def outbox(self, limit: int, wait_s: float) -> list[OutboxItem]:
        """Return the oldest unsettled transitions; when there are none, wait up to `wait_s` for one."""
        self._news.clear()
        items = self.judge.outbox(limit)
        if items or wait_s <= 0:
            return items
        try:
            async with asyncio.timeout(wait_s):
                await self._news.wait()
        except TimeoutError:
            return []
        return self.judge.outbox(limit)
