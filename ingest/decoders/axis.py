"""Axis cameras: counters and states of Object Analytics, scenes and tracks, parking spaces, metadata streams."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement, Observation
from ingest.decoders.camera_events import KEPT, event_of, told, truth
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.known import Known
from ingest.decoders.metadata_stream import notifications
from ingest.decoders.options import DecoderOptions
from ingest.decoders.sentinels import is_no_value
from ingest.decoders.times import time_of
from ingest.decoders.values import checked_name, number, number_with_unit
from ingest.reasons import Reason

_NAMESPACE = re.compile(r"\b(?:tns\w*|axis|onvif):")
#: Longest text that an event keeps of one of its members.
_MAX_TEXT = 200
#: Members by which an event says that a state holds.
_STATES = frozenset(
    {
        "active",
        "state",
        "triggered",
        "motion",
        "logicalstate",
        "ismotion",
        "issounddetected",
        "day",
        "tampering",
        "tamper",
        "sensor_level",
        "disruption",
        "fan_failure",
        "limit_exceeded",
    }
)
#: What Object Analytics counts, where the name of the count is that of the class alone.
_CLASSES = frozenset({"human", "car", "bus", "truck", "bike", "motorcycle/bicycle", "othervehicle", "vehicle"})

#: Values of an air quality sensor (AXIS D6310), by their member in lower case.
_AIR = {
    "temperature": Known("temperature", "°C"),
    "humidity": Known("humidity", "%"),
    "co2": Known("co2", "ppm"),
    "nox": Known("nox_index", ""),
    "voc": Known("voc_index", ""),
    "pm1.0": Known("pm1", "µg/m³"),
    "pm2.5": Known("pm25", "µg/m³"),
    "pm4.0": Known("pm4", "µg/m³"),
    "pm10.0": Known("pm10", "µg/m³"),
    "aqi": Known("air_quality_index", ""),
    "heatindex": Known("heat_index", "°C"),
    "vaping": Known("vaping", ""),
}
#: What a camera tells of its disk; below zero it says that it cannot tell.
_DISK = {"temperature": Known("device_temperature", "°C"), "wear": Known("disk_wear", "%")}


class AxisDecoder:
    """Decodes the forms that Axis sends over MQTT, and the metadata stream."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return what a message says."""
        if payload.lstrip()[:1] == b"<":
            return _from_stream(topic, payload)
        body = _event_body(parse_object(payload))
        frame = body.get("frame", body if _is_frame(body) else None)
        if isinstance(frame, dict):
            return Decoded(observations=_scene(topic, frame))
        if isinstance(body.get("classes"), list):
            return Decoded(observations=[_track(topic, body)])
        if "spaceID" in body:
            return Decoded(self._options.told([_parking(body)]))
        decoded = _event(topic, body)
        self._options.told(decoded.measurements)
        return decoded


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    if body.first == b"<":
        return b"MetadataStream" in body.payload[:1024]
    members = _event_body(body.members)
    if isinstance(members.get("message"), dict) and isinstance(members.get("topic"), str):
        return "data" in members["message"] and _NAMESPACE.match(members["topic"]) is not None
    frame = members.get("frame")
    if isinstance(frame, dict) and isinstance(frame.get("observations"), list):
        return True
    if _is_frame(members):
        return True
    return body.has("classes", "observations", "start_time") or body.has("device", "spaceID", "state")


def _event_body(body: dict[str, Any]) -> dict[str, Any]:
    """Return the event itself, which the WebSocket stream wraps as a notification of its interface."""
    inner: object = body.get("params")
    inner = inner.get("notification") if isinstance(inner, dict) else None
    return inner if isinstance(inner, dict) else body


def _is_frame(body: Mapping[str, Any]) -> bool:
    """Return whether a body is a scene's frame without its wrapper."""
    observed = body.get("observations")
    if not isinstance(observed, list) or "timestamp" not in body:
        return False
    return all(isinstance(one, dict) and "track_id" in one for one in observed)


def _event(topic: str, body: dict[str, Any]) -> Decoded:
    message = body.get("message")
    data = message.get("data") if isinstance(message, dict) else None
    if not isinstance(data, dict):
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="`message.data`", got=", ".join(body), at="$")
    path = _NAMESPACE.sub("", str(body.get("topic") or "/".join(topic.split("/")[3:])))
    sensor = checked_name(_sensor(topic, body.get("serial"), path), at="$.topic", reason=Reason.NO_SENSOR)
    time_ns = time_of(body.get("timestamp"))
    return _told(sensor, path, message.get("source") if isinstance(message, dict) else None, data, time_ns)


def _told(sensor: str, path: str, source: object, data: Mapping[str, Any], time_ns: int | None) -> Decoded:
    """Return what an event's data say, whichever way the event came."""
    if "ObjectAnalytics" in path and any(key.startswith("total") for key in data):
        return Decoded(list(_counts(sensor, data, time_ns)))
    if path.startswith("AirQualityMonitor"):
        return Decoded(list(_air(sensor.rpartition("/")[0] or sensor, data, time_ns)))
    measured = list(_disk(sensor, source, data, time_ns)) if path.startswith("Storage/") else []
    return Decoded(measured, list(_states(sensor, path, data, time_ns)))


def _sensor(topic: str, serial: object, path: str) -> str:
    """Return serial and scenario; the camera's own word for itself before what its topic has before `event`."""
    before, event, _ = topic.partition("/event/")
    by_topic = before.removeprefix("axis/") if event else ""
    device = serial if isinstance(serial, str) and serial else by_topic
    last = path.rstrip("/").rpartition("/")[2]
    return "/".join(part for part in (device, last) if part)


def _counts(sensor: str, data: Mapping[str, Any], time_ns: int | None) -> Iterator[Measurement]:
    """Yield counts by class: totals since a start where the message tells one, else what is there at the moment."""
    quantity = "crossing_count_total" if {"startTime", "resetTime"} & data.keys() else "object_count"
    has_totals = any(key.startswith("total") and key != "total" for key in data)
    for key, said in data.items():
        is_count = key.startswith("total") or (key.lower() in _CLASSES and not has_totals)
        parsed = number_with_unit(said, at=f"$.message.data.{key}") if is_count else None
        if parsed is not None:
            label = key.removeprefix("total") or "all"
            yield Measurement(sensor, quantity, parsed[0], "", time_ns, label=checked_name(label, at="$.message.data"))


def _air(sensor: str, data: Mapping[str, Any], time_ns: int | None) -> Iterator[Measurement]:
    """Yield what an air quality sensor (AXIS D6310) measures; its indexes are Sensirion's and have no unit."""
    for key, said in data.items():
        known = _AIR.get(key.lower())
        parsed = number_with_unit(said, at=f"$.message.data.{key}")
        if known is not None and parsed is not None and not is_no_value(known.quantity, parsed[0], known.unit):
            yield Measurement(sensor, known.quantity, parsed[0], known.unit, time_ns)


def _disk(sensor: str, source: object, data: Mapping[str, Any], time_ns: int | None) -> Iterator[Measurement]:
    """Yield how warm and how worn a camera's disk is, under the camera and the disk's own name."""
    disk = source.get("disk_id") if isinstance(source, dict) else None
    whose = f"{sensor.rpartition('/')[0]}/{disk}".lstrip("/") if isinstance(disk, str) and disk else sensor
    checked_name(whose, at="$.message.source")
    for key, known in _DISK.items():
        parsed = number_with_unit(data.get(key), at=f"$.message.data.{key}")
        if parsed is not None and parsed[0] >= 0:
            yield Measurement(whose, known.quantity, parsed[0], known.unit, time_ns)


def _states(sensor: str, path: str, data: Mapping[str, Any], time_ns: int | None) -> Iterator[Observation]:
    """Yield the event that a state tells of; what tells none, such as a disk's health, is nothing of the city's."""
    active = next((truth(said) for name, said in data.items() if name.lower() in _STATES), None)
    if active is None:
        return
    attributes: dict[str, str | float | bool] = {"active": active}
    for key, value in data.items():
        if key.lower() in KEPT and isinstance(value, str) and value:
            attributes[key] = value[:_MAX_TEXT]
    event = "object" if "ObjectAnalytics" in path else event_of(path)
    yield Observation(sensor, told(event, active=active), time_ns, attributes)


def _from_stream(topic: str, payload: bytes) -> Decoded:
    decoded = Decoded()
    serial = topic.split("/")[1] if topic.startswith("axis/") and topic.count("/") > 2 else ""
    for note in notifications(payload):
        if note.operation == "Deleted":
            continue
        path = _NAMESPACE.sub("", note.topic)
        within = path.removeprefix("CameraApplicationPlatform/")
        device = serial if serial else topic
        sensor = checked_name("/".join(part for part in (device, within) if part), at="Topic", reason=Reason.NO_SENSOR)
        said = _told(sensor, path, note.source, note.data, note.time_ns)
        decoded.measurements += said.measurements
        decoded.observations += said.observations
    return decoded


def _scene(topic: str, frame: dict[str, Any]) -> list[Observation]:
    """Return how many objects of each class a frame holds; their pictures and clothes are not kept."""
    counts: Counter[str] = Counter()
    observed = frame.get("observations")
    for seen in observed if isinstance(observed, list) else []:
        kind = seen.get("class") if isinstance(seen, dict) else None
        word = kind.get("type") if isinstance(kind, dict) else None
        counts[checked_name(word, at="$.frame.observations") if word is not None else "Unknown"] += 1
    if not counts:
        return []
    sensor = checked_name(topic, at="topic", reason=Reason.NO_SENSOR)
    return [Observation(sensor, "scene", time_of(frame.get("timestamp")), dict(counts))]


def _track(topic: str, body: dict[str, Any]) -> Observation:
    best = max((one for one in body["classes"] if isinstance(one, dict)), key=_score, default={})
    attributes: dict[str, str | float | bool] = {"score": _score(best)}
    if isinstance(best.get("type"), str):
        attributes["class"] = best["type"][:_MAX_TEXT]
    duration_s = number(body.get("duration"), at="$.duration")
    if duration_s is not None:
        attributes["duration"] = duration_s
    sensor = checked_name(topic, at="topic", reason=Reason.NO_SENSOR)
    return Observation(sensor, "track", time_of(body.get("end_time")), attributes)


def _score(one: dict[str, Any]) -> float:
    score = number(one.get("score"), at="score")
    return score if score is not None else 0.0


def _parking(body: dict[str, Any]) -> Measurement:
    """Return whether a space is taken; the plate of who took it is not kept."""
    state = truth(body.get("state"))
    if state is None:
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="`state`", got=body.get("state"), at="$.state")
    sensor = checked_name(f"{body.get('device', '')}/{body['spaceID']}".lstrip("/"), at="$.spaceID")
    return Measurement(sensor, "occupied", float(state), "", time_of(body.get("timestamp")))
