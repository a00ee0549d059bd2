"""The city's own days off: what is read, and what is refused with file and line."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from city.calendar import OFFICE_HOURS
from city.errors import BadCityFile
from city.holidays import parse_holidays, written_out

SHANGHAI = ZoneInfo("Asia/Shanghai")

GOOD = """\
office_hours = ["09:00-12:00", "13:30-17:30"]
years = [2027]

[[holiday]]
name = { zh = "春节", en = "Spring Festival" }
from = 2027-02-05
to = 2027-02-08

[[workday]]
name = { zh = "补班", en = "Made up" }
from = 2027-02-14
"""


def test_holidays_are_read():
    calendar = parse_holidays(GOOD, SHANGHAI)

    assert calendar.office == ((540, 720), (810, 1050))
    assert calendar.day_ns == 7 * 3600 * 10**9
    assert [calendar.is_working_day(date(2027, 2, day)) for day in (4, 5, 8, 9, 13, 14)] == [
        True, False, False, True, False, True,
    ]  # fmt: skip
    assert calendar.knows(2027)


def test_an_empty_file_leaves_the_published_days():
    calendar = parse_holidays("", SHANGHAI)

    assert calendar.office == OFFICE_HOURS
    assert not calendar.is_working_day(date(2026, 10, 1))


def test_a_city_abroad_knows_no_national_days():
    assert parse_holidays("national = false", SHANGHAI).is_working_day(date(2026, 10, 1))


_ENTRY = '[[holiday]]\nname = {zh = "节", en = "Feast"}\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("offices = 1", "Expected one of `national`, .* got `offices` - at `holidays.toml:1`", id="key"),
        pytest.param("\nnational = 'cn'", "Expected true or false, got `cn` - at `holidays.toml:2`", id="national"),
        pytest.param('office_hours = ["8-12"]', "in order, got .* at `holidays.toml:1`", id="hours"),
        pytest.param('office_hours = ["12:00-08:00"]', "in order", id="hours that run back"),
        pytest.param('office_hours = ["08:00-12:00", "11:00-14:00"]', "in order", id="hours that overlap"),
        pytest.param("office_hours = []", "in order", id="no hours"),
        pytest.param('years = ["2027"]', "a list of years", id="years"),
        pytest.param("holiday = 3", r"tables `\[\[holiday\]\]`, got `3`", id="not tables"),
        pytest.param(f"{_ENTRY}from = 2027-02-05\n\n[[holiday]]\nfrom = 2027-03-01", "holidays.toml:5", id="no name"),
        pytest.param(f"{_ENTRY}from = '2027-02-05'", "Expected dates .* got `2027-02-05`", id="a text for a date"),
        pytest.param(f"{_ENTRY}until = 1", "one of `name`, `from`, `to`, got `until`", id="unknown word"),
        pytest.param(f"{_ENTRY}from = 2027-02-05\nto = 2027-02-04", "on or after `from`", id="backwards"),
        pytest.param(f"{_ENTRY}from = 2027-02-05\nto = 2028-02-05", "at most 60 days", id="a year long"),
        pytest.param(
            f"{_ENTRY}from = 2027-02-05\n{_ENTRY.replace('holiday', 'workday')}from = 2027-02-05",
            "not a holiday too, got `2027-02-05`",
            id="both",
        ),
    ],
)
def test_holidays_refuse(text, message):
    with pytest.raises(BadCityFile, match=message):
        parse_holidays(text, SHANGHAI)


def test_calendar_written_out_needs_no_published_days() -> None:
    """Every working day of the years that are known comes out the same, and no library is asked for it."""
    calendar = parse_holidays(f"office_hours = ['09:00-17:00']\n{_ENTRY}from = 2031-02-05\n", SHANGHAI)

    again = parse_holidays(written_out(calendar), SHANGHAI)

    days = [date(2004, 1, 1) + timedelta(days=number) for number in range(30 * 365)]
    assert [again.is_working_day(day) for day in days] == [calendar.is_working_day(day) for day in days]
    assert (again.national, again.office) == (False, calendar.office)
    assert not again.is_working_day(date(2031, 2, 5))


def test_days_that_are_listed_must_be_dates() -> None:
    with pytest.raises(BadCityFile, match=r"a list of dates .* at `holidays.toml:1`"):
        parse_holidays("days_off = [3]", SHANGHAI)
