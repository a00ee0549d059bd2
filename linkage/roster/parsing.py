"""Reads `rosters.yaml`: posts, the patterns of their shifts, and the people who take turns."""

import re
from collections.abc import Container, Iterator
from datetime import date, datetime
from functools import partial

from city.errors import BadCityFile
from city.faults import Faults
from city.yaml_lines import Located, parse_yaml
from linkage.roster.roster import Days, Every, Pattern, Post, Roster, Shift
from linkage.telling.contact import Contact

_FILE = "rosters.yaml"

_SHIFT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

_DAY_MIN = 24 * 60

#: More than any rota has; a slip of indentation makes thousands.
_MOST_TEAMS, _MOST_SHIFTS = 366, 24


def parse_rosters(text: str, file: str = _FILE) -> Roster:
    """Read the rosters.

    Raises:
        BadCityFile: naming the line, what was expected and what was found.
    """
    found = parse_yaml(text, file).fields((), ("people", "posts"))
    faults = Faults()
    people: dict[str, Contact] = faults.of(partial(_people, found.get("people")), {})
    posts: tuple[Post, ...] = faults.of(partial(_posts, found.get("posts")), ())
    faults.raise_found()
    return Roster(posts, people)


def strangers(roster: Roster, departments: Container[str], file: str = _FILE) -> Iterator[BadCityFile]:
    """Yield a mistake for each post of a department that the city does not have."""
    for post in roster.posts:
        if post.department not in departments:
            expected = f"a department of departments.yaml for post `{post.id}`"
            yield BadCityFile(expected=expected, got=post.department, at=f"{file}:{post.line}")


def _people(entries: Located | None) -> dict[str, Contact]:
    people: dict[str, Contact] = {}

    def read(entry: Located) -> None:
        contact = _contact(entry)
        if contact.id in people:
            raise entry.wrong(expected="each person once", got=contact.id)
        people[contact.id] = contact

    if entries is not None:
        entries.each(read)
    return people


def _posts(entries: Located | None) -> tuple[Post, ...]:
    posts: dict[tuple[str, str], Post] = {}

    def read(entry: Located) -> None:
        post = _post(entry)
        if (post.department, post.id) in posts:
            raise entry.wrong(expected="each post of a department once", got=post.id)
        posts[post.department, post.id] = post

    if entries is not None:
        entries.each(read)
    return tuple(posts.values())


def _contact(entry: Located) -> Contact:
    found = entry.fields(("username", "name"), ("name_en", "phone", "channels"))
    return Contact(
        id=_id(found["username"]),
        name=found["name"].text(),
        name_en=found["name_en"].text() if "name_en" in found else "",
        phone=found["phone"].text() if "phone" in found else "",
        channels=tuple(channel.text() for channel in found["channels"].items()) if "channels" in found else (),
    )


def _post(entry: Located) -> Post:
    found = entry.fields(("department", "id", "name", "start", "patterns"), ("always", "signs"))
    patterns = tuple(_pattern(one) for one in found["patterns"].items())
    if not patterns:
        raise found["patterns"].wrong(expected="at least one pattern")
    return Post(
        department=_id(found["department"]),
        id=_id(found["id"]),
        name=found["name"].names(),
        start=_date(found["start"]),
        patterns=patterns,
        always=found["always"].flag() if "always" in found else True,
        signs=found["signs"].flag() if "signs" in found else True,
        line=entry.line,
    )


def _pattern(entry: Located) -> Pattern:
    found = entry.fields(("shifts", "teams"), ("days", "every"))
    shifts = tuple(_shift(one) for one in found["shifts"].items())
    if not 1 <= len(shifts) <= _MOST_SHIFTS:
        raise found["shifts"].wrong(expected=f"1 to {_MOST_SHIFTS} shifts")
    teams = tuple(_team(one) for one in found["teams"].items())
    if not 1 <= len(teams) <= _MOST_TEAMS:
        raise found["teams"].wrong(expected=f"1 to {_MOST_TEAMS} teams")
    return Pattern(
        shifts=shifts,
        teams=teams,
        days=Days(found["days"].word(tuple(Days))) if "days" in found else Days.ALL,
        every=Every(found["every"].word(tuple(Every))) if "every" in found else Every.SHIFT,
    )


def _shift(entry: Located) -> Shift:
    match = _SHIFT.fullmatch(entry.text())
    if match is None:
        raise entry.wrong(expected='a shift such as "08:00-20:00"')
    start_h, start_min, end_h, end_min = (int(part) for part in match.groups())
    start, end = start_h * 60 + start_min, end_h * 60 + end_min
    if end > _DAY_MIN:
        raise entry.wrong(expected="an end of at most 24:00")
    return Shift(start, end if end > start else end + _DAY_MIN)


def _team(entry: Located) -> tuple[str, ...]:
    if not isinstance(entry.value, tuple):
        return (_id(entry),)
    people = tuple(_id(one) for one in entry.value)
    if not people or len(set(people)) < len(people):
        raise entry.wrong(expected="people, each once")
    return people


def _id(entry: Located) -> str:
    text = entry.text()
    if _ID.fullmatch(text) is None:
        raise entry.wrong(expected="a name of small letters, digits, `.`, `_` and `-`")
    return text


def _date(entry: Located) -> date:
    if not isinstance(entry.value, date) or isinstance(entry.value, datetime):
        raise entry.wrong(expected="a date such as 2026-11-02")
    if not 2000 <= entry.value.year <= 2200:
        raise entry.wrong(expected="a year from 2000 to 2200")
    return entry.value
