"""Open incidents as GeoJSON (RFC 7946) for maps of other systems: those with a place that a person may see."""

from typing import Any

from sqlalchemy import RowMapping, select

from city.clock import iso
from linkage.person import Person
from linkage.scope import visible
from linkage.tables import INCIDENTS, QUEUE_ORDER
from linkage.viewing import level_word, moment
from linkage.views import Names, View
from storage.sql import Database

#: Most features in one answer; the first ones of the queue, so that what is left out is least urgent.
MAX_FEATURES = 5000

_SHOWN = (
    "id",
    "number",
    "title",
    "incident_class",
    "domain",
    "state",
    "priority",
    "level",
    "longitude",
    "latitude",
    "district",
    "place",
    "opened_ns",
    "acknowledged_ns",
    "recorded",
    "drill",
)


class PointGeometry(View):
    """A place, longitude before latitude, WGS-84."""

    type: str = "Point"
    coordinates: tuple[float, float]


class IncidentProperties(View):
    """What a map shows of an incident."""

    number: str
    title: Names
    incident_class: str
    domain: str
    state: str
    priority: int
    level: str | None
    district: str
    place: str
    opened_at: str
    acknowledged_at: str | None
    recorded: bool
    drill: bool


class IncidentFeature(View):
    """An incident on the map."""

    type: str = "Feature"
    id: str
    geometry: PointGeometry
    properties: IncidentProperties


class IncidentFeatures(View):
    """Incidents on the map; `truncated` when there are more than were asked for."""

    type: str = "FeatureCollection"
    truncated: bool
    features: tuple[IncidentFeature, ...]


class IncidentMap:
    """Reads open incidents with a place. Calls block on the database: call from a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def features(self, person: Person, limit: int = MAX_FEATURES) -> IncidentFeatures:
        """Return what `person` may see, in the queue's order, up to `limit`."""
        placed = INCIDENTS.c.ended_ns.is_(None) & INCIDENTS.c.longitude.is_not(None)
        query = (
            select(*(INCIDENTS.c[name] for name in _SHOWN))
            .where(placed, visible(person))
            .order_by(*(INCIDENTS.c[name] for name in QUEUE_ORDER))
            .limit(limit + 1)
        )
        with self._database.read() as connection:
            rows = list(connection.execute(query).mappings())
        return IncidentFeatures(truncated=len(rows) > limit, features=tuple(map(_feature, rows[:limit])))


def _feature(row: RowMapping) -> IncidentFeature:
    properties: dict[str, Any] = {name: row[name] for name in IncidentProperties.model_fields if name in row}
    properties |= {
        "level": level_word(row["level"]),
        "opened_at": iso(row["opened_ns"]),
        "acknowledged_at": moment(row["acknowledged_ns"]),
    }
    return IncidentFeature(
        id=str(row["id"]),
        geometry=PointGeometry(coordinates=(row["longitude"], row["latitude"])),
        properties=IncidentProperties.model_validate(properties),
    )
