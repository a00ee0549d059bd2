from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.clock import iso, to_ns
from ingest.decoders.times import parse_epoch, parse_time, time_of

MOMENT_NS = to_ns(datetime(2026, 11, 20, 8, 0, 0, 123000, tzinfo=UTC))
WHOLE_NS = to_ns(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2026-11-20T08:00:00.123Z", MOMENT_NS, id="the native form"),
        pytest.param("2026-11-20T08:00:00.123456789Z", MOMENT_NS + 456_789, id="nine digits"),
        pytest.param("2026-11-20T08:00:00.123456789999Z", MOMENT_NS + 456_789, id="more digits than nanoseconds"),
        pytest.param("2026-11-20T16:00:00.123+08:00", MOMENT_NS, id="an offset"),
        pytest.param("2026-11-20T16:00:00.123+0800", MOMENT_NS, id="an offset without its colon"),
        pytest.param("2026-11-20T04:30:00.123-03:30", MOMENT_NS, id="an offset to the west"),
        pytest.param("2026/11/20T08:00:00.123z", MOMENT_NS, id="slashes and a small z"),
        pytest.param("2026-11-20 08:00:00,123 UTC", MOMENT_NS, id="a space, a comma, UTC"),
        pytest.param("2026-11-20T08:00Z", WHOLE_NS, id="no seconds"),
        pytest.param("2026-11-20T07:55:00Z/2026-11-20T08:00:00Z", WHOLE_NS, id="an interval ends"),
        pytest.param("2026-11-20T07:59:60Z", WHOLE_NS, id="a leap second"),
        pytest.param("2026-11-20T08:00:00", None, id="no offset"),
        pytest.param("2026-11-20T07:55:00/2026-11-20T08:00:00", None, id="an interval without offsets"),
        pytest.param("0001-01-01T00:00:00Z", None, id="Go's zero time"),
        pytest.param("1970-01-01T00:01:01Z", None, id="a clock that was never set"),
        pytest.param("9999-12-31T23:59:59Z", None, id="beyond 64 bits of nanoseconds"),
        pytest.param("2026-02-30T08:00:00Z", None, id="a day that never was"),
        pytest.param("2026-11-20T24:00:00.000Z", None, id="hour 24"),
        pytest.param("2026-11-20T08:60:00.000Z", None, id="minute 60"),
        pytest.param("2026-11-20T08:00:61.000Z", None, id="second 61"),
        pytest.param("2026-11-20T08:00:+1.123Z", None, id="a sign where digits stand"),
        pytest.param("2020-0327T14:31:34Z", None, id="a vendor's own mistake"),
        pytest.param("２０２６-11-20T08:00:00.123Z", None, id="digits of another script"),
        pytest.param("yesterday", None, id="no time"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_text_is_parsed_or_no_time(text: str, expected: int | None):
    assert parse_time(text) == expected


def test_time_without_offset_is_in_the_zone_that_is_told():
    madrid = ZoneInfo("Europe/Madrid")

    assert parse_time("2026-07-01T10:00:00", madrid) == to_ns(datetime(2026, 7, 1, 8, tzinfo=UTC))
    assert parse_time("2026-12-01T09:00:00", madrid) == to_ns(datetime(2026, 12, 1, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param(WHOLE_NS // 10**9, WHOLE_NS, id="seconds"),
        pytest.param(WHOLE_NS // 10**6, WHOLE_NS, id="milliseconds"),
        pytest.param(WHOLE_NS // 10**3, WHOLE_NS, id="microseconds"),
        pytest.param(WHOLE_NS, WHOLE_NS, id="nanoseconds"),
        pytest.param(MOMENT_NS / 10**9, MOMENT_NS, id="seconds with a fraction"),
        pytest.param(1.61, None, id="seconds since boot"),
        pytest.param(0, None, id="zero"),
        pytest.param(-(10**18), None, id="before 1970"),
        pytest.param(10**40, None, id="a huge number"),
        pytest.param(float("nan"), None, id="not a number"),
        pytest.param(float("inf"), None, id="infinity"),
    ],
)
def test_number_is_read_by_its_magnitude(number: float, expected: int | None):
    assert parse_epoch(number) == expected


@pytest.mark.parametrize("value", [None, True, [], {}, "x"])
def test_other_values_are_no_time(value: object):
    assert time_of(value) is None


@given(st.integers(to_ns(datetime(2001, 1, 1, tzinfo=UTC)), to_ns(datetime(2199, 1, 1, tzinfo=UTC))))
def test_printed_time_is_read_back(time_ns: int):
    assert parse_time(iso(time_ns)) == time_ns // 10**6 * 10**6


@given(st.text(max_size=60))
def test_any_text_is_a_time_or_none(text: str):
    moment = parse_time(text, ZoneInfo("Asia/Shanghai"))

    assert moment is None or 0 < moment < 2**63
