"""The broker stops, is paused, or has two of us: ingest comes back by itself, and nothing is lost or doubled."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.mqtt.packet import Credentials
from ingest.mqtt.session_file import SessionFile
from tests.support.brokers import KINDS, City, running
from tests.support.ingest_process import IngestProcess, running_ingest
from tests.support.mqtt import client
from tests.support.oracle import Oracle

_COUNT = 200


@pytest.fixture(params=KINDS)
def city(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[City]:
    with running(request.param, tmp_path / "broker") as city:
        yield city


def until_connected(ingest: IngestProcess, *, connected: bool = True) -> None:
    ingest.until(lambda seen: seen["connected"] is connected)


@pytest.mark.timeout(90)
def test_paused_broker_is_noticed_and_waited_for(city: City, tmp_path: Path) -> None:
    folder, oracle = tmp_path / "ingest", Oracle()
    settings = city.settings.model_copy(update={"keep_alive_s": 2, "timeout_s": 1, "backoff_cap_s": 0.5})
    with running_ingest(folder, settings) as ingest:
        until_connected(ingest)
        oracle.publish(city, 100)
        os.kill(city.server.process.pid, signal.SIGSTOP)
        ingest.until(lambda seen: not seen["connected"] and seen["troubles"] == ["broker_away"])
        os.kill(city.server.process.pid, signal.SIGCONT)
        until_connected(ingest)
        oracle.publish(city, _COUNT - 100)
        oracle.flows(city, ingest)

    oracle.judge(folder)


@pytest.mark.timeout(90)
def test_client_that_takes_our_id_is_taken_it_back_from(city: City, tmp_path: Path) -> None:
    folder, oracle = tmp_path / "ingest", Oracle()
    username, password = city.settings.username, city.settings.password
    mine = Credentials(username, password.get_secret_value() if password else None)
    with running_ingest(folder, city.settings) as ingest:
        until_connected(ingest)
        oracle.publish(city, 100)
        ingest.until(lambda seen: seen["readings"] >= 100)
        client_id = SessionFile(folder / "session.json").read().client_id
        with client(city.server.port, mine, client_id=client_id, clean=False):
            until_connected(ingest, connected=False)
        until_connected(ingest)
        oracle.publish(city, _COUNT - 100)
        oracle.flows(city, ingest)

    oracle.judge(folder)


@pytest.mark.timeout(90)
@pytest.mark.parametrize("kind", KINDS)
def test_broker_that_was_killed_sends_what_it_kept(kind: str, tmp_path: Path) -> None:
    folder, oracle = tmp_path / "ingest", Oracle()
    with running(kind, tmp_path / "broker") as before:
        settings = before.settings.model_copy(update={"backoff_cap_s": 0.5})
        with running_ingest(folder, settings) as ingest:
            until_connected(ingest)
            oracle.publish(before, 100)
            ingest.until(lambda seen: seen["readings"] >= 100)
            before.server.kill()
            until_connected(ingest, connected=False)
            with KINDS[kind](tmp_path / "broker", before.server.port) as after:
                until_connected(ingest)
                oracle.publish(after, _COUNT - 100)
                oracle.flows(after, ingest)

    oracle.judge(folder, once=False)


@pytest.mark.timeout(90)
def test_broker_unreachable_at_the_start_is_found_later(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with running("mosquitto", tmp_path / "other") as pattern:
        settings = pattern.settings.model_copy(update={"url": f"mqtt://127.0.0.1:{port}", "backoff_cap_s": 0.2})
    with running_ingest(tmp_path / "ingest", settings) as ingest:
        ingest.until(lambda seen: seen["error"] != "")
        with KINDS["mosquitto"](tmp_path / "broker", port):
            until_connected(ingest)
