"""The desk's care for the system itself: signs of life, and an incident when copies are too old."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from city.clock import SystemClock
from city.errors import StoreUnavailable
from city.feed import Feed
from liandong.copies.metrics import tell_copies
from liandong.copies.standing import Standings, complaints, shown
from liandong.copies.watch import CopyWatch
from liandong.heartbeat import Ailments, Heartbeat
from liandong.settings import Settings
from linkage.admission.admit import Admitter
from linkage.ledger import Ledger
from storage.sql import Database

log = structlog.get_logger()


class Care:
    """What looks after the system in the desk's process."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._clock = settings, SystemClock()
        self._standings = Standings(settings.folder.copies, self._clock)

    def tell_metrics(self) -> None:
        """Have this process's metrics tell how copies stand."""
        tell_copies(self._standings, self._settings.backup, self._clock)

    def copies(self) -> dict[str, object]:
        """Return how copies stand, for people who ask."""
        return shown(self._standings.now(), self._settings.backup, self._clock.now_ns())

    async def beat(self, database: Database, feed: Feed) -> None:
        """Send signs of life until cancelled, if there is anybody to send them to."""
        settings = self._settings.heartbeat
        if settings.wanted:
            allow = self._settings.linkage.messages.allow_internal
            await Heartbeat(settings, Ailments(database, feed, self._late), self._clock, allow).run()

    async def watching(self, ledger: Ledger, work: Callable[[], Awaitable[None]]) -> None:
        """Watch the copies while `work` is done, which the ledger's writes belong to."""
        watch = CopyWatch(
            self._standings,
            self._settings.backup,
            self._clock,
            self._settings.folder.copies_alarm,
            Admitter(ledger).admit,
        )
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(_watch(watch), name="desk.copies")
            await work()
            watching.cancel()

    def _late(self) -> bool:
        return bool(complaints(self._standings.now(), self._settings.backup, self._clock.now_ns()))


async def _watch(watch: CopyWatch) -> None:
    while True:
        try:
            await asyncio.to_thread(watch.take)
        except StoreUnavailable as error:
            log.warning("turn_waits", turn=watch.name, store=error.store, cause=error.cause)
        await asyncio.sleep(watch.every_s)
