"""How a journal row's content becomes bytes and is read back, with a checksum over all of it."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from city.context_bytes import PACKED, change_from_bytes, change_to_bytes, context_from_bytes, context_to_bytes
from city.entry import Arrivals, Connection, Context, ContextChange, Entry, SensorEvent, SensorStatus, Tick
from city.errors import BadJournal
from city.reading import ReadingBatch
from ingest.decoders.memory import Lesson
from ingest.message import QuarantinedMessage

#: Encoding of the rows that are written now; others are refused, never guessed.
VERSION = 1

_HEAD = struct.Struct("<qii")


@dataclass(frozen=True, slots=True)
class Refused:
    """Messages of one batch that could not be understood."""

    arrival_ns: int
    messages: tuple[QuarantinedMessage, ...]


@dataclass(frozen=True, slots=True)
class Digests:
    """Eight bytes for each message of one batch, by which a repeated one is known again."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Learned:
    """What decoders learned from one batch, and must know again after a crash."""

    lessons: tuple[Lesson, ...]


@dataclass(frozen=True, slots=True)
class SecondTry:
    """What came of a quarantined message that was replayed; `reason` is empty where it was understood now.

    `position` and `place` are those of the row that refused it, and of it among that row's messages.
    """

    position: int
    place: int
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Retried:
    """Quarantined messages that were replayed; what they said is in the arrivals beside this."""

    time_ns: int
    tries: tuple[SecondTry, ...]


@dataclass(frozen=True, slots=True)
class ShedRow:
    """Messages of one source that are acknowledged and not kept, and why; `size` is in bytes."""

    source: str
    reason: str
    messages: int
    size: int


@dataclass(frozen=True, slots=True)
class LetGo:
    """What of one batch was shed: with this committed, it may be acknowledged."""

    arrival_ns: int
    rows: tuple[ShedRow, ...]


Content = Entry | Refused | Digests | Learned | Retried | LetGo


@dataclass(frozen=True, slots=True)
class Record:
    """What the journal holds at one position."""

    position: int
    content: Content


class Row(NamedTuple):
    """A row as it is stored."""

    position: int
    kind: int
    version: int
    crc: int
    blob: bytes


class _ArrivalsRow(msgspec.Struct, array_like=True):
    """Arrivals with the readings as one block of columns; `bytes`, whose copy leaves the columns aligned."""

    count: int
    readings: bytes
    events: tuple[SensorEvent, ...]
    statuses: tuple[SensorStatus, ...]


class _Kind(NamedTuple):
    """One kind of content: its number, and the ways there and back."""

    number: int
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Content]


_encode = msgspec.msgpack.Encoder().encode
_decode_arrivals_row = msgspec.msgpack.Decoder(_ArrivalsRow).decode


def _encode_arrivals(arrivals: Arrivals) -> bytes:
    readings = arrivals.readings
    return _encode(_ArrivalsRow(len(readings), readings.to_bytes(), arrivals.events, arrivals.statuses))


def _decode_arrivals(blob: bytes) -> Arrivals:
    row = _decode_arrivals_row(blob)
    return Arrivals(ReadingBatch.from_bytes(row.readings, row.count), row.events, row.statuses)


def _encode_digests(digests: Digests) -> bytes:
    return digests.data


_decode_unpacked = msgspec.msgpack.Decoder(Context).decode


def _decode_context(blob: bytes) -> Context:
    """Read a context, be it of a version that wrote its sensors one by one."""
    return context_from_bytes(blob) if blob[:1] == PACKED else _decode_unpacked(blob)


#: Numbers are on disk: a new kind gets a new one, and none is ever used again.
_KINDS: dict[type[Content], _Kind] = {
    Arrivals: _Kind(1, _encode_arrivals, _decode_arrivals),
    Tick: _Kind(2, _encode, msgspec.msgpack.Decoder(Tick).decode),
    Connection: _Kind(3, _encode, msgspec.msgpack.Decoder(Connection).decode),
    Context: _Kind(4, context_to_bytes, _decode_context),
    Refused: _Kind(5, _encode, msgspec.msgpack.Decoder(Refused).decode),
    Digests: _Kind(6, _encode_digests, Digests),
    Learned: _Kind(7, _encode, msgspec.msgpack.Decoder(Learned).decode),
    ContextChange: _Kind(10, change_to_bytes, change_from_bytes),
    Retried: _Kind(8, _encode, msgspec.msgpack.Decoder(Retried).decode),
    LetGo: _Kind(9, _encode, msgspec.msgpack.Decoder(LetGo).decode),
}
_BY_NUMBER = {kind.number: kind for kind in _KINDS.values()}

#: Numbers of all kinds; a row with another one is damaged, or of a later version.
NUMBERS = tuple(sorted(_BY_NUMBER))


def number_of(content: type[Content]) -> int:
    """Return the number under which rows of this kind are stored."""
    return _KINDS[content].number


def encode(position: int, content: Content) -> Row:
    """Return the row that stores `content` at `position`."""
    kind = _KINDS[type(content)]
    blob = kind.encode(content)
    return Row(position, kind.number, VERSION, _crc(position, kind.number, VERSION, blob), blob)


def decode(row: Row, at: str) -> Record:
    """Read a row back; `at` names its segment.

    Raises:
        BadJournal: it is not what was written, or not of a kind or version that is known.
    """
    place = f"{at}:{row.position}"
    if not _is_intact(row):
        raise BadJournal(expected="an intact row", got="another checksum", at=place)
    kind = _BY_NUMBER.get(row.kind)
    if kind is None or row.version != VERSION:
        raise BadJournal(expected=f"version {VERSION}", got=f"kind {row.kind} version {row.version}", at=place)
    try:
        return Record(row.position, kind.decode(row.blob))
    except (msgspec.DecodeError, ValueError) as error:
        raise BadJournal(expected="a readable row", got=str(error), at=place) from error


def _is_intact(row: Row) -> bool:
    try:
        return _crc(row.position, row.kind, row.version, row.blob) == row.crc
    except (struct.error, TypeError):  # a flipped bit in a row's header also changes the types that SQLite returns
        return False


def _crc(position: int, kind: int, version: int, blob: bytes) -> int:
    return zlib.crc32(blob, zlib.crc32(_HEAD.pack(position, kind, version)))
