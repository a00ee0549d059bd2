"""Where the next page begins: the sort key of the last line shown, as opaque text."""

import base64
import binascii
import json

from city.errors import BadRequest


def encode(key: tuple[int, ...]) -> str:
    """Return a key as text that is safe in an address."""
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(text: str, length: int) -> tuple[int, ...]:
    """Return the key of `length` numbers in `text`.

    Raises:
        BadRequest: `text` is not a cursor of this list.
    """
    try:
        key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError) as error:
        raise BadRequest(expected="a cursor of this list", got=text, at="after") from error
    if not isinstance(key, list) or len(key) != length or not all(_is_number(part) for part in key):
        raise BadRequest(expected="a cursor of this list", got=text, at="after")
    return tuple(key)


def _is_number(part: object) -> bool:
    return type(part) is int and -(2**63) <= part < 2**63
