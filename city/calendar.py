"""Working time: the units that limits are given in, and a city's calendar of office hours, holidays and make-up days.

Working days are the city's own (`holidays.toml`), then those that the State Council has published, then Monday to
Friday. Office time is counted by the wall clock: a day always counts its office hours, also when the clocks change.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import chinese_calendar

from city.clock import SECOND_NS, from_ns, to_ns

MINUTE_NS = 60 * SECOND_NS
HOUR_NS = 60 * MINUTE_NS
DAY_NS = 24 * HOUR_NS

#: 08-12 and 14-18, in minutes of the day: the default of the city platforms whose units these are.
OFFICE_HOURS = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))

#: Years whose holidays and make-up days the State Council has published, as far as the installed package knows.
PUBLISHED = frozenset(day.year for day in chinese_calendar.holidays)

_SATURDAY = 5


class Unit(StrEnum):
    """What a limit is counted in: the four units of case standards, and minutes for the office stages."""

    MINUTE = "minute"
    URGENT_HOUR = "urgent_hour"  #: 紧急工作时: continuous, nights and holidays count
    WORKING_HOUR = "working_hour"  #: 工作时: office hours of working days
    WORKING_DAY = "working_day"  #: 工作日: as many office hours as a working day has
    NATURAL_DAY = "natural_day"  #: 自然日: 24 hours, holidays count


#: Units that run on through nights and holidays, and their length.
CONTINUOUS: Mapping[Unit, int] = {
    Unit.MINUTE: MINUTE_NS,
    Unit.URGENT_HOUR: HOUR_NS,
    Unit.NATURAL_DAY: DAY_NS,
}

#: The longest limit of each unit: ten years, past any that a case standard gives.
_MOST: Mapping[Unit, float] = {
    Unit.MINUTE: 3_660 * 24 * 60,
    Unit.URGENT_HOUR: 3_660 * 24,
    Unit.WORKING_HOUR: 2_600 * 8,
    Unit.WORKING_DAY: 2_600,
    Unit.NATURAL_DAY: 3_660,
}


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take; `str` and `parse_limit` are each other's inverse."""

    amount: float
    unit: Unit

    def __str__(self) -> str:
        """Return it as `case-standards.yaml` writes it, such as `2 urgent_hour`."""
        return f"{self.amount:g} {self.unit}"

    def data(self) -> dict[str, object]:
        """Return it as the event log and the database keep it."""
        return {"amount": self.amount, "unit": self.unit.value}


def parse_limit(text: str) -> Limit:
    """Read `2 urgent_hour` or `2 urgent_hours`.

    Raises:
        ValueError: it is no amount above 0 and a unit, or longer than ten years.
    """
    amount, _, unit = text.strip().partition(" ")
    word = unit.strip()
    limit = Limit(float(amount), Unit(word.removesuffix("s")))
    if not 0 < limit.amount <= _MOST[limit.unit]:
        raise ValueError(text)
    return limit


def limit_from(data: Mapping[str, object]) -> Limit:
    """Return the limit that `Limit.data` wrote."""
    return Limit(float(str(data["amount"])), Unit(str(data["unit"])))


@dataclass(frozen=True, slots=True)
class _Office:
    """Office intervals of one local year: UTC start and end, and how much office time has passed before each."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    nominal: tuple[int, ...]
    before: tuple[int, ...]
    total: int

    def passed(self, at_ns: int) -> int:
        """Return the office time of the year up to a moment."""
        index = bisect_right(self.starts, at_ns) - 1
        if index < 0:
            return 0
        start, end, nominal = self.starts[index], self.ends[index], self.nominal[index]
        return self.before[index] + min(nominal, (at_ns - start) * nominal // (end - start))

    def moment(self, passed: int) -> int:
        """Return the first moment at which this much office time, more than none and at most all, has passed."""
        index = bisect_left(self.before, passed) - 1
        start, end, nominal = self.starts[index], self.ends[index], self.nominal[index]
        return start - (self.before[index] - passed) * (end - start) // nominal


@dataclass(frozen=True)
class Calendar:
    """A city's working time; immutable, and safe to share between threads.

    Attributes:
        office: office hours of a working day, as minutes of the day, in order and apart.
        national: the State Council's published holidays and make-up days count.
        holidays, workdays: the city's own days, which go before the published ones, with their names.
        years: years that the city's own days describe completely.
    """

    zone: ZoneInfo
    office: tuple[tuple[int, int], ...] = OFFICE_HOURS
    national: bool = True
    holidays: Mapping[date, Mapping[str, str]] = field(default_factory=dict)
    workdays: Mapping[date, Mapping[str, str]] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    _offices: dict[int, _Office] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def day_ns(self) -> int:
        """Return the office time of one working day."""
        return sum(end - start for start, end in self.office) * MINUTE_NS

    def knows(self, year: int) -> bool:
        """Tell whether holidays and make-up days of a year are known; else Monday to Friday are working days."""
        return year in self.years or not self.national or year in PUBLISHED

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices are open on a local day."""
        if day in self.workdays:
            return True
        if day in self.holidays:
            return False
        if self.national and day.year in PUBLISHED and day.year not in self.years:
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < _SATURDAY

    def midnight_ns(self, day: date) -> int:
        """Return the moment at which a local day begins."""
        return self._at(day, 0)

    def wall_spans(self, day: date, start: int, end: int) -> list[tuple[int, int]]:
        """Return while what times the wall clock shows minutes of a local day, from `start` on, without `end` itself.

        More than 1440 are of the next day. Most often it is one span; where the clocks are set back, what they show
        twice may be two, and of an hour that they skip there is none.
        """
        walls = [datetime(day.year, day.month, day.day) + timedelta(minutes=one) for one in (start, end)]  # noqa: DTZ001
        offsets = {wall.replace(tzinfo=self.zone, fold=fold).utcoffset() for wall in walls for fold in (0, 1)}
        if len(offsets) == 1:
            return [(self._at(day, start), self._at(day, end))]
        ahead, behind = (pick(offset for offset in offsets if offset is not None) for pick in (max, min))
        first, last = (to_ns((wall - by).replace(tzinfo=UTC)) for wall, by in zip(walls, (ahead, behind), strict=True))
        turn = self._turn_ns(first, last)
        before, after = (self._offset_ns(at_ns) for at_ns in (first, last))
        wall_ns = [to_ns(wall.replace(tzinfo=UTC)) for wall in walls]
        spans = (
            (wall_ns[0] - before, min(wall_ns[1] - before, turn)),
            (max(wall_ns[0] - after, turn), wall_ns[1] - after),
        )
        return [span for span in spans if span[0] < span[1]]

    def _turn_ns(self, first_ns: int, last_ns: int) -> int:
        """Return when the clocks change between two moments, of which the first is before that."""
        before = self._offset_ns(first_ns)
        while last_ns - first_ns > SECOND_NS:
            middle_ns = (first_ns + last_ns) // 2
            if self._offset_ns(middle_ns) == before:
                first_ns = middle_ns
            else:
                last_ns = middle_ns
        return last_ns // SECOND_NS * SECOND_NS

    def _offset_ns(self, at_ns: int) -> int:
        """Return how far the wall clock is ahead of UTC."""
        offset = from_ns(at_ns).astimezone(self.zone).utcoffset()
        assert offset is not None  # the moment has a zone
        return round(offset.total_seconds()) * SECOND_NS

    def working_days(self, first: date, until: date) -> int:
        """Return how many working days lie from `first` on, without `until` itself."""
        return round(self.worked_ns(self._at(first, 0), self._at(until, 0)) / self.day_ns)

    def name(self, day: date) -> Mapping[str, str] | None:
        """Return what a holiday or a make-up day is called; None for an ordinary day."""
        own = self.workdays.get(day, self.holidays.get(day))
        if own is not None or not self.national or day.year not in PUBLISHED or day.year in self.years:
            return own
        word = chinese_calendar.workdays.get(day, chinese_calendar.holidays.get(day))
        return None if word is None else {"zh": chinese_calendar.Holiday(word).chinese, "en": word}

    def due(self, from_ns: int, limit: Limit) -> int:
        """Return the first moment at which as much time as the limit has passed since `from_ns`."""
        length = CONTINUOUS.get(limit.unit)
        if length is not None:
            return from_ns + round(limit.amount * length)
        return self._worked(from_ns, self._amount_ns(limit))

    def before(self, to_ns: int, limit: Limit) -> int:
        """Return the moment from which as much time as the limit passes until `to_ns`."""
        length = CONTINUOUS.get(limit.unit)
        if length is not None:
            return to_ns - round(limit.amount * length)
        year = self._year(to_ns)
        left = self._of(year).passed(to_ns) - self._amount_ns(limit)
        while left <= 0:
            year -= 1
            left += self._of(year).total
        return self._of(year).moment(left)

    def elapsed(self, from_ns: int, to_ns: int, unit: Unit) -> float:
        """Return how much time has passed between two moments, in `unit`; negative when they are the wrong way."""
        length = CONTINUOUS.get(unit)
        if length is not None:
            return (to_ns - from_ns) / length
        return self.worked_ns(from_ns, to_ns) / (HOUR_NS if unit is Unit.WORKING_HOUR else self.day_ns)

    def worked_ns(self, from_ns: int, to_ns: int) -> int:
        """Return the office time between two moments; negative when they are the wrong way."""
        first, last = self._year(from_ns), self._year(to_ns)
        if first > last:
            return -self.worked_ns(to_ns, from_ns)
        between = sum(self._of(year).total for year in range(first, last))
        return between + self._of(last).passed(to_ns) - self._of(first).passed(from_ns)

    def _worked(self, from_ns: int, amount_ns: int) -> int:
        if amount_ns <= 0:
            return from_ns
        year = self._year(from_ns)
        left = amount_ns + self._of(year).passed(from_ns)
        while left > self._of(year).total:
            left -= self._of(year).total
            year += 1
        return self._of(year).moment(left)

    def _amount_ns(self, limit: Limit) -> int:
        return round(limit.amount * (HOUR_NS if limit.unit is Unit.WORKING_HOUR else self.day_ns))

    def _year(self, at_ns: int) -> int:
        return from_ns(at_ns).astimezone(self.zone).year

    def _of(self, year: int) -> _Office:
        """Return a year's office time; two threads may both make it, and make the same."""
        office = self._offices.get(year)
        if office is None:
            office = self._offices[year] = self._made(year)
        return office

    def _made(self, year: int) -> _Office:
        first = date(year, 1, 1)
        days = (first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days))
        spans = [
            (self._at(day, start), self._at(day, end), (end - start) * MINUTE_NS)
            for day in days
            if self.is_working_day(day)
            for start, end in self.office
        ]
        return _laid(spans)

    def _at(self, day: date, minute: int) -> int:
        wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 - the zone follows
        return to_ns(wall.replace(tzinfo=self.zone).astimezone(UTC))


def _laid(spans: Iterable[tuple[int, int, int]]) -> _Office:
    """Return intervals one behind the other; where the clocks skip an hour, what stands in it shares what is left."""
    starts: list[int] = []
    ends: list[int] = []
    nominals: list[int] = []
    before = [0]
    for start, end, nominal in spans:
        begins = max(start, ends[-1]) if ends else start
        if begins >= end:
            continue
        starts.append(begins)
        ends.append(end)
        nominals.append(nominal)
        before.append(before[-1] + nominal)
    return _Office(tuple(starts), tuple(ends), tuple(nominals), tuple(before[:-1]), before[-1])
