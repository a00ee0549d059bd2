"""PostgreSQL switched off, and PostgreSQL that says nothing: 503 with the error body, and nothing lost or doubled."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from linkage.event_log import verify
from linkage.person import Role
from linkage.tables import INCIDENTS, MESSAGES
from storage.migrate import upgrade
from storage.patience import LONGEST_SILENCE_S
from storage.sql import Database
from tests.support.desk_process import Orders, all_sent, desk_process, opened
from tests.support.postgres import Postgres, postgres_server
from tests.support.program import Program, eventually, running_program
from tests.support.small_city import write_small_city

pytestmark = [pytest.mark.timeout(240), pytest.mark.slow]

ALARMS = 40


@pytest.fixture
def server() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


def ask(program: Program, client: httpx.Client) -> httpx.Response:
    return client.get(f"{program.url}/api/v1/incidents", timeout=60.0)


def refused(program: Program, client: httpx.Client) -> bool:
    """Tell whether the API says, in its own words, that the database is away."""
    answer = ask(program, client)
    return (
        answer.status_code == 503 and answer.json()["code"] == "store_unavailable" and "Retry-After" in answer.headers
    )


@pytest.fixture
def program(server: Postgres, tmp_path: Path) -> Iterator[Program]:
    city = tmp_path / "city"
    write_small_city(city)
    with running_program(Program(tmp_path, city, settings=f'[database]\nurl = "{server.url}"\n')) as program:
        yield program


def test_api_says_that_the_database_is_away_and_comes_back(server: Postgres, program: Program) -> None:
    person = program.person("foreman", Role.FOREMAN)
    before = person.post("/incidents", title="积水", **{"class": "road_water"}, priority=2, source="hotline")
    server.stop()
    eventually(lambda: refused(program, person.client), what="503 while it is switched off")
    ready = httpx.get(f"{program.url}/readyz", trust_env=False, verify=False, timeout=60.0)
    server.start()
    eventually(lambda: ask(program, person.client).is_success, within_s=30, what="an answer after it came back")

    with server.paused():
        began = time.monotonic()
        silent = refused(program, person.client)
        waited_s = time.monotonic() - began
    eventually(lambda: ask(program, person.client).is_success, within_s=30, what="an answer after it woke up")
    after = person.get("/incidents")

    assert ready.status_code == 503
    assert silent
    assert waited_s < LONGEST_SILENCE_S * 2 + 10
    assert [one["id"] for one in after["items"]].count(before["id"]) == 1


def test_desk_waits_for_the_database_and_loses_nothing(server: Postgres, tmp_path: Path) -> None:
    database = Database(server.url)
    upgrade(database)
    orders = Orders(server.url, str(tmp_path), alarms=ALARMS, lease_s=1.0)
    with desk_process(orders):
        eventually(lambda: opened(database) > 3, what="the first incidents")
        server.stop()
        time.sleep(3.0)
        server.start()
        eventually(lambda: opened(database) > 10, within_s=30, what="more after it came back")
        with server.paused():
            time.sleep(3.0)
        eventually(lambda: all_sent(database, ALARMS), within_s=60, what="all messages")

    with database.read() as connection:
        rules = Counter(connection.execute(select(INCIDENTS.c.rule)).scalars())
        keys = set(connection.execute(select(MESSAGES.c.key)).scalars())
        # Whoever is not answered is told again, so there may be new ones that had not gone out yet.
        gone = set(connection.execute(select(MESSAGES.c.key).where(MESSAGES.c.state == "sent")).scalars())
    assert rules == Counter(f"rule-{number}" for number in range(1, ALARMS + 1))
    assert verify(database) == []
    assert gone <= set(orders.letters.read_text().split()) <= keys
    database.close()
