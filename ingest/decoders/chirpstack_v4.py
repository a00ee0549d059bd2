"""ChirpStack v4: uplinks whose codec ran on the server, and a device's own status, from its JSON marshaler."""

from collections.abc import Iterator
from typing import Any

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement
from ingest.decoders.codec_output import read_codec
from ingest.decoders.codec_places import located
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.milesight_gateway import codec_object, envelope_time
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.decoders.values import checked_name, number
from ingest.reasons import Reason

#: Members of one event each, where the topic does not say which it is (the HTTP integration has it in the address).
_SIGNS = {
    "up": ("fPort", "fCnt", "object", "data"),
    "status": ("margin",),
    "location": ("location",),
    "integration": ("integrationName",),
}
#: What LoRa Cloud's modem service says of a device, each value with a time of its own.
_MODEM = {"temp": ("temperature", "°C"), "voltage": ("battery_voltage", "V"), "charge": ("charge", "mAh")}
#: Levels at which its answer lies within an integration's object, at most.
_MODEM_DEPTH = 6


class ChirpstackV4Decoder:
    """Decodes what measures something, and where a device is; joins, acknowledgements and logs say nothing."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of an event."""
        body = parse_object(payload)
        if not isinstance(body.get("deviceInfo"), dict) and "event/" not in topic:
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="`deviceInfo`", got=", ".join(body), at="$")
        event = _event(topic, body)
        if event not in _SIGNS:
            return Decoded()
        sensor = _sensor(topic, body)
        if event == "location":
            return Decoded(observations=located(sensor, body.get("location"), time_of(body.get("time"))))
        decoded = _told(event, sensor, body)
        self._options.told(decoded.measurements)
        return decoded


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    device = body.members.get("deviceInfo")
    return isinstance(device, dict) and "devEui" in device


def _event(topic: str, body: dict[str, Any]) -> str:
    before, found, event = topic.rpartition("/event/")
    if found and before:
        return event
    return next((name for name, signs in _SIGNS.items() if any(sign in body for sign in signs)), "")


def _sensor(topic: str, body: dict[str, Any]) -> str:
    parts = topic.split("/")
    if len(parts) == 6 and parts[2] == "device":  # the broker's word comes before the body's
        return checked_name(parts[3], at="topic", reason=Reason.BAD_TOPIC)
    device = body.get("deviceInfo")
    eui = device.get("devEui") if isinstance(device, dict) else None
    reason = Reason.BAD_NAME if eui else Reason.NO_SENSOR
    return checked_name(eui, at="$.deviceInfo.devEui", reason=reason)


def _told(event: str, sensor: str, body: dict[str, Any]) -> Decoded:
    time_ns = envelope_time(body)
    if event == "up":  # the third version, on the same topics, has the object as a text
        return read_codec(sensor, codec_object(body), at="$.object", time_ns=time_ns)
    found = list(_modem(sensor, body)) if event == "integration" else _status(sensor, body)
    for measurement in found:
        measurement.time_ns = measurement.time_ns if measurement.time_ns is not None else time_ns
    return Decoded(found)


def _status(sensor: str, body: dict[str, Any]) -> list[Measurement]:
    """Return battery and margin; both are left out where they are zero, so absence says nothing of the device."""
    found = []
    level = number(body.get("batteryLevel"), at="$.batteryLevel")
    if level is not None and not (body.get("batteryLevelUnavailable") or body.get("externalPowerSource")):
        found.append(Measurement(sensor, "battery_level", level, "%"))
    margin = number(body.get("margin"), at="$.margin")
    if margin is not None:
        found.append(Measurement(sensor, "link_margin", margin, "dB"))
    return found


def _modem(sensor: str, body: dict[str, Any]) -> Iterator[Measurement]:
    fields = _inner(body.get("object"), "info_fields", _MODEM_DEPTH)
    for name, (quantity, unit) in _MODEM.items():
        said = fields.get(name) if isinstance(fields, dict) else None
        value = number(said.get("value"), at=name) if isinstance(said, dict) else None
        if isinstance(said, dict) and value is not None:
            yield Measurement(sensor, quantity, value, unit, time_of(said.get("timestamp")))


def _inner(value: object, name: str, depth: int) -> object:
    if not isinstance(value, dict) or depth == 0:
        return None
    if name in value:
        return value[name]
    return next((found for inner in value.values() if (found := _inner(inner, name, depth - 1)) is not None), None)
