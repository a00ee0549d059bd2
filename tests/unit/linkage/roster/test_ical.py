"""The calendar feed as RFC 5545 wants it: line ends, folding, escapes, UTC times, UIDs that stay."""

from datetime import UTC, date, datetime

from icalendar import Calendar

from city.clock import to_ns
from linkage.roster.ical import Named, feed
from linkage.roster.plan import Duty
from linkage.roster.roster import Post

POST = Post("water", "duty", {"zh": "值班，主班；备\n注", "en": "Duty, main; \\ spare"}, date(2026, 11, 2), ())
START, END = (to_ns(datetime(2026, 11, day, 12, tzinfo=UTC)) for day in (20, 21))
NOW = to_ns(datetime(2026, 11, 20, 8, 0, 1, 500_000, tzinfo=UTC))
SHIFT = Named(POST, Duty(START, END, ("ann",)), ("安" * 60,), "水务局")


def test_lines_end_with_crlf_and_are_at_most_75_octets():
    text = feed("值班 水务局", [SHIFT], NOW)

    assert text.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in text.replace(b"\r\n", b"")
    assert max(len(line) for line in text.split(b"\r\n")) <= 75


def test_a_calendar_reads_back_what_was_written():
    (event,) = Calendar.from_ical(feed("t", [SHIFT], NOW)).walk("VEVENT")

    assert str(event["summary"]) == f"值班，主班；备\n注 Duty, main; \\ spare: {'安' * 60}"
    assert event.decoded("dtstart") == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert event.decoded("dtend") == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert b"DTSTART:20261120T120000Z" in feed("t", [SHIFT], NOW)
    assert b"DTSTAMP:20261120T080001Z" in feed("t", [SHIFT], NOW)


def test_the_same_shift_keeps_its_uid_whoever_takes_it():
    other = Named(POST, Duty(START, END, ("bob",)), ("Bob",), "水务局")
    later = Named(POST, Duty(END, END + 1, ("bob",)), ("Bob",), "水务局")

    first, second, third = (
        str(event["uid"]) for event in Calendar.from_ical(feed("t", [SHIFT, other, later], NOW)).walk("VEVENT")
    )

    assert first == second != third


def test_an_empty_calendar_is_one():
    calendar = Calendar.from_ical(feed("t", [], NOW))

    assert str(calendar["version"]) == "2.0"
    assert calendar.walk("VEVENT") == []
