"""Limits in working time against real holidays, clocks that change, and what must hold at any moment."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.calendar import CONTINUOUS, PUBLISHED, Calendar, Limit, Unit, limit_from, parse_limit
from city.clock import from_ns, to_ns

SHANGHAI = ZoneInfo("Asia/Shanghai")
CITY = Calendar(zone=SHANGHAI)
BERLIN = Calendar(zone=ZoneInfo("Europe/Berlin"), national=False)
NIGHT_DESK = Calendar(zone=ZoneInfo("Europe/Berlin"), national=False, office=((0, 24 * 60),))

_2025_NS, _2028_NS = to_ns(datetime(2025, 1, 1, tzinfo=UTC)), to_ns(datetime(2028, 1, 1, tzinfo=UTC))
MOMENTS = st.integers(_2025_NS, _2028_NS)
LIMITS = st.builds(Limit, st.integers(1, 300), st.sampled_from(list(Unit)))
CALENDARS = st.sampled_from([CITY, BERLIN, NIGHT_DESK])


def _at(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    return to_ns(datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=zone))


def _wall(at_ns: int, zone: ZoneInfo = SHANGHAI) -> str:
    return f"{from_ns(at_ns).astimezone(zone):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        pytest.param("2026-11-20 17:00", "2 urgent_hour", "2026-11-20 19:00", id="urgent hours run on after office"),
        pytest.param("2026-02-16 23:30", "1 urgent_hour", "2026-02-17 00:30", id="and over midnight of the New Year"),
        pytest.param("2026-11-20 17:00", "2 working_hour", "2026-11-23 09:00", id="Friday evening to Monday"),
        pytest.param("2026-11-20 11:30", "1 working_hour", "2026-11-20 14:30", id="over the lunch break"),
        pytest.param("2026-11-20 08:00", "4 working_hour", "2026-11-20 12:00", id="to the very end of the morning"),
        pytest.param("2026-11-20 00:00", "1 working_hour", "2026-11-20 09:00", id="at midnight the office is shut"),
        pytest.param("2026-11-20 10:00", "1 working_day", "2026-11-23 10:00", id="the same time on the next one"),
        pytest.param("2026-11-21 10:00", "1 working_day", "2026-11-23 18:00", id="from Saturday: all of Monday"),
        pytest.param(
            "2026-02-13 17:00", "2 working_hour", "2026-02-14 09:00", id="Saturday before the feast is worked"
        ),
        pytest.param(
            "2026-02-14 17:00", "2 working_hour", "2026-02-24 09:00", id="Spring Festival 2026: nine days off"
        ),
        pytest.param("2026-02-14 09:00", "5 working_day", "2026-02-28 09:00", id="and the Saturday after is worked"),
        pytest.param("2026-02-14 09:00", "2 natural_day", "2026-02-16 09:00", id="natural days count holidays"),
        pytest.param(
            "2026-10-09 17:30", "1 working_hour", "2026-10-10 08:30", id="make-up Saturday after the Golden Week"
        ),
        pytest.param("2025-12-31 16:00", "1 working_day", "2026-01-04 16:00", id="New Year: a Sunday made up for"),
        pytest.param("2026-11-20 09:15", "0.5 working_hour", "2026-11-20 09:45", id="half an hour"),
        pytest.param("2025-01-02 08:00", "248 working_day", "2025-12-31 18:00", id="the 248 working days of 2025"),
    ],
)
def test_due_counts_in_the_limits_own_unit(start, limit, end):
    assert _wall(CITY.due(_at(start), parse_limit(limit))) == end


@pytest.mark.parametrize(
    ("calendar", "start", "limit", "end"),
    [
        pytest.param(
            BERLIN, "2026-03-28 12:00", "1 natural_day", "2026-03-29 13:00", id="24 hours, though one is skipped"
        ),
        pytest.param(BERLIN, "2026-03-29 01:30", "1 urgent_hour", "2026-03-29 03:30", id="an hour over the gap"),
        pytest.param(BERLIN, "2026-10-25 01:30", "3 urgent_hour", "2026-10-25 03:30", id="an hour that comes twice"),
        pytest.param(
            BERLIN, "2026-03-27 17:00", "2 working_hour", "2026-03-30 09:00", id="office hours keep to the wall"
        ),
        pytest.param(
            BERLIN, "2026-10-23 10:00", "1 working_day", "2026-10-26 10:00", id="a working day keeps to the wall"
        ),
        pytest.param(NIGHT_DESK, "2026-10-23 10:00", "1 working_day", "2026-10-26 10:00", id="a desk open all day"),
    ],
)
def test_due_where_the_clocks_change(calendar, start, limit, end):
    assert _wall(calendar.due(_at(start, calendar.zone), parse_limit(limit)), calendar.zone) == end


def test_hours_that_the_clocks_skip_share_what_is_left_of_the_day():
    shift = Calendar(zone=ZoneInfo("Europe/Berlin"), national=False, office=((60, 135), (180, 300)), workdays={
        date(2026, 3, 29): {"zh": "班", "en": "shift"}
    })  # fmt: skip
    start = _at("2026-03-29 00:00", shift.zone)

    times = [shift.due(start, Limit(minutes / 60, Unit.WORKING_HOUR)) for minutes in range(15, 196, 15)]

    assert times == sorted(times)
    assert _wall(times[-1], shift.zone) == "2026-03-29 05:00"


@given(calendar=CALENDARS, first=MOMENTS, later=st.integers(0, 10**15), limit=LIMITS)
def test_due_is_monotone(calendar, first, later, limit):
    assert first < calendar.due(first, limit) <= calendar.due(first + later, limit)


@given(calendar=CALENDARS, start=MOMENTS, one=LIMITS, more=st.integers(1, 300))
def test_due_is_additive(calendar, start, one, more):
    together = calendar.due(start, Limit(one.amount + more, one.unit))
    apart = calendar.due(calendar.due(start, one), Limit(more, one.unit))

    assert abs(together - apart) <= 1  # where the clocks change, one office hour may be longer than another


@given(calendar=CALENDARS, start=MOMENTS, limit=LIMITS)
def test_elapsed_at_the_deadline_is_the_limit(calendar, start, limit):
    assert calendar.elapsed(start, calendar.due(start, limit), limit.unit) == pytest.approx(limit.amount, abs=1e-9)


@given(calendar=CALENDARS, end=MOMENTS, limit=LIMITS)
def test_before_is_as_long_ago_as_the_limit(calendar, end, limit):
    start = calendar.before(end, limit)

    assert start < end
    assert calendar.elapsed(start, end, limit.unit) == pytest.approx(limit.amount, abs=1e-9)


@given(first=st.dates(date(2025, 1, 1), date(2027, 12, 31)), days=st.integers(0, 400))
def test_working_days_are_counted(first, days):
    until = first + timedelta(days=days)

    assert CITY.working_days(first, until) == sum(CITY.is_working_day(first + timedelta(days=n)) for n in range(days))


@given(calendar=CALENDARS, moments=st.lists(MOMENTS, min_size=3, max_size=3))
def test_worked_time_is_additive_whichever_way(calendar, moments):
    first, middle, last = moments

    apart = calendar.worked_ns(first, middle) + calendar.worked_ns(middle, last)

    assert apart == calendar.worked_ns(first, last)


@given(start=MOMENTS, limit=LIMITS.filter(lambda limit: limit.unit not in CONTINUOUS))
def test_a_deadline_in_working_time_is_in_office_hours(start, limit):
    end = from_ns(CITY.due(start, limit) - 1).astimezone(SHANGHAI)

    assert CITY.is_working_day(end.date())
    assert any(start <= end.hour * 60 + end.minute < stop for start, stop in CITY.office)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        pytest.param(date(2026, 2, 14), True, id="make-up Saturday"),
        pytest.param(date(2026, 2, 15), False, id="first day of Spring Festival 2026"),
        pytest.param(date(2026, 2, 23), False, id="its last day, a Monday"),
        pytest.param(date(2026, 2, 24), True, id="the day after"),
        pytest.param(date(2026, 9, 20), True, id="make-up Sunday"),
        pytest.param(date(2031, 10, 1), True, id="a Wednesday of a year nobody has published"),
        pytest.param(date(2031, 10, 4), False, id="and its Saturday"),
    ],
)
def test_working_days_follow_the_published_arrangement(day, working):
    assert CITY.is_working_day(day) is working


def test_the_citys_own_days_go_first():
    typhoon, made_up = {"zh": "台风停工", "en": "Typhoon"}, {"zh": "补班", "en": "Made up"}
    city = Calendar(zone=SHANGHAI, holidays={date(2026, 7, 1): typhoon}, workdays={date(2026, 7, 4): made_up})

    assert not city.is_working_day(date(2026, 7, 1))
    assert city.is_working_day(date(2026, 7, 4))
    assert city.name(date(2026, 7, 1)) == typhoon
    assert city.name(date(2026, 7, 2)) is None


def test_a_year_that_the_city_describes_is_the_citys():
    city = Calendar(zone=SHANGHAI, years=frozenset({2026}))

    assert city.is_working_day(date(2026, 2, 17))
    assert not city.is_working_day(date(2026, 2, 14))
    assert city.name(date(2026, 2, 17)) is None


def test_a_holiday_has_its_name():
    assert CITY.name(date(2026, 2, 17)) == {"zh": "春节", "en": "Spring Festival"}
    assert CITY.name(date(2026, 2, 14)) == {"zh": "春节", "en": "Spring Festival"}


def test_calendar_knows_published_years_and_the_citys():
    assert CITY.knows(max(PUBLISHED))
    assert not CITY.knows(max(PUBLISHED) + 1)
    assert Calendar(zone=SHANGHAI, years=frozenset({2099})).knows(2099)
    assert BERLIN.knows(2099)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "could not convert"),
        ("2", "not a valid Unit"),
        ("2 hours", "not a valid Unit"),
        ("0 minute", "0 minute"),
        ("-1 working_day", "-1 working_day"),
        ("nan minute", "nan minute"),
        ("inf working_hour", "inf working_hour"),
        ("3000 working_day", "3000 working_day"),
    ],
)
def test_parse_limit_refuses(text, message):
    with pytest.raises(ValueError, match=message):
        parse_limit(text)


@given(LIMITS)
def test_a_limit_survives_text_and_data(limit):
    assert parse_limit(str(limit)) == limit
    assert limit_from(limit.data()) == limit


def test_a_limit_may_be_written_in_the_plural():
    assert parse_limit(" 2 urgent_hours ") == Limit(2, Unit.URGENT_HOUR)


def test_an_amount_of_nothing_is_due_at_once():
    saturday = _at("2026-11-21 10:00")

    assert CITY.due(saturday, Limit(0, Unit.WORKING_DAY)) == saturday


def test_a_year_of_working_days_spans_the_years_between():
    start = from_ns(CITY.due(_at("2024-06-03 09:00"), Limit(250, Unit.WORKING_DAY))).astimezone(SHANGHAI)

    assert start.year == 2025
    assert start - datetime(2024, 6, 3, 9, 0, tzinfo=SHANGHAI) > timedelta(days=350)
