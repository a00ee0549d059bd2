"""Dew points: of one time, of different times, and never of values that say nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.level import Domain
from city.quality import Quality
from tests.support.deriving import DerivingCity, station

PROBES = [station(name, domain=Domain.MACHINE_ROOM) for name in "pq"]
T0 = 1_795_161_600.0


def room(toml: str = "") -> DerivingCity:
    return DerivingCity(toml, PROBES)


def dew(city: DerivingCity, *rows):
    return [(time_s - T0, round(value, 2), words) for _, _, time_s, value, words in city.hear(*rows)]


def air(at: float, temperature: float = 20.0, humidity: float = 50.0, flags: int = 0):
    return [("p", "humidity", T0 + at, humidity, flags), ("p", "temperature", T0 + at, temperature, flags)]


def test_values_of_one_time_make_a_dew_point_of_that_time():
    assert dew(room(), *air(0), *air(60, humidity=100.0)) == [(0, 9.26, ()), (60, 20.0, ())]


def test_values_of_one_time_may_come_in_two_batches():
    city = room()
    humidity, temperature = air(0)

    assert dew(city, humidity) == []
    assert dew(city, temperature) == [(0, 9.26, ())]
    assert dew(city, *air(30)) == [(30, 9.26, ())]


def test_values_of_near_times_make_one_as_soon_as_no_other_can_come():
    city = room()

    assert dew(city, ("p", "temperature", T0, 20.0), ("p", "humidity", T0 + 5, 50.0)) == []
    assert dew(city, ("p", "temperature", T0 + 50, 20.0)) == [(5, 9.26, ())]


def test_values_too_far_apart_make_none():
    city = room("[dew_point]\nwithin_s = 10\n")

    assert dew(city, ("p", "temperature", T0, 20.0), ("p", "humidity", T0 + 11, 50.0), *air(90)) == [(90, 9.26, ())]


def test_late_values_of_one_time_make_a_late_dew_point():
    city = room()
    dew(city, *air(100))

    assert dew(city, *air(40, flags=Quality.LATE)) == [(40, 9.26, ("late",))]
    assert dew(city, *air(120)) == [(120, 9.26, ())]


@pytest.mark.parametrize("flags", [Quality.BAD, Quality.STALE, Quality.OUT_OF_RANGE, Quality.DUPLICATE])
def test_values_that_cannot_be_trusted_make_none(flags):
    assert dew(room(), *air(0, flags=flags)) == []


@pytest.mark.parametrize("flags", [Quality.SIMULATED, Quality.RECORDED, Quality.CLOCK])
def test_dew_point_is_marked_as_its_values_are(flags):
    assert [words for *_, words in dew(room(), *air(0, flags=flags))] == [(flags.name.lower(),)]


def test_sensor_that_tells_its_dew_point_is_believed():
    city = room()

    assert dew(city, *air(0), ("p", "dew_point", T0, 9.0)) == []
    assert dew(city, *air(60)) == []
    assert city.hear(("q", "humidity", T0, 50.0), ("q", "temperature", T0, 20.0))


@pytest.mark.parametrize(
    ("toml", "made"),
    [
        pytest.param("", [], id="few ask for that of a street"),
        pytest.param("[[dew_point.where]]\nkinds = ['station']\n", [(0, 9.26, ())], id="this city does"),
        pytest.param("[[dew_point.where]]\nsensors = ['x-*']\n", [], id="of other sensors"),
    ],
)
def test_dew_points_are_those_of_machine_rooms_unless_the_city_says_otherwise(toml, made):
    assert dew(DerivingCity(toml, [station("p")]), *air(0)) == made
    assert dew(DerivingCity(toml), *air(0)) == []  # nobody registered it


def test_derivation_can_be_switched_off():
    assert dew(room("[dew_point]\nenabled = false\n"), *air(0)) == []


def test_impossible_dew_point_is_flagged():
    assert dew(room(), *air(0, temperature=70.0, humidity=100.0)) == [(0, 70.0, ("out_of_range",))]


VALUES = st.tuples(
    st.sampled_from("pq"), st.sampled_from(["temperature", "humidity"]), st.integers(0, 8), st.floats(1, 99)
)


@given(values=st.lists(VALUES, max_size=14), cuts=st.sets(st.integers(1, 13)))
def test_batches_cut_otherwise_make_the_same(values, cuts):
    rows = [(sensor, quantity, T0 + at * 20, value) for sensor, quantity, at, value in values]
    parts = [rows[start:end] for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(rows)], strict=True)]
    whole, cut = room(), room()

    assert sorted(one for part in parts for one in cut.hear(*part)) == sorted(whole.hear(*rows))
