"""The cameras near a spot."""

import numpy as np

from api.directory import Snapshot
from api.scope import sees_district
from api.users import User
from city.level import Domain
from city.nearness import distances_m
from city.place import Place
from city.sensor import Sensor
from linkage.views import Camera

#: How many cameras an officer can look at, and how far a camera sees anything of use: a large crossing and its arms.
MOST_CAMERAS = 5
FARTHEST_M = 1500.0


def nearest_cameras(
    sensors: Snapshot, user: User, longitude: float | None, latitude: float | None
) -> tuple[Camera, ...]:
    """Return the cameras nearest to a spot that `user` may see; none without a spot."""
    if longitude is None or latitude is None:
        return ()
    spot, census = Place(longitude, latitude), sensors.census
    metres = distances_m(spot, census.numbers["longitude"], census.numbers["latitude"])
    fits = sensors.having("domain", Domain.VIDEO.__eq__) & sensors.real & (metres <= FARTHEST_M)
    fits &= sensors.having("district", lambda district: sees_district(user, district))
    rows = np.flatnonzero(fits)
    nearest = rows[np.argsort(metres[rows], kind="stable")[:MOST_CAMERAS]]
    return tuple(_camera(census.sensor(row), float(metres[row])) for row in nearest.tolist())


def _camera(sensor: Sensor, metres: float) -> Camera:
    longitude, latitude = sensor.place if sensor.place is not None else (0.0, 0.0)
    return Camera(
        id=sensor.id,
        name=sensor.name,
        name_en=sensor.name_en,
        distance_m=round(metres, 1),
        longitude=longitude,
        latitude=latitude,
    )
