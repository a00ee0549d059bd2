"""The wire format of Protocol Buffers: fields by number, four wire types, nothing about what they mean."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from city.errors import UndecodableMessage
from ingest.reasons import Reason

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
#: Bytes of the longest varint: 64 bits, seven a byte.
_LONGEST = 10
_WIDTHS = {_FIXED64: 8, _FIXED32: 4}


class Field(NamedTuple):
    """One field: its number, and what it holds: a whole number of up to 64 bits, or bytes."""

    number: int
    value: int | bytes


def fields(data: bytes) -> Iterator[Field]:
    """Yield the fields of a message in their order.

    Raises:
        UndecodableMessage: the bytes are no message, or one cut short.
    """
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        number, wire = key >> 3, key & 7
        if number == 0:
            raise _no_message(place, expected="a field number", got=key)
        if wire == _VARINT:
            value, place = _varint(data, place)
            yield Field(number, value)
            continue
        length, place = (_WIDTHS[wire], place) if wire in _WIDTHS else _length(data, place, wire)
        end = place + length
        if end > len(data):
            raise _no_message(place, expected=f"{length} bytes", got=len(data) - place)
        yield Field(number, data[place:end])
        place = end


def whole(value: int | bytes) -> int:
    """Return a varint's number.

    Raises:
        UndecodableMessage: the field has another wire type than its definition says.
    """
    if isinstance(value, int):
        return value
    raise _no_message(0, expected="a varint", got="bytes")


def varints(value: int | bytes) -> list[int]:
    """Return the numbers of a repeated field's entry, which may be packed; raises as above."""
    if isinstance(value, int):
        return [value]
    found, place = [], 0
    while place < len(value):
        number, place = _varint(value, place)
        found.append(number)
    return found


def chunk(value: int | bytes) -> bytes:
    """Return the bytes of a field; raises as above."""
    if isinstance(value, bytes):
        return value
    raise _no_message(0, expected="bytes", got="a varint")


def text(value: int | bytes) -> str:
    """Return the text of a field; raises as above, or where it is not UTF-8."""
    try:
        return chunk(value).decode()
    except UnicodeDecodeError as error:
        raise UndecodableMessage(Reason.NOT_UTF8, expected="UTF-8", got=error.reason, at="protobuf") from error


def floating(value: int | bytes, layout: str) -> float:
    """Return a floating number in the layout `<f` or `<d`; raises as above."""
    data = chunk(value)
    if len(data) != struct.calcsize(layout):
        raise _no_message(0, expected="a floating number", got=len(data))
    (number,) = struct.unpack(layout, data)
    return float(number)


def _length(data: bytes, place: int, wire: int) -> tuple[int, int]:
    if wire != _LENGTH:  # groups went out of use before the first release that this family was written for
        raise _no_message(place, expected="a wire type 0, 1, 2 or 5", got=wire)
    return _varint(data, place)


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = 0
    for position, byte in enumerate(data[place : place + _LONGEST]):
        value |= (byte & 0x7F) << 7 * position
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, place + position + 1
    raise _no_message(place, expected="a varint", got=data[place : place + _LONGEST])


def _no_message(place: int, *, expected: str, got: object) -> UndecodableMessage:
    return UndecodableMessage(Reason.NOT_PROTOBUF, expected=expected, got=got, at=f"byte {place}")
