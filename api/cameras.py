"""The cameras near a spot."""

from heapq import nsmallest

from api.directory import Snapshot
from api.scope import sees_district
from api.users import User
from city.level import Domain
from city.place import Place, distance_m
from city.sensor import Sensor
from linkage.admission.evidence import DRILL_TAG
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
    spot = Place(longitude, latitude)
    near = (
        (distance_m(spot, sensor.place), sensor.id, sensor)
        for sensor in sensors.sensors
        if sensor.domain is Domain.VIDEO
        and DRILL_TAG not in sensor.tags
        and sensor.place is not None
        and sees_district(user, sensor.district)
    )
    found = nsmallest(MOST_CAMERAS, (camera for camera in near if camera[0] <= FARTHEST_M))
    return tuple(_camera(sensor, metres) for metres, _, sensor in found)


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
