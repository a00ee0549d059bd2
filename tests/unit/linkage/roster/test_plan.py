"""Whom a roster has on duty when: rotations, weeks, holidays, and days on which the clocks change."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.calendar import DAY_NS, Calendar
from city.clock import from_ns, to_ns
from linkage.roster.plan import planned
from linkage.roster.roster import Days, Every, Pattern, Post, Shift

SHANGHAI = ZoneInfo("Asia/Shanghai")
CITY = Calendar(zone=SHANGHAI)
BERLIN = Calendar(zone=ZoneInfo("Europe/Berlin"), national=False)

TWELVE = (Shift(480, 1200), Shift(1200, 1920))
START = date(2026, 11, 2)


def _post(*patterns: Pattern) -> Post:
    return Post("water", "duty", {"zh": "值班", "en": "Duty"}, START, patterns)


def _at(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    return to_ns(datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=zone))


def _who(post: Post, moment: str, calendar: Calendar = CITY) -> list[tuple[str, ...]]:
    at_ns = _at(moment, calendar.zone)
    return [duty.people for duty in planned(post, calendar, at_ns, at_ns + 1)]


ROTA = _post(Pattern(TWELVE, (("ann",), ("bob", "cid"), ("dan",))))


@pytest.mark.parametrize(
    ("moment", "people"),
    [
        pytest.param("2026-11-02 08:00", ("ann",), id="the first shift begins"),
        pytest.param("2026-11-02 19:59", ("ann",), id="and ends"),
        pytest.param("2026-11-02 20:00", ("bob", "cid"), id="the night is the next team's"),
        pytest.param("2026-11-03 02:00", ("bob", "cid"), id="over midnight"),
        pytest.param("2026-11-03 08:00", ("dan",), id="third team"),
        pytest.param("2026-11-03 20:00", ("ann",), id="and round again"),
    ],
)
def test_teams_take_turns_by_shift(moment, people):
    assert _who(ROTA, moment) == [people]


def test_nobody_is_on_duty_before_the_start():
    assert _who(ROTA, "2026-11-02 07:59") == []


def test_a_team_may_keep_its_turn_for_a_week():
    weekly = _post(Pattern((Shift(0, 1440),), (("ann",), ("bob",)), every=Every.WEEK))

    assert _who(weekly, "2026-11-08 23:59") == [("ann",)]
    assert _who(weekly, "2026-11-09 00:00") == [("bob",)]


def test_a_team_may_keep_its_turn_for_a_day():
    daily = _post(Pattern(TWELVE, (("ann",), ("bob",)), every=Every.DAY))

    assert _who(daily, "2026-11-03 02:00") == [("ann",)]
    assert _who(daily, "2026-11-03 09:00") == [("bob",)]


@pytest.mark.parametrize(
    ("moment", "people"),
    [
        pytest.param("2026-11-06 10:00", [("ann",)], id="Friday"),
        pytest.param("2026-11-07 10:00", [("eve",)], id="Saturday"),
        pytest.param("2026-11-08 10:00", [("fay",)], id="Sunday: the next off day is the next person's"),
        pytest.param("2026-11-14 10:00", [("eve",)], id="next weekend"),
        pytest.param("2027-01-01 10:00", [("eve",)], id="a weekday that is a holiday in the city's own year"),
    ],
)
def test_holidays_have_patterns_of_their_own(moment, people):
    new_year = {date(2027, 1, 1): {"zh": "元旦", "en": "New Year"}}
    city = Calendar(zone=SHANGHAI, holidays=new_year, years=frozenset({2027}))
    office, off = Pattern((Shift(480, 1080),), (("ann",),), Days.WORKING), (("eve",), ("fay",))

    assert _who(_post(office, Pattern((Shift(480, 1080),), off, Days.REST)), moment, city) == people


def test_working_days_alone_move_a_working_rotation():
    post = _post(Pattern((Shift(480, 1080),), (("ann",), ("bob",), ("cid",)), Days.WORKING))

    assert [_who(post, f"2026-11-{day:02d} 10:00") for day in (5, 6, 7, 9)] == [[("ann",)], [("bob",)], [], [("cid",)]]


def test_a_night_in_which_the_clocks_change_is_longer_or_shorter():
    night = Post("w", "d", {}, date(2026, 3, 1), (Pattern((Shift(1200, 1920),), (("ann",),)),))
    spring = planned(night, BERLIN, _at("2026-03-29 00:00", BERLIN.zone), _at("2026-03-29 01:00", BERLIN.zone))
    autumn = planned(night, BERLIN, _at("2026-10-25 00:00", BERLIN.zone), _at("2026-10-25 01:00", BERLIN.zone))

    assert [(duty.to_ns - duty.from_ns) / DAY_NS * 24 for duty in (*spring, *autumn)] == [11, 13]


@given(
    days=st.integers(0, 1500),
    minutes=st.integers(0, 1439),
    length=st.integers(1, 14),
    every=st.sampled_from(list(Every)),
    calendar=st.sampled_from([CITY, BERLIN]),
)
def test_shifts_round_the_clock_leave_no_gap_and_no_overlap(days, minutes, length, every, calendar):
    post = _post(Pattern(TWELVE, (("a",), ("b",), ("c",)), every=every))
    start = datetime(2026, 11, 3, tzinfo=calendar.zone) + timedelta(days=days, minutes=minutes)
    from_ns_ = to_ns(start)

    duties = planned(post, calendar, from_ns_, from_ns_ + length * DAY_NS)

    assert duties[0].from_ns <= from_ns_
    assert duties[-1].to_ns >= from_ns_ + length * DAY_NS
    assert all(before.to_ns == after.from_ns for before, after in pairwise(duties))
    assert {from_ns(duty.from_ns).astimezone(calendar.zone).hour for duty in duties} <= {8, 20}


@given(days=st.integers(0, 800), earlier=st.integers(0, 5), later=st.integers(1, 5))
def test_a_longer_look_sees_the_same_shifts(days, earlier, later):
    post = _post(Pattern(TWELVE, (("a",), ("b",), ("c",)), Days.WORKING), Pattern(TWELVE, (("x",), ("y",)), Days.REST))
    at_ns = _at("2026-11-10 09:00") + days * DAY_NS

    whole = planned(post, CITY, at_ns - earlier * DAY_NS, at_ns + later * DAY_NS)

    assert set(planned(post, CITY, at_ns, at_ns + 1)) <= set(whole)
