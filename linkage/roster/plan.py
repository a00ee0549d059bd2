"""When a roster has whom on duty: pure, by the city's wall clock and calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from city.calendar import DAY_NS, Calendar
from city.clock import from_ns, to_ns
from linkage.roster.roster import Days, Every, Pattern, Post, Shift

#: A shift ends at the latest a day after the day on which it starts.
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Duty:
    """A span of duty in a post; `people` has the main officer first, and is empty where nobody is there."""

    from_ns: int
    to_ns: int
    people: tuple[str, ...]


def planned(post: Post, calendar: Calendar, from_ns: int, to_ns: int) -> tuple[Duty, ...]:
    """Return the shifts of a post that touch a span of time, whole, in order of their start."""
    first = max(_local(from_ns, calendar) - _DAY, post.start)
    last = _local(to_ns, calendar)
    duties = (
        duty
        for pattern in post.patterns
        for number in range((last - first).days + 1)
        for duty in _of_day(pattern, post.start, first + timedelta(days=number), calendar)
    )
    touching = (duty for duty in duties if duty.from_ns < to_ns and duty.to_ns > from_ns)
    return tuple(sorted(touching, key=lambda duty: (duty.from_ns, duty.to_ns)))


def first_ns(post: Post, calendar: Calendar) -> int:
    """Return when the first shift of a post begins; before it nobody is missed."""
    start_ns = calendar.midnight_ns(post.start)
    # A week has every kind of day, but for long holidays.
    return min((duty.from_ns for duty in planned(post, calendar, start_ns, start_ns + 8 * DAY_NS)), default=start_ns)


def _local(at_ns: int, calendar: Calendar) -> date:
    return from_ns(at_ns).astimezone(calendar.zone).date()


def _of_day(pattern: Pattern, start: date, day: date, calendar: Calendar) -> Iterator[Duty]:
    if not _holds(pattern.days, day, calendar):
        return
    turns = _turns(pattern.days, start, day, calendar)
    for number, shift in enumerate(pattern.shifts):
        from_ns, to_ns_ = _span(shift, day, calendar)
        if from_ns < to_ns_:
            yield Duty(from_ns, to_ns_, _team(pattern, start, day, turns * len(pattern.shifts) + number))


def _team(pattern: Pattern, start: date, day: date, shifts: int) -> tuple[str, ...]:
    """Return whose turn it is; `shifts` is how many shifts of the pattern went before."""
    if pattern.every is Every.SHIFT:
        turn = shifts
    elif pattern.every is Every.DAY:
        turn = shifts // len(pattern.shifts)
    else:
        turn = (day - (start - timedelta(days=start.weekday()))).days // 7
    return pattern.teams[turn % len(pattern.teams)]


def _holds(days: Days, day: date, calendar: Calendar) -> bool:
    return days is Days.ALL or calendar.is_working_day(day) is (days is Days.WORKING)


def _turns(days: Days, start: date, day: date, calendar: Calendar) -> int:
    """Return on how many days since `start`, without `day` itself, a pattern held."""
    if days is Days.ALL:
        return (day - start).days
    working = calendar.working_days(start, day)
    return working if days is Days.WORKING else (day - start).days - working


def _span(shift: Shift, day: date, calendar: Calendar) -> tuple[int, int]:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the wall clock; its zone follows
    start, end = (
        to_ns((midnight + timedelta(minutes=minute)).replace(tzinfo=calendar.zone).astimezone(UTC))
        for minute in (shift.start_min, shift.end_min)
    )
    return start, end
