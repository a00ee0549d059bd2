"""Digitraffic, Fintraffic's open feeds: traffic and weather stations, ships, sea state, traffic messages."""

import re
import zlib
from binascii import Error as NotBase64
from binascii import a2b_base64
from typing import Any, NamedTuple

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement, Observation
from city.quality import Quality
from city.units import is_known
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.decoders.values import checked_name, number, number_with_unit
from ingest.reasons import Reason
from ingest.telemetry import METRICS_DROPPED

#: The topics of all versions, as they are, or behind a bridge's prefix.
TOPICS = re.compile(
    r"(?:.+/)?(?:(?:tms|weather|vessels|sse|traffic-message|maintenance)-v\d+|train-locations|train-tracking)/.+"
)
_ADDRESS = re.compile(
    r"(?:.+/)?(?:(tms|weather|vessels|sse|traffic-message|maintenance)-v\d+|(train-locations|train-tracking))/(.+)"
)
#: Bytes of a traffic message when it is open; the longest of a whole winter has some 100 kB.
_MAX_INFLATED = 2**20
_GZIP = 31  #: zlib's word for it


class _Known(NamedTuple):
    """What a member is, and the number that says "not available" in its place."""

    quantity: str
    unit: str
    label: str = ""
    absent: float | None = None


#: Ships as the Automatic Identification System tells of them (ITU-R M.1371-5, message 1).
_SHIP = {
    "sog": _Known("ship_speed", "kn", absent=102.3),
    "cog": _Known("heading", "°", "course", absent=360.0),
    "heading": _Known("heading", "°", absent=511.0),
}
_BUOY = {
    "temperature": _Known("temperature", "°C"),
    "windWaveDir": _Known("wave_direction", "°"),
    "heelAngle": _Known("heel_angle", "°"),
}
_NOWHERE = (91.0, 181.0)
_MAX_TEXT = 200
#: Beginnings of the sensors' names, in Finnish, with the unit in which they mean that (the API's list of sensors).
_SENSORS = (
    ("KESKINOPEUS", "km/h", "speed"),
    ("OHITUKSET", "kpl/h", "flow"),
    ("ILMA", "°C", "temperature"),
    ("TIE_", "°C", "road_temperature"),
    ("KASTEPISTE", "°C", "dew_point"),
    ("ILMAN_KOSTEUS", "%", "humidity"),
    ("KESKITUULI", "m/s", "wind_speed"),
    ("MAKSIMITUULI", "m/s", "wind_gust"),
    ("TUULENSUUNTA", "°", "wind_direction"),
    ("SADE_INTENSITEETTI", "mm/h", "rain_intensity"),
)
_UNITS = {"kpl/h": "veh/h"}


class DigitrafficDecoder:
    """Decodes by topic, since the bodies say nothing of themselves, nor what a station measures."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return readings of stations, ships and buoys; traffic messages and positions are events."""
        found = _ADDRESS.fullmatch(topic)
        if found is None:
            body = parse_object(payload)
            return Decoded(self._options.told(_sensors(body))) if _is_station(body) else _announced(body)
        feed, rest = found.group(1) or found.group(2), found.group(3)
        if rest == "status":
            return Decoded()
        if feed == "traffic-message":
            return _announced(parse_object(_opened(payload)))
        decoded = _FEEDS[feed](rest, parse_object(payload))
        self._options.told(decoded.measurements)
        return decoded


def bears(body: Body) -> bool:
    """Return whether a body is a traffic message, or has a station's sensors with their names and units."""
    properties = body.members.get("properties")
    if _is_station(body.members):
        return True
    return body.members.get("type") == "Feature" and isinstance(properties, dict) and "situationId" in properties


def _station(rest: str, body: dict[str, Any]) -> Decoded:
    sensor = checked_name(rest, at="topic", reason=Reason.BAD_TOPIC)
    parsed = number_with_unit(body.get("value"), at="$.value")
    if "value" not in body:
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="`value` and `time`", got=", ".join(body), at="$")
    if parsed is None:
        return Decoded()
    return Decoded([Measurement(sensor, "value", parsed[0], parsed[1], time_of(body.get("time")))])


def _ship(rest: str, body: dict[str, Any]) -> Decoded:
    ship, _, kind = rest.partition("/")
    if kind not in {"location", "locations"}:  # `metadata` has the ship's name, destination and draught
        return Decoded()
    sensor = checked_name(ship, at="topic", reason=Reason.BAD_TOPIC)
    time_ns = time_of(body.get("time"))
    decoded = Decoded(_known(sensor, _SHIP, body, time_ns))
    latitude, longitude = number(body.get("lat"), at="$.lat"), number(body.get("lon"), at="$.lon")
    if latitude is not None and longitude is not None and (latitude, longitude) != _NOWHERE:
        attributes: dict[str, str | float | bool] = {"latitude": latitude, "longitude": longitude}
        decoded.observations.append(Observation(sensor, "position", time_ns, attributes))
    return decoded


def _buoy(rest: str, body: dict[str, Any]) -> Decoded:
    sensor = checked_name(rest.removeprefix("site/"), at="topic", reason=Reason.BAD_TOPIC)
    found = _known(sensor, _BUOY, body, time_of(body.get("timestamp")))
    if body.get("confidence", "GOOD") not in ("GOOD", None):
        for measurement in found:
            measurement.quality |= Quality.BAD
    return Decoded(found)


def _train(rest: str, body: dict[str, Any]) -> Decoded:
    """Return where a train is and how fast; `rest` is the day of its departure and its number."""
    sensor = checked_name(rest.rpartition("/")[2], at="topic", reason=Reason.BAD_TOPIC)
    time_ns = time_of(body.get("timestamp"))
    decoded = Decoded(_known(sensor, {"speed": _Known("speed", "km/h")}, body, time_ns))
    place = _place(body.get("location"))
    if len(place) == len(_NOWHERE):
        decoded.observations.append(Observation(sensor, "position", time_ns, {**place}))
    return decoded


def _maintained(rest: str, body: dict[str, Any]) -> Decoded:
    """Return where something is done for a road, and what; whose vehicle it was is not told."""
    tasks = body.get("tasks")
    words = ", ".join(one for one in tasks if isinstance(one, str)) if isinstance(tasks, list) else ""
    attributes: dict[str, str | float | bool] = {"tasks": words[:_MAX_TEXT]} if words else {}
    for key, name in (("y", "latitude"), ("x", "longitude")):
        value = number(body.get(key), at=f"$.{key}")
        if value is not None:
            attributes[name] = value
    sensor = checked_name(rest.removeprefix("routes/"), at="topic", reason=Reason.BAD_TOPIC)
    return Decoded(observations=[Observation(sensor, "road_maintenance", time_of(body.get("time")), attributes)])


def _track(rest: str, body: dict[str, Any]) -> Decoded:
    """Return that a train took or left a track's section, as an event."""
    attributes: dict[str, str | float | bool] = {
        key: body[key][:200]
        for key in ("type", "trackSection", "station", "trainNumber")
        if isinstance(body.get(key), str)
    }
    sensor = checked_name(f"{body.get('station', '')}/{body.get('trackSection', rest)}".lstrip("/"), at="$")
    return Decoded(observations=[Observation(sensor, "train_tracking", time_of(body.get("timestamp")), attributes)])


_FEEDS = {
    "tms": _station,
    "weather": _station,
    "vessels": _ship,
    "sse": _buoy,
    "maintenance": _maintained,
    "train-locations": _train,
    "train-tracking": _track,
}


def _is_station(body: dict[str, Any]) -> bool:
    """Return whether a body has sensors by name: a message of the first version, or what the HTTP API answers."""
    values = body.get("sensorValues")
    listed = isinstance(values, list) and all(isinstance(one, dict) and "measuredTime" in one for one in values)
    return {"roadStationId", "sensorValue"} <= body.keys() or listed


def _words(members: dict[str, Any], *names: str) -> str:
    return next((members[name].strip() for name in names if isinstance(members.get(name), str)), "")


def _sensors(body: dict[str, Any]) -> list[Measurement]:
    found = []
    values = body.get("sensorValues", [body])
    for one in values if isinstance(values, list) else []:
        if isinstance(one, dict):
            station = one.get("roadStationId", one.get("stationId", body.get("id")))
            sensor = checked_name(f"{station}/{one.get('id')}", at="$.id")
            parsed = number_with_unit(one.get("sensorValue", one.get("value")), at="$.sensorValue")
            if parsed is not None:
                name, unit = (_words(one, *keys) for keys in (("name",), ("sensorUnit", "unit")))
                ours = (quantity for start, of, quantity in _SENSORS if name.startswith(start) and unit == of)
                quantity = next(ours, name)
                unit = _UNITS.get(unit, unit)
                known = unit if unit and is_known(unit) else None
                quantity = checked_name(quantity or "value", at="$.name")
                found.append(Measurement(sensor, quantity, parsed[0], known, time_of(one.get("measuredTime"))))
    return found


def _known(sensor: str, table: dict[str, _Known], body: dict[str, Any], time_ns: int | None) -> list[Measurement]:
    found = []
    for key, known in table.items():
        parsed = number_with_unit(body.get(key), at=f"$.{key}")
        if parsed is None:
            continue
        if parsed[0] == known.absent:
            METRICS_DROPPED.labels("sentinel").inc()
            continue
        found.append(Measurement(sensor, known.quantity, parsed[0], known.unit, time_ns, label=known.label))
    return found


def _opened(payload: bytes) -> bytes:
    """Return a traffic message: JSON, or the base64 of its gzip."""
    if payload.lstrip()[:1] == b"{":
        return payload
    try:
        inflater = zlib.decompressobj(_GZIP)
        data = inflater.decompress(a2b_base64(b"".join(payload.split()), strict_mode=True), _MAX_INFLATED)
    except (NotBase64, zlib.error) as error:
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="base64 of gzip", got=str(error), at="$") from error
    if inflater.unconsumed_tail:
        raise UndecodableMessage(Reason.TOO_LARGE, expected=f"at most {_MAX_INFLATED} bytes", got="more", at="$")
    if not inflater.eof:  # its sum and its length are missing, so nobody knows whether it is whole
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="all of a gzip", got="a part", at="$")
    return data


def _announced(body: dict[str, Any]) -> Decoded:
    """Return a traffic message as an event, without those whom one could call about it."""
    properties = body.get("properties")
    if not isinstance(properties, dict) or not isinstance(properties.get("situationId"), str):
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="a traffic message", got=", ".join(body), at="$")
    attributes: dict[str, str | float | bool] = {}
    for key in ("situationId", "situationType", "trafficAnnouncementType", "version"):
        value = properties.get(key)
        amount = number(value, at=key)
        if isinstance(value, str):
            attributes[key] = value
        elif amount is not None:
            attributes[key] = amount
    attributes.update(_place(body.get("geometry")))
    time_ns = time_of(properties.get("versionTime")) or time_of(properties.get("releaseTime"))
    return Decoded(observations=[Observation("digitraffic/traffic-message", "traffic_message", time_ns, attributes)])


def _place(geometry: object) -> dict[str, float]:
    place = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
    if not isinstance(place, list) or len(place) < 2:
        return {}
    pair = [number(one, at="geometry") for one in place[:2]]
    return {key: one for key, one in zip(("longitude", "latitude"), pair, strict=True) if one is not None}
