import asyncio
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from city.errors import StoreUnavailable
from city.feed import OutboxItem
from linkage.config import LinkageSettings
from linkage.desk import Desk
from linkage.telling.couriers import Letter, Letterbox, Receipt
from storage.sql import Database
from tests.support.feed import MemoryFeed
from tests.support.linkage import MONITOR, Town, alarm


class Outbox(MemoryFeed):
    """A feed that, like ingest, holds a request for alarms while there are none."""

    async def outbox(self, limit: int, wait_s: float) -> list[OutboxItem]:
        await asyncio.sleep(0.01)
        return await super().outbox(limit, wait_s)


class Ringing(Letterbox):
    """A letterbox that says when a letter has come."""

    def __init__(self) -> None:
        super().__init__()
        self.came = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def carry(self, letter: Letter) -> Receipt:
        receipt = super().carry(letter)
        self._loop.call_soon_threadsafe(self.came.set)
        return receipt

    async def next(self) -> Letter:
        await self.came.wait()
        self.came.clear()
        return self.letters[-1]


async def test_admitted_alarms_are_settled(town: Town):
    feed = MemoryFeed(waiting=[OutboxItem(4, alarm()), OutboxItem(9, alarm(target="underpass/2"))])
    desk = Desk(town.ledger, Letterbox())
    admitted = [await desk.admit_some(feed, 0), await desk.admit_some(feed, 0)]

    assert admitted == [2, 0]
    assert feed.waiting == []
    assert town.queue.page(MONITOR).total == 2


async def test_alarm_admitted_but_not_settled_is_not_doubled(town: Town):
    item = OutboxItem(4, alarm())
    desk = Desk(town.ledger, Letterbox())
    await desk.admit_some(MemoryFeed(waiting=[item]), 0)
    await desk.admit_some(MemoryFeed(waiting=[item]), 0)

    assert town.queue.page(MONITOR).total == 1


async def test_nothing_is_settled_while_the_database_is_away(town: Town):
    feed = MemoryFeed(waiting=[OutboxItem(4, alarm())])
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none", busy_timeout_s=2)
    desk = Desk(replace(town.ledger, database=away), Letterbox())

    with pytest.raises(StoreUnavailable):
        await desk.admit_some(feed, 0)

    assert len(feed.waiting) == 1


async def test_desk_works_by_itself(database: Database):
    town = Town(database, LinkageSettings(tick_s=0.01, deliver_s=0.01))
    feed, box, may_speak = Outbox(away=True), Ringing(), asyncio.Event()
    running = asyncio.create_task(Desk(town.ledger, box, may_speak=may_speak.wait).run(feed))
    feed.waiting.append(OutboxItem(1, alarm()))
    await asyncio.sleep(0)
    feed.come_back()
    while town.queue.page(MONITOR).total == 0:  # noqa: ASYNC110 - what is waited for has no event of its own
        await asyncio.sleep(0.01)
    silent = list(box.letters)
    may_speak.set()
    opened = await box.next()
    town.wait(hours=1)
    while not any("Overdue" in letter.subject for letter in box.letters):  # noqa: ASYNC110 - others come beside it
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert silent == []
    assert "New incident" in opened.subject


async def test_fault_in_one_turn_is_told_and_the_rest_goes_on(town: Town):
    class Faulty:
        name, every_s = "faulty", 0.0

        def take(self) -> int:
            raise ZeroDivisionError

    desk = Desk(town.ledger, Letterbox())
    with capture_logs() as logs:
        taking = asyncio.create_task(desk.taking(Faulty()))
        while not any(entry["event"] == "turn_waits" for entry in logs):  # noqa: ASYNC110 - a log tells nobody
            await asyncio.sleep(0)
        admitted = await desk.admit_some(MemoryFeed(waiting=[OutboxItem(1, alarm())]), 0)
        goes_on = not taking.done()
        taking.cancel()

    assert (admitted, goes_on) == (1, True)
    assert [(entry["event"], entry.get("where"), entry.get("wait_s")) for entry in logs[:2]] == [
        ("desk_fault", "faulty", None),
        ("turn_waits", None, 5.0),
    ]


async def test_waiting_for_ingest_at_the_start_is_no_warning(town: Town):
    again = asyncio.Event()

    class Away(MemoryFeed):
        tries = 0

        async def outbox(self, limit: int, wait_s: float) -> list[OutboxItem]:
            self.tries += 1
            if self.tries > 1:
                again.set()
            raise StoreUnavailable("ingest", "not there yet")

    with capture_logs() as logs:
        admitting = asyncio.create_task(Desk(town.ledger, Letterbox()).admitting(Away()))
        await again.wait()
        admitting.cancel()

    assert {(entry["event"], entry["log_level"]) for entry in logs} == {("admission_waits", "info")}
