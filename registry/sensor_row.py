"""A sensor as a row of SQL, and back."""

from typing import Any

from sqlalchemy import RowMapping

from city.level import Domain
from city.place import Place
from city.sensor import Sensor


def row_of(sensor: Sensor) -> dict[str, Any]:
    """Return the columns of `sensor`, without the version that changed it."""
    return {
        "id": sensor.id,
        "name": sensor.name,
        "name_en": sensor.name_en,
        "domain": sensor.domain.value,
        "kind": sensor.kind,
        "longitude": sensor.place.longitude if sensor.place is not None else None,
        "latitude": sensor.place.latitude if sensor.place is not None else None,
        "district": sensor.district,
        "grid": sensor.grid,
        "site": sensor.site,
        "upstream": sensor.upstream,
        "interval_s": sensor.interval_s,
        "quantities": list(sensor.quantities),
        "authority": sensor.authority,
        "owner": sensor.owner,
        "maintainer": sensor.maintainer,
        "installed": sensor.installed,
        "tags": sorted(sensor.tags),
        "recorded": sensor.recorded,
    }


def sensor_of(row: RowMapping) -> Sensor:
    """Return the sensor that stands in `row`."""
    fields: dict[str, Any] = {str(name): value for name, value in row.items()}
    del fields["changed"]
    longitude, latitude = fields.pop("longitude"), fields.pop("latitude")
    fields["place"] = Place(longitude, latitude) if longitude is not None else None
    fields["domain"] = Domain(fields["domain"])
    fields["quantities"] = tuple(fields["quantities"])
    fields["tags"] = frozenset(fields["tags"])
    return Sensor(**fields)
