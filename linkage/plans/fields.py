"""What the values of a plan's file may look like, said once for plans and scenarios."""

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from city.calendar import Limit, Unit, parse_limit
from city.yaml_lines import Located

T = TypeVar("T")

#: Ids of plans, tasks and triggers: words that stand in addresses and logs.
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")

#: Longest time that a plan may speak of, minutes: 30 days.
_LONGEST_MIN = 43_200


def ident(entry: Located) -> str:
    """Return an id: lower-case letters, digits, `-` and `_`."""
    text = entry.text()
    if not _ID.fullmatch(text):
        raise entry.wrong(expected="an id of lower-case letters, digits, `-` and `_`")
    return text


def minutes(entry: Located, least: int = 1) -> int:
    """Return a number of minutes."""
    number = entry.whole()
    if not least <= number <= _LONGEST_MIN:
        raise entry.wrong(expected=f"{least} to {_LONGEST_MIN} minutes")
    return number


def limit(entry: Located) -> Limit:
    """Return a time limit such as `30 minute` or `2 working_hour`."""
    text = entry.text()
    try:
        return parse_limit(text)
    except ValueError as error:
        units = ", ".join(f"`{unit}`" for unit in Unit)
        raise entry.wrong(expected=f"a number above 0 and one of {units}, such as `2 urgent_hour`") from error


def between(entry: Located, least: int, most: int) -> int:
    """Return a whole number from `least` to `most`."""
    number = entry.whole()
    if not least <= number <= most:
        raise entry.wrong(expected=f"{least} to {most}")
    return number


def each(entry: Located | None, parse: Callable[[Located], T]) -> tuple[T, ...]:
    """Return every member of a list, parsed; nothing for a list that is not there."""
    return () if entry is None else tuple(entry.each(parse))


def day(entry: Located) -> date:
    """Return a day."""
    if type(entry.value) is not date:
        raise entry.wrong(expected="a day such as 2026-05-01")
    return entry.value
