"""The MQTT session against real brokers: nothing is lost, and what is said to be connected is."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from pydantic import SecretStr

from ingest.config import BatchSettings, MqttSettings
from ingest.mqtt.inbox import Inbox
from ingest.mqtt.session import Session
from ingest.mqtt.session_file import SessionFile
from liandong.broker.config import BrokerSettings
from tests.support.brokers import KINDS, City, running
from tests.support.servers import embedded_broker, free_port, mosquitto
from tests.support.taking import QUICK, Taker, publish, taking


@pytest.fixture(params=KINDS)
def city(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[City]:
    with running(request.param, tmp_path) as city:
        yield replace(city, settings=city.settings.model_copy(update=QUICK))


async def test_session_delivers_what_is_published(city: City, tmp_path: Path) -> None:
    async with taking(city.settings, tmp_path) as taker:
        await taker.until_connected()
        await publish(city, b"one", b"", b"\xff\x00")

        await taker.until(lambda: len(taker.came) >= 3)

    assert taker.payloads() == [b"one", b"", b"\xff\x00"]
    assert {message.topic for message in taker.came} == {"city/environment/air-1/reading"}


async def test_unacknowledged_message_comes_again_marked_as_repeat(city: City, tmp_path: Path) -> None:
    async with taking(city.settings, tmp_path, acknowledging=False) as first:
        await first.until_connected()
        await publish(city, b"one")
        await first.until(lambda: bool(first.came))

    async with taking(city.settings, tmp_path) as second:
        await second.until(lambda: bool(second.came))

    assert (first.came[0].dup, second.came[0].dup) == (False, True)
    assert second.payloads() == [b"one"]


async def test_acknowledged_message_does_not_come_again(city: City, tmp_path: Path) -> None:
    async with taking(city.settings, tmp_path) as first:
        await first.until_connected()
        await publish(city, b"one")
        await first.until(lambda: bool(first.came))

    async with taking(city.settings, tmp_path) as second:
        await second.until_connected()
        await publish(city, b"two")
        await second.until(lambda: bool(second.came))

    assert second.payloads() == [b"two"]


async def test_messages_published_while_we_are_away_are_delivered_later(city: City, tmp_path: Path) -> None:
    async with taking(city.settings, tmp_path) as first:
        await first.until_connected()

    await publish(city, *(str(number).encode() for number in range(50)))
    async with taking(city.settings, tmp_path) as second:
        await second.until(lambda: len(second.came) >= 50)

    assert sorted(map(int, second.payloads())) == list(range(50))


async def test_removed_filter_is_given_up_even_across_a_restart(city: City, tmp_path: Path) -> None:
    both = ("city/environment/#", "city/traffic/#")
    async with taking(city.settings, tmp_path, filters=both) as first:
        await first.until_connected()

    async with taking(city.settings, tmp_path, filters=("city/traffic/#",)) as second:
        await second.until_connected()
        await publish(city, b"given up")
        await publish(city, b"wanted", topic="city/traffic/loop-1/reading")
        await second.until(lambda: bool(second.came))

    assert second.payloads() == [b"wanted"]


async def test_filter_added_while_connected_is_subscribed(city: City, tmp_path: Path) -> None:
    async with taking(city.settings, tmp_path, filters=("city/traffic/#",)) as taker:
        await taker.until_connected()

        taker.session.subscribe(["city/environment/#"])
        await taker.until_connected()
        await publish(city, b"one")
        await taker.until(lambda: bool(taker.came))

    assert taker.payloads() == [b"one"]


@pytest.mark.parametrize("kind", KINDS)
async def test_session_comes_back_after_the_broker_was_killed(kind: str, tmp_path: Path) -> None:
    with running(kind, tmp_path) as before:
        settings = before.settings.model_copy(update=QUICK)
        async with taking(settings, tmp_path) as taker:
            await taker.until_connected()
            before.server.kill()
            await taker.until(lambda: not taker.session.connected)

            with KINDS[kind](tmp_path, before.server.port) as after:
                await taker.until_connected()
                await publish(after, b"one")
                await taker.until(lambda: bool(taker.came))

    assert taker.payloads() == [b"one"]


async def test_refused_subscription_is_an_error_and_no_connected_lamp(tmp_path: Path) -> None:
    too_many = BrokerSettings(port=free_port(), max_ack_pending=30_000)
    with embedded_broker(tmp_path, settings=too_many) as server:
        username, password = server.ingest
        settings = MqttSettings(
            url=f"mqtt://127.0.0.1:{server.port}", username=username, password=SecretStr(password or "")
        )
        async with taking(settings, tmp_path, filters=("city/traffic/#", "city/video/#")) as taker:
            await taker.until(lambda: bool(taker.session.error))

            assert not taker.session.connected
            assert taker.session.error == "Broker refused to subscribe with QoS 1: city/video/#"


async def test_refused_connection_names_the_reason(tmp_path: Path) -> None:
    with mosquitto(tmp_path, options=("allow_anonymous false",)) as server:
        settings = MqttSettings(url=f"mqtt://127.0.0.1:{server.port}")
        async with taking(settings, tmp_path) as taker:
            await taker.until(lambda: bool(taker.session.error))

            assert "not authorised" in taker.session.error
            assert not taker.session.connected


async def test_full_inbox_stops_reading_and_keeps_the_connection(city: City, tmp_path: Path) -> None:
    settings = city.settings.model_copy(update={"keep_alive_s": 2})
    inbox = Inbox(BatchSettings(max_waiting_messages=5))
    session = Session(settings, SessionFile(tmp_path / "s.json"), inbox, filters=["city/#"], random=Random(1))
    taker = Taker(session, inbox)
    async with asyncio.TaskGroup() as group:
        running_session = group.create_task(session.run(), name="session")
        await taker.until_connected()
        await publish(city, *(str(number).encode() for number in range(200)))
        await asyncio.sleep(4.5)

        waited, still_connected = inbox.waiting, session.connected
        taking_all = group.create_task(taker.take(), name="taker")
        await taker.until(lambda: len(taker.came) >= 200)
        taking_all.cancel()
        running_session.cancel()

    assert still_connected
    assert waited < 200
    assert set(map(int, taker.payloads())) == set(range(200))
