"""Counts incidents of a back-test by rule, level, hour, and department with its shifts."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from city.backtest import ByDepartment, ByRule, Decided, Side
from city.calendar import DAY_NS, Calendar
from city.clock import from_ns, iso
from city.level import Level
from liandong.backtest.admitting import Opened
from linkage.departments import Axis, Directory
from linkage.roster.plan import Duty, planned
from linkage.roster.roster import Pattern, Post, Roster, Shift
from rules.book import RuleBook

#: The post that counts as a department's desk; shifts of a department without one are from eight to eight.
_DESK = "duty"
_USUAL = (Pattern((Shift(8 * 60, 20 * 60), Shift(20 * 60, 32 * 60)), teams=(("",),)),)


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who is there to work on incidents."""

    directory: Directory
    roster: Roster
    calendar: Calendar


def side(
    book: RuleBook,
    incidents: Sequence[Opened],
    raised: Mapping[str, int],
    decided: Mapping[tuple[str, str], int],
    load: list[ByDepartment],
    calendar: Calendar,
) -> Side:
    """Return what one book would have done; `raised` has the alarms by rule."""
    hours = Counter(from_ns(one.opened_ns).astimezone(calendar.zone).hour for one in incidents)
    return Side(
        rules=len(book.rules),
        incidents=len(incidents),
        alarms=sum(raised.values()),
        by_rule=_by_rule(book, incidents, raised),
        by_level=_levels(incidents),
        by_hour=[hours[hour] for hour in range(24)],
        by_department=load,
        decided=[Decided(action, reason, changes) for (action, reason), changes in sorted(decided.items())],
    )


def _by_rule(book: RuleBook, incidents: Iterable[Opened], raised: Mapping[str, int]) -> list[ByRule]:
    of_rule: dict[str, list[Opened]] = {rule.id: [] for rule in book.rules}
    for one in incidents:
        of_rule.setdefault(one.rule, []).append(one)
    names = {rule.id: rule.name for rule in book.rules}
    found = [
        ByRule(rule, names.get(rule, {}), len(some), _levels(some), raised.get(rule, 0))
        for rule, some in of_rule.items()
    ]
    return sorted(found, key=lambda one: (-one.incidents, -one.alarms, one.rule))


def _levels(incidents: Iterable[Opened]) -> dict[str, int]:
    counted = Counter(one.level for one in incidents)
    return {level.word: counted[int(level)] for level in Level}


def load(incidents: Iterable[Opened], who: Organisation, from_ns_: int, until_ns: int) -> list[ByDepartment]:
    """Return what falls on each department that anything falls on: those proposed, and the desks of both axes."""
    opened: dict[str, list[int]] = {}
    for one in incidents:
        desks = [*who.directory.desks(Axis.SUPERVISION, one.district), *who.directory.desks(Axis.COMMAND, one.district)]
        for department in dict.fromkeys((*one.proposed, *desks)):
            opened.setdefault(department, []).append(one.opened_ns)
    found = [_of_department(name, times, who, from_ns_, until_ns) for name, times in opened.items()]
    return sorted(found, key=lambda one: (-one.incidents, one.department))


def _of_department(department: str, times: list[int], who: Organisation, from_ns_: int, until_ns: int) -> ByDepartment:
    known = who.directory.find(department)
    shifts = _shifts(department, who, from_ns_, until_ns)
    places = Counter(place for time_ns in times if (place := _on_duty(shifts, time_ns)) is not None)
    busiest = max(places, key=lambda place: (places[place], -place), default=None)
    return ByDepartment(
        department=department,
        name={} if known is None else dict(known.name),
        incidents=len(times),
        shifts=len(shifts),
        mean=round(places.total() / max(1, len(shifts)), 2),
        most=0 if busiest is None else places[busiest],
        most_at="" if busiest is None else iso(shifts[busiest].from_ns),
        off_duty=len(times) - places.total(),
        by_shift=_by_shift(shifts, places, who.calendar),
    )


def _on_duty(shifts: Sequence[Duty], time_ns: int) -> int | None:
    """Return which shift takes what comes then: of those that are on duty the one that began last."""
    ended, began = (bisect_right(shifts, at_ns, key=_begins) for at_ns in (time_ns - DAY_NS, time_ns))
    return next((place for place in reversed(range(ended, began)) if time_ns < shifts[place].to_ns), None)


def _begins(shift: Duty) -> int:
    return shift.from_ns


def _by_shift(shifts: Sequence[Duty], places: Mapping[int, int], calendar: Calendar) -> dict[str, float]:
    counted: dict[str, list[int]] = {}
    for place, shift in enumerate(shifts):
        begins = f"{from_ns(shift.from_ns).astimezone(calendar.zone):%H:%M}"
        counted.setdefault(begins, []).append(places.get(place, 0))
    return {begins: round(sum(counts) / len(counts), 2) for begins, counts in sorted(counted.items())}


def _shifts(department: str, who: Organisation, from_ns_: int, until_ns: int) -> list[Duty]:
    """Return the shifts of a department's desk, also of times from before its roster begins."""
    day = from_ns(from_ns_).astimezone(who.calendar.zone).date() - timedelta(days=7)
    post = who.roster.post(department, _DESK)
    if post is None:
        post = Post(department, _DESK, {}, day, _USUAL)
    duties = planned(replace(post, start=min(post.start, _monday(day))), who.calendar, from_ns_, until_ns)
    return [duty for duty in duties if duty.to_ns > from_ns_ and duty.to_ns - duty.from_ns <= DAY_NS]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
