"""The platforms of China's operators for NB-IoT: what OneNET, CTWing and Huawei's OceanConnect and IoTDA push on.

Each wraps what a device's profile names (`{"temperature": 21.5}`) into JSON of its own.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from city.measurement import Decoded
from ingest.decoders.codec_output import read_codec
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json, parse_object
from ingest.decoders.options import DecoderOptions
from ingest.decoders.paths import at_path, first_text, first_time, refuse
from ingest.decoders.times import aware_ns

#: OneNET's devices: product, device; values by name, or points of a stream.
_ONENET = re.compile(r"\$sys/[^/]+/(?P<device>[^/]+)/(?:thing/property/post|dp/post/json)")
TOPICS = re.compile(r"\$sys/[^/]+/[^/]+/(?:thing/property/post|dp/post/json)")
_STAMP = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
#: OneNET's word for data points, of a message's `type`.
_DATA = 1
#: Where a push of OneNET's puts its message; a text of JSON, or the object itself.
_MESSAGE = "msg"
_EXPECTED = "a report of an NB-IoT platform"


class NbIotDecoder:
    """Decodes what is reported; comings and goings, answers to commands and lifecycles say nothing."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of a report."""
        body = parse_object(payload)
        decoded = Decoded()
        for sensor, values, time_ns in _reports(topic, body):
            one = read_codec(sensor, values, at="$", time_ns=time_ns)
            decoded.measurements += one.measurements
            decoded.observations += one.observations
        self._options.told(decoded.measurements)
        return decoded


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    members = body.members
    if isinstance(members.get("notify_data"), dict) or "notifyType" in members:
        return True
    if "messageType" in members and "deviceId" in members and ("productId" in members or "IMEI" in members):
        return True
    return _MESSAGE in members and ("nonce" in members or "msg_signature" in members or "signature" in members)


def _reports(topic: str, body: dict[str, Any]) -> Iterator[tuple[str, object, int | None]]:
    """Yield device, values and time of each part of a message."""
    by_topic = _ONENET.fullmatch(topic)
    if by_topic is not None:
        yield by_topic["device"], body.get("params", body.get("dp")), None
    elif isinstance(body.get("notify_data"), dict):
        yield from _iotda(body)
    elif "notifyType" in body:
        yield from _oceanconnect(body)
    elif "messageType" in body:
        yield from _ctwing(body)
    elif _MESSAGE in body:
        yield from _onenet(body[_MESSAGE])
    else:
        raise refuse(_EXPECTED, body)


def _iotda(body: dict[str, Any]) -> Iterator[tuple[str, object, int | None]]:
    services = at_path(body, "notify_data.body.services")
    if not isinstance(services, list):
        return
    sensor = first_text(body, ("notify_data.header.device_id", "notify_data.header.node_id"))
    for service in services:
        if isinstance(service, dict):
            time_ns = _stamp(service.get("event_time")) or _stamp(body.get("event_time"))
            yield sensor, service.get("properties"), time_ns


def _oceanconnect(body: dict[str, Any]) -> Iterator[tuple[str, object, int | None]]:
    services = body.get("services", [body.get("service")])
    for service in services if isinstance(services, list) else ():
        if isinstance(service, dict) and isinstance(service.get("data"), dict):
            yield first_text(body, ("deviceId",)), service["data"], _stamp(service.get("eventTime"))


def _ctwing(body: dict[str, Any]) -> Iterator[tuple[str, object, int | None]]:
    values = next((body[key] for key in ("payload", "eventContent") if isinstance(body.get(key), dict)), None)
    if body["messageType"] not in {"dataReport", "eventReport"} or values is None:
        return
    inner = values.get("serviceData", values.get("params", values))
    yield first_text(body, ("deviceId", "IMEI")), inner, first_time(body, ("timestamp",))


def _onenet(message: object) -> Iterator[tuple[str, object, int | None]]:
    message = parse_json(message.encode()) if isinstance(message, str) else message
    for one in message if isinstance(message, list) else [message]:
        if not isinstance(one, dict):
            raise refuse(_EXPECTED, one)
        time_ns = first_time(one, ("at",))
        if one.get("type") == _DATA and isinstance(one.get("ds_id"), str):
            yield first_text(one, ("dev_id", "imei")), _point(one), time_ns
        elif isinstance(at_path(one, "data.params"), Mapping):  # OneNET Studio: the thing model's own form
            yield first_text(one, ("deviceName", "deviceId")), at_path(one, "data.params"), time_ns


def _point(message: Mapping[str, Any]) -> object:
    value = message.get("value")
    return value if isinstance(value, dict) else {message["ds_id"]: value}


def _stamp(said: object) -> int | None:
    """Return the moment of `20151212T121212Z`."""
    if not isinstance(said, str) or _STAMP.fullmatch(said) is None:
        return None
    try:
        return aware_ns(datetime.strptime(said, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC))
    except ValueError:
        return None
