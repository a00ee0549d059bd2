"""Places on the ground: WGS-84 positions and distances between them."""

from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

#: Mean radius of the Earth in metres (IUGG R1).
EARTH_RADIUS_M = 6_371_008.8


class Place(NamedTuple):
    """A WGS-84 position in degrees."""

    longitude: float
    latitude: float


def distance_m(one: Place, other: Place) -> float:
    """Return the great-circle distance in metres (haversine, good to 0.5 %)."""
    lat1, lat2 = radians(one.latitude), radians(other.latitude)
    half_lat, half_lon = (lat2 - lat1) / 2, radians(other.longitude - one.longitude) / 2
    chord = sin(half_lat) ** 2 + cos(lat1) * cos(lat2) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(chord)))
