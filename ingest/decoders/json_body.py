"""JSON as it comes from outside: parsed strictly and bounded, or refused with the reason."""

import re
from typing import Any, TypeVar

import msgspec

from city.errors import UndecodableMessage
from ingest.reasons import Reason

#: Levels of nesting. The deepest real messages that we know have 9, so this leaves room.
MAX_DEPTH = 32

Shape = TypeVar("Shape")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
#: What some programs begin UTF-8 with; a parser may ignore it (RFC 8259 §8.1).
MARK = b"\xef\xbb\xbf"
#: What JSON has no word for, where a value would stand.
_NO_NUMBER = re.compile(r"(?:^|[\[:,])\s*-?(?:NaN|nan|Infinity|Inf|inf)\b")
_ANYTHING = msgspec.json.Decoder(Any)


def parse_json(payload: bytes) -> Any:  # noqa: ANN401 - any JSON
    """Return the one JSON value in `payload`; of a repeated key the last value holds, as everywhere.

    Raises:
        UndecodableMessage: not UTF-8, not JSON, too deep, or with a number that no float holds.
    """
    return parse_shape(_ANYTHING, payload)


def parse_object(payload: bytes) -> dict[str, Any]:
    """Return the JSON object in `payload`.

    Raises:
        UndecodableMessage: it is anything else.
    """
    value = parse_json(payload)
    if not isinstance(value, dict):
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="a JSON object", got=type(value).__name__, at="$")
    return value


def parse_shape(decoder: "msgspec.json.Decoder[Shape]", payload: bytes) -> Shape:
    """Return what a typed decoder makes of `payload`.

    Raises:
        UndecodableMessage: as above, or it is JSON of another shape.
    """
    try:
        if not payload.isascii():
            payload.decode()  # msgspec skips unknown members unread
        value = decoder.decode(payload)
    except UnicodeDecodeError as error:
        raise UndecodableMessage(Reason.NOT_UTF8, expected="UTF-8", got=error.reason, at=f"{error.start}") from error
    except msgspec.ValidationError as error:
        reason = Reason.BAD_NUMBER if "out of range" in str(error) else Reason.WRONG_SHAPE
        said, _, at = str(error).partition(" - at ")
        raise UndecodableMessage(
            reason, expected="what this family sends", got=said, at=at.strip("`") or "$"
        ) from error
    except RecursionError as error:
        raise _too_deep() from error
    except msgspec.DecodeError as error:
        if payload.startswith(MARK) and not payload.startswith(MARK * 2):
            return parse_shape(decoder, payload.removeprefix(MARK))
        raise UndecodableMessage(_why(payload), expected="JSON", got=str(error), at="$") from error
    if payload.count(b"{") + payload.count(b"[") > MAX_DEPTH and _is_deep(payload):
        raise _too_deep()
    return value


def _is_deep(payload: bytes) -> bool:
    """Return whether brackets nest too deep: each pass takes away the innermost pair of every nest."""
    brackets = _STRING.sub(b"", payload).translate(None, delete=_NO_BRACKETS)
    for _ in range(MAX_DEPTH):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return bool(brackets)


def _too_deep() -> UndecodableMessage:
    return UndecodableMessage(Reason.TOO_DEEP, expected=f"at most {MAX_DEPTH} levels", got="more", at="$")


def _why(payload: bytes) -> Reason:
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return Reason.NOT_UTF8
    return Reason.BAD_NUMBER if _NO_NUMBER.search(text) else Reason.NOT_JSON
