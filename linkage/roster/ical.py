"""Shifts as an iCalendar feed (RFC 5545), for whatever calendar people use."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from icalendar import Calendar, Event

from city.clock import from_ns
from linkage.roster.plan import Duty
from linkage.roster.roster import Post

#: How often a calendar may look again: gaps are told by other ways.
_REFRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Named:
    """A shift with its post and the names of its people."""

    post: Post
    duty: Duty
    people: tuple[str, ...]
    department: str


def feed(title: str, shifts: Iterable[Named], now_ns: int) -> bytes:
    """Return a calendar of shifts; the same shift keeps its UID, so that a calendar replaces it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Liandong//Rosters//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})
    for shift in shifts:
        calendar.add_component(_event(shift, now_ns))
    return bytes(calendar.to_ical())


def _event(shift: Named, now_ns: int) -> Event:
    event = Event()
    place = f"{shift.post.department}/{shift.post.id}/{shift.duty.from_ns}"
    event.add("uid", f"{hashlib.sha256(place.encode()).hexdigest()[:32]}@liandong")
    event.add("dtstamp", from_ns(now_ns).replace(microsecond=0))
    event.add("dtstart", from_ns(shift.duty.from_ns).replace(microsecond=0))
    event.add("dtend", from_ns(shift.duty.to_ns).replace(microsecond=0))
    event.add("summary", f"{shift.post.name['zh']} {shift.post.name['en']}: {', '.join(shift.people)}")
    event.add("location", shift.department)
    event.add("transp", "OPAQUE")
    return event
