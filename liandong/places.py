"""Places that rules raise alarms about: what sensors of one site, gateway, grid or district stand for together."""

from collections.abc import Iterable

import numpy as np

from city.census import Census
from city.place import Place
from city.registered import Registered
from city.sensor import Sensor

#: Fields of sensors that rules group them by; of two that share a word the first counts.
_FIELDS = ("site", "upstream", "grid", "district")


class Places:
    """The places of some sensors, each looked for among their columns when it is asked for."""

    def __init__(self, sensors: Iterable[Sensor]) -> None:
        self._census = Registered.of(sensors).census

    def find(self, name: str) -> Sensor | None:
        """Return a place as linkage sees it, in the middle of its sensors; None for a word that no sensor has."""
        for field in _FIELDS if name else ():
            rows = np.flatnonzero(self._census.words[field].having([name]))
            if len(rows):
                return _standing_for(name, self._census.take(rows))
        return None


def _standing_for(name: str, members: Census) -> Sensor:
    longitude, latitude = (members.numbers[axis] for axis in ("longitude", "latitude"))
    placed = np.isfinite(longitude)
    return Sensor(
        id=name,
        name=name,
        domain=members.words["domain"][0],
        kind="place",
        place=Place(float(longitude[placed].mean()), float(latitude[placed].mean())) if placed.any() else None,
        district=_common(members, "district"),
        grid=_common(members, "grid"),
        site=_common(members, "site"),
        authority=_common(members, "authority"),
        owner=_common(members, "owner"),
        maintainer=_common(members, "maintainer"),
        recorded=bool(members.numbers["recorded"].all()),
    )


def _common(members: Census, field: str) -> str:
    """Return what holds for all of a place's sensors, and so for the place; empty where they differ."""
    column = members.words[field]
    return str(column[0]) if (column.codes == column.codes[0]).all() else ""
