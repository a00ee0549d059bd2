"""A box around a place, for an index to search before distances are measured."""

from dataclasses import dataclass
from math import cos, degrees, radians

from city.place import EARTH_RADIUS_M, Place


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
