"""The American index and its NowCast, by EPA-454/B-24-002."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.derived.aqi_us import aqi, index_of, nowcast, parts

NAN = float("nan")
ITEMS = ("o3_8h", "pm25_24h", "pm10_24h", "co_8h", "so2_1h", "no2_1h")


def one(item: str, concentration: float) -> float:
    return float(index_of(item, np.array([concentration]))[0])


@pytest.mark.parametrize(
    ("item", "concentration", "index"),
    [
        ("pm25_24h", 9.0, 50), ("pm25_24h", 9.09, 50), ("pm25_24h", 9.1, 51), ("pm25_24h", 35.4, 100),
        ("pm25_24h", 55.5, 151), ("pm25_24h", 75, 165), ("pm25_24h", 225.5, 301), ("pm25_24h", 325.4, 500),
        ("pm25_24h", 400.0, 649), ("pm10_24h", 604, 500), ("o3_1h", 0.604, 500), ("o3_8h", 0.0709, 100),
        ("o3_8h", 0.200, 300), ("co_8h", 50.4, 500), ("so2_24h", 1004, 500), ("no2_1h", 2049, 500),
        ("so2_1h", 304, 200), ("so2_1h", 700, 200), ("pm25_24h", 0, 0),
    ],
)  # fmt: skip
def test_index_of_an_item(item, concentration, index):
    assert one(item, concentration) == index


@pytest.mark.parametrize(
    ("item", "concentration"), [("o3_1h", 0.124), ("o3_8h", 0.201), ("so2_24h", 304), ("pm25_24h", NAN)]
)
def test_item_without_an_index(item, concentration):
    assert np.isnan(one(item, concentration))


@pytest.mark.parametrize("item", ITEMS)
@settings(max_examples=50)
@given(low=st.floats(0, 3000), more=st.floats(0, 3000))
def test_index_never_falls_as_the_air_gets_worse(item, low, more):
    better, worse = index_of(item, np.array([low, low + more]))

    assert np.isnan(worse) or better <= worse


def test_index_is_the_highest_of_those_there_are():
    found = aqi({"a": np.array([40.0, NAN, NAN]), "b": np.array([NAN, 90.0, NAN])})

    assert found.tolist()[:2] == [40, 90]
    assert np.isnan(found[2])


def test_gases_become_parts_at_25_degrees():
    assert parts("o3", np.array([100.0]))[0] == pytest.approx(50.97, abs=0.01)  # ppb
    assert parts("co", np.array([1.0]))[0] == pytest.approx(0.873, abs=0.001)  # ppm


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        pytest.param([20.0] * 12, 20.0, id="steady air"),
        pytest.param([100.0, 10.0], 100 / 1.5 + 10 * 0.5 / 1.5, id="a sudden rise weighs at least half"),
        pytest.param([40.0, NAN, 50.0], (40 + 0.64 * 50) / 1.64, id="an hour is missing: w = 0.8"),
        pytest.param([0.0, 0.0], 0.0, id="no dust at all"),
    ],
)
def test_nowcast_weighs_recent_hours(hours, expected):
    row = hours + [NAN] * (12 - len(hours))

    assert nowcast(np.array([row]))[0] == pytest.approx(expected)


@pytest.mark.parametrize("hours", [[NAN, NAN, 20.0, 20.0], [20.0], [NAN] * 4])
def test_nowcast_needs_two_of_the_last_three_hours(hours):
    assert np.isnan(nowcast(np.array([hours + [NAN] * (12 - len(hours))]))[0])


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1000), min_size=12, max_size=12))
def test_nowcast_lies_among_its_hours(hours):
    assert min(hours) - 1e-6 <= nowcast(np.array([hours]))[0] <= max(hours) + 1e-6
