"""China's index by the tables of both editions, and what it does where an item is missing."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.derived.aqi_cn import EDITIONS, ITEMS, aqi, edition_on, iaqi

NEW, OLD = EDITIONS
CLEAN = dict.fromkeys(ITEMS, 20.0)


def one(item: str, concentration: float, edition=NEW) -> float:
    return float(iaqi(edition, item, np.array([concentration]))[0])


def whole(**of_items: float) -> dict[str, np.ndarray]:
    return {item: np.array([value]) for item, value in (CLEAN | of_items).items()}


@pytest.mark.parametrize(
    ("item", "concentration", "index"),
    [
        ("pm25_24h", 35, 50), ("pm25_24h", 36, 52), ("pm25_24h", 60, 100), ("pm25_24h", 61, 101),
        ("pm25_24h", 75, 114), ("pm25_24h", 501, 500), ("pm10_24h", 120, 100), ("pm10_24h", 150, 112),
        ("so2_24h", 60, 55), ("so2_1h", 900, 200), ("o3_8h", 161, 101), ("o3_8h", 900, 300),
        ("co_24h", 4.1, 101), ("no2_1h", 201, 101), ("co_24h", 2.2, 55), ("pm25_24h", 0, 0), ("pm25_24h", -3, 0),
    ],
)  # fmt: skip
def test_index_of_an_item_in_the_2026_edition(item, concentration, index):
    assert one(item, concentration) == index


@pytest.mark.parametrize(
    ("item", "concentration", "index"),
    [("pm25_24h", 75, 100), ("pm10_24h", 150, 100), ("pm25_24h", 60, 82), ("so2_1h", 800, 200)],
)
def test_index_of_an_item_in_the_2012_edition(item, concentration, index):
    assert one(item, concentration, OLD) == index


@pytest.mark.parametrize(("item", "concentration"), [("so2_1h", 801), ("o3_8h", 801), ("pm25_24h", float("nan"))])
def test_2012_edition_leaves_to_the_other_mean_what_its_table_ends_before(item, concentration):
    assert np.isnan(one(item, concentration, OLD))


@pytest.mark.parametrize(
    ("item", "concentration", "index"),
    [
        pytest.param("pm25_24h", 35.5, 52, id="a half goes to the even 36"),
        pytest.param("pm25_24h", 36.5, 52, id="a half goes to the even 36 again"),
        pytest.param("co_24h", 4.04, 100, id="CO has one decimal"),
    ],
)
def test_concentration_is_rounded_before_the_index_is_rounded_up(item, concentration, index):
    assert one(item, concentration) == index


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda one: one.name)
@pytest.mark.parametrize("item", NEW.bands)
@settings(max_examples=50)
@given(low=st.floats(0, 4000), more=st.floats(0, 4000))
def test_index_never_falls_as_the_air_gets_worse(edition, item, low, more):
    better, worse = iaqi(edition, item, np.array([low, low + more]))

    assert np.isnan(worse) or better <= worse


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2026, 2, 28), "HJ 633-2012"), (date(2026, 3, 1), "HJ 633-2026"), (date(1999, 1, 1), "HJ 633-2012")],
)
def test_edition_in_force_goes_by_the_day(day, name):
    assert edition_on(day).name == name


def test_highest_item_is_the_index():
    assert aqi(whole(pm25=114.0))[0] == 114


def test_index_begins_at_one():
    assert aqi({item: np.array([0.0]) for item in ITEMS})[0] == 1


@pytest.mark.parametrize(
    ("others", "exempt", "index"),
    [
        pytest.param({"pm25": 101.0}, (), 101, id="above 100 it is told all the same"),
        pytest.param({"pm25": 100.0}, (), None, id="up to 100 the missing one might be worse"),
        pytest.param({"pm25": 60.0}, ("so2",), 60, id="an item that the place need not monitor"),
    ],
)
def test_index_with_an_item_missing(others, exempt, index):
    found = aqi(whole(so2=float("nan"), **others), exempt)[0]

    assert np.isnan(found) if index is None else found == index
