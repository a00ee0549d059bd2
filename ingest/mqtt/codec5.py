"""Turns the bytes of an MQTT 5 broker into messages and control packets, without I/O."""

from ingest.message import Message
from ingest.mqtt.codec import Parsed
from ingest.mqtt.errors import MalformedPacket
from ingest.mqtt.frame import Frame, Frames
from ingest.mqtt.packet import Connack, Control, Disconnected, Pingresp, Suback, Unsuback
from ingest.mqtt.property import (
    IN_ANSWER,
    IN_CONNACK,
    IN_DISCONNECT,
    IN_PUBLISH,
    REASON_STRING,
    SERVER_KEEP_ALIVE,
    SESSION_EXPIRY,
    TOPIC_ALIAS,
    Properties,
    Span,
    number_of,
    read_properties,
    text_of,
)

_PUBLISH = 0x30
_QOS_1 = 0x02
_TYPES = frozenset({0x20, _PUBLISH, 0x90, 0xB0, 0xD0, 0xE0})
#: CONNACK of a broker that speaks MQTT 3.1.1 only, and so has no properties.
_OLD_CONNACK_BYTES = 2


class Parser5:
    """Reads the byte stream of one connection to `broker`; bytes may be cut anywhere.

    Holds one incomplete packet at most, and `aliases` topics.
    """

    def __init__(self, *, max_packet_bytes: int, aliases: int, broker: str = "") -> None:
        self._frames = Frames(max_packet_bytes=max_packet_bytes, types=_TYPES)
        self._most_aliases, self._broker = aliases, broker
        self._aliases: dict[int, bytes] = {}

    def feed(self, data: bytes) -> Parsed:
        """Return every packet that `data` completes.

        Raises:
            MalformedPacket: the stream breaks the protocol; this parser is of no further use.
        """
        parsed = Parsed()
        for frame in self._frames.feed(data):
            if frame.head & 0xF0 == _PUBLISH:
                self._read_publish(frame, parsed)
            else:
                parsed.controls.append(_control(frame))
        return parsed

    def _read_publish(self, frame: Frame, parsed: Parsed) -> None:
        head, data, body, stop = frame
        qos = head & 0x06
        start = body + 2
        split = start + int.from_bytes(data[body:start], "big")
        at = split if qos == 0 else split + 2
        if qos > _QOS_1 or start > stop or at >= stop:
            _refuse_publish(frame)
        packet_id = data[split:at]
        if packet_id == b"\x00\x00":
            raise MalformedPacket(expected="a packet id from 1", got=0, at="PUBLISH")
        raw_topic = data[start:split]
        if data[at]:
            properties, at = read_properties(Span(data, stop, "PUBLISH"), at, IN_PUBLISH)
            if TOPIC_ALIAS in properties:
                raw_topic = self._aliased(raw_topic, properties)
        else:
            at += 1
        if not raw_topic:
            raise MalformedPacket(expected="a topic", got="none", at="PUBLISH")
        parsed.messages.append(
            Message(_decoded(raw_topic), raw_topic, data[at:stop], head & 0x01 != 0, head & 0x08 != 0, self._broker)
        )
        parsed.packet_ids.append(packet_id)

    def _aliased(self, raw_topic: bytes, properties: Properties) -> bytes:
        alias = number_of(properties, TOPIC_ALIAS) or 0
        if not 0 < alias <= self._most_aliases:
            raise MalformedPacket(expected=f"a topic alias from 1 to {self._most_aliases}", got=alias, at="PUBLISH")
        if raw_topic:
            self._aliases[alias] = raw_topic
            return raw_topic
        if alias not in self._aliases:
            raise MalformedPacket(expected="a topic alias that was told", got=alias, at="PUBLISH")
        return self._aliases[alias]


def _decoded(raw_topic: bytes) -> str | None:
    try:
        return raw_topic.decode()
    except UnicodeDecodeError:
        return None


def _refuse_publish(frame: Frame) -> None:
    qos = frame.head >> 1 & 0x03
    if qos > 1:
        raise MalformedPacket(expected="QoS 0 or 1, as subscribed", got=qos, at="PUBLISH")
    got = frame.data[frame.body : min(frame.body + 2, frame.stop)].hex(" ")
    raise MalformedPacket(expected="topic, packet id and properties within the packet", got=got, at="PUBLISH")


def _control(frame: Frame) -> Control:
    size = frame.stop - frame.body
    match frame.head, size:
        case 0x20, _ if size >= _OLD_CONNACK_BYTES:
            return _connack(frame, size)
        case 0x90, _ if size > 3:
            packet_id, codes, said = _answer(frame, "SUBACK")
            return Suback(packet_id, codes, said)
        case 0xB0, _ if size > 3:
            packet_id, codes, _ = _answer(frame, "UNSUBACK")
            return Unsuback(packet_id, codes)
        case 0xD0, 0:
            return Pingresp()
        case 0xE0, _:
            return _disconnected(frame, size)
    raise MalformedPacket(
        expected="CONNACK, PUBLISH, SUBACK, UNSUBACK, PINGRESP or DISCONNECT", got=f"{frame.head:02x}", at="packet type"
    )


def _connack(frame: Frame, size: int) -> Connack:
    present, code = frame.data[frame.body] & 1 == 1, frame.data[frame.body + 1]
    if size == _OLD_CONNACK_BYTES:
        return Connack(present, code, old=True)
    span = Span(frame.data, frame.stop, "CONNACK")
    properties, end = read_properties(span, frame.body + 2, IN_CONNACK)
    _check_end(end, frame, span.name)
    return Connack(
        present,
        code,
        keep_alive_s=number_of(properties, SERVER_KEEP_ALIVE),
        session_expiry_s=number_of(properties, SESSION_EXPIRY),
        said=text_of(properties, REASON_STRING),
    )


def _answer(frame: Frame, name: str) -> tuple[int, tuple[int, ...], str]:
    packet_id = int.from_bytes(frame.data[frame.body : frame.body + 2], "big")
    properties, end = read_properties(Span(frame.data, frame.stop, name), frame.body + 2, IN_ANSWER)
    return packet_id, tuple(frame.data[end : frame.stop]), text_of(properties, REASON_STRING)


def _disconnected(frame: Frame, size: int) -> Disconnected:
    code = frame.data[frame.body] if size else 0
    if size < 2:
        return Disconnected(code)
    span = Span(frame.data, frame.stop, "DISCONNECT")
    properties, end = read_properties(span, frame.body + 1, IN_DISCONNECT)
    _check_end(end, frame, span.name)
    return Disconnected(code, text_of(properties, REASON_STRING))


def _check_end(end: int, frame: Frame, name: str) -> None:
    if end != frame.stop:
        raise MalformedPacket(expected="nothing behind the properties", got=frame.stop - end, at=name)
