"""What is doubtful about a city's duty: days that nobody has published, and rosters with gaps and overlaps."""

from collections.abc import Iterator

from city.calendar import DAY_NS, Calendar
from city.clock import from_ns
from liandong.city_folder import CityFolder
from linkage.roster.judging import gaps, overlaps
from linkage.roster.plan import first_ns, planned
from linkage.roster.roster import Post

#: How far ahead rosters are looked through: two rounds of a month's rota.
_AHEAD_NS = 62 * DAY_NS

#: From this month on the next year's arrangement is usually published (the State Council's notices of 2016 to 2025 came
#: between 25 October and 1 December).
_NOTICE_MONTH = 12

#: Gaps and overlaps named of one post; of more the number is told.
_NAMED = 3


def duty_doubts(city: CityFolder, now_ns: int) -> Iterator[str]:
    """Yield each doubt as one line: expected, got, and where."""
    yield from _years(city.calendar, now_ns)
    end_ns = now_ns + _AHEAD_NS
    duties = {(post.department, post.id): planned(post, city.calendar, now_ns, end_ns) for post in city.roster.posts}
    for post in city.roster.posts:
        found = gaps(post, duties[post.department, post.id], max(now_ns, first_ns(post, city.calendar)), end_ns)
        spans = [_span(gap.from_ns, gap.to_ns, city.calendar) for gap in found]
        if spans:
            yield f"Expected somebody on duty in {_called(post)}, got nobody {_listed(spans)} - at `{_place(post)}`"
    lines = {(post.department, post.id): post for post in city.roster.posts}
    twice: dict[tuple[str, tuple[str, str], tuple[str, str]], list[str]] = {}
    for one in overlaps(duties):
        first, second = sorted(one.posts)
        twice.setdefault((one.person, first, second), []).append(_span(one.from_ns, one.to_ns, city.calendar))
    for (person, first, second), spans in twice.items():
        where = f"{_called(lines[first])} and {_called(lines[second])}"
        yield f"Expected `{person}` in one post at a time, got {where} {_listed(spans)} - at `{_place(lines[second])}`"


def _years(calendar: Calendar, now_ns: int) -> Iterator[str]:
    today = from_ns(now_ns).astimezone(calendar.zone)
    for year in (today.year, *([today.year + 1] if today.month >= _NOTICE_MONTH else [])):
        if not calendar.knows(year):
            yield (
                f"Expected holidays and make-up days of {year}, got none: Monday to Friday count as working days"
                " - at `holidays.toml:1`"
            )


def _called(post: Post) -> str:
    return f"post `{post.id}` of `{post.department}`"


def _place(post: Post) -> str:
    return f"rosters.yaml:{post.line}"


def _span(from_ns_: int, to_ns: int, calendar: Calendar) -> str:
    first, last = (from_ns(at_ns).astimezone(calendar.zone) for at_ns in (from_ns_, to_ns))
    return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"


def _listed(spans: list[str]) -> str:
    more = f" and {len(spans) - _NAMED} times more" if len(spans) > _NAMED else ""
    return ", ".join(spans[:_NAMED]) + more
