import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select

from city.clock import ManualClock
from city.errors import StoreUnavailable
from linkage.leasing.fenced import FencedDatabase
from linkage.leasing.holding import while_held
from linkage.leasing.lease import Lease, LeaseLost, database_time
from linkage.leasing.tables import LEASES
from storage.sql import Database
from tests.support.linkage import START

SECONDS = 5.0


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def lease_of(database: Database, clock: ManualClock) -> Callable[[str], Lease]:
    return lambda holder: Lease(database, holder, SECONDS, lambda _: clock.now_ns())


Leases = Callable[[str], Lease]


def write(database: Database, name: str) -> None:
    with database.write() as connection:
        connection.execute(insert(LEASES), {"name": name, "holder": "", "token": 0, "expires_ns": 0})


def names(database: Database) -> set[str]:
    with database.read() as connection:
        return set(connection.execute(select(LEASES.c.name)).scalars())


def test_one_of_two_holds_it(lease_of: Leases) -> None:
    a, b = lease_of("a"), lease_of("b")

    assert [a.take(), b.take(), a.take()] == [True, False, True]


def test_it_passes_on_when_its_holder_goes_away(lease_of: Leases, clock: ManualClock) -> None:
    a, b = lease_of("a"), lease_of("b")
    a.take()
    clock.advance(timedelta(seconds=SECONDS - 0.1))
    early = b.take()
    clock.advance(timedelta(seconds=0.1))

    assert (early, b.take(), a.take()) == (False, True, False)


def test_it_stays_while_it_is_renewed(lease_of: Leases, clock: ManualClock) -> None:
    a, b = lease_of("a"), lease_of("b")
    a.take()
    for _ in range(5):
        clock.advance(timedelta(seconds=SECONDS * 0.8))
        a.take()

    assert not b.take()


def test_it_passes_on_at_once_when_released(lease_of: Leases) -> None:
    a, b = lease_of("a"), lease_of("b")
    a.take()
    a.release()

    assert b.take()


def test_release_of_what_another_holds_does_nothing(lease_of: Leases, clock: ManualClock) -> None:
    a, b = lease_of("a"), lease_of("b")
    a.take()
    clock.advance(timedelta(seconds=SECONDS))
    b.take()
    a.release()

    assert not a.take()


def test_who_comes_back_under_its_own_name_need_not_wait(lease_of: Leases) -> None:
    lease_of("a").take()

    assert lease_of("a").take()


def test_holder_writes_and_others_do_not(database: Database, lease_of: Leases) -> None:
    a, b = lease_of("a"), lease_of("b")
    a.take()
    b.take()
    write(FencedDatabase(database, a), "by a")

    with pytest.raises(LeaseLost):
        write(FencedDatabase(database, b), "by b")

    assert names(database) == {"desk", "by a"}


def test_who_slept_longer_than_the_lease_writes_nothing(
    database: Database, lease_of: Leases, clock: ManualClock
) -> None:
    a, b = lease_of("a"), lease_of("b")
    a.take()
    clock.advance(timedelta(seconds=SECONDS * 2))
    b.take()

    with pytest.raises(LeaseLost, match="turn 1 is over"):
        write(FencedDatabase(database, a), "by a")

    assert names(database) == {"desk"}


def test_who_slept_and_was_not_missed_goes_on(database: Database, lease_of: Leases, clock: ManualClock) -> None:
    a = lease_of("a")
    a.take()
    clock.advance(timedelta(seconds=SECONDS * 2))
    write(FencedDatabase(database, a), "by a")

    assert a.take()
    assert "by a" in names(database)


def test_twin_of_the_same_name_ends_the_older_ones_turn(database: Database, lease_of: Leases) -> None:
    older, newer = lease_of("a"), lease_of("a")
    older.take()
    newer.take()

    with pytest.raises(LeaseLost):
        write(FencedDatabase(database, older), "by the older")


def test_fenced_database_reads_for_everybody(database: Database, lease_of: Leases) -> None:
    assert names(FencedDatabase(database, lease_of("a"))) == set()


def test_database_tells_the_time(database: Database) -> None:
    clock = ManualClock(START)
    tell = database_time(clock)

    with database.read() as connection:
        now_ns = tell(connection)

    if database.url.startswith("sqlite"):
        assert now_ns == clock.now_ns()
    else:
        assert now_ns > clock.now_ns() - 365 * 86_400 * 10**9


class Work:
    """Work that says when it runs, and ends as it is told."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.fails: Exception | None = None
        self.runs = 0

    async def __call__(self) -> None:
        self.runs += 1
        self.started.set()
        if self.fails is not None:
            raise self.fails
        await asyncio.Event().wait()


async def test_work_runs_while_the_lease_is_held(database: Database) -> None:
    clock = ManualClock(START)
    a = Lease(database, "a", 0.06, lambda _: clock.now_ns())
    b = Lease(database, "b", 0.06, lambda _: clock.now_ns())
    first, second = Work(), Work()
    async with asyncio.TaskGroup() as group:
        one = group.create_task(while_held(a, first))
        await first.started.wait()
        two = group.create_task(while_held(b, second))
        await asyncio.sleep(0.1)
        waited = second.runs == 0
        one.cancel()
        await asyncio.wait([one])
        while not second.started.is_set():  # a renewal of the first may still have been under way
            clock.advance(timedelta(seconds=1))
            await asyncio.sleep(0.02)
        two.cancel()

    assert waited


async def test_work_that_lost_its_turn_waits_for_the_next(database: Database) -> None:
    clock = ManualClock(START)
    lease = Lease(database, "a", 0.06, lambda _: clock.now_ns())
    work = Work()
    work.fails = LeaseLost("desk", 1)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(while_held(lease, work))
        await work.started.wait()
        work.started.clear()
        work.fails = None
        await work.started.wait()
        task.cancel()

    assert work.runs >= 2


async def test_work_goes_on_while_the_database_is_away() -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none", busy_timeout_s=2)

    loop, often = asyncio.get_running_loop(), asyncio.Event()

    class Flaky(Lease):
        takes = 0

        def take(self) -> bool:
            self.takes += 1
            if self.takes == 4:
                loop.call_soon_threadsafe(often.set)
            if self.takes > 1:
                raise StoreUnavailable("database", "gone")
            return True

    def no_time(_: Connection) -> int:
        return 0

    lease, work = Flaky(away, "a", 0.03, no_time), Work()
    task = asyncio.create_task(while_held(lease, work))
    await work.started.wait()
    await often.wait()
    task.cancel()
    await asyncio.wait([task])

    assert work.runs == 1
