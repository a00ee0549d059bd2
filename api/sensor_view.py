"""A sensor as the API shows it, with its state and its newest readings."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from api.latest import LatestValue
from city.component import ComponentState
from city.level import Domain
from city.sensor import Sensor


class SensorState(StrEnum):
    """How a sensor is: the worst of its alarms, or that it is not heard."""

    NORMAL = "normal"
    NOTICE = "notice"
    MAJOR = "major"
    CRITICAL = "critical"
    SILENT = "silent"
    OFFLINE = "offline"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, word: str) -> "SensorState":
        """Return the state that ingest calls `word`; a word of a newer version is `unknown`."""
        return next((state for state in cls if state == word), cls.UNKNOWN)


class SensorView(BaseModel):
    """A registered sensor, its state and its newest readings by quantity."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    name_en: str
    domain: Domain
    kind: str
    longitude: float | None
    latitude: float | None
    district: str
    grid: str
    site: str
    upstream: str
    interval_s: float | None
    quantities: tuple[str, ...]
    authority: str
    owner: str
    maintainer: str
    installed: date | None
    tags: tuple[str, ...]
    recorded: bool
    code: str = Field(description="Identification code as a component of the city.")
    condition: ComponentState = Field(description="How the device itself is.")
    state: SensorState
    latest: dict[str, LatestValue]


_COPIED = (
    *("id", "name", "name_en", "domain", "kind", "district", "grid", "site", "upstream", "interval_s"),
    *("quantities", "authority", "owner", "maintainer", "installed", "recorded", "code", "condition"),
)


def view_of(sensor: Sensor, state: SensorState, latest: Mapping[str, object]) -> SensorView:
    """Return the view of one sensor."""
    return SensorView.model_validate(
        {
            **{name: getattr(sensor, name) for name in _COPIED},
            "longitude": sensor.place.longitude if sensor.place is not None else None,
            "latitude": sensor.place.latitude if sensor.place is not None else None,
            "tags": tuple(sorted(sensor.tags)),
            "state": state,
            "latest": latest,
        }
    )


class SensorColumns(BaseModel):
    """Thousands of sensors for a map, in columns of one length."""

    model_config = ConfigDict(frozen=True)

    ids: list[str]
    names: list[str]
    names_en: list[str]
    domains: list[Domain]
    kinds: list[str]
    districts: list[str]
    longitudes: list[float | None]
    latitudes: list[float | None]
    states: list[SensorState]
