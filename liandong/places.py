"""Places that rules raise alarms about: what sensors of one site, gateway, grid or district stand for together."""

from collections.abc import Collection

from city.place import Place
from city.sensor import Sensor

#: Fields of sensors that rules group them by; of two that share a word the first counts.
_FIELDS = ("site", "upstream", "grid", "district")


class Places:
    """The places of some sensors, each found when it is first asked for."""

    def __init__(self, sensors: Collection[Sensor]) -> None:
        self._sensors = sensors
        self._members: dict[str, list[Sensor]] | None = None

    def find(self, name: str) -> Sensor | None:
        """Return a place as linkage sees it, in the middle of its sensors; None for a word that no sensor has."""
        if self._members is None:
            self._members = _gathered(self._sensors)
        members = self._members.get(name)
        return None if members is None else _standing_for(name, members)


def _gathered(sensors: Collection[Sensor]) -> dict[str, list[Sensor]]:
    members: dict[str, list[Sensor]] = {}
    for field in _FIELDS:
        found: dict[str, list[Sensor]] = {}
        for sensor in sensors:
            found.setdefault(str(getattr(sensor, field)), []).append(sensor)
        members = found | members
    members.pop("", None)
    return members


def _standing_for(name: str, members: list[Sensor]) -> Sensor:
    placed = [one.place for one in members if one.place is not None]
    longitude, latitude = (sum(numbers) / len(placed) for numbers in zip(*placed, strict=True)) if placed else (0, 0)
    return Sensor(
        id=name,
        name=name,
        domain=members[0].domain,
        kind="place",
        place=Place(longitude, latitude) if placed else None,
        district=_common(members, "district"),
        grid=_common(members, "grid"),
        site=_common(members, "site"),
        authority=_common(members, "authority"),
        owner=_common(members, "owner"),
        maintainer=_common(members, "maintainer"),
        recorded=all(one.recorded for one in members),
    )


def _common(members: list[Sensor], field: str) -> str:
    """Return what holds for all of a place's sensors, and so for the place; empty where they differ."""
    words = {str(getattr(one, field)) for one in members}
    return next(iter(words)) if len(words) == 1 else ""
