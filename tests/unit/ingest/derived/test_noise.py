"""Sound: means by energy over a period, day and night, and the limit of a meter's zone."""

from datetime import datetime

import pytest

from tests.support.deriving import ZONE, DerivingCity, station

ZONES = """
[noise]
[[noise.zone]]
class = "4a"
sensors = ["road-*"]
[[noise.zone]]
class = "1"
tags = ["housing"]
"""
METERS = [station("home", tags=["housing"]), station("road-1"), station("lost")]


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()


def period(city: DerivingCity, begins_s: float, *levels: float, meter: str = "home", quantity: str = "noise_laeq"):
    """Tell one level a minute, and the first minutes of the next period; return what follows."""
    values = [*levels, *[levels[-1]] * (12 - len(levels))]
    return city.hear(*[(meter, quantity, begins_s + minute * 60, value) for minute, value in enumerate(values)])


def of(found, quantity: str):
    return [(time_s, round(value, 2)) for _, name, time_s, value, _ in found if name == quantity]


NOON = at("2026-11-20T12:00")


def test_level_of_a_period_is_a_mean_of_energies():
    found = period(DerivingCity(ZONES, METERS), NOON, *[60.0, 70.0] * 5)

    assert of(found, "noise_laeq_period") == [(NOON + 600, 67.40)]


@pytest.mark.parametrize(
    ("meter", "time", "excess"),
    [
        pytest.param("home", "2026-11-20T12:00", 15.0, id="zone 1 by day: 55"),
        pytest.param("home", "2026-11-20T22:00", 25.0, id="zone 1 by night: 45"),
        pytest.param("home", "2026-11-20T05:50", 25.0, id="the last period of the night"),
        pytest.param("home", "2026-11-20T06:00", 15.0, id="the first period of the day"),
        pytest.param("road-1", "2026-11-20T12:00", 0.0, id="zone 4a by day: 70"),
    ],
)
def test_excess_is_against_the_limit_of_zone_and_hour(meter, time, excess):
    found = period(DerivingCity(ZONES, METERS), at(time), *[70.0] * 10, meter=meter)

    assert [value for _, value in of(found, "noise_excess")] == [excess]


def test_meter_without_a_zone_has_a_level_and_no_excess():
    found = period(DerivingCity(ZONES, METERS), NOON, *[70.0] * 10, meter="lost")

    assert of(found, "noise_excess") == []
    assert of(found, "noise_laeq_period") == [(NOON + 600, 70.0)]


def test_meters_own_laeq_is_taken_before_its_momentary_level():
    city = DerivingCity(ZONES, METERS)
    levels = [("home", "noise_level", NOON + minute * 60, 90.0) for minute in range(10)]
    city.hear(*levels)

    assert of(period(city, NOON, *[60.0] * 10), "noise_laeq_period") == [(NOON + 600, 60.0)]
    assert of(period(DerivingCity(), NOON, *[61.0] * 10, quantity="noise_level"), "noise_laeq_period") == [
        (NOON + 600, 61.0)
    ]


def test_period_with_too_few_minutes_is_no_data():
    city = DerivingCity(ZONES, METERS)
    rows = [("home", "noise_laeq", NOON + minute * 60, 60.0) for minute in (*range(7), 11)]

    assert city.hear(*rows) == []


@pytest.mark.parametrize(
    ("begins", "hours", "quantity", "ends"),
    [
        pytest.param("2026-11-20T06:00", 16, "noise_ld", "2026-11-20T22:00", id="a day"),
        pytest.param("2026-11-20T22:00", 8, "noise_ln", "2026-11-21T06:00", id="a night over midnight"),
        pytest.param("2026-11-20T10:00", 12, "noise_ld", "2026-11-20T22:00", id="three quarters of a day are enough"),
    ],
)
def test_day_and_night_are_told_at_their_end(begins, hours, quantity, ends):
    city = DerivingCity(ZONES, METERS)
    start = at(begins)
    rows = [("home", "noise_laeq", start + minute * 60, 58.0) for minute in range(hours * 60 + 2)]

    found = city.hear(*rows)

    told = [one for one in found if one[1] in {"noise_ld", "noise_ln"}]
    assert [(name, time_s, round(value, 2)) for _, name, time_s, value, _ in told] == [(quantity, at(ends), 58.0)]


def test_short_day_is_no_data():
    city = DerivingCity(ZONES, METERS)
    start = at("2026-11-20T11:00")
    found = city.hear(*[("home", "noise_laeq", start + minute * 60, 58.0) for minute in range(12 * 60)])

    assert of(found, "noise_ld") == []


def test_day_that_ended_in_silence_is_told_when_the_meter_speaks_again():
    city = DerivingCity(ZONES, METERS)
    start = at("2026-11-20T06:00")
    city.hear(*[("home", "noise_laeq", start + minute * 60, 58.0) for minute in range(15 * 60)])

    found = period(city, at("2026-11-20T23:00"), *[50.0] * 10)

    assert of(found, "noise_ld") == [(at("2026-11-20T22:00"), 58.0)]
