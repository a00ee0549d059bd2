"""Actility ThingPark and LORIOT: LoRaWAN uplinks of two network servers, whose payloads are hexadecimal."""

from typing import Any

from city.errors import UndecodableMessage
from city.measurement import Decoded, Observation
from ingest.decoders.codec_output import read_codec
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.decoders.values import checked_name, number_with_unit
from ingest.reasons import Reason

_UPLINK, _LOCATION = "DevEUI_uplink", "DevEUI_location"
#: What else ThingPark says about a device.
_THINGPARK = frozenset({_UPLINK, _LOCATION, "DevEUI_notification", "DevEUI_downlink_Sent", "DevEUI_multicast_summary"})
#: An uplink without its wrapper, as ThingPark's resellers pass it on.
_FLAT = frozenset({"DevEUI", "payload_hex"})
#: LORIOT's uplinks: of the device, and once more for each gateway that heard it, which is the same message.
_RX = "rx"
#: Where a driver of the server puts what it decoded.
_DECODED = ("payload", "decoded", "decoded_payload", "object")


class ThingparkLoriotDecoder:
    """Decodes what a driver of the server decoded; a payload that is only hexadecimal stays closed."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of a decoded uplink, and a device's position as an event."""
        body = parse_object(payload)
        if _LOCATION in body:
            return _located(_inner(body, _LOCATION))
        if _UPLINK in body or body.keys() >= _FLAT:
            uplink = _inner(body, _UPLINK) if _UPLINK in body else body
            return self._read(uplink, uplink.get("DevEUI"), uplink.get("Time"))
        if _THINGPARK & body.keys():
            return Decoded()
        if not isinstance(body.get("cmd"), str):
            raise UndecodableMessage(
                Reason.WRONG_SHAPE, expected="`DevEUI_uplink` or `cmd`", got=", ".join(body), at="$"
            )
        if body["cmd"] != _RX:
            return Decoded()
        return self._read(body, body.get("EUI"), body.get("ts"))

    def _read(self, uplink: dict[str, Any], device: object, time: object) -> Decoded:
        sensor = checked_name(device, at="$.DevEUI", reason=Reason.BAD_NAME if device else Reason.NO_SENSOR)
        values: object = next((uplink[key] for key in _DECODED if isinstance(uplink.get(key), dict)), None)
        if isinstance(uplink.get("points"), dict) and (points := _points(uplink["points"])):
            values = points
        decoded = read_codec(sensor, values, at="$.payload", time_ns=time_of(time))
        self._options.told(decoded.measurements)
        return decoded


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    return bool(_THINGPARK & body.members.keys()) or body.has("cmd", "EUI") or body.members.keys() >= _FLAT


def _inner(body: dict[str, Any], key: str) -> dict[str, Any]:
    inner = body[key]
    if not isinstance(inner, dict):
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="an object", got=type(inner).__name__, at=f"$.{key}")
    return inner


def _points(points: dict[str, Any]) -> list[dict[str, object]]:
    """Return ThingPark X' points one by one: `name: {unitId, record}`, or `records: [{value, eventTime}]`."""
    found: list[dict[str, object]] = []
    for name, point in points.items():
        said = point.get("records", point.get("record", point)) if isinstance(point, dict) else []
        for one in said if isinstance(said, list) else [said]:
            record = one if isinstance(one, dict) else {"value": one}
            if record.get("value") is not None:
                time = record.get("eventTime")
                found.append({"name": name, "unit": point.get("unitId"), "value": record["value"], "time": time})
    return found


def _located(location: dict[str, Any]) -> Decoded:
    sensor = checked_name(location.get("DevEUI"), at="$.DevEUI")
    place = {name: number_with_unit(location.get(key), at=key) for name, key in _PLACE.items()}
    attributes: dict[str, str | float | bool] = {name: one[0] for name, one in place.items() if one is not None}
    if len(attributes) < len(_PLACE):
        return Decoded()
    time_ns = time_of(location.get("DevLocTime")) or time_of(location.get("Time"))
    return Decoded(observations=[Observation(sensor, "position", time_ns, attributes)])


_PLACE = {"latitude": "DevLAT", "longitude": "DevLON"}
