"""Lists: rows without members' names (`["Temperature", "68.9", "°F"]`), one number, a history's columns."""

from collections.abc import Mapping
from typing import Any

from city.errors import UndecodableMessage
from city.units import is_known
from ingest.decoders.json_body import parse_json
from ingest.decoders.plain_scope import fold
from ingest.decoders.plain_words import unit_of

#: The shortest row that is one, and the longest: behind the unit some write which of their registers it was.
_SHORTEST, _LONGEST = 3, 4
#: Names of rows that tell of another time than now: what fell in a week.
_PERIODS = frozenset({"hour", "day", "week", "month", "year", "event", "24h"})
#: Lists of moments: the lists beside them are columns of a history.
_MOMENTS = ("time", "times", "ts", "timestamp", "timestamps", "dates", "datetime")
_ANY_MOMENT = frozenset(_MOMENTS)
#: By what makers number the parts of one thing; more than these are no parts but entries of a book.
_NUMBERS = (
    "channel",
    "ch",
    "port",
    "outlet",
    "socket",
    "output",
    "input",
    "line",
    "string",
    "no",
    "num",
    "number",
    "index",
)
_MOST = 1000


def inside(value: object) -> object:
    """Return what a text of JSON holds, as a member of JSON: another document within it; another value as it is."""
    if not isinstance(value, str) or not value.startswith("{") or not value.endswith("}"):
        return value
    try:
        return parse_json(value.encode())
    except UndecodableMessage:
        return value


def row(item: object) -> dict[str, Any] | None:
    """Return the record that a row stands for; None for a list that is no row."""
    if not isinstance(item, list) or not _SHORTEST <= len(item) <= _LONGEST:
        return None
    name, value, unit = item[:_SHORTEST]
    if not isinstance(name, str) or not isinstance(unit, str) or isinstance(value, bool | list | dict | None):
        return None
    if not unit or not is_known(unit_of(unit)) or name.strip().lower() in _PERIODS:
        return None
    return {"name": name, "value": value, "unit": unit_of(unit)}


def only(value: object) -> object:
    """Return the number of a list that holds nothing else; of several numbers nobody says what each is."""
    is_one = isinstance(value, list) and len(value) == 1 and isinstance(value[0], int | float | str)
    return value[0] if isinstance(value, list) and is_one else value


def is_history(folded: Mapping[str, Any]) -> bool:
    """Return whether lists stand beside one of moments, and are its columns."""
    return not _ANY_MOMENT.isdisjoint(folded) and any(isinstance(folded.get(name), list) for name in _MOMENTS)


def told_apart(items: list[Any]) -> list[str]:
    """Return by what each item of a list is told from the others, a number that its maker gave it; empty for none.

    An `id` counts only where there are several: alone it may as well count messages.
    """
    if len(items) >= _MOST or not all(isinstance(item, dict) for item in items):
        return [""] * len(items)
    folded = [{fold(name): one for name, one in item.items()} for item in items]
    for key in (*_NUMBERS, "id") if len(items) > 1 else _NUMBERS:
        said = [str(one[key]) for one in folded if _is_small(one.get(key))]
        if len(set(said)) == len(items):
            return said
    return [""] * len(items)


def _is_small(said: object) -> bool:
    return isinstance(said, int) and not isinstance(said, bool) and 0 <= said < _MOST
