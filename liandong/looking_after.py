"""The desk's care for the system itself: signs of life, and incidents of old copies, damage and faults."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from api.city_facts import CityFacts
from city.clock import SystemClock
from city.feed import Feed
from liandong.aside_watch import AsideWatch
from liandong.copies.metrics import tell_copies
from liandong.copies.restored import RestoredMark
from liandong.copies.standing import Standings, complaints, shown
from liandong.copies.watch import CopyWatch
from liandong.heartbeat import Ailments, Heartbeat
from liandong.looking import looking
from liandong.quantity_watch import QuantityWatch
from liandong.settings import Settings
from liandong.shadow_watch import ShadowWatch
from liandong.trouble_watch import DAMAGE, RULES_FAULT, TroubleWatch
from linkage.admission.admit import Admitter
from linkage.ledger import Ledger
from storage.sql import Database


class Care:
    """What looks after the system in the desk's process.

    Attributes:
        restored: whether this is a restored copy that keeps to itself.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings, self._clock = settings, SystemClock()
        self._standings = Standings(settings.folder.copies, self._clock)
        self.restored = RestoredMark(settings.folder.restored, self._clock)

    def tell_metrics(self) -> None:
        """Have this process's metrics tell how copies stand."""
        tell_copies(self._standings, self._settings.backup, self._clock)

    def copies(self) -> dict[str, object]:
        """Return how copies stand, for people who ask."""
        return shown(self._standings.now(), self._settings.backup, self._clock.now_ns())

    async def beside(self, database: Database, feed: Feed, facts: CityFacts) -> None:
        """Do what every desk does until cancelled, be it the one that works or not."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.beat(database, feed), name="desk.heartbeat")
            group.create_task(QuantityWatch(self._settings.city, facts).run(), name="desk.quantities")

    async def beat(self, database: Database, feed: Feed) -> None:
        """Send signs of life until cancelled, if there is anybody to send them to."""
        settings = self._settings.heartbeat
        if settings.wanted:
            allow = self._settings.linkage.messages.allow_internal
            await Heartbeat(settings, Ailments(database, feed, self._late, self._restored), self._clock, allow).run()

    async def watching(self, ledger: Ledger, feed: Feed, work: Callable[[], Awaitable[None]]) -> None:
        """Watch copies, damage, rules and admission while `work` is done, which the ledger's writes belong to."""
        folder, admit = self._settings.folder, Admitter(ledger).admit
        copies = CopyWatch(self._standings, self._settings.backup, self._clock, folder.copies_alarm, admit)
        aside = AsideWatch(ledger.database, self._clock, folder.aside_alarm, admit)
        damage = TroubleWatch(DAMAGE, feed, self._clock, folder.damage_alarm, admit)
        rules = TroubleWatch(RULES_FAULT, feed, self._clock, folder.rules_alarm, admit)
        async with asyncio.TaskGroup() as group:
            watching = [
                group.create_task(_watched(copies), name="desk.copies"),
                group.create_task(_watched(aside), name="desk.aside"),
                group.create_task(damage.run(), name="desk.damage"),
                group.create_task(rules.run(), name="desk.rules_fault"),
                group.create_task(ShadowWatch(feed, ledger).run(), name="desk.shadow"),
            ]
            await work()
            for task in watching:
                task.cancel()

    def _restored(self) -> bool:
        return self.restored.standing() is not None

    def _late(self) -> bool:
        return bool(complaints(self._standings.now(), self._settings.backup, self._clock.now_ns()))


async def _watched(watch: CopyWatch | AsideWatch) -> None:
    await looking(watch.name, watch.every_s, partial(asyncio.to_thread, watch.take))
