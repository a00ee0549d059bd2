from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.errors import BadRequest
from linkage.evaluation.period import Period, PeriodKind, custom_between, period_at, previous, trail, year_before

SHANGHAI = ZoneInfo("Asia/Shanghai")
KINDS = [kind for kind in PeriodKind if kind is not PeriodKind.CUSTOM]
DAYS = st.dates(date(1999, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("kind", "day", "label", "first", "last"),
    [
        pytest.param(
            "week", date(2027, 1, 2), "2026-W53", date(2026, 12, 28), date(2027, 1, 3), id="a week of two years"
        ),
        pytest.param("month", date(2024, 2, 29), "2024-02", date(2024, 2, 1), date(2024, 2, 29), id="a leap February"),
        pytest.param("quarter", date(2026, 11, 20), "2026-Q4", date(2026, 10, 1), date(2026, 12, 31), id="a quarter"),
        pytest.param("year", date(2026, 11, 20), "2026", date(2026, 1, 1), date(2026, 12, 31), id="a year"),
    ],
)
def test_period_holds_its_day(kind: str, day: date, label: str, first: date, last: date):
    period = period_at(PeriodKind(kind), day)

    assert (period.label, period.first, period.last) == (label, first, last)


@given(DAYS, st.sampled_from(KINDS))
def test_periods_follow_each_other_without_hole(day: date, kind: PeriodKind):
    period = period_at(kind, day)

    assert period.first <= day <= period.last
    assert previous(period).last == period.first - timedelta(days=1)
    assert previous(period).bounds_ns(SHANGHAI)[1] == period.bounds_ns(SHANGHAI)[0]


@given(DAYS, DAYS)
def test_custom_period_is_as_long_as_the_one_before(one: date, other: date):
    period = custom_between(one, other)

    before = previous(period)
    assert before.last - before.first == period.last - period.first


@pytest.mark.parametrize(
    ("period", "earlier"),
    [
        pytest.param(period_at(PeriodKind.MONTH, date(2026, 11, 1)), "2025-11", id="month"),
        pytest.param(period_at(PeriodKind.WEEK, date(2026, 11, 20)), "2025-W47", id="week"),
        pytest.param(custom_between(date(2024, 2, 29), date(2024, 3, 1)), "2023-02-28/2023-03-01", id="leap day"),
        pytest.param(period_at(PeriodKind.WEEK, date(2026, 12, 31)), None, id="week 53 of a year before with 52"),
    ],
)
def test_year_before(period: Period, earlier: str | None):
    found = year_before(period)

    assert (None if found is None else found.label) == earlier


def test_day_begins_at_the_citys_midnight():
    from_ns, _ = period_at(PeriodKind.YEAR, date(2026, 5, 1)).bounds_ns(SHANGHAI)

    assert from_ns == 1_767_196_800_000_000_000  # 2025-12-31T16:00:00Z


def test_trail_ends_with_the_period():
    assert [one.label for one in trail(period_at(PeriodKind.QUARTER, date(2026, 2, 1)), 3)] == [
        "2025-Q3",
        "2025-Q4",
        "2026-Q1",
    ]


def test_custom_period_of_too_many_days_keeps_the_last():
    period = custom_between(date(2026, 1, 1), date(2020, 1, 1))

    assert (period.last, (period.last - period.first).days) == (date(2026, 1, 1), 730)


def test_day_long_ago_is_refused():
    with pytest.raises(BadRequest):
        custom_between(date(1800, 1, 1), date(1800, 2, 1))
