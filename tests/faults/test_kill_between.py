"""Ingest killed between receiving, committing and acknowledging: what was acknowledged is there, once."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.mqtt.packet import Credentials
from ingest.mqtt.session_file import SessionFile
from tests.support.brokers import KINDS, City, running
from tests.support.ingest_process import journaled_values, running_ingest
from tests.support.mqtt import client
from tests.support.oracle import Oracle

_COUNT = 300
_KILLED = 137


@pytest.fixture(params=KINDS)
def city(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[City]:
    with running(request.param, tmp_path / "broker") as city:
        yield city


def publish(city: City, numbers: range) -> None:
    with city.source() as source:
        source.publish_all(
            (f"city/environment/air-{number % 7}/reading", b'{"values":{"pm25":%d}}' % number) for number in numbers
        )


def subscribe(city: City, folder: Path) -> None:
    with running_ingest(folder, city.settings) as ingest:
        ingest.until(lambda seen: bool(seen["connected"]))


def come_again(city: City, folder: Path, awaited: set[float]) -> set[float]:
    """Return what the broker sends to whoever takes ingest's place, when all that is `awaited` has come."""
    username, password = city.settings.username, city.settings.password
    mine = Credentials(username, password.get_secret_value() if password else None)
    client_id = SessionFile(folder / "session.json").read().client_id
    with client(city.server.port, mine, client_id=client_id, clean=False) as listener:
        listener.wait_until(lambda: awaited <= {value_of(payload) for _, payload in listener.came})
        return {value_of(payload) for _, payload in listener.came}


def value_of(payload: bytes) -> float:
    return float(payload.rpartition(b":")[2].rstrip(b"}"))


@pytest.mark.timeout(90)
@pytest.mark.parametrize("place", ["before_commit:3", "after_commit:3", "after_acknowledge:3", "after_judge:3"])
def test_every_message_is_there_once_after_a_kill(city: City, tmp_path: Path, place: str) -> None:
    folder, oracle = tmp_path / "ingest", Oracle()
    subscribe(city, folder)
    oracle.publish(city, _COUNT)

    with running_ingest(folder, city.settings, failpoint=place, batch={"max_messages": 20}) as ingest:
        assert ingest.wait() == _KILLED
    before = journaled_values(folder)
    with running_ingest(folder, city.settings) as ingest:
        oracle.flows(city, ingest)
        if place.startswith("after_commit"):
            ingest.until(lambda seen: seen["duplicated"] > 0)

    oracle.judge(folder)
    values = journaled_values(folder)
    assert sorted(values) == [float(number) for number in range(_COUNT + 1)]
    assert 0 < len(before) < _COUNT
    assert values[: len(before)] == before


@pytest.mark.timeout(90)
@pytest.mark.parametrize("place", ["before_commit:3", "after_commit:3"])
def test_broker_is_acknowledged_only_what_is_committed(city: City, tmp_path: Path, place: str) -> None:
    folder = tmp_path / "ingest"
    subscribe(city, folder)
    publish(city, range(_COUNT))

    with running_ingest(folder, city.settings, failpoint=place, batch={"max_messages": 20}) as ingest:
        assert ingest.wait() == _KILLED
    committed = journaled_values(folder)
    not_committed = {float(number) for number in range(_COUNT)} - set(committed)
    unacknowledged = set(committed[-1:]) if place.startswith("after") else set()

    assert come_again(city, folder, not_committed | unacknowledged) >= not_committed


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_every_message_is_there_once_after_many_kills(city: City, tmp_path: Path) -> None:
    folder, chance, oracle = tmp_path / "ingest", random.Random(4), Oracle()
    subscribe(city, folder)
    for start in range(0, 5 * _COUNT, _COUNT):
        oracle.publish(city, _COUNT)
        reached = chance.randrange(start, start + _COUNT)
        with running_ingest(folder, city.settings, batch={"max_messages": 7}) as ingest:
            ingest.until(lambda seen, reached=reached: seen["readings"] >= reached)  # type: ignore[misc]

    with running_ingest(folder, city.settings) as ingest:
        oracle.flows(city, ingest)

    oracle.judge(folder)
    assert len(oracle.owed) == 5 * _COUNT + 1
