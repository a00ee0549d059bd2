"""CAP's values as the texts of XML elements: what each may look like, and what it means."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any

from city.errors import BadDocument
from city.place import Place
from linkage.cap.model import Circle, Polygon, Reference

#: The XSD's own pattern, but for the comma that it allows by mistake and xs:dateTime does not.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d", re.ASCII)

#: xs:language.
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*", re.ASCII)

_INTEGER = re.compile(r"[-+]?\d{1,18}", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(\d{1,12}(\.\d{0,12})?|\.\d{1,12})", re.ASCII)

#: Members of a list that is separated by spaces; those with spaces inside stand in quotes (CAP 1.2 §3.2.1).
_MEMBER = re.compile(r'"([^"]*)"|(\S+)')


@dataclass(frozen=True, slots=True)
class Codec:
    """How a value is read from a text and written into one; `read` raises BadDocument at the place it is given."""

    read: Callable[[str, str], Any]
    write: Callable[[Any], str]


def moment(text: str, at: str) -> datetime:
    """Return the time in `text`, which has no fraction and no `Z`."""
    if _MOMENT.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError as error:
            raise BadDocument(expected="a date that exists", got=text, at=at) from error
    raise BadDocument(expected="a time such as `2026-11-21T08:00:00+08:00`", got=text, at=at)


def written_moment(value: datetime) -> str:
    """Return a time as CAP has it: whole seconds, and UTC as `-00:00` (CAP 1.2 §3.3.2)."""
    text = value.isoformat(timespec="seconds")
    return text.removesuffix("+00:00") + "-00:00" if text.endswith("+00:00") else text


def degrees(value: float) -> str:
    """Return degrees or kilometres without an exponent; the sixth digit is a decimetre."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def members(text: str, _: str) -> tuple[str, ...]:
    """Return the members of a list separated by spaces."""
    return tuple(quoted or plain for quoted, plain in _MEMBER.findall(text))


def written_members(values: tuple[str, ...]) -> str:
    """Return a list separated by spaces."""
    return " ".join(f'"{value}"' if re.search(r"\s", value) else value for value in values)


def _plain(text: str, _: str) -> str:
    return text


def _language(text: str, at: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise BadDocument(expected="a language such as `zh-CN`", got=text, at=at)
    return text


def _integer(text: str, at: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise BadDocument(expected="a whole number", got=text, at=at)
    return int(text)


def _decimal(text: str, at: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise BadDocument(expected="a decimal number", got=text, at=at)
    return Decimal(text)


def _word(words: type[StrEnum], text: str, at: str) -> StrEnum:
    try:
        return words(text)
    except ValueError as error:
        expected = "one of " + ", ".join(f"`{word}`" for word in words)
        raise BadDocument(expected=expected, got=text, at=at) from error


def _place(text: str, at: str) -> Place:
    latitude, _, longitude = text.partition(",")
    if not (_DECIMAL.fullmatch(latitude) and _DECIMAL.fullmatch(longitude)):
        raise BadDocument(expected="`latitude,longitude`", got=text, at=at)
    return Place(float(longitude), float(latitude))


def _written_place(place: Place) -> str:
    return f"{degrees(place.latitude)},{degrees(place.longitude)}"


def _polygon(text: str, at: str) -> Polygon:
    return tuple(_place(pair, at) for pair in text.split())


def _circle(text: str, at: str) -> Circle:
    center, _, radius = text.partition(" ")
    if not _DECIMAL.fullmatch(radius.strip()):
        raise BadDocument(expected="`latitude,longitude radius`", got=text, at=at)
    return Circle(_place(center, at), float(radius))


def _references(text: str, at: str) -> tuple[Reference, ...]:
    found = []
    for triple in text.split():
        parts = triple.split(",")
        if len(parts) != 3 or not all(parts):
            raise BadDocument(expected="`sender,identifier,sent`", got=triple, at=at)
        found.append(Reference(parts[0], parts[1], moment(parts[2], at)))
    return tuple(found)


def _written_references(values: tuple[Reference, ...]) -> str:
    return " ".join(f"{one.sender},{one.identifier},{written_moment(one.sent)}" for one in values)


def word(words: type[StrEnum]) -> Codec:
    """Return the codec of a word from a list."""
    return Codec(partial(_word, words), str)


TEXT = Codec(_plain, str)
MOMENT = Codec(moment, written_moment)
LANGUAGE = Codec(_language, str)
INTEGER = Codec(_integer, str)
DECIMAL = Codec(_decimal, lambda value: f"{value:f}")
MEMBERS = Codec(members, written_members)
REFERENCES = Codec(_references, _written_references)
POLYGON = Codec(_polygon, lambda ring: " ".join(map(_written_place, ring)))
CIRCLE = Codec(_circle, lambda circle: f"{_written_place(circle.center)} {degrees(circle.radius_km)}")


def whole_seconds(time_ns: int, zone: Any = UTC) -> datetime:  # noqa: ANN401 - any tzinfo
    """Return nanoseconds since 1970 as CAP's time: cut to the second, in `zone`, with a fixed offset."""
    return datetime.fromisoformat(datetime.fromtimestamp(time_ns // 1_000_000_000, tz=zone).isoformat())
