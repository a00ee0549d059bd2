"""A sensor as a row of SQL, and back."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from city.census import Census
from city.component import ComponentState
from city.level import Domain
from city.place import Place
from city.sensor import Sensor
from registry.shape import as_column
from registry.tables import SENSOR

_DOMAINS = {domain.value: domain for domain in Domain}
_CONDITIONS = {condition.value: condition for condition in ComponentState}

#: The columns in the order in which they stand in a row.
_NAMES = tuple(column.name for column in SENSOR.columns if column.name != "changed")


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
        "quantities": sensor.quantities,
        "authority": sensor.authority,
        "owner": sensor.owner,
        "maintainer": sensor.maintainer,
        "installed": sensor.installed,
        "tags": sensor.tags,
        "recorded": sensor.recorded,
        "code": sensor.code,
        "condition": sensor.condition.value,
    }


def rows_of(census: Census) -> Iterator[tuple[Any, ...]]:
    """Yield the columns of each sensor of a census in the order of `row_of`, as the database's driver takes them."""
    said: dict[str, list[Any]] = {name: column.all() for name, column in census.texts.items()}
    for name, column in census.words.items():
        shown = [as_column(word) for word in column.words]
        said[name] = [shown[code] for code in column.codes.tolist()]
    for name in ("longitude", "latitude", "interval_s"):
        said[name] = [number if number == number else None for number in census.numbers[name].tolist()]
    days = {
        day: date.fromordinal(day).isoformat() if day else None for day in set(census.numbers["installed"].tolist())
    }
    said["installed"] = [days[day] for day in census.numbers["installed"].tolist()]
    said["recorded"] = census.numbers["recorded"].tolist()
    return zip(*(said[name] for name in _NAMES), strict=True)


def sensor_of(row: Sequence[Any]) -> Sensor:
    """Return the sensor of a whole row of the table, its columns in their order (by name takes three times as long)."""
    (sensor, name, name_en, domain, kind, longitude, latitude, district, grid, site, upstream, *rest) = row
    interval_s, quantities, authority, owner, maintainer, installed, tags, recorded, code, condition, _ = rest
    return Sensor(
        id=sensor,
        name=name,
        domain=_DOMAINS[domain],
        kind=kind,
        name_en=name_en,
        place=Place(longitude, latitude) if longitude is not None else None,
        district=district,
        grid=grid,
        site=site,
        upstream=upstream,
        interval_s=interval_s,
        quantities=tuple(quantities),
        authority=authority,
        owner=owner,
        maintainer=maintainer,
        installed=installed,
        tags=frozenset(tags),
        recorded=recorded,
        code=code,
        condition=_CONDITIONS[condition],
    )
