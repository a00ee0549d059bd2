"""A member of a JSON document by its path, `meta.device`; nothing where the path ends early."""

from collections.abc import Iterable

from city.errors import UndecodableMessage
from ingest.decoders.times import time_of
from ingest.decoders.values import checked_name
from ingest.reasons import Reason


def at_path(value: object, path: str) -> object:
    """Return what lies at a path of members; a number is a place in a list."""
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def first_text(body: object, paths: Iterable[str], *, otherwise: str = "") -> str:
    """Return the first name among some paths, a number as its digits.

    Raises:
        UndecodableMessage: there is none, or it cannot be a name.
    """
    for path in paths:
        said = at_path(body, path)
        if isinstance(said, str | int) and not isinstance(said, bool) and said != "":
            return checked_name(str(said), at=f"$.{path}")
    return checked_name(otherwise, at="$", reason=Reason.NO_SENSOR)


def first_time(body: object, paths: Iterable[str]) -> int | None:
    """Return the first usable time among some paths; digits in a text count as a number."""
    for path in paths:
        said = at_path(body, path)
        if isinstance(said, str) and said.isascii() and said.isdecimal() and len(said) <= 20:
            said = int(said)
        time_ns = time_of(said)
        if time_ns is not None:
            return time_ns
    return None


def refuse(expected: str, got: object) -> UndecodableMessage:
    """Return the error for a body of another shape."""
    names = ", ".join(map(str, got)) if isinstance(got, dict) else type(got).__name__
    return UndecodableMessage(Reason.WRONG_SHAPE, expected=expected, got=names[:200], at="$")
