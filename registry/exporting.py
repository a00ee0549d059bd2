"""Sensors and components as files that can be brought back, in the coordinate system that is asked for."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import TypeVar

import numpy as np

from city.component import Component
from city.place import Place
from city.sensor import Sensor
from registry import component_fields
from registry.coordinates import Crs, from_wgs84
from registry.importing import Format
from registry.sensor_csv import write_csv, write_table
from registry.sensor_geojson import write_features, write_geojson

#: Places converted at once.
_ROWS = 10_000

Placed = TypeVar("Placed", Sensor, Component)


def write_sensors(sensors: Iterable[Sensor], format_: Format, crs: Crs = Crs.WGS84) -> Iterator[str]:
    """Yield a file of sensors in pieces, which names its coordinate system."""
    shown = _shifted(sensors, crs)
    return write_csv(shown, crs) if format_ is Format.CSV else write_geojson(shown, crs)


def write_components(components: Iterable[Component], format_: Format, crs: Crs = Crs.WGS84) -> Iterator[str]:
    """Yield a file of components in pieces, which names its coordinate system."""
    rows = map(_component_fields, _shifted(components, crs))
    if format_ is Format.CSV:
        return write_table(component_fields.FIELDS, rows, crs)
    return write_features(map(_component_feature, rows), crs)


def _shifted(things: Iterable[Placed], crs: Crs) -> Iterator[Placed]:
    """Yield things with their places in `crs`."""
    if crs is not Crs.GCJ02:
        return iter(things)
    waiting = iter(things)
    chunks = iter(lambda: list(islice(waiting, _ROWS)), [])
    return chain.from_iterable(_shifted_chunk(some, crs) for some in chunks)


def _shifted_chunk(things: list[Placed], crs: Crs) -> Iterator[Placed]:
    nowhere = Place(np.nan, np.nan)
    places = np.array([thing.place if thing.place is not None else nowhere for thing in things])
    longitude, latitude = from_wgs84(crs, places[:, 0], places[:, 1])
    for thing, east, north in zip(things, longitude.tolist(), latitude.tolist(), strict=True):
        yield thing if thing.place is None else replace(thing, place=Place(east, north))


def _component_fields(component: Component) -> dict[str, str]:
    plain = ("id", "kind", "name", "name_en", "district", "grid", "authority", "owner", "maintainer")
    return {
        **{name: getattr(component, name) for name in plain},
        "class": component.component_class,
        "state": component.state.value,
        "longitude": repr(component.place.longitude),
        "latitude": repr(component.place.latitude),
        "installed": component.installed.isoformat() if component.installed is not None else "",
        "tags": ";".join(sorted(component.tags)),
    }


def _component_feature(fields: dict[str, str]) -> dict[str, object]:
    place = [float(fields["longitude"]), float(fields["latitude"])]
    properties = {name: text for name, text in fields.items() if text and name not in {"longitude", "latitude"}}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": place}, "properties": properties}
