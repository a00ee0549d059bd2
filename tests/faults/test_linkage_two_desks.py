"""Two desks on one PostgreSQL: one works, the other takes over when it dies or sleeps, and nothing is done twice."""

import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from linkage.event_log import verify
from linkage.leasing.tables import LEASES
from linkage.tables import INCIDENTS, MESSAGES
from storage.sql import Database
from tests.support.desk_process import DeskProcess, Orders, all_sent, desk_process, opened
from tests.support.postgres import Postgres, new_migrated, postgres_server
from tests.support.program import ROOT, eventually

pytestmark = [pytest.mark.timeout(120), pytest.mark.slow]

ALARMS, LEASE_S = 30, 3.0

#: A holder that went away is replaced within its lease and one look of the other; the server cuts off one that fell
#: asleep as it was given the lock after 5 s (`busy_timeout_s`); the rest is room for a busy machine.
TAKEN_OVER_S = LEASE_S * 2 + 5 + 3


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def url(server: Postgres) -> str:
    return new_migrated(server.url, f"city_{uuid.uuid4().hex}")


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def orders(url: str, tmp_path: Path) -> Orders:
    return Orders(url, str(tmp_path), alarms=ALARMS, lease_s=LEASE_S)


def holder(database: Database) -> tuple[str, int]:
    with database.read() as connection:
        row = connection.execute(select(LEASES.c.holder, LEASES.c.token)).one_or_none()
    return ("", 0) if row is None else (row.holder, row.token)


def check(database: Database, orders: Orders) -> None:
    """Look for what was lost and what was doubled."""
    with database.read() as connection:
        rules = Counter(connection.execute(select(INCIDENTS.c.rule)).scalars())
        keys = set(connection.execute(select(MESSAGES.c.key)).scalars())
        # Whoever is not answered is told again, so there may be new ones that had not gone out yet.
        gone = set(connection.execute(select(MESSAGES.c.key).where(MESSAGES.c.state == "sent")).scalars())
    assert rules == Counter(f"rule-{number}" for number in range(1, ALARMS + 1))
    assert verify(database) == []
    sent = Counter(orders.letters.read_text().split())
    assert gone <= set(sent) <= keys
    assert max(sent.values()) <= 2


def test_only_one_of_two_works(database: Database, orders: Orders) -> None:
    with desk_process(orders), desk_process(replace(orders, name="b")):
        eventually(lambda: all_sent(database, ALARMS), within_s=60, what="all messages")
        token = holder(database)[1]

    check(database, orders)
    assert token == 1
    assert Counter(orders.letters.read_text().split()).most_common(1)[0][1] == 1


def test_other_takes_over_from_one_that_was_killed(database: Database, orders: Orders) -> None:
    with desk_process(orders) as first:
        eventually(lambda: opened(database) > 3, what="the first incidents")
        with desk_process(replace(orders, name="b")):
            first.kill()
            eventually(lambda: holder(database) == ("b", 2), within_s=TAKEN_OVER_S, what="b's turn")
            eventually(lambda: all_sent(database, ALARMS), within_s=60, what="all messages")

    check(database, orders)


def test_one_that_slept_longer_than_its_lease_writes_nothing_more(database: Database, orders: Orders) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(desk_process(orders))
        eventually(lambda: opened(database) > 3, what="the first incidents")
        stack.enter_context(desk_process(replace(orders, name="b")))
        _pause_between_transactions(first, database)
        eventually(lambda: holder(database) == ("b", 2), within_s=TAKEN_OVER_S, what="b's turn")
        first.signal(signal.SIGCONT)
        log = Path(orders.folder) / "desk-a.log"
        eventually(lambda: "lease_lost" in log.read_text(errors="replace"), what="a's word that its turn is over")
        eventually(lambda: all_sent(database, ALARMS), within_s=60, what="all messages")
        by_b = holder(database)

    check(database, orders)
    assert by_b == ("b", 2)


def _pause_between_transactions(desk: DeskProcess, database: Database) -> None:
    """Stop a desk while it is not inside a write transaction, whose lock it would keep while it sleeps."""
    with database.write():
        desk.signal(signal.SIGSTOP)


def test_writer_that_sleeps_in_its_transaction_is_cut_off(database: Database, url: str) -> None:
    script = (
        "import sys, time; from sqlalchemy import text; from storage.sql import Database\n"
        "with Database(sys.argv[1], busy_timeout_s=1).write() as connection:\n"
        "    connection.execute(text('CREATE TABLE mine (id int)'))\n"
        "    print('writing', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, url], stdout=subprocess.PIPE, cwd=ROOT) as sleeper:
        assert sleeper.stdout is not None
        assert sleeper.stdout.readline() == b"writing\n"
        sleeper.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        with database.write() as connection:
            there = inspect(connection).has_table("mine")
        waited_s = time.monotonic() - began
        sleeper.kill()

    assert not there
    assert 0.5 < waited_s < 4
