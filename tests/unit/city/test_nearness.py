from math import cos, degrees, radians, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.nearness import box_around, distances_m
from city.place import EARTH_RADIUS_M, Place, distance_m


@given(st.floats(-179, 179), st.floats(-85, 85), st.floats(1, 20_000), st.floats(0, 360))
def test_everything_within_the_radius_is_in_the_box(
    longitude: float, latitude: float, radius_m: float, bearing: float
) -> None:
    centre = Place(longitude, latitude)
    box = box_around(centre, radius_m)
    far = degrees(radius_m / EARTH_RADIUS_M) * 0.999
    other = Place(
        longitude + far * sin(radians(bearing)) / cos(radians(latitude)), latitude + far * cos(radians(bearing))
    )

    inside = box.west <= other.longitude <= box.east and box.south <= other.latitude <= box.north
    assert inside or distance_m(centre, other) > radius_m


def test_box_of_50_m_is_narrow() -> None:
    box = box_around(Place(122.9, 36.2), 50)

    assert distance_m(Place(box.west, 36.2), Place(box.east, 36.2)) < 101
    assert distance_m(Place(122.9, box.south), Place(122.9, box.north)) < 101


@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90))
def test_distances_are_those_of_each(west: float, south: float, east: float, north: float) -> None:
    spot = Place(west, south)

    found = distances_m(spot, np.array([east, np.nan]), np.array([north, np.nan]))

    assert found[0] == pytest.approx(distance_m(spot, Place(east, north)), abs=0.01)
    assert np.isnan(found[1])
