"""Windows of time: until when one waits, and that each is told once."""

from datetime import datetime

import numpy as np
from prometheus_client import REGISTRY

from city.clock import SECOND_NS
from city.entry import Connection
from ingest.derived.hours import Hours
from tests.support.deriving import ZONE, DerivingCity, station

NOON = datetime(2026, 11, 20, 12, tzinfo=ZONE).timestamp()


def meter(period_min: int = 10) -> DerivingCity:
    return DerivingCity(f"[noise]\nperiod_min = {period_min}\n", [station("m")])


def told(city: DerivingCity, level: float, minutes: range, *, arrival_s: float | None = None):
    rows = [("m", "noise_laeq", NOON + minute * 60, level) for minute in minutes]
    found = city.hear(*rows, arrival_s=arrival_s)
    return [((time_s - NOON) / 60, round(value, 1)) for _, name, time_s, value, _ in found if "period" in name]


def ticked(city: DerivingCity, time_s: float) -> int:
    return len([one for one in city.tick(time_s) if "period" in one[1]])


def counted(name: str) -> float:
    return REGISTRY.get_sample_value(f"ingest_derived_{name}_total", {"derivation": "noise"}) or 0.0


def test_window_of_a_silent_sensor_waits_from_when_it_was_last_heard():
    city = meter()
    city.listen(NOON - 3600)
    told(city, 60.0, range(10), arrival_s=NOON + 5000)  # a buffer that was sent late

    assert [ticked(city, NOON + 5000 + after_s) for after_s in (100, 299, 301, 302)] == [0, 0, 1, 0]


def test_nobody_is_silent_while_ingest_does_not_hear_the_city():
    city = meter()
    city.listen(NOON - 3600)
    told(city, 60.0, range(10))
    city.enter(Connection(round((NOON + 600) * SECOND_NS), listening=False))

    assert ticked(city, NOON + 50_000) == 0


def test_reading_that_comes_after_its_window_was_told_is_counted_and_not_told_again():
    city, before = meter(), counted("late")
    first = told(city, 60.0, range(12))
    again = told(city, 90.0, range(3, 5)) + told(city, 60.0, range(12, 24))

    assert (first, again) == ([(10, 60.0)], [(20, 60.0)])
    assert counted("late") == before + 2


def test_window_with_too_few_values_is_counted():
    city, before = meter(), counted("no_data")

    assert told(city, 60.0, range(7, 13)) == []
    assert counted("no_data") == before + 1


def test_windows_of_another_length_are_begun_anew():
    before, after = meter(10), meter(5)
    told(before, 90.0, range(8))
    after.derive.load(before.derive.dump())

    assert told(after, 60.0, range(60, 68)) == [(65, 60.0)]


def test_hour_of_the_day_before_is_not_taken_for_one_of_today():
    hours, sensor = Hours(1), np.array([3], np.int32)
    row = hours.at(sensor)
    hours.put(row, 5, np.array([[1.0]]), np.array([7], np.uint16))

    found = {
        hour: (int((~np.isnan(hours.until(row, hour))).sum()), int(hours.flags(row, hour, 24)[0]))
        for hour in (5, 28, 29)
    }

    assert found == {5: (1, 7), 28: (1, 7), 29: (0, 0)}
