"""Native readings that are spelled alike but for their digits: the first is decoded, of the others digits are read.

A sensor's messages differ in little else. What of a message a shape cannot be sure of is left to the JSON decoder.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS
from ingest.decoders.native import NativeReading, parse_readings, quality_of
from ingest.decoders.times import parse_time

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: Digits of a number that a float holds exactly. Its quotient by a power of ten, which a float holds as well, is then
#: the float nearest to the text, as from any JSON parser (IEEE 754: division rounds correctly).
_MAX_DIGITS = 15
#: Messages read at once: what that needs stays in the processor's cache, and is too little for BLAS to start threads.
_AT_ONCE = 512
_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"000000000")
#: A token of JSON without lists, escapes and exponents.
_TOKEN = re.compile(
    rb'[ \t\r\n]*(?:(?P<sign>[{}:,])|"(?P<text>[^"\\\x00-\x1f]*)"|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[a-z]+))'
    rb"[ \t\r\n]*"
)
_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z")
#: Digits of a moment down to the minute, and to the second.
_MINUTE_DIGITS, _SECOND_DIGITS = 12, 14


def spelling(payload: bytes) -> bytes:
    """Return `payload` with all digits alike: equal for the messages of one shape."""
    return payload.translate(_DIGITS_ALIKE)


def told_by(reading: NativeReading) -> tuple[tuple[str, str | None], ...]:
    """Return quantity and unit of each value of a reading, in order; unit None where it is not told."""
    units = reading.unit if reading.unit is not None else {}
    return tuple((name, units.get(name)) for name, value in reading.values.items() if value is not None)


class Columns(NamedTuple):
    """What messages of one shape say, a row each: time, values, and whether that is sure."""

    time_ns: Ints
    values: Floats
    sure: Flags


class _Token(NamedTuple):
    """A token, where its text begins, and of which kind it is."""

    kind: str
    text: bytes
    start: int

    @property
    def digits(self) -> list[int]:
        """Return the places of its digits."""
        return [self.start + place for place, char in enumerate(self.text) if chr(char).isdecimal()]


Members = dict[bytes, "_Token | Members"]


class _Shapeless(Exception):
    """Raised for a message whose like must be decoded one by one."""


class Shape:
    """How the messages of one spelling are read.

    Attributes:
        told: quantity and unit of each value, in order.
        quality: the flags that the device's words stand for.
        timed: whether they tell a time.
    """

    def __init__(self, payload: bytes, reading: NativeReading) -> None:
        members, keys = _members(payload)
        self.told = told_by(reading)
        if not self.told:
            raise _Shapeless
        self.quality = int(quality_of(reading.quality))
        self.timed = reading.time is not None
        self._sample = np.frombuffer(payload, np.uint8)
        words = [token for name in (b"unit", b"quality") for token in _leaves(members.get(name, {}))]
        self._same = np.array([place for token in [*keys, *words] for place in token.digits], np.int64)
        self._leading = np.array([place for token in _leaves(members) for place in _leading(token)], np.int64)
        values = [token for token in _leaves(members[b"values"]) if token.text != b"null"]
        self._places, self._weights = _weights(values, _moment(members) if self.timed else None)
        self._divisor = np.array([_divisor(token) for token in values])
        self._added = np.array([_added(token) for token in values])

    @classmethod
    def of(cls, payload: bytes) -> Self | None:
        """Return the shape of a message that can be decoded; None where its like must be decoded one by one."""
        readings = parse_readings(payload)
        try:
            shape = cls(payload, readings[0])
        except (_Shapeless, IndexError):
            return None
        return shape if shape._reads(payload, readings[0]) else None

    def read(self, payloads: Sequence[bytes]) -> Columns:
        """Return what these messages say, which are all of this shape's spelling."""
        parts = [self._read(payloads[start : start + _AT_ONCE]) for start in range(0, len(payloads), _AT_ONCE)]
        return (
            parts[0] if len(parts) == 1 else Columns(*(np.concatenate(column) for column in zip(*parts, strict=True)))
        )

    def _read(self, payloads: Sequence[bytes]) -> Columns:
        text = np.frombuffer(b"".join(payloads), np.uint8).reshape(len(payloads), -1)
        sure = (text.take(self._same, axis=1) == self._sample[self._same]).all(axis=1)
        sure &= (text.take(self._leading, axis=1) != ord("0")).all(axis=1)
        numbers = (text.take(self._places, axis=1).astype(np.float64) - ord("0")) @ self._weights
        values = numbers[:, : len(self.told)] / self._divisor + self._added
        if not self.timed:
            return Columns(np.zeros(len(payloads), np.int64), values, sure)
        minute, rest_ns = numbers[:, -2].astype(np.int64), numbers[:, -1].astype(np.int64)
        begun_ns, known = _minutes(minute)
        return Columns(begun_ns + rest_ns, values, sure & known & (rest_ns < 60 * SECOND_NS))

    def _reads(self, payload: bytes, reading: NativeReading) -> bool:
        """Return whether the message that it was learned from is read as it was decoded."""
        time_ns, values, sure = self.read([payload])
        decoded = [float(value) for value in reading.values.values() if value is not None]
        said_ns = parse_time(reading.time) if isinstance(reading.time, str) else 0
        return bool(sure[0]) and time_ns[0] == said_ns and values[0].tolist() == decoded


def _members(payload: bytes) -> tuple[Members, list[_Token]]:
    """Return the members of a JSON object, and all keys."""
    tokens = _tokens(payload)
    keys: list[_Token] = []
    if next(tokens).text != b"{":
        raise _Shapeless
    members = _object(tokens, keys)
    if next(tokens, None) is not None or not isinstance(members.get(b"values"), dict):
        raise _Shapeless
    return members, keys


def _tokens(payload: bytes) -> Iterator[_Token]:
    at = 0
    while at < len(payload):
        found = _TOKEN.match(payload, at)
        if found is None or found.lastgroup is None:
            raise _Shapeless
        yield _Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup))
        at = found.end()


def _object(tokens: Iterator[_Token], keys: list[_Token]) -> Members:
    """Return the members of an object whose brace was read; adds its keys to `keys`."""
    members: Members = {}
    after = b","
    while after == b",":
        key = next(tokens)
        if key.kind != "text" or key.text in members:  # an empty object, or a key that is said twice
            raise _Shapeless
        _, value = next(tokens), next(tokens)
        keys.append(key)
        members[key.text] = _object(tokens, keys) if value.text == b"{" and value.kind == "sign" else value
        after = next(tokens).text
    return members


def _leaves(member: "_Token | Members") -> Iterator[_Token]:
    if isinstance(member, _Token):
        yield member
        return
    for inner in member.values():
        yield from _leaves(inner)


def _leading(token: _Token) -> list[int]:
    """Return where a number of several digits must not have a zero (RFC 8259 §6)."""
    whole = token.text.lstrip(b"-").partition(b".")[0]
    return token.digits[:1] if token.kind == "number" and len(whole) > 1 else []


def _moment(members: Mapping[bytes, "_Token | Members"]) -> _Token:
    token = members[b"time"]
    if not isinstance(token, _Token) or token.kind != "text" or not _MOMENT.fullmatch(token.text):
        raise _Shapeless
    return token


def _weights(values: Sequence[_Token], moment: _Token | None) -> tuple[Ints, Floats]:
    """Return the places of all digits that say something, and what each adds to which number.

    The numbers are the values without their points and, in the end, the minute as `202611200800` and the nanoseconds.
    """
    shares: list[tuple[int, int, float]] = []
    for column, token in enumerate(values):
        if len(token.digits) > _MAX_DIGITS:
            raise _Shapeless
        shares += [(place, column, 10.0**power) for power, place in enumerate(reversed(token.digits))]
    if moment is not None:
        digits, seconds = moment.digits, len(values) + 1
        minute = digits[:_MINUTE_DIGITS]
        shares += [(place, len(values), 10.0**power) for power, place in enumerate(reversed(minute))]
        rest = digits[_MINUTE_DIGITS:]
        shares += [(place, seconds, 10.0 ** (10 - nth)) for nth, place in enumerate(rest)]
    weights = np.zeros((len(shares), len(values) + 2 * (moment is not None)))
    for row, (_, column, weight) in enumerate(shares):
        weights[row, column] = weight
    return np.array([place for place, _, _ in shares], np.int64), weights


def _divisor(token: _Token) -> float:
    decimals = len(token.text.partition(b".")[2]) if token.kind == "number" else 0
    return -(10.0**decimals) if token.text.startswith(b"-") else 10.0**decimals


def _added(token: _Token) -> float:
    """Return what is added to a value: 1 to a truth, to others nothing: JSON's `-0` is 0, but its `-0.0` is -0."""
    if token.kind == "word":
        return 1.0 if token.text == b"true" else 0.0
    return -0.0 if b"." in token.text else 0.0


def _minutes(minute: Ints) -> tuple[Ints, Flags]:
    """Return when these minutes began, written as `202611200800`, and which of them there are."""
    if minute.min() == minute.max():  # as they come: a batch lasts some milliseconds
        begun = _minute_ns(int(minute[0]))
        return np.full(len(minute), begun if begun is not None else 0), np.full(len(minute), begun is not None)
    distinct, of = np.unique(minute, return_inverse=True)
    all_begun = [_minute_ns(one) for one in distinct.tolist()]
    begun_ns = np.array([one if one is not None else 0 for one in all_begun], np.int64)
    return begun_ns[of], np.array([one is not None for one in all_begun])[of]


def _minute_ns(minute: int) -> int | None:
    digits = f"{minute:012d}"
    return parse_time(f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}T{digits[8:10]}:{digits[10:]}:00.000Z")
