"""When a rule judges: days, hours and seasons by the city's calendar and wall clock, as rules write them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from city.calendar import Calendar
from city.yaml_lines import Located

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORKING, _REST, _OFFICE = "working", "rest", "office"
_KEYS = ("days", "hours", "season", "not")
_HOURS = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_DATE = re.compile(r"(\d\d)-(\d\d)")
_DAY_MIN = 24 * 60

#: A leap year: every day of a season exists in it.
_LEAP = 2024


@dataclass(frozen=True, slots=True)
class Schedule:
    """Open at the moments that meet every condition given; `excluded` turns it round.

    Attributes:
        days: weekdays counted from Monday, or `working` or `rest`; of a window over midnight, the day it begins on.
        hours: minutes of the day, end before start over midnight; or `office`, the calendar's own office hours.
        season: first and last day, as (month, day); over New Year when the first is later.
    """

    days: tuple[int, ...] | str = ()
    hours: tuple[tuple[int, int], ...] | str = ()
    season: tuple[tuple[int, int], tuple[int, int]] | None = None
    excluded: "Schedule | None" = None
    name: str = ""

    def described(self) -> str:
        """Return it in words."""
        if self.excluded is not None:
            return f"not {self.name or self.excluded.described()}"
        words = [self.days if isinstance(self.days, str) else " ".join(WEEKDAYS[day] for day in self.days)]
        words.append(self.hours if isinstance(self.hours, str) else ", ".join(_shown(span) for span in self.hours))
        if self.season is not None:
            words.append(" to ".join(f"{month:02}-{day:02}" for month, day in self.season))
        return "; ".join(word for word in words if word)

    def spans(self, calendar: Calendar, first: date, until: date) -> list[tuple[int, int]]:
        """Return the UTC nanoseconds of the open windows of the days from `first` on, in order and apart."""
        if self.excluded is not None:
            ends = calendar.midnight_ns(first), calendar.midnight_ns(until)
            return _between(self.excluded.spans(calendar, first, until), *ends)
        return _joined(sorted(self._windows(calendar, first, until)))

    def _windows(self, calendar: Calendar, first: date, until: date) -> Iterator[tuple[int, int]]:
        hours = calendar.office if isinstance(self.hours, str) else self.hours or ((0, _DAY_MIN),)
        for number in range((until - first).days):
            day = first + timedelta(days=number)
            if not self._has(day, calendar):
                continue
            for start, end in hours:
                yield from calendar.wall_spans(day, start, end if end > start else end + _DAY_MIN)

    def _has(self, day: date, calendar: Calendar) -> bool:
        if self.season is not None:
            first, last = self.season
            inside = first <= (day.month, day.day), (day.month, day.day) <= last
            if not (all(inside) if first <= last else any(inside)):
                return False
        if isinstance(self.days, str):
            return calendar.is_working_day(day) == (self.days == _WORKING)
        return not self.days or day.weekday() in self.days


#: What every city has, by name; a city's own schedule of the same name goes before.
BUILT_IN: Mapping[str, Schedule] = {
    "working_time": Schedule(days=_WORKING, hours=_OFFICE, name="working_time"),
    "off_hours": Schedule(excluded=Schedule(days=_WORKING, hours=_OFFICE), name="working_time"),
    # GB 3096-2008 §3.4: day is 06:00 to 22:00, night 22:00 to 06:00, unless the city says otherwise.
    "day": Schedule(hours=((6 * 60, 22 * 60),), name="day"),
    "night": Schedule(hours=((22 * 60, 6 * 60),), name="night"),
}


def read_schedule(written: Located, known: Mapping[str, Schedule]) -> Schedule:
    """Return a schedule, written out or named.

    Raises:
        BadCityFile: a name is unknown, or a condition is none.
    """
    if isinstance(written.value, str):
        return known[written.word(sorted(known))]
    fields = written.fields((), _KEYS)
    if not fields:
        raise written.wrong(expected="at least one of `days`, `hours`, `season`, `not`", got="nothing")
    if "not" in fields:
        return _excluding(written, fields, known)
    return Schedule(
        days=_days(fields["days"]) if "days" in fields else (),
        hours=_hours(fields["hours"]) if "hours" in fields else (),
        season=_season(fields["season"]) if "season" in fields else None,
    )


def _excluding(written: Located, fields: dict[str, Located], known: Mapping[str, Schedule]) -> Schedule:
    if len(fields) > 1:
        raise written.wrong(expected="`not` alone", got=" and ".join(fields))
    inner = read_schedule(fields["not"], known)
    return Schedule(excluded=inner, name=str(fields["not"].value) if isinstance(fields["not"].value, str) else "")


def _days(written: Located) -> tuple[int, ...] | str:
    if isinstance(written.value, str):
        return written.word((_WORKING, _REST))
    days = sorted({WEEKDAYS.index(member.word(WEEKDAYS)) for member in written.items()})
    if not days:
        raise written.wrong(expected="at least one day", got="an empty list")
    return tuple(days)


def _hours(written: Located) -> tuple[tuple[int, int], ...] | str:
    if isinstance(written.value, str):
        return written.word((_OFFICE,))
    spans = tuple(_span(member) for member in written.items())
    if not spans:
        raise written.wrong(expected="at least one span of hours", got="an empty list")
    return spans


def _span(written: Located) -> tuple[int, int]:
    found = _HOURS.fullmatch(written.text())
    numbers = [int(part) for part in found.groups()] if found is not None else []
    if len(numbers) != 4 or max(numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]) > _DAY_MIN:
        raise written.wrong(expected="hours such as `07:00-09:00`")
    start, end = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    if start in {end, _DAY_MIN}:
        raise written.wrong(expected="an end other than the start, and a start before 24:00")
    return start, end


def _season(written: Located) -> tuple[tuple[int, int], tuple[int, int]]:
    ends = written.items()
    if len(ends) != 2:
        raise written.wrong(expected="first and last day, such as `[06-01, 09-30]`")
    first, last = (_date(end) for end in ends)
    return first, last


def _date(written: Located) -> tuple[int, int]:
    found = _DATE.fullmatch(written.text())
    try:
        day = date(_LEAP, int(found.group(1)), int(found.group(2))) if found is not None else None
    except ValueError:
        day = None
    if day is None:
        raise written.wrong(expected="a month and a day such as `06-01`")
    return day.month, day.day


def _shown(span: tuple[int, int]) -> str:
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span)


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return sorted spans with those that touch made one."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        elif start < end:
            joined.append((start, end))
    return joined


def _between(spans: list[tuple[int, int]], first: int, until: int) -> list[tuple[int, int]]:
    starts = [first, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), until]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]
