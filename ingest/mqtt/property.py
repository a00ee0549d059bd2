"""Properties of MQTT 5 packets: read within bounds, and written."""

from collections.abc import Callable
from dataclasses import dataclass

from ingest.mqtt.errors import MalformedPacket
from ingest.mqtt.packet import varint

#: Identifiers that are asked for or looked at (MQTT 5 §2.2.2.2).
SESSION_EXPIRY = 0x11
SERVER_KEEP_ALIVE = 0x13
REASON_STRING = 0x1F
RECEIVE_MAXIMUM = 0x21
TOPIC_ALIAS_MAXIMUM = 0x22
TOPIC_ALIAS = 0x23
USER_PROPERTY = 0x26
MAXIMUM_PACKET_SIZE = 0x27
SUBSCRIPTION_IDENTIFIER = 0x0B

#: Of each packet that a broker sends, the properties that it may have (§3.2.2.3, §3.3.2.3, §3.9.2.1, §3.14.2.2).
IN_CONNACK = frozenset(
    {0x11, 0x12, 0x13, 0x15, 0x16, 0x1A, 0x1C, 0x1F, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A}
)
IN_PUBLISH = frozenset({0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x23, 0x26})
IN_ANSWER = frozenset({0x1F, 0x26})
IN_DISCONNECT = frozenset({0x11, 0x1C, 0x1F, 0x26})

#: May stand more than once; a subscription may match in several ways.
_REPEATED = frozenset({USER_PROPERTY, SUBSCRIPTION_IDENTIFIER})

_MAX_VARINT_BYTES = 4  # §1.5.5

Properties = dict[int, int | bytes]


def _fixed(size: int) -> Callable[[bytes, int], tuple[int | bytes, int]]:
    return lambda data, at: (int.from_bytes(data[at : at + size], "big"), at + size)


def _binary(data: bytes, at: int) -> tuple[int | bytes, int]:
    end = at + 2 + int.from_bytes(data[at : at + 2], "big")
    return data[at + 2 : end], end


def _pair(data: bytes, at: int) -> tuple[int | bytes, int]:
    """Pass over a name and a value: what users add is nobody's business here, and may be long."""
    _, middle = _binary(data, at)
    _, end = _binary(data, middle)
    return 0, end


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a variable byte integer and where it ends; raises MalformedPacket for one of more than four bytes."""
    value = 0
    for place, digit in enumerate(data[at : at + _MAX_VARINT_BYTES]):
        value |= (digit & 0x7F) << 7 * place
        if not digit & 0x80:
            return value, at + place + 1
    raise MalformedPacket(expected="a variable byte integer", got=data[at : at + 5].hex(" "), at="properties")


_BYTE, _TWO, _FOUR = _fixed(1), _fixed(2), _fixed(4)
_READERS: dict[int, Callable[[bytes, int], tuple[int | bytes, int]]] = {
    **dict.fromkeys((0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A), _BYTE),
    **dict.fromkeys((0x13, 0x21, 0x22, 0x23), _TWO),
    **dict.fromkeys((0x02, 0x11, 0x18, 0x27), _FOUR),
    **dict.fromkeys((0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F), _binary),
    SUBSCRIPTION_IDENTIFIER: read_varint,
    USER_PROPERTY: _pair,
}


@dataclass(frozen=True, slots=True)
class Span:
    """A packet's body within the bytes that came."""

    data: bytes
    stop: int
    name: str


def read_properties(span: Span, at: int, allowed: frozenset[int]) -> tuple[Properties, int]:
    """Return the properties that begin at `at`, and where they end.

    Raises:
        MalformedPacket: one is not `allowed` here, stands twice, or goes beyond the packet.
    """
    size, at = read_varint(span.data, at)
    end = at + size
    if end > span.stop:
        raise MalformedPacket(expected="properties within the packet", got=size, at=span.name)
    found: Properties = {}
    while at < end:
        identifier = span.data[at]
        if identifier not in allowed or (identifier in found and identifier not in _REPEATED):
            raise MalformedPacket(expected="a property of its own kind, once", got=f"{identifier:02x}", at=span.name)
        found[identifier], at = _READERS[identifier](span.data, at + 1)
    if at != end:
        raise MalformedPacket(expected="properties as long as they say", got=at - end, at=span.name)
    return found, end


def text_of(properties: Properties, identifier: int) -> str:
    """Return a text for people; empty where there is none."""
    value = properties.get(identifier, b"")
    return value.decode(errors="replace") if isinstance(value, bytes) else ""


def number_of(properties: Properties, identifier: int) -> int | None:
    """Return a number; None where there is none."""
    value = properties.get(identifier)
    return value if isinstance(value, int) else None


def written(properties: dict[int, bytes]) -> bytes:
    """Return properties, given as their encoded values, with their length in front."""
    body = b"".join(bytes([identifier]) + value for identifier, value in properties.items())
    return varint(len(body)) + body
