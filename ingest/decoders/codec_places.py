"""Where a device is, among the values that its codec told: an event, never a series of degrees."""

from collections.abc import Mapping
from typing import Any

from city.measurement import Observation
from ingest.decoders.values import number_with_unit

_LATITUDE = ("latitude", "lat", "gpslatitude", "latitudedeg", "gpslat")
_LONGITUDE = ("longitude", "lon", "lng", "long", "gpslongitude", "longitudedeg", "gpslon", "gpslong")
_ALTITUDE = ("altitude", "alt", "altitudem", "gpsaltitude")
#: Metres; nothing that sends to a city is higher.
_HIGHEST_M = 20_000.0
#: What stands beside a place and says how it was found.
_BESIDE = frozenset(
    {
        *_LATITUDE, *_LONGITUDE, *_ALTITUDE, "hdop", "pdop", "sats", "satellites",
        "accuracy", "heading", "headingdeg", "course", "geohash", "fix", "gpsfix",
    }
)  # fmt: skip
#: Parts in which a codec puts a place: its own name, or CayenneLPP's channels.
_PARTS = ("gps", "location", "position", "gpslocation", "coordinates")


def is_place(key: str) -> bool:
    """Return whether a member says where, or how a place was found."""
    return _plain(key) in _BESIDE


def position(values: object) -> dict[str, str | float | bool]:
    """Return latitude and longitude that stand side by side, in the values or in a part called after a place."""
    if not isinstance(values, Mapping):
        return {}
    here = _pair(values)
    if here:
        return here
    for key, part in values.items():
        if isinstance(part, Mapping) and _plain(key).rstrip("0123456789") in _PARTS:
            inner = next((one for one in part.values() if isinstance(one, Mapping)), part)
            found = _pair(part) or _pair(inner)
            if found:
                return found
    return {}


def located(sensor: str, place: object, time_ns: int | None) -> list[Observation]:
    """Return where a network server found a device, as an event; nothing where it did not say."""
    found = _pair(place) if isinstance(place, Mapping) else {}
    return [Observation(sensor, "position", time_ns, found)] if found else []


def _pair(values: Mapping[str, Any]) -> dict[str, str | float | bool]:
    by_name = {_plain(key): value for key, value in values.items()}
    latitude, longitude = _within(by_name, _LATITUDE, 90.0), _within(by_name, _LONGITUDE, 180.0)
    if latitude is None or longitude is None or (latitude, longitude) == (0.0, 0.0):  # no fix yet
        return {}
    found: dict[str, str | float | bool] = {"latitude": latitude, "longitude": longitude}
    altitude = _within(by_name, _ALTITUDE, _HIGHEST_M)
    return found if altitude is None else {**found, "altitude": altitude}


def _within(values: Mapping[str, Any], names: tuple[str, ...], most: float) -> float | None:
    said = next((values[name] for name in names if name in values), None)
    parsed = number_with_unit(said, at=names[0]) if not isinstance(said, bool) else None
    return parsed[0] if parsed is not None and abs(parsed[0]) <= most else None


def _plain(key: str) -> str:
    return "".join(letter for letter in key.lower() if letter.isalnum())
