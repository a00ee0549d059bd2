"""Desks killed on either side of each commit: no incident lost, none doubled, each message sent under one key."""

import json
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from linkage.escalation.tables import ESCALATIONS, NEVER_NS
from linkage.event_log import verify
from linkage.tables import EVENTS, INCIDENTS, MESSAGES
from storage.sql import Database
from tests.support.desk_process import KILLED, Orders, desk_process
from tests.support.migrated import write_migrated
from tests.support.postgres import new_migrated, postgres_server
from tests.support.program import eventually

pytestmark = [pytest.mark.timeout(120), pytest.mark.slow]

ALARMS = 12

#: Of the departments in `tests.support.linkage`.
CHANNELS = ("duty", "mail")

PLACES = [
    "before_admit:2",
    "after_admit:2",
    "before_claim:3",
    "after_claim:3",
    "before_record:3",
    "after_record:3",
]


@pytest.fixture(scope="module")
def postgresql_url() -> Iterator[str]:
    with postgres_server() as server:
        yield server.url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, str]]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'city.sqlite'}"
        write_migrated(tmp_path / "city.sqlite")
    else:
        url = new_migrated(request.getfixturevalue("postgresql_url"), f"city_{uuid.uuid4().hex}")
    database = Database(url)
    yield database, url
    database.close()


def settled(database: Database) -> bool:
    """Tell whether every alarm is an incident and every message has gone out."""
    with database.read() as connection:
        incidents = connection.execute(select(func.count()).select_from(INCIDENTS)).scalar_one()
        waiting = connection.execute(
            select(func.count()).select_from(MESSAGES).where(MESSAGES.c.state != "sent")
        ).scalar_one()
    return bool(incidents >= ALARMS and not waiting)


def climbed(database: Database) -> bool:
    """Tell whether every escalation stands on its last rung, and thereafter that every message has gone out."""
    with database.read() as connection:
        higher = select(func.count()).select_from(ESCALATIONS).where(ESCALATIONS.c.next_ns < NEVER_NS)
        last = connection.execute(higher).scalar_one() == 0
    return last and settled(database)


def events(database: Database, step: str) -> list[dict[str, object]]:
    with database.read() as connection:
        rows = connection.execute(select(EVENTS.c.incident, EVENTS.c.data).where(EVENTS.c.step == step))
        return [{**json.loads(row.data), "incident": row.incident} for row in rows]


def check(database: Database, orders: Orders) -> None:
    """Look for what was lost and what was doubled."""
    with database.read() as connection:
        rules = Counter(connection.execute(select(INCIDENTS.c.rule)).scalars())
        opened = Counter(connection.execute(select(EVENTS.c.incident).where(EVENTS.c.step == "open")).scalars())
        messages = connection.execute(select(MESSAGES.c.key, MESSAGES.c.state)).all()
    keys = {message.key for message in messages}
    told = {message.key for message in messages if message.state == "sent"}
    assert rules == Counter(f"rule-{number}" for number in range(1, ALARMS + 1))
    assert set(opened.values()) == {1}
    assert verify(database) == []
    sent = Counter(orders.letters.read_text().split())
    assert told <= set(sent) <= keys, "the desk was stopped after all were sent, and may have written more by then"
    assert sum(sent.values()) <= len(keys) + len(CHANNELS), "at most the letter in hand on each channel is repeated"


@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_lost_or_doubled_by_a_kill(database: tuple[Database, str], tmp_path: Path, place: str) -> None:
    here, url = database
    orders = Orders(url, str(tmp_path), alarms=ALARMS, lease_s=0.3, failpoints=(place,))
    with desk_process(orders) as desk:
        assert desk.ended() == KILLED

    whole = Orders(url, str(tmp_path), alarms=ALARMS, lease_s=0.3)
    with desk_process(whole):
        eventually(lambda: settled(here), within_s=30, what="all messages")

    check(here, whole)


@pytest.mark.parametrize("place", ["before_escalate:2", "after_escalate:2"])
def test_no_rung_is_skipped_or_climbed_twice(database: tuple[Database, str], tmp_path: Path, place: str) -> None:
    here, url = database
    orders = Orders(url, str(tmp_path), alarms=ALARMS, lease_s=0.3, failpoints=(place,), grave=False)
    with desk_process(orders) as desk:
        assert desk.ended() == KILLED

    whole = Orders(url, str(tmp_path), alarms=ALARMS, lease_s=0.3, grave=False)
    with desk_process(whole):
        eventually(lambda: climbed(here), within_s=30, what="the last rungs")

    rungs = Counter((event["escalation"], event["rung"]) for event in events(here, "escalate"))
    assert set(rungs.values()) == {1}
    assert {number for number, _ in rungs} == set(range(1, ALARMS + 1))
    assert len({rung for _, rung in rungs}) == len(rungs) // ALARMS
    check(here, whole)


@pytest.mark.parametrize("place", ["before_tick:1", "after_tick:1"])
def test_no_clock_is_missed_or_marked_twice(database: tuple[Database, str], tmp_path: Path, place: str) -> None:
    here, url = database
    orders = Orders(url, str(tmp_path), alarms=ALARMS, lease_s=0.3, failpoints=(place,), grave=False, late_s=3600)
    with desk_process(orders) as desk:
        assert desk.ended() == KILLED

    whole = Orders(url, str(tmp_path), alarms=ALARMS, lease_s=0.3, grave=False, late_s=3600)
    with desk_process(whole):
        eventually(lambda: len(events(here, "overdue")) >= ALARMS and settled(here), within_s=30, what="late clocks")

    late = Counter((event["incident"], event["stage"]) for event in events(here, "overdue"))
    assert late == Counter((number, "verify") for number in range(1, ALARMS + 1))
    check(here, whole)
