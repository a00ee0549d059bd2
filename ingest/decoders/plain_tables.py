"""Rows without members' names: `["Temperature", "68.9", "°F"]` is a word, a value and a unit."""

from typing import Any

from city.units import is_known
from ingest.decoders.plain_words import unit_of

#: The shortest row that is one, and the longest: behind the unit some write which of their registers it was.
_SHORTEST, _LONGEST = 3, 4
#: Names of rows that tell of another time than now: what fell in a week.
_PERIODS = frozenset({"hour", "day", "week", "month", "year", "event", "24h"})


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
