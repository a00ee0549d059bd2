"""Weekly windows in the city's own time, and when they open and close."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from city.clock import from_ns, to_ns

_WEEK = 7


@dataclass(frozen=True, slots=True)
class Window:
    """A time of certain weekdays (Monday is 0); one that does not end after it begins ends on the next day."""

    days: tuple[int, ...]
    begins: time
    ends: time


def spans(windows: Iterable[Window], around_ns: int, zone: ZoneInfo) -> list[tuple[int, int]]:
    """Return the windows as spans of UTC nanoseconds, from the day before `around_ns` to eight days on, merged."""
    today = from_ns(around_ns).astimezone(zone).date()
    days = [today + timedelta(days=offset) for offset in range(-1, _WEEK + 2)]
    found = sorted(span for window in windows for span in _spans(window, days, zone))
    merged: list[tuple[int, int]] = []
    for begins, ends in found:
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((begins, ends))
    return merged


def _spans(window: Window, days: Iterable[date], zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    for day in days:
        if day.weekday() not in window.days:
            continue
        last = day if window.ends > window.begins else day + timedelta(days=1)
        begins_ns = to_ns(datetime.combine(day, window.begins, zone))
        ends_ns = to_ns(datetime.combine(last, window.ends, zone))
        if begins_ns < ends_ns:  # a window inside the hour that daylight saving takes away does not open
            yield begins_ns, ends_ns
