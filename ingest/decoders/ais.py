"""Ships as a receiver of the Automatic Identification System tells of them: AIS-catcher's JSON, and what is like it.

Values that stand for "not available" are those of ITU-R M.1371-5, message 1.
"""

from typing import Any, NamedTuple

from city.measurement import Decoded, Measurement, Observation
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.options import DecoderOptions
from ingest.decoders.paths import first_time, refuse
from ingest.decoders.times import time_of
from ingest.decoders.values import number


class _Known(NamedTuple):
    """What a member is, and the number that says "not available" in its place."""

    quantity: str
    unit: str
    absent: float
    label: str = ""


_SHIP = {
    "speed": _Known("ship_speed", "kn", 102.3),
    "sog": _Known("ship_speed", "kn", 102.3),
    "course": _Known("heading", "°", 360.0, "course"),
    "cog": _Known("heading", "°", 360.0, "course"),
    "heading": _Known("heading", "°", 511.0),
}
_PLACE = (("latitude", ("lat", "latitude"), 91.0), ("longitude", ("lon", "longitude"), 181.0))
_TIMES = ("timestamp", "time", "rxuxtime", "toa")
#: AIS-catcher's word for when it heard it, `20260105100000`, in UTC.
_HEARD = "rxtime"
#: Maritime identities have nine digits.
_LEAST, _MOST = 1_000_000, 999_999_999
_EXPECTED = "`mmsi` with a speed, a course or a place"


class AisDecoder:
    """Decodes what moves; the sensor is the ship's number, the place an event. Names and calls are passed over."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of a report, and the place."""
        body = parse_object(payload)
        sensor = _identity(body.get("mmsi"))
        if sensor is None or not _is_ship(body):
            raise refuse(_EXPECTED, body)
        time_ns = _heard(body.get(_HEARD)) or first_time(body, _TIMES)
        found = []
        for key, known in _SHIP.items():
            value = number(body.get(key), at=f"$.{key}")
            if value is not None and value != known.absent and not isinstance(body[key], bool):
                found.append(Measurement(sensor, known.quantity, value, known.unit, time_ns, label=known.label))
        place = _place(body)
        moved = [Observation(sensor, "position", time_ns, place)] if place else []
        return Decoded(self._options.told(found), moved)


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    return _is_ship(body.members)


def _is_ship(body: dict[str, Any]) -> bool:
    return _identity(body.get("mmsi")) is not None and not body.keys().isdisjoint((*_SHIP, "lat", "lon", "type"))


def _identity(mmsi: object) -> str | None:
    """Return a ship's number, which may be told as text; None for what is none."""
    if isinstance(mmsi, str) and len(mmsi) <= len(str(_MOST)) and mmsi.isascii() and mmsi.isdecimal():
        mmsi = int(mmsi)
    is_one = isinstance(mmsi, int) and not isinstance(mmsi, bool) and _LEAST <= mmsi <= _MOST
    return str(mmsi) if is_one else None


def _place(body: dict[str, Any]) -> dict[str, Any]:
    """Return latitude and longitude; nothing where one is not available."""
    found = {}
    for name, keys, absent in _PLACE:
        value = next((number(body[key], at=f"$.{key}") for key in keys if key in body), None)
        if value is not None and value != absent:
            found[name] = value
    return found if len(found) == len(_PLACE) else {}


def _heard(said: object) -> int | None:
    """Return the moment of `20260105100000`."""
    text = said if isinstance(said, str) else ""
    return time_of(f"{text[:8]}T{text[8:]}Z") if len(text) == 14 and text.isdecimal() else None
