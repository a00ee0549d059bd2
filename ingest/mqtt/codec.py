"""Turns the bytes of a broker into messages and control packets, without I/O."""

from dataclasses import dataclass, field

from ingest.message import Message
from ingest.mqtt.errors import MalformedPacket
from ingest.mqtt.packet import Connack, Control, Pingresp, Suback, Unsuback

_PUBLISH = 0x30
_QOS_1 = 0x02
_TYPES = "CONNACK, PUBLISH, SUBACK, UNSUBACK or PINGRESP"
_MAX_LENGTH_BYTES = 4  # MQTT 3.1.1 §2.2.3


@dataclass(frozen=True, slots=True)
class Parsed:
    """What complete packets said, in order of arrival.

    `packet_ids` runs beside `messages`: the two bytes that a PUBACK returns, empty for QoS 0.
    """

    messages: list[Message] = field(default_factory=list)
    packet_ids: list[bytes] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)


class Parser:
    """Reads the byte stream of one connection to `broker`; bytes may be cut anywhere.

    Holds at most one incomplete packet.
    """

    def __init__(self, *, max_packet_bytes: int, broker: str = "") -> None:
        self._max_packet_bytes, self._broker = max_packet_bytes, broker
        self._chunks: list[bytes] = []
        self._held = 0
        self._needed = 0

    def feed(self, data: bytes) -> Parsed:
        """Return every packet that `data` completes.

        Raises:
            MalformedPacket: the stream breaks the protocol; this parser is of no further use.
        """
        parsed = Parsed()
        if self._chunks:
            self._chunks.append(data)
            self._held += len(data)
            if self._held < self._needed:
                return parsed
            data = b"".join(self._chunks)
        offset = self._read(data, parsed)
        rest = data[offset:]
        self._chunks = [rest] if rest else []
        self._held = len(rest)
        return parsed

    def _read(self, data: bytes, parsed: Parsed) -> int:
        """Read complete packets, and return where the incomplete one begins."""
        offset, end, broker = 0, len(data), self._broker
        while offset + 2 <= end:
            size, body = data[offset + 1], offset + 2
            if size & 0x80:
                if body < end and data[body] < 0x80:  # two bytes, as most messages have
                    size, body = size & 0x7F | data[body] << 7, body + 1
                else:
                    size, body = _long_size(data, offset)
                if size > self._max_packet_bytes:
                    raise MalformedPacket(
                        expected=f"at most {self._max_packet_bytes} bytes", got=size, at="remaining length"
                    )
            stop = body + size
            if stop > end:
                _check_type(data[offset])
                self._needed = stop - offset
                return offset
            head = data[offset]
            if head & 0xF0 == _PUBLISH:
                _read_publish(head, data, body, stop, parsed, broker)
            else:
                parsed.controls.append(_control(head, data[body:stop]))
            offset = stop
        self._needed = 2
        return offset


def _long_size(data: bytes, offset: int) -> tuple[int, int]:
    """Return size and begin of the body; where the size itself is cut off, a size that lies beyond the end."""
    size, digits = 0, data[offset + 1 : offset + 1 + _MAX_LENGTH_BYTES]
    for place, digit in enumerate(digits):
        size |= (digit & 0x7F) << 7 * place
        if not digit & 0x80:
            return size, offset + 2 + place
    if len(digits) == _MAX_LENGTH_BYTES:
        raise MalformedPacket(expected="a length of at most 4 bytes", got=digits.hex(" "), at="remaining length")
    return 1, len(data)


def _read_publish(head: int, data: bytes, body: int, stop: int, parsed: Parsed, broker: str) -> None:
    start = body + 2
    if start > stop:
        raise MalformedPacket(expected="a topic", got=data[body:stop].hex(" "), at="PUBLISH")
    split = start + (data[body] << 8 | data[body + 1])
    qos = head & 0x06
    payload = split if qos == 0 else split + 2
    if qos > _QOS_1 or payload > stop:
        _refuse_publish(head, data, body, stop)
    raw_topic, packet_id = data[start:split], data[split:payload]
    if packet_id == b"\x00\x00":
        raise MalformedPacket(expected="a packet id from 1", got=0, at="PUBLISH")
    topic: str | None
    try:
        topic = raw_topic.decode()
    except UnicodeDecodeError:
        topic = None
    parsed.messages.append(Message(topic, raw_topic, data[payload:stop], head & 0x01 != 0, head & 0x08 != 0, broker))
    parsed.packet_ids.append(packet_id)


def _refuse_publish(head: int, data: bytes, body: int, stop: int) -> None:
    qos = head >> 1 & 0x03
    if qos > 1:
        raise MalformedPacket(expected="QoS 0 or 1, as subscribed", got=qos, at="PUBLISH")
    raise MalformedPacket(
        expected="topic and packet id within the packet", got=data[body : body + 2].hex(" "), at="PUBLISH"
    )


def _check_type(head: int) -> None:
    """Refuse at once what is no broker's packet, rather than wait for the rest of it."""
    if head & 0xF0 not in {0x20, _PUBLISH, 0x90, 0xB0, 0xD0}:
        raise MalformedPacket(expected=_TYPES, got=f"{head:02x}", at="packet type")


def _control(head: int, body: bytes) -> Control:
    match head, len(body):
        case 0x20, 2:
            return Connack(session_present=body[0] & 1 == 1, code=body[1])
        case 0x90, size if size > 2:
            return Suback(int.from_bytes(body[:2], "big"), tuple(body[2:]))
        case 0xB0, 2:
            return Unsuback(int.from_bytes(body, "big"))
        case 0xD0, 0:
            return Pingresp()
    raise MalformedPacket(
        expected="CONNACK, PUBLISH, SUBACK, UNSUBACK or PINGRESP", got=f"{head:02x}", at="packet type"
    )
