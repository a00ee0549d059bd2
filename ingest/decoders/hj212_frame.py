"""The frame of HJ 212: `##`, a length in four digits, the data segment, a checksum in four hexadecimal digits."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from city.errors import UndecodableMessage
from ingest.decoders.values import checked_name
from ingest.privacy import REMOVED
from ingest.reasons import Reason

_HEAD = re.compile(rb"[\s\0]*##(\d{4})")
#: The checksum, and the line end that the standard asks for; gateways that publish by MQTT often strip it.
_TAIL = re.compile(rb"([0-9A-Fa-f]{4})[\s\0]*")
#: HJ 212-2017 annex A: the polynomial of Modbus, reflected.
_POLYNOMIAL = 0xA001
#: A frame that comes out of quarantine has lost its password, and with it what its checksum was of.
_REDACTED = b";PW=" + REMOVED
_BEFORE, _AFTER = b"CP=&&", b"&&"


def _shifted(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ _POLYNOMIAL if value & 1 else value >> 1
    return value


_TABLE = tuple(_shifted(byte) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame whose checksum is right.

    Attributes:
        system: `ST`, what kind of place is monitored; empty where it is not said.
        command: `CN`, what the frame is.
        device: `MN`, who sends it.
        content: what stands in `CP`, between the pairs of `&`.
    """

    system: str
    command: int
    device: str
    content: str


def read_frames(payload: bytes) -> Iterator[Frame]:
    """Yield the frames of a payload, one after the other.

    Raises:
        UndecodableMessage: one is cut short, has a wrong checksum, or lacks what every frame has.
    """
    place = 0
    while payload[place:].strip(b"\r\n \t\0") or not place:
        head = _HEAD.match(payload, place)
        if head is None:
            raise _no_frame(place, expected="`##` and a length", got=payload[place : place + 20])
        end = head.end() + int(head.group(1))
        tail = _TAIL.match(payload, end)
        if tail is None:
            raise _no_frame(place, expected="a checksum behind the length", got=payload[end : end + 8])
        segment = payload[head.end() : end]
        if int(tail.group(1), 16) not in checksums(segment) and _REDACTED not in segment:
            raise UndecodableMessage(
                Reason.BAD_CHECKSUM, expected="the checksum of HJ 212", got=tail.group(1), at=f"byte {end}"
            )
        yield _frame(segment, place)
        place = tail.end()


def json_frame(body: Mapping[str, Any]) -> Frame:
    """Return the frame that a gateway took apart into JSON: `CP` as text, or as members.

    Raises:
        UndecodableMessage: it lacks what every frame has.
    """
    command, device, content = str(body.get("CN", "")), body.get("MN"), body.get("CP")
    if not (command.isascii() and command.isdigit() and len(command) <= 4 and isinstance(content, str | dict)):
        raise _no_frame(0, expected="`CN` and `CP`", got=", ".join(body)[:60])
    checked_name(device, at="MN", reason=Reason.BAD_NAME if device else Reason.NO_SENSOR)
    text = content.removeprefix("&&").removesuffix("&&") if isinstance(content, str) else ";".join(_fields(content))
    return Frame(str(body.get("ST", "")), int(command), str(device), text)


def _fields(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield `w01018-Rtd=12.5` of what JSON has flat, or a factor in a member."""
    for code, value in content.items():
        if isinstance(value, Mapping):
            yield ",".join(f"{code}-{field}={one}" for field, one in value.items())
        else:
            yield f"{code}={value}"


def checksums(segment: bytes) -> tuple[int, ...]:
    """Return what devices write as checksum of a data segment: the standard's, its bytes swapped, and Modbus's.

    The standard moves the register before it takes in a byte, Modbus after; many makers copied the wrong one.
    """
    standard = modbus = 0xFFFF
    for byte in segment:
        standard = _shifted(standard >> 8 ^ byte)
        modbus = modbus >> 8 ^ _TABLE[(modbus ^ byte) & 0xFF]
    return standard, (standard & 0xFF) << 8 | standard >> 8, modbus


def _frame(segment: bytes, place: int) -> Frame:
    head, before, content = segment.partition(_BEFORE)
    fields = dict(_pair(word) for word in _text(head).split(";"))
    command = fields.get("CN", "")
    if not (before and command.isascii() and command.isdigit() and len(command) <= 4):
        raise _no_frame(place, expected="`CN` and `CP=&&`", got=segment[:60])
    device = fields.get("MN")
    if not device:
        raise UndecodableMessage(Reason.NO_SENSOR, expected="`MN`", got="nothing", at=f"byte {place}")
    checked_name(device, at="MN")
    inner, _, _ = content.rpartition(_AFTER)
    return Frame(fields.get("ST", ""), int(command), device, _text(inner))


def _pair(word: str) -> tuple[str, str]:
    key, _, value = word.partition("=")
    return key.strip(), value.strip()


def _text(words: bytes) -> str:
    """Return text as it is written in this family: UTF-8, or GB 18030 by older devices."""
    try:
        return words.decode()
    except UnicodeDecodeError:
        return words.decode("gb18030", "replace")


def _no_frame(place: int, *, expected: str, got: object) -> UndecodableMessage:
    return UndecodableMessage(Reason.NOT_HJ212, expected=expected, got=got, at=f"byte {place}")
