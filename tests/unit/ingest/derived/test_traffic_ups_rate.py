"""Traffic states, minutes of a UPS, and rates of counters."""

import pytest

from city.level import Domain
from city.quality import Quality
from tests.support.deriving import DerivingCity, station

T0 = 1_795_161_600.0

ROADS = """
[traffic]
[[traffic.road]]
free_flow_kmh = 60
sensors = ["ring-1"]
[[traffic.road]]
class = "main"
tags = ["main"]
"""
LOOPS = [station("a", tags=["main"]), station("ring-1", tags=["main"]), station("b")]


def speeds(loop: str, speed: float) -> list[tuple[str, str, float, float]]:
    return [(loop, "speed", T0 + second, speed + (second % 120) / 60 - 0.5) for second in range(0, 540, 60)]


def told(found):
    return [(sensor, name, time_s - T0, round(value, 2)) for sensor, name, time_s, value, _ in found]


@pytest.mark.parametrize(
    ("loop", "speed", "expected"),
    [
        pytest.param("a", 18.0, [("traffic_state", 4.0)], id="by the class of its road"),
        pytest.param("ring-1", 27.0, [("traffic_state", 3.0), ("traffic_index", 5.0)], id="against its free flow"),
        pytest.param("b", 18.0, [], id="a road that nobody described"),
    ],
)
def test_state_of_five_minutes(loop, speed, expected):
    found = DerivingCity(ROADS, LOOPS).hear(*speeds(loop, speed))

    assert [(name, time_s, round(value, 0)) for _, name, time_s, value in told(found)] == [
        (name, 300.0, value) for name, value in expected
    ]


UPS = station("u", domain=Domain.MACHINE_ROOM)
BATTERIES = "[ups]\n[[ups.battery]]\nfull_load_min = 10\nexponent = 1.2\nkinds = ['station']\n"


def ups(city: DerivingCity, at_s: float, **values: float):
    found = city.hear(*[("u", name, T0 + at_s, value) for name, value in values.items()])
    return [(time_s, value) for _, name, time_s, value in told(found) if name == "ups_minutes_left"]


def test_ups_is_believed_what_it_says_of_itself():
    city = DerivingCity(BATTERIES, [UPS])

    assert ups(city, 0, battery_level=50.0, load=50.0, battery_runtime=42.0) == [(0, 11.49), (0, 42.0)]
    assert ups(city, 20, battery_level=50.0, load=50.0) == []
    assert ups(city, 40, battery_runtime=41.0) == [(40, 41.0)]


def test_minutes_are_estimated_where_charge_and_load_of_one_time_are_told():
    city = DerivingCity(BATTERIES, [UPS])

    assert ups(city, 0, battery_level=100.0) == []
    assert ups(city, 0, load=100.0) == [(0, 10.0)]
    assert ups(city, 20, load=50.0) == []


def test_unknown_battery_has_no_estimate():
    assert ups(DerivingCity("", [UPS]), 0, battery_level=100.0, load=100.0) == []


def test_thermometer_with_a_battery_is_no_ups():
    assert ups(DerivingCity("", [station("u")]), 0, battery_runtime=42.0) == []


def rates(city: DerivingCity, *values: float, first_s: float = 0, flags: int = 0, quantity: str = "energy"):
    rows = [("m", quantity, T0 + first_s + place * 60, value, flags) for place, value in enumerate(values)]
    return [(name, time_s, value) for _, name, time_s, value in told(city.hear(*rows))]


def test_rate_is_the_rise_divided_by_its_time():
    assert rates(DerivingCity(), 10.0, 11.0, 11.5) == [("energy_rate", 60.0, 60.0), ("energy_rate", 120.0, 30.0)]
    assert rates(DerivingCity(), 0.0, 600.0, quantity="in_octets/eth0") == [("in_octets_rate/eth0", 60.0, 10.0)]


def test_counter_that_fell_began_again_at_nothing():
    assert rates(DerivingCity(), 10.0, 1.0) == [("energy_rate", 60.0, 60.0)]


@pytest.mark.parametrize("flags", [Quality.LATE, Quality.BAD, Quality.DUPLICATE])
def test_value_that_says_nothing_new_tells_no_rate(flags):
    city = DerivingCity()
    rates(city, 10.0)

    assert rates(city, 3.0, first_s=30, flags=flags) == []
    assert rates(city, 11.0, first_s=60) == [("energy_rate", 60.0, 60.0)]


def test_only_the_counters_that_are_wanted_have_rates():
    city = DerivingCity('[rate]\ncounters = ["in_octets"]\n')

    assert rates(city, 1.0, 2.0) == []
    assert len(rates(city, 1.0, 2.0, quantity="in_octets")) == 1
