"""The city's own days off and make-up days (`holidays.toml`): local ones, and those of years not yet published."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from city.calendar import OFFICE_HOURS, PUBLISHED, Calendar
from city.errors import BadCityFile
from city.faults import Faults
from city.toml_lines import TomlText, parse_toml

_KEYS = ("national", "office_hours", "years", "holiday", "workday", "days_off", "days_worked")

#: What days are called that stand in a list.
_NAMELESS = {"zh": "", "en": ""}

_HOURS = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")

_MIDNIGHT_MIN = 24 * 60

_SATURDAY = 5

#: Days that one entry may span: a longer one is a slip of the year.
_LONGEST = 60


def parse_holidays(text: str, zone: ZoneInfo, file: str = "holidays.toml") -> Calendar:
    """Return the calendar of a city in `zone`; an empty file leaves the published days and the default office hours.

    Raises:
        BadCityFile: naming the line, what was expected and what was found.
    """
    return _Holidays(parse_toml(text, file)).read(zone)


def written_out(calendar: Calendar) -> str:
    """Return a `holidays.toml` that says all a calendar knows of days off, the published ones too.

    Read again it gives the same working days, whatever the library of published days says by then.
    """
    hours = ", ".join(f'"{_clock(start)}-{_clock(end)}"' for start, end in calendar.office)
    years = {day.year for day in (*calendar.holidays, *calendar.workdays)} | calendar.years
    days = [
        date(year, 1, 1) + timedelta(days=number)
        for year in sorted(years | (PUBLISHED if calendar.national else frozenset()))
        for number in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]
    unusual = [day for day in days if calendar.is_working_day(day) != (day.weekday() < _SATURDAY)]
    worked = {day for day in unusual if calendar.is_working_day(day)}
    lines = [
        "national = false",
        f"office_hours = [{hours}]",
        f"days_off = [{', '.join(day.isoformat() for day in unusual if day not in worked)}]",
        f"days_worked = [{', '.join(day.isoformat() for day in unusual if day in worked)}]",
    ]
    return "\n".join((*lines, ""))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


class _Holidays:
    def __init__(self, document: TomlText) -> None:
        self._document = document
        self._content = document.content

    def read(self, zone: ZoneInfo) -> Calendar:
        faults = Faults()
        known = "one of " + ", ".join(f"`{key}`" for key in _KEYS)
        faults.found += [self._wrong(key, known, key) for key in self._content if key not in _KEYS]
        holidays, workdays = (
            {**faults.of(partial(self._listed, listed), {}), **faults.of(partial(self._days, kind), {})}
            for listed, kind in (("days_off", "holiday"), ("days_worked", "workday"))
        )
        faults.found += [
            self._wrong("workday", "a day that is not a holiday too", day.isoformat())
            for day in workdays
            if day in holidays
        ]
        calendar = Calendar(
            zone=zone,
            office=faults.of(self._office, OFFICE_HOURS),
            national=faults.of(self._national, instead=True),
            holidays=holidays,
            workdays=workdays,
            years=faults.of(self._years, frozenset()),
        )
        faults.raise_found()
        return calendar

    def _national(self) -> bool:
        national = self._content.get("national", True)
        if not isinstance(national, bool):
            raise self._wrong("national", "true or false", national)
        return national

    def _office(self) -> tuple[tuple[int, int], ...]:
        if "office_hours" not in self._content:
            return OFFICE_HOURS
        found = self._content["office_hours"]
        spans = [_span(one) for one in found] if isinstance(found, list) else []
        kept = tuple(span for span in spans if span is not None)
        apart = all(kept[index][1] <= kept[index + 1][0] for index in range(len(kept) - 1))
        if not kept or len(kept) != len(spans) or not apart:
            raise self._wrong("office_hours", 'a list such as ["08:00-12:00", "14:00-18:00"], in order', found)
        return kept

    def _years(self) -> frozenset[int]:
        years = self._content.get("years", [])
        if not isinstance(years, list) or not all(type(year) is int and 1970 <= year <= 2200 for year in years):
            raise self._wrong("years", "a list of years", years)
        return frozenset(years)

    def _listed(self, key: str) -> dict[date, dict[str, str]]:
        """Return days that are only listed, without names, as `written_out` does."""
        days = self._content.get(key, [])
        if not isinstance(days, list) or not all(type(day) is date for day in days):
            raise self._wrong(key, "a list of dates such as [2027-02-05]", days)
        return dict.fromkeys(days, _NAMELESS)

    def _days(self, kind: str) -> dict[date, dict[str, str]]:
        entries = self._content.get(kind, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise self._wrong(kind, f"tables `[[{kind}]]`", entries)
        faults = Faults()
        days: dict[date, dict[str, str]] = {}
        for nth, entry in enumerate(entries):
            with faults:
                days.update(self._named(kind, nth, entry))
        faults.raise_found()
        return days

    def _named(self, kind: str, nth: int, entry: dict[str, Any]) -> Iterator[tuple[date, dict[str, str]]]:
        at = self._document.at(f"[[{kind}]]", nth=nth)
        name = entry.get("name")
        if not isinstance(name, dict) or name.keys() != {"zh", "en"} or not all(map(_is_text, name.values())):
            raise BadCityFile(expected="a `name` in `zh` and in `en`", got=_shown(name), at=at)
        unknown = entry.keys() - {"name", "from", "to"}
        if unknown:
            raise BadCityFile(expected="one of `name`, `from`, `to`", got=min(unknown), at=at)
        first = entry.get("from")
        last = entry.get("to", first)
        if type(first) is not date or type(last) is not date:
            raise BadCityFile(expected="dates `from` and `to`, such as 2027-02-05", got=_shown(first), at=at)
        if not 0 <= (last - first).days < _LONGEST:
            raise BadCityFile(expected=f"`to` on or after `from`, at most {_LONGEST} days", got=last.isoformat(), at=at)
        for number in range((last - first).days + 1):
            yield first + timedelta(days=number), name

    def _wrong(self, key: str, expected: str, got: object) -> BadCityFile:
        return BadCityFile(expected=expected, got=_shown(got), at=self._document.top(key))


def _span(text: object) -> tuple[int, int] | None:
    found = _HOURS.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    first_h, first_min, last_h, last_min = (int(part) for part in found.groups())
    start, end = first_h * 60 + first_min, last_h * 60 + last_min
    return (start, end) if start < end <= _MIDNIGHT_MIN else None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _shown(got: object) -> object:
    return "nothing" if got is None else got
