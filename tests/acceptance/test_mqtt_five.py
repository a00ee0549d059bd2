"""MQTT 5, shared subscriptions and several brokers at once, against real brokers."""

import asyncio
from collections import Counter
from pathlib import Path

import aiomqtt
import pytest
from paho.mqtt.packettypes import PacketTypes

from ingest.config import BatchSettings, MqttSettings
from ingest.mqtt.brokers import Brokers
from ingest.mqtt.inbox import Inbox
from tests.support.brokers import on_mosquitto, running
from tests.support.paho_bytes import properties
from tests.support.servers import free_port, mosquitto
from tests.support.taking import QUICK, publish, taking

TOPIC = "city/environment/air-1/reading"


def five(port: int, **given: object) -> MqttSettings:
    return MqttSettings.model_validate({"url": f"mqtt://127.0.0.1:{port}", "protocol": "5", **QUICK, **given})


async def publish_with_properties(port: int, payload: bytes) -> None:
    async with aiomqtt.Client("127.0.0.1", port, protocol=aiomqtt.ProtocolVersion.V5) as source:
        extra = properties(PacketTypes.PUBLISH, MessageExpiryInterval=60, UserProperty=[("by", "gw")], ContentType="x")
        await source.publish(TOPIC, payload, qos=1, retain=True, properties=extra)


async def test_session_of_mqtt_5_outlives_its_connection_and_gets_the_unacknowledged_again(tmp_path: Path) -> None:
    with on_mosquitto(tmp_path / "broker", free_port()) as city:
        settings = five(city.server.port)
        async with taking(settings, tmp_path, acknowledging=False) as first:
            await first.until_connected()
            await publish_with_properties(city.server.port, b"one")
            await first.until(lambda: bool(first.came))
        await publish(city, b"two")
        async with taking(settings, tmp_path) as second:
            await second.until(lambda: {b"one", b"two"} <= set(second.payloads()))

    assert first.session.version == "5"
    assert [message.topic for message in first.came] == [TOPIC]
    # At the second subscribing the broker sends what it retained once more.
    assert {(one.payload, one.dup, one.retain) for one in second.came} >= {
        (b"one", True, False),
        (b"two", False, False),
    }


@pytest.mark.parametrize(("kind", "version"), [("mosquitto", "5"), ("nats", "3.1.1")])
async def test_auto_speaks_the_newest_version_that_the_broker_has(kind: str, version: str, tmp_path: Path) -> None:
    with running(kind, tmp_path / "broker") as city:
        settings = city.settings.model_copy(update={**QUICK, "protocol": "auto"})
        async with taking(settings, tmp_path) as taker:
            await taker.until_connected()
            await publish(city, b"one")
            await taker.until(lambda: bool(taker.came))

    assert (taker.session.version, taker.session.error) == (version, "")


async def test_mqtt_5_at_a_broker_without_it_is_told(tmp_path: Path) -> None:
    with running("nats", tmp_path / "broker") as city:
        settings = city.settings.model_copy(update={**QUICK, "protocol": "5"})
        async with taking(settings, tmp_path) as taker:
            await taker.until(lambda: "unacceptable protocol version" in taker.session.error)

    assert not taker.session.connected


@pytest.mark.parametrize("protocol", ["4", "5"])
async def test_lower_qos_than_asked_for_is_an_error_and_no_connected_lamp(protocol: str, tmp_path: Path) -> None:
    with mosquitto(tmp_path, options=("allow_anonymous true", "max_qos 0")) as server:
        async with taking(five(server.port, protocol=protocol), tmp_path) as taker:
            await taker.until(lambda: bool(taker.session.error))

            assert not taker.session.connected
            assert taker.session.refused == {"city/#": "granted QoS 0 only, which loses messages"}


async def test_members_of_a_group_divide_the_messages(tmp_path: Path) -> None:
    members = [tmp_path / "one", tmp_path / "other"]
    for folder in members:
        folder.mkdir()
    with on_mosquitto(tmp_path / "broker", free_port()) as city:
        settings = five(city.server.port, share="city")
        filters = settings.subscriptions(["city/#"])
        async with (
            taking(settings, members[0], filters=filters) as one,
            taking(settings, members[1], filters=filters) as other,
        ):
            await one.until_connected()
            await other.until_connected()
            await publish(city, *(str(number).encode() for number in range(40)))
            await one.until(lambda: len(one.came) + len(other.came) >= 40)

    assert one.came
    assert other.came
    assert Counter([*one.payloads(), *other.payloads()]) == Counter(str(number).encode() for number in range(40))


async def test_brokers_fill_one_inbox_and_each_says_how_it_is(tmp_path: Path) -> None:
    with on_mosquitto(tmp_path / "a", free_port()) as main, on_mosquitto(tmp_path / "b", free_port()) as east:
        away = five(free_port(), name="away", required=False)
        chosen = [main.settings, five(east.server.port, name="east"), away]
        inbox = Inbox(BatchSettings())
        brokers, allowed = Brokers(chosen, tmp_path, inbox, filters=["city/#"]), asyncio.Event()

        async def may(broker: str) -> None:
            if broker == "east":
                await allowed.wait()

        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            task = group.create_task(brokers.run(may), name="brokers")
            while not brokers.main.connected:  # noqa: ASYNC110 - what is waited for has no event of its own
                await asyncio.sleep(0.01)
            held_back = brokers.status()[1]
            allowed.set()
            while not brokers.connected:  # noqa: ASYNC110 - what is waited for has no event of its own
                await asyncio.sleep(0.01)
            came: list[tuple[bytes, str]] = []
            await publish(main, b"main")
            await publish(east, b"east")
            while len(came) < 2:
                came += [(message.payload, message.broker) for message in (await inbox.take()).messages]
            states = brokers.status()
            task.cancel()

    assert (held_back.connected, held_back.error) == (False, "")
    assert sorted(came) == [(b"east", "east"), (b"main", "main")]
    assert [(one.name, one.connected, one.version) for one in states] == [
        ("main", True, "3.1.1"),
        ("east", True, "5"),
        ("away", False, ""),
    ]
    assert "refused" in states[2].error.lower() or "connect" in states[2].error.lower()
    assert (tmp_path / "session-east.json").exists()
