import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from prometheus_client import REGISTRY

from ingest.config import BatchSettings, MqttSettings
from ingest.mqtt import packet
from ingest.mqtt.dialect import speaking
from ingest.mqtt.errors import (
    ConnectionLost,
    ConnectionRefused,
    MalformedPacket,
    MqttError,
    NoAnswer,
    UnsupportedVersion,
)
from ingest.mqtt.inbox import Inbox
from ingest.mqtt.link import Link
from tests.support.virtual_time import run_virtually

ACCEPTED = b"\x20\x02\x00\x00"
PONG = b"\xd0\x00"
MESSAGE = b"\x32\x07\x00\x01a\x00\x05{}"


class Wire(asyncio.Transport):
    """The broker's end: what was written to it, and whether it is read from."""

    def __init__(self, link: Link) -> None:
        super().__init__()
        self.link, self.written, self.reading = link, b"", True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def abort(self) -> None:
        asyncio.get_running_loop().call_soon(self.link.connection_lost, None)

    def close(self) -> None:
        self.abort()


@dataclass
class Scene:
    link: Link
    wire: Wire
    inbox: Inbox

    async def accepted(self) -> None:
        asyncio.get_running_loop().call_soon(self.link.data_received, ACCEPTED)
        await self.link.connect("me")


def play(story: Callable[[Scene], Awaitable[object]], **settings: object) -> object:
    async def scene() -> object:
        inbox = Inbox(BatchSettings())
        chosen = MqttSettings.model_validate(settings)
        link = Link(chosen, inbox, speaking(chosen, only_old=False))
        wire = Wire(link)
        link.connection_made(wire)
        return await story(Scene(link, wire, inbox))

    return run_virtually(scene())


def cause_of(link: Link) -> MqttError | None:
    return None if link.open else link.cause


def test_connect_greets_and_returns_the_answer():
    async def story(scene: Scene) -> bool:
        asyncio.get_running_loop().call_soon(scene.link.data_received, b"\x20\x02\x01\x00")
        return (await scene.link.connect("me")).session_present

    assert play(story) is True


@pytest.mark.parametrize(("code", "reason"), [(4, "bad user name or password"), (5, "not authorised"), (77, "code 77")])
def test_connect_names_the_brokers_refusal(code, reason):
    async def story(scene: Scene) -> None:
        asyncio.get_running_loop().call_soon(scene.link.data_received, bytes([0x20, 2, 0, code]))
        await scene.link.connect("me")

    with pytest.raises(ConnectionRefused, match=reason):
        play(story)


def test_silent_broker_is_given_up_after_the_timeout():
    async def story(scene: Scene) -> None:
        await scene.link.connect("me")

    with pytest.raises(NoAnswer, match="10 s"):
        play(story, timeout_s=10)


def test_answer_waited_for_ends_with_the_connection():
    async def story(scene: Scene) -> None:
        asyncio.get_running_loop().call_later(1, scene.link.connection_lost, OSError("reset"))
        await scene.link.connect("me")

    with pytest.raises(ConnectionLost, match="reset"):
        play(story)


def test_subscribe_says_which_filters_got_less_than_they_asked_for():
    async def story(scene: Scene) -> dict[str, str]:
        await scene.accepted()
        asyncio.get_running_loop().call_soon(scene.link.data_received, b"\x90\x05\x00\x01\x01\x80\x00")
        return await scene.link.subscribe(["a", "b", "c"])

    assert play(story) == {"b": "", "c": "granted QoS 0 only, which loses messages"}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xf0\x00", id="malformed packet"),
        pytest.param(b"\x90\x03\x00\x09\x01", id="answer that nobody asked for"),
        pytest.param(ACCEPTED, id="second CONNACK"),
    ],
)
def test_broken_protocol_ends_the_connection(data):
    async def story(scene: Scene) -> MqttError | None:
        await scene.accepted()
        scene.link.data_received(data)
        await scene.link.wait_ended()
        return cause_of(scene.link)

    assert isinstance(play(story), MalformedPacket)


def test_broker_that_ends_the_connection_is_quoted():
    async def story(scene: Scene) -> MqttError | None:
        scene.link.data_received(b"\xe0\x01\x8e")
        await scene.link.wait_ended()
        return cause_of(scene.link)

    expected = "ended by the broker: session taken over by another client with our id"
    assert expected in str(play(story, protocol="5"))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(b"\x20\x03\x00\x84\x00", UnsupportedVersion, id="a version that the broker does not speak"),
        pytest.param(b"\x20\x02\x00\x01", UnsupportedVersion, id="the same, said in the old way"),
        pytest.param(b"\x20\x03\x00\x8a\x00", ConnectionRefused, id="banned"),
    ],
)
def test_refusal_in_mqtt_5_is_named(answer, error):
    async def story(scene: Scene) -> type[MqttError]:
        asyncio.get_running_loop().call_soon(scene.link.data_received, answer)
        with pytest.raises(ConnectionRefused) as caught:
            await scene.link.connect("me")
        return type(caught.value)

    assert play(story, protocol="5") is error


def test_broker_of_mqtt_5_may_ask_for_a_shorter_keep_alive():
    async def story(scene: Scene) -> int:
        asyncio.get_running_loop().call_soon(scene.link.data_received, b"\x20\x06\x00\x00\x03\x13\x00\x04")
        await scene.link.connect("me")
        await asyncio.sleep(3)
        return scene.wire.written.count(packet.PINGREQ)

    assert play(story, protocol="5", keep_alive_s=60) == 2


def test_message_before_connack_ends_the_connection():
    async def story(scene: Scene) -> MqttError | None:
        scene.link.data_received(MESSAGE)
        await scene.link.wait_ended()
        return cause_of(scene.link)

    assert isinstance(play(story), MalformedPacket)


def test_acknowledge_writes_all_at_once_and_reopens_the_window():
    async def story(scene: Scene) -> tuple[bool, bool, bytes]:
        await scene.accepted()
        scene.link.data_received(MESSAGE * 2)
        full = scene.link.blocked
        scene.wire.written = b""
        (await scene.inbox.take()).acknowledge()
        return full, scene.link.blocked, scene.wire.written

    assert play(story, inflight_window=2) == (True, False, b"\x40\x02\x00\x05" * 2)


def test_acknowledgement_after_the_end_is_not_sent():
    async def story(scene: Scene) -> bytes:
        await scene.accepted()
        scene.link.data_received(MESSAGE)
        received = await scene.inbox.take()
        scene.wire.written = b""
        scene.link.connection_lost(None)
        received.acknowledge()
        return scene.wire.written

    assert play(story) == b""


def test_pings_keep_an_answering_broker_connected():
    async def story(scene: Scene) -> tuple[bool, int]:
        await scene.accepted()
        for _ in range(20):
            await asyncio.sleep(9.5)
            scene.link.data_received(PONG)
        return scene.link.open, scene.wire.written.count(packet.PINGREQ)

    assert play(story, keep_alive_s=20) == (True, 20)


def test_broker_that_answers_no_pings_is_taken_for_dead():
    async def story(scene: Scene) -> float:
        await scene.accepted()
        await scene.link.wait_ended()
        return asyncio.get_running_loop().time()

    assert play(story, keep_alive_s=20) == pytest.approx(20, abs=0.1)


def test_paused_connection_goes_on_pinging_and_is_not_taken_for_dead():
    async def story(scene: Scene) -> tuple[bool, bool, int]:
        await scene.accepted()
        scene.link.pause()
        await asyncio.sleep(95)
        return scene.link.open, scene.wire.reading, scene.wire.written.count(packet.PINGREQ)

    assert play(story, keep_alive_s=20) == (True, False, 10)


def test_resumed_connection_has_a_full_keep_alive_to_answer():
    async def story(scene: Scene) -> tuple[bool, bool]:
        await scene.accepted()
        scene.link.pause()
        await asyncio.sleep(95)
        scene.link.resume()
        await asyncio.sleep(6)
        return scene.link.open, scene.wire.reading

    assert play(story, keep_alive_s=20) == (True, True)


def test_broker_that_does_not_take_our_bytes_is_not_read_from():
    async def story(scene: Scene) -> list[bool]:
        await scene.accepted()
        scene.link.pause_writing()
        seen = [scene.wire.reading]
        scene.link.pause()
        scene.link.resume_writing()
        seen.append(scene.wire.reading)
        scene.link.resume()
        return [*seen, scene.wire.reading]

    assert play(story) == [False, False, True]


def test_close_takes_leave():
    async def story(scene: Scene) -> tuple[bytes, bool]:
        await scene.accepted()
        scene.wire.written = b""
        await scene.link.close()
        return scene.wire.written, scene.link.open

    assert play(story) == (packet.DISCONNECT, False)


@pytest.mark.parametrize(
    ("ask", "answer", "expected"),
    [
        pytest.param("connect", b"\x90\x03\x00\x00\x01", "CONNACK", id="SUBACK for CONNACK"),
        pytest.param("unsubscribe", b"\x90\x03\x00\x01\x01", "UNSUBACK", id="SUBACK for UNSUBACK"),
        pytest.param("subscribe", b"\xb0\x02\x00\x01", "SUBACK with 1 codes", id="UNSUBACK for SUBACK"),
    ],
)
def test_answer_to_another_question_is_refused(ask, answer, expected):
    async def story(scene: Scene) -> None:
        asyncio.get_running_loop().call_soon(scene.link.data_received, answer)
        link = scene.link
        await (link.connect("me") if ask == "connect" else getattr(link, ask)(["a/#"]))

    with pytest.raises(MalformedPacket, match=f"Expected {expected}"):
        play(story)


def test_connection_that_has_ended_answers_nothing():
    async def story(scene: Scene) -> None:
        scene.link.connection_lost(OSError("reset"))
        await scene.link.subscribe(["a/#"])

    with pytest.raises(ConnectionLost, match="reset"):
        play(story)


def test_broker_that_refuses_us_may_not_send_messages():
    async def story(scene: Scene) -> MqttError | None:
        asyncio.get_running_loop().call_soon(scene.link.data_received, b"\x20\x02\x00\x05")
        with pytest.raises(ConnectionRefused):
            await scene.link.connect("me")
        scene.link.data_received(MESSAGE)
        await asyncio.sleep(0)
        return cause_of(scene.link)

    assert "CONNACK first" in str(play(story))


def test_pauses_nest_and_each_is_counted_from_the_outermost():
    async def story(scene: Scene) -> list[bool]:
        await scene.accepted()
        seen = []
        for step in (scene.link.pause, scene.link.pause, scene.link.resume, scene.link.resume):
            step()
            seen.append(scene.wire.reading)
        return seen

    before = paused()

    assert play(story) == [False, False, False, True]
    assert paused() == before + 1


def paused() -> float:
    return REGISTRY.get_sample_value("ingest_reading_paused_total", {"broker": "main"}) or 0.0
