"""The desk: takes alarms from ingest, sends the messages and takes its turns, each in a loop of its own."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from city.errors import StoreUnavailable
from city.feed import Feed
from linkage.admission.setting_aside import SettingAside
from linkage.faults import faults_told
from linkage.ledger import Ledger
from linkage.plans.playing import Playing, Stage
from linkage.telling.carrying import couriers
from linkage.telling.couriers import Courier
from linkage.telling.deliveries import Deliveries
from linkage.telling.link import Links
from linkage.telling.post import Post
from linkage.telling.public_guard import PublicGuard
from linkage.turn import Turn
from linkage.turns import turns
from linkage.witness.gathering import Gatherer

log = structlog.get_logger()

#: Transitions admitted in one transaction: some 15 ms, after which officers get their turn.
BATCH = 50

#: Longest that ingest holds a request for alarms while there are none, seconds.
_WAIT_S = 10.0

#: Wait before trying again what was not available, seconds; doubles up to the longest.
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 5.0


class Desk:
    """Runs the queue's own work; its parts block, so each call to them goes to a thread."""

    def __init__(
        self,
        ledger: Ledger,
        courier: Courier | None = None,
        links: Links | None = None,
        stage: Stage | None = None,
        may_speak: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """Work on `ledger`; nothing is sent before `may_speak` returns."""
        settings = ledger.settings
        self._admission = SettingAside(ledger)
        self._turns = turns(ledger) if stage is None else (*turns(ledger), Playing(ledger, stage))
        carrier = couriers(settings, ledger.clock) if courier is None else courier
        guard = PublicGuard(carrier, ledger.database, settings.messages.public)
        self.post = Post(ledger.database, ledger.clock, settings.messages, guard, ledger.failpoints, links)
        self._deliveries = Deliveries(self.post, settings, ledger.bell)
        self._gatherer = Gatherer(ledger)
        self._may_speak = may_speak

    async def run(self, feed: Feed) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.admitting(feed), name="desk.admitting")
            group.create_task(self.delivering(), name="desk.delivering")
            group.create_task(self._gatherer.run(feed), name="desk.evidence")
            for turn in self._turns:
                group.create_task(self.taking(turn), name=f"desk.{turn.name}")

    async def admitting(self, feed: Feed) -> None:
        """Admit alarms as they come; what is not available, ingest or the database, is waited for."""
        wait_s, reached = _FIRST_WAIT_S, False
        while True:
            try:
                with faults_told("admission"):
                    await self.admit_some(feed)
                reached = True
            except StoreUnavailable as error:
                # At a start the desk is up before ingest: that is worth a line, and a warning only when it lasts.
                tell = log.warning if reached or wait_s >= _LONGEST_WAIT_S else log.info
                tell("admission_waits", store=error.store, cause=error.cause, wait_s=wait_s)
                await asyncio.sleep(max(wait_s, error.again_s))
                wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
            else:
                wait_s = _FIRST_WAIT_S

    async def admit_some(self, feed: Feed, wait_s: float = _WAIT_S) -> int:
        """Take what waits in ingest's outbox, decide on it, and let ingest forget it; return how many.

        Raises:
            StoreUnavailable: ingest or the database does not answer; nothing is lost.
        """
        items = await feed.outbox(BATCH, wait_s)
        if items:
            await asyncio.to_thread(self._admission.admit, [item.transition for item in items])
            await feed.settle(items[-1].number)
        return len(items)

    async def taking(self, turn: Turn) -> None:
        """Take one turn again and again."""
        while True:
            wait_s = turn.every_s
            try:
                with faults_told(turn.name):
                    await asyncio.to_thread(turn.take)
            except StoreUnavailable as error:
                wait_s = max(wait_s, error.again_s)
                log.warning("turn_waits", turn=turn.name, store=error.store, cause=error.cause, wait_s=wait_s)
            await asyncio.sleep(wait_s)

    async def delivering(self) -> None:
        """Send what is due until cancelled."""
        if self._may_speak is not None:
            await self._may_speak()
        await self._deliveries.run()
