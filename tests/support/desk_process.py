"""A desk in a process of its own, for tests that kill, pause and double it: alarms by number, letters into a file."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import structlog
from sqlalchemy import func, select

from city.alarm import AlarmTransition
from city.clock import SECOND_NS, SystemClock
from city.feed import OutboxItem
from linkage.config import LinkageSettings
from linkage.desk import Desk
from linkage.escalation.chain import parse_chains
from linkage.failpoint import Failpoints
from linkage.leasing.fenced import FencedDatabase
from linkage.leasing.holding import while_held
from linkage.leasing.lease import Lease, database_time
from linkage.tables import INCIDENTS, MESSAGES
from linkage.telling.book import Quotas
from linkage.telling.couriers import Letter, Receipt
from storage.sql import Database
from tests.support.feed import MemoryFeed
from tests.support.forks import FORKS, become, forked
from tests.support.linkage import alarm, ledger, life_safety

#: A chain with three rungs, so many seconds apart.
CHAINS = """
chains:
  - priorities: [1, 2, 3, 4, 5]
    steps:
      - {{after_s: 0, tell: duty}}
      - {{after_s: {first}, tell: duty, by: next}}
      - {{after_s: {second}, tell: command}}
"""

#: Exit code of a process that a failpoint or SIGKILL ended.
KILLED = 137


@dataclass(frozen=True)
class Orders:
    """What the process is to do: `alarms` that come three at a time every `pace_s`, on which database, as whom."""

    url: str
    folder: str
    name: str = "a"
    alarms: int = 20
    lease_s: float = 1.0
    failpoints: tuple[str, ...] = ()
    grave: bool = True
    late_s: int = 0
    pace_s: float = 0.01
    rung_s: int = 1

    @property
    def letters(self) -> Path:
        """Return the file into which every desk of the test puts the keys of the letters it carries."""
        return Path(self.folder) / "letters"

    @property
    def settled(self) -> Path:
        """Return the file with the number up to which this desk's ingest has forgotten alarms."""
        return Path(self.folder) / f"settled-{self.name}"


def transition(number: int, orders: Orders) -> AlarmTransition:
    """Return the alarm of this number: each of a rule of its own, so that each is an incident."""
    came_ns = SystemClock().now_ns() - orders.late_s * SECOND_NS
    made = replace(alarm(rule=f"rule-{number}"), arrival_ns=came_ns, time_ns=came_ns)
    return life_safety(made) if orders.grave else made


class Outbox(MemoryFeed):
    """An ingest that remembers in a file what was settled, so that a killed desk is handed the rest again."""

    def __init__(self, orders: Orders) -> None:
        done = int(orders.settled.read_text()) if orders.settled.exists() else 0
        waiting = [OutboxItem(number, transition(number, orders)) for number in range(done + 1, orders.alarms + 1)]
        super().__init__(waiting=waiting)
        self._settled, self._pace_s = orders.settled, orders.pace_s

    async def outbox(self, limit: int, wait_s: float) -> list[OutboxItem]:
        """Return a few, so that there are many commits to die at."""
        del limit
        await asyncio.sleep(self._pace_s)
        return await super().outbox(3, wait_s)

    async def settle(self, upto: int) -> None:
        """Note it, whole or not at all."""
        await super().settle(upto)
        beside = self._settled.with_suffix(".new")
        beside.write_text(str(upto))
        beside.replace(self._settled)


class Drawer:
    """A courier that writes the key of every letter into a file that all desks share."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def carry(self, letter: Letter) -> Receipt:
        """Write one line; appending is atomic."""
        with self._path.open("a") as file:
            file.write(letter.key + "\n")
        return Receipt(delivered=True, answer="kept")


async def work(orders: Orders, ready: Connection) -> None:
    """Be a desk until killed; say through `ready` when it works."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    database = Database(orders.url)
    settings = LinkageSettings(tick_s=0.05, deliver_s=0.05, climb_s=0.05, failpoints=orders.failpoints)
    settings = settings.model_copy(
        update={"messages": settings.messages.model_copy(update={"rate_per_min": 6000, "timeout_s": 0.25})}
    )
    clock = SystemClock()
    town = ledger(database, settings)
    told = replace(town.book.telling, quotas=Quotas(usual=6000))
    book = replace(
        town.book, chains=parse_chains(CHAINS.format(first=orders.rung_s, second=2 * orders.rung_s)), telling=told
    )
    plain = replace(town, book=book, clock=clock, failpoints=Failpoints(orders.failpoints))
    lease = Lease(database, orders.name, orders.lease_s, database_time(clock))
    desk = Desk(replace(plain, database=FencedDatabase(database, lease)), Drawer(orders.letters))
    ready.send_bytes(b"working")
    feed = Outbox(orders)
    await while_held(lease, lambda: desk.run(feed))


@dataclass
class DeskProcess:
    """A running desk."""

    orders: Orders
    process: ForkServerProcess

    def ended(self, within_s: float = 30.0) -> int:
        """Return its exit code."""
        self.process.join(within_s)
        assert self.process.exitcode is not None, f"still running after {within_s:g} s"
        return self.process.exitcode

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.process.pid is not None
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.join()


@contextmanager
def desk_process(orders: Orders) -> Iterator[DeskProcess]:
    """Run a desk until the block ends, forked from a server that has imported what takes a second to import."""
    log = Path(orders.folder) / f"desk-{orders.name}.log"
    working, ready = FORKS.Pipe(duplex=False)
    process = forked(_work, orders, ready, log)
    ready.close()
    try:
        assert working.poll(30.0), log.read_text(errors="replace")[-3000:]
        yield DeskProcess(orders, process)
    finally:
        process.kill()
        process.join()
        process.close()
        working.close()


def _work(orders: Orders, ready: Connection, log: Path) -> None:
    become(log)
    asyncio.run(work(orders, ready))


def opened(database: Database) -> int:
    """Return how many incidents there are."""
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(INCIDENTS)).scalar_one())


def all_sent(database: Database, alarms: int) -> bool:
    """Tell whether each of so many alarms has its incident, and every message went out."""
    with database.read() as connection:
        query = select(func.count()).select_from(MESSAGES).where(MESSAGES.c.state != "sent")
        return opened(database) >= alarms and connection.execute(query).scalar_one() == 0
