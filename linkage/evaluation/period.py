"""Periods of evaluation: whole days of the city's own calendar, their neighbours, and the same a year before."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from city.clock import to_ns
from city.errors import BadRequest

#: A custom period may be as long as this, days: two years and a leap day.
_LONGEST_D = 731

#: Years that a period may lie in; outside of them dates have no neighbours.
FIRST_YEAR, LAST_YEAR = 1990, 2200


class PeriodKind(StrEnum):
    """How long a period is; weeks are those of ISO 8601, from Monday."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    kind: PeriodKind
    first: date
    last: date

    @property
    def label(self) -> str:
        """Return its short name: `2026-W47`, `2026-11`, `2026-Q4`, `2026` or `2026-11-01/2026-11-20`."""
        first = self.first
        if self.kind is PeriodKind.WEEK:
            year, week, _ = first.isocalendar()
            return f"{year}-W{week:02d}"
        if self.kind is PeriodKind.MONTH:
            return f"{first:%Y-%m}"
        if self.kind is PeriodKind.QUARTER:
            return f"{first.year}-Q{(first.month + 2) // 3}"
        return str(first.year) if self.kind is PeriodKind.YEAR else f"{first}/{self.last}"

    def bounds_ns(self, zone: ZoneInfo) -> tuple[int, int]:
        """Return when it begins, and when the next one does, by the clocks of `zone`."""
        return _midnight_ns(self.first, zone), _midnight_ns(self.last + timedelta(days=1), zone)


def period_at(kind: PeriodKind, day: date) -> Period:
    """Return the period of `kind` that `day` lies in.

    Raises:
        BadRequest: the day lies too far away, or the kind has no period of its own.
    """
    _check_year(day, at="at")
    if kind is PeriodKind.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(kind, monday, monday + timedelta(days=6))
    if kind is PeriodKind.CUSTOM:
        raise BadRequest(expected="`from` and `to` with a custom period", got="one day", at="at")
    months = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}[kind]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(kind, first, _months_on(first, months) - timedelta(days=1))


def custom_between(one: date, other: date) -> Period:
    """Return the days between two days, whichever comes first; of too many, the last ones.

    Raises:
        BadRequest: one of them lies too far away.
    """
    first, last = min(one, other), max(one, other)
    _check_year(first, at="from")
    _check_year(last, at="to")
    return Period(PeriodKind.CUSTOM, max(first, last - timedelta(days=_LONGEST_D - 1)), last)


def previous(period: Period) -> Period:
    """Return the period right before this one, of the same kind (and for a custom one, of the same length)."""
    before = period.first - timedelta(days=1)
    if period.kind is PeriodKind.CUSTOM:
        return Period(period.kind, period.first - (period.last - before), before)
    return period_at(period.kind, before)


def year_before(period: Period) -> Period | None:
    """Return the same period of the year before; None for week 53 where that year has none."""
    if period.kind is PeriodKind.WEEK:
        year, week, _ = period.first.isocalendar()
        try:
            monday = date.fromisocalendar(year - 1, week, 1)
        except ValueError:
            return None
        return period_at(period.kind, monday)
    if period.kind is PeriodKind.CUSTOM:
        return Period(period.kind, _year_back(period.first), _year_back(period.last))
    return period_at(period.kind, _year_back(period.first))


def trail(period: Period, count: int) -> tuple[Period, ...]:
    """Return the `count` periods that end with this one, oldest first."""
    found = [period]
    while len(found) < count and found[-1].first.year > FIRST_YEAR:
        found.append(previous(found[-1]))
    return tuple(reversed(found))


def _check_year(day: date, *, at: str) -> None:
    if not FIRST_YEAR < day.year < LAST_YEAR:
        raise BadRequest(expected=f"a day after {FIRST_YEAR} and before {LAST_YEAR}", got=str(day), at=at)


def _months_on(first: date, months: int) -> date:
    ahead = first.month - 1 + months
    return date(first.year + ahead // 12, ahead % 12 + 1, 1)


def _year_back(day: date) -> date:
    """Return the same day a year before; 28 February for a 29th."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(day.year - 1, 2, 28) if is_leap_day else day.replace(year=day.year - 1)


def _midnight_ns(day: date, zone: ZoneInfo) -> int:
    return to_ns(datetime.combine(day, time(), zone))
