"""MQTT 3.1.1 control packets: those a client reads, and the bytes of those it writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

#: Return codes of CONNACK (MQTT 3.1.1 §3.2.2.3).
CONNACK_REASONS = {
    0: "accepted",
    1: "unacceptable protocol version",
    2: "client identifier rejected",
    3: "server unavailable",
    4: "bad user name or password",
    5: "not authorised",
}
#: Return code of SUBACK for a refused filter (MQTT 3.1.1 §3.9.3).
REFUSED = 0x80

PINGREQ = b"\xc0\x00"
DISCONNECT = b"\xe0\x00"
_PUBACK_HEAD = b"\x40\x02"


@dataclass(frozen=True, slots=True)
class Connack:
    """The broker's answer to CONNECT; `code` 0 accepts.

    Attributes:
        keep_alive_s: the longest silence that the broker wants in place of ours (MQTT 5).
        session_expiry_s: how long it keeps the session in place of what we asked (MQTT 5).
        said: what it says of its reason (MQTT 5).
        old: it has the form of MQTT 3.1.1 although MQTT 5 was asked for.
    """

    session_present: bool
    code: int
    keep_alive_s: int | None = None
    session_expiry_s: int | None = None
    said: str = ""
    old: bool = False


@dataclass(frozen=True, slots=True)
class Suback:
    """The broker's answer to SUBSCRIBE: the granted QoS of each filter, or from REFUSED on why not."""

    packet_id: int
    codes: tuple[int, ...]
    said: str = ""


@dataclass(frozen=True, slots=True)
class Unsuback:
    """The broker's answer to UNSUBSCRIBE; `codes` only in MQTT 5."""

    packet_id: int
    codes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Pingresp:
    """The broker's answer to PINGREQ."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The broker ends the connection and says why (MQTT 5)."""

    code: int
    said: str = ""


Control = Connack | Suback | Unsuback | Pingresp | Disconnected


class Credentials(NamedTuple):
    """Who we say we are."""

    username: str | None = None
    password: str | None = None


def connect(client_id: str, *, keep_alive_s: int, credentials: Credentials, clean: bool = False) -> bytes:
    """Return a CONNECT that resumes the session of `client_id`, or starts afresh if `clean` (§3.1)."""
    flags, fields = identified(client_id, credentials)
    head = b"\x00\x04MQTT\x04" + bytes([flags | clean << 1]) + keep_alive_s.to_bytes(2, "big")
    return framed(0x10, head + fields)


def subscribe(packet_id: int, filters: Sequence[str]) -> bytes:
    """Return a SUBSCRIBE that asks for QoS 1 on every filter (§3.8)."""
    return framed(0x82, packet_id.to_bytes(2, "big") + b"".join(text(one) + b"\x01" for one in filters))


def unsubscribe(packet_id: int, filters: Sequence[str]) -> bytes:
    """Return an UNSUBSCRIBE (§3.10)."""
    return framed(0xA2, packet_id.to_bytes(2, "big") + b"".join(map(text, filters)))


def pubacks(packet_ids: Sequence[bytes]) -> bytes:
    """Return one PUBACK for each packet id, given as its two bytes, ready for a single write (§3.4)."""
    return _PUBACK_HEAD + _PUBACK_HEAD.join(packet_ids) if packet_ids else b""


def identified(client_id: str, credentials: Credentials) -> tuple[int, bytes]:
    """Return the flags of a CONNECT that say what is told of us, and what is told, as both versions have it."""
    flags, fields = 0, text(client_id)
    if credentials.username is not None:
        flags, fields = flags | 0x80, fields + text(credentials.username)
    if credentials.password is not None:
        flags, fields = flags | 0x40, fields + text(credentials.password)
    return flags, fields


def framed(head: int, body: bytes) -> bytes:
    """Return a packet, which says how long it is."""
    return bytes([head]) + varint(len(body)) + body


def varint(size: int) -> bytes:
    """Return the variable-length encoding of §2.2.3, least significant seven bits first."""
    encoded = bytearray()
    while True:
        size, digit = size >> 7, size & 0x7F
        encoded.append(digit | 0x80 if size else digit)
        if not size:
            return bytes(encoded)


def text(words: str) -> bytes:
    """Return a text with its length in front (§1.5.3)."""
    encoded = words.encode()
    return len(encoded).to_bytes(2, "big") + encoded
