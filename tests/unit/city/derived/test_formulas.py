"""Dew point, sound levels, traffic states and batteries against worked examples."""

import numpy as np
import pytest

from city.derived import noise, road
from city.derived.dew_point import dew_point
from city.derived.ups import minutes_left


@pytest.mark.parametrize(
    ("temperature", "humidity", "expected"),
    [
        pytest.param(20.0, 100.0, 20.0, id="saturated"),
        pytest.param(20.0, 50.0, 9.26, id="a room"),
        pytest.param(25.0, 60.0, 16.69, id="the upper end for racks"),
        pytest.param(-10.0, 80.0, -12.79, id="frost"),
    ],
)
def test_dew_point(temperature, humidity, expected):
    assert dew_point(np.array([temperature]), np.array([humidity]))[0] == pytest.approx(expected, abs=0.01)


def test_dry_air_has_no_dew_point():
    assert np.isnan(dew_point(np.array([20.0]), np.array([0.0]))[0])


def test_levels_add_by_their_energy():
    mean = noise.energy(np.array([60.0, 70.0])).mean()

    assert noise.level(np.array([mean]))[0] == pytest.approx(67.40, abs=0.01)
    assert np.isnan(noise.level(np.array([0.0]))[0])


@pytest.mark.parametrize(
    ("zone", "by_day", "by_night"),
    [("0", 50, 40), ("1", 55, 45), ("2", 60, 50), ("3", 65, 55), ("4a", 70, 55), ("4b", 70, 60)],
)
def test_limits_of_noise(zone, by_day, by_night):
    assert (noise.limit(zone, night=False), noise.limit(zone, night=True)) == (by_day, by_night)


@pytest.mark.parametrize(
    ("road_class", "states"),
    [
        ("expressway", {66: 1, 65: 2, 51: 2, 50: 3, 36: 3, 35: 4, 21: 4, 20: 5}),
        ("main", {41: 1, 40: 2, 31: 2, 30: 3, 21: 3, 20: 4, 16: 4, 15: 5}),
        ("secondary", {36: 1, 35: 2, 26: 2, 25: 3, 16: 3, 15: 4, 11: 4, 10: 5}),
    ],
)
def test_state_by_the_class_of_the_road(road_class, states):
    found = road.state_by_class(np.array(list(states), float), road_class)

    assert found.tolist() == list(states.values())


@pytest.mark.parametrize(
    ("speed", "state", "index"),
    [
        (80, 1, 1.33),
        (71, 1, 1.93),
        (70, 2, 2),
        (60, 2, 3),
        (50, 3, 4),
        (45, 3, 5),
        (40, 4, 6),
        (30, 5, 8),
        (0, 5, 10),
        (120, 1, 0),
    ],
)
def test_state_and_index_against_free_flow_of_100(speed, state, index):
    assert road.state_by_free_flow(np.array([speed]), 100.0)[0] == state
    assert road.performance_index(np.array([speed]), 100.0)[0] == pytest.approx(index, abs=0.01)


def test_no_speed_is_no_state():
    assert np.isnan(road.state_by_class(np.array([np.nan]), "main")[0])


@pytest.mark.parametrize(
    ("charge", "load", "expected"),
    [
        pytest.param(100, 100, 10.0, id="as rated"),
        pytest.param(50, 100, 5.0, id="half full"),
        pytest.param(100, 50, 22.97, id="half the load lasts more than twice as long"),
        pytest.param(0, 50, 0.0, id="empty"),
    ],
)
def test_minutes_that_a_battery_has_left(charge, load, expected):
    assert minutes_left(np.array([charge]), np.array([load]), 10.0)[0] == pytest.approx(expected, abs=0.01)


def test_idle_battery_promises_no_eternity():
    assert np.isfinite(minutes_left(np.array([100.0]), np.array([0.0]), 10.0)[0])
