"""Sensors as GeoJSON (RFC 7946): a FeatureCollection of points with the columns of `sensors.csv` as properties."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from city.sensor import Sensor
from registry.coordinates import EXPECTED_CRS, Crs, crs_named
from registry.csv_records import Wrong
from registry.sensor_fields import FIELDS, write_sensor
from registry.sensor_file import BadSensors, SensorFile

#: The properties of a sensor's feature; its place is the geometry.
PROPERTIES = tuple(field for field in FIELDS if field not in {"longitude", "latitude"})
_LISTS = ("quantities", "tags")


def read_geojson(data: bytes, name: str) -> list[Sensor]:
    """Return the sensors of a file called `name`.

    Raises:
        BadSensors: something in it is wrong; all of it is told, and nothing is returned.
    """
    text, features, crs = _features(data, name)
    file = SensorFile()
    for line, feature in zip(_lines(text, len(features)), features, strict=True):
        fields = fields_of(feature, at := f"{name}:{line}", file)
        if fields is not None:
            file.add(fields, at)
    return file.finish(crs)


def write_geojson(sensors: Iterable[Sensor], crs: Crs = Crs.WGS84) -> Iterator[str]:
    """Yield the file in pieces, one feature a line; places are as they are, and `crs` says in which system."""
    return write_features(map(_feature, sensors), crs)


def write_features(features: Iterable[Mapping[str, object]], crs: Crs = Crs.WGS84) -> Iterator[str]:
    """Yield a collection of any features; RFC 7946 takes WGS-84 for granted, another system is named as before it."""
    named = {"type": "name", "properties": {"name": crs.value}}
    member = f'"crs": {json.dumps(named)}, ' if crs is not Crs.WGS84 else ""
    yield f'{{"type": "FeatureCollection", {member}"features": ['
    separator = "\n"
    for feature in features:
        yield separator + json.dumps(feature, ensure_ascii=False, allow_nan=False)
        separator = ",\n"
    yield "\n]}\n"


def _features(data: bytes, name: str) -> tuple[str, list[Any], Crs]:
    try:
        text = data.decode("utf-8-sig")
        document = json.loads(text)
    except UnicodeDecodeError as error:
        raise BadSensors.only(expected="UTF-8", got=repr(data[error.start : error.end]), at=f"{name}:1") from error
    except json.JSONDecodeError as error:
        raise BadSensors.only(expected="JSON", got=error.msg, at=f"{name}:{error.lineno}") from error
    except RecursionError as error:
        raise BadSensors.only(expected="a FeatureCollection", got="JSON nested too deep", at=f"{name}:1") from error
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise BadSensors.only(expected="a FeatureCollection", got=type(document).__name__, at=f"{name}:1")
    crs = document.get("crs")
    system = Crs.WGS84 if crs is None else _named(crs)
    if system is None:
        raise BadSensors.only(expected=EXPECTED_CRS, got=json.dumps(crs), at=f"{name}:1")
    return text, document["features"], system


def _named(member: object) -> Crs | None:
    """Return the system that the member `crs` names, which GeoJSON had before RFC 7946."""
    properties = member.get("properties") if isinstance(member, dict) else None
    said = properties.get("name") if isinstance(properties, dict) else member
    return crs_named(said) if isinstance(said, str) else None


def _lines(text: str, count: int) -> list[int]:
    """Return on which line each feature begins; 1 for all when that cannot be told."""
    start = re.search(r'"features"\s*:\s*\[', text)
    decoder, lines = json.JSONDecoder(), []
    position, counted, line = start.end() if start is not None else len(text), 0, 1
    while found := re.compile(r"[\s,]*(?=[^\s,\]])").match(text, position):
        position = found.end()
        line, counted = line + text.count("\n", counted, position), position
        lines.append(line)
        try:
            _, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError:
            break
    return lines if len(lines) == count else [1] * count


def fields_of(feature: object, at: str, file: Wrong, known: Sequence[str] = PROPERTIES) -> dict[str, str] | None:
    """Return the feature as text fields, or None after noting what keeps it from being one."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(feature, dict) or not isinstance(properties, dict):
        file.wrong(expected="a feature with properties", got=json.dumps(feature), at=at)
        return None
    fields = _position(feature.get("geometry"))
    if fields is None:
        file.wrong(expected="a point or null as geometry", got=json.dumps(feature.get("geometry")), at=at)
        return None
    texts = {field: _text(value) for field, value in properties.items()}
    unknown = [field for field in texts if field not in known]
    unread = [field for field, text in texts.items() if text is None]
    for field in unknown:
        file.wrong(expected=f"properties out of {', '.join(known)}", got=field, at=at)
    for field in unread:
        file.wrong(expected=f"a plain value as `{field}`", got=json.dumps(properties[field]), at=at)
    return None if unknown or unread else fields | {field: text for field, text in texts.items() if text is not None}


def _position(geometry: object) -> dict[str, str] | None:
    """Return the point's coordinates as fields, none of them without a geometry; None for anything else."""
    if geometry is None:
        return {}
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list) or len(coordinates) < 2 or not all(map(_is_number, coordinates)):
        return None
    return {"longitude": repr(coordinates[0]), "latitude": repr(coordinates[1])}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: object) -> str | None:
    """Return a property as `sensors.csv` would write it; None for what has no such form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        words = [word for word in value if isinstance(word, str) and ";" not in word]
        return ";".join(words) if len(words) == len(value) else None
    return str(value) if isinstance(value, str | int | float) else None


def _feature(sensor: Sensor) -> dict[str, Any]:
    fields: dict[str, Any] = {name: text for name, text in write_sensor(sensor).items() if text and name in PROPERTIES}
    fields |= {name: fields[name].split(";") for name in _LISTS if name in fields}
    if sensor.interval_s is not None:
        fields["interval_s"] = sensor.interval_s
    if sensor.recorded:
        fields["recorded"] = True
    place = sensor.place
    geometry = {"type": "Point", "coordinates": [place.longitude, place.latitude]} if place is not None else None
    return {"type": "Feature", "geometry": geometry, "properties": fields}
