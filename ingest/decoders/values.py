"""Values and names as devices write them: numbers, numbers in text, states; checked once, here."""

import re
from math import isfinite

from city.errors import UndecodableMessage
from ingest.reasons import Reason

#: Longer names come from no registry; they are also what a flood of made-up names would cost to keep.
MAX_NAME_LENGTH = 200

#: A value beyond it would become infinite when its unit is converted.
MAX_VALUE = 1e300

#: `30.11 °C`, `247.0 Volts`, `-60`; a decimal comma is not among them, since `1,234` may be either.
_NUMBER_TEXT = re.compile(
    r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*((?![eE][+-]?\d)[^\d\s.,+\-][^\n]{0,15}?)?\s*"
)


def checked_name(name: object, *, at: str, reason: Reason = Reason.BAD_NAME) -> str:
    """Return `name`, which can stand for a sensor or a quantity.

    Raises:
        UndecodableMessage: it is no text, empty, too long, or has characters that cannot be shown.
    """
    if isinstance(name, str) and 0 < len(name) <= MAX_NAME_LENGTH and name.isprintable() and name == name.strip():
        return name
    got = name if isinstance(name, str) else type(name).__name__
    raise UndecodableMessage(reason, expected=f"a name of at most {MAX_NAME_LENGTH} characters", got=got, at=at)


def number(value: object, *, at: str) -> float | None:
    """Return a JSON number or truth as float; None for anything else.

    Raises:
        UndecodableMessage: it is a number that no float holds.
    """
    if isinstance(value, float):
        return value
    if not isinstance(value, int):
        return None
    try:
        return float(value)
    except OverflowError as error:
        raise UndecodableMessage(Reason.BAD_NUMBER, expected="a float", got="a huge integer", at=at) from error


def number_with_unit(value: object, *, at: str) -> tuple[float, str | None] | None:
    """Return a number and the unit that its text carries, as in `30.11 °C`; None for what is no number.

    Raises:
        UndecodableMessage: it is a number that no float holds.
    """
    if not isinstance(value, str):
        plain = number(value, at=at)
        return None if plain is None else (plain, None)
    found = _NUMBER_TEXT.fullmatch(value) if len(value) <= 64 else None
    if found is None:
        return None
    parsed = float(found.group(1))
    if not isfinite(parsed):
        raise UndecodableMessage(Reason.BAD_NUMBER, expected="a float", got=value, at=at)
    return parsed, found.group(2)


def too_large(value: float, *, at: str) -> UndecodableMessage:
    """Return the error for a value that is not within MAX_VALUE, NaN among them."""
    return UndecodableMessage(Reason.BAD_NUMBER, expected=f"a number within ±{MAX_VALUE:g}", got=value, at=at)
