"""What stands around a spot: teams, pumps, materials, cameras, other sensors and components, the nearest first."""

from collections.abc import Iterable, Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict

from city.component import Component, Help, help_of
from city.level import Domain
from city.place import Place, distance_m
from city.sensor import Sensor

Group = Help | Literal["camera", "sensor", "component"]

#: Entries of one group: more than anybody calls.
_MOST = 20


class Neighbour(BaseModel):
    """Something near an incident; `state` is a component's."""

    model_config = ConfigDict(frozen=True)

    what: Literal["sensor", "component"]
    group: Group
    id: str
    kind: str
    name: str
    name_en: str
    distance_m: float
    longitude: float
    latitude: float
    maintainer: str
    state: str


def around(
    spot: Place, radius_m: float, sensors: Iterable[Sensor], components: Iterable[Component]
) -> tuple[Neighbour, ...]:
    """Return what stands within `radius_m`, at most 20 of each group, the nearest first."""
    found = [one for one in (*_sensors(spot, sensors), *_components(spot, components)) if one.distance_m <= radius_m]
    counts: dict[str, int] = {}
    kept = []
    for one in sorted(found, key=lambda one: (one.distance_m, one.id)):
        counts[one.group] = counts.get(one.group, 0) + 1
        if counts[one.group] <= _MOST:
            kept.append(one)
    return tuple(kept)


def _sensors(spot: Place, sensors: Iterable[Sensor]) -> Iterator[Neighbour]:
    for sensor in sensors:
        if sensor.place is None:
            continue
        helping = help_of(sensor.kind, sensor.tags)
        usual: Group = "camera" if sensor.domain is Domain.VIDEO else "sensor"
        yield Neighbour(
            what="sensor",
            group=usual if helping is None else helping,
            id=sensor.id,
            kind=sensor.kind,
            name=sensor.name,
            name_en=sensor.name_en,
            distance_m=round(distance_m(spot, sensor.place), 1),
            longitude=sensor.place.longitude,
            latitude=sensor.place.latitude,
            maintainer=sensor.maintainer,
            state="",
        )


def _components(spot: Place, components: Iterable[Component]) -> Iterator[Neighbour]:
    for one in components:
        helping = help_of(one.kind, one.tags)
        yield Neighbour(
            what="component",
            group="component" if helping is None else helping,
            id=one.id,
            kind=one.kind,
            name=one.name,
            name_en=one.name_en,
            distance_m=round(distance_m(spot, one.place), 1),
            longitude=one.place.longitude,
            latitude=one.place.latitude,
            maintainer=one.maintainer,
            state=one.state.value,
        )
