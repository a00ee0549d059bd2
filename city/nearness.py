"""What is near a place: a box for an index to search, and the distances of many places at once."""

from dataclasses import dataclass
from math import cos, degrees, radians

import numpy as np
from numpy.typing import NDArray

from city.place import EARTH_RADIUS_M, Place

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Box:
    """Bounds in WGS-84 degrees; it does not reach across the date line."""

    west: float
    south: float
    east: float
    north: float


def box_around(place: Place, radius_m: float) -> Box:
    """Return a box that holds everything within `radius_m` of a place; near a pole it is the whole circle."""
    north = degrees(radius_m / EARTH_RADIUS_M)
    # The circle bulges beyond its centre's parallel: the parallel farthest from the equator has the shortest degrees.
    farthest = min(90.0, abs(place.latitude) + north)
    shrunk = cos(radians(farthest))
    east = 360.0 if shrunk <= north / 360 else min(360.0, north / shrunk)
    return Box(place.longitude - east, place.latitude - north, place.longitude + east, place.latitude + north)


def distances_m(place: Place, longitude: Floats, latitude: Floats) -> Floats:
    """Return the great-circle distances in metres of many places (`city.place.distance_m`); not a number for none."""
    north = np.radians(latitude - place.latitude) / 2
    east = np.radians(longitude - place.longitude) / 2
    parallels = cos(radians(place.latitude)) * np.cos(np.radians(latitude))
    chord = np.sqrt(np.sin(north) ** 2 + parallels * np.sin(east) ** 2)
    metres: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, chord))
    return metres
