"""ONVIF over MQTT, as the specification has it and Bosch sends it: events (`onvif-ej`) and metadata (`onvif-mj`)."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any, NamedTuple

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement, Observation
from ingest.decoders.camera_events import KEPT, event_of, told, truth
from ingest.decoders.json_body import parse_object
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.decoders.values import checked_name, number_with_unit
from ingest.reasons import Reason

TOPIC = re.compile(r"(?P<prefix>.+?)/onvif-(?P<form>ej|mj)/(?P<path>.+)", re.DOTALL)

#: Level of a topic below `Sensor` or `SensorData` -> quantity and unit (ONVIF Sensor events and metadata).
_SENSORS = {
    "temperature": ("temperature", "°C"),
    "relativehumidity": ("humidity", "%"),
    "humidity": ("humidity", "%"),
    "absolutehumidity": ("absolute_humidity", "g/m³"),
    "airpressure": ("atmospheric_pressure", "hPa"),
    "windspeed": ("wind_speed", "m/s"),
    "winddirection": ("wind_direction", "°"),
    "illuminance": ("illuminance", "lux"),
}
#: Last level of a counting rule -> quantity. One deployed script writes `CountAgregation`.
_COUNTERS = {"counter": "count", "occupancycounter": "occupancy_count"}
#: Members of a thermometer's reading, in kelvin (ONVIF Thermal Service) -> which of several.
_RADIOMETRY = {
    "SpotTemperature": "", "MaxTemperature": "max", "MinTemperature": "min", "AverageTemperature": "avg",
    "MedianTemperature": "median",
}  # fmt: skip
#: Members of `Source` that name the sensor, the most particular first.
_NAMES = ("Rule", "RuleName", "SensorID", "InputToken", "Token", "Source", "VideoSource", "VideoSourceToken")
#: Members of `Data` that tell a state.
_STATES = (
    "State",
    "IsInside",
    "IsMotion",
    "IsTamper",
    "IsSoundDetected",
    "LogicalState",
    "Active",
    "AlarmActive",
    "Failed",
    "Critical",
)
#: Levels of topics that tell of the city, or of a camera that is lost to it; the rest is the device's own business.
_TELLING = {
    "ruleengine", "videosource", "audioanalytics", "videoanalytics", "recognition", "trigger", "hardwarefailure",
    "openapp", "useralarm",
}  # fmt: skip
_MAX_TEXT = 200


class _Address(NamedTuple):
    """What a topic says."""

    prefix: str
    form: str
    path: str


class OnvifMqttDecoder:
    """Decodes events and metadata; the topic says what is measured, and the source who measures."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return what a message says."""
        found = TOPIC.fullmatch(topic)
        if found is None:
            raise UndecodableMessage(Reason.BAD_TOPIC, expected="…/onvif-ej/… or …/onvif-mj/…", got=topic, at="topic")
        address = _Address(*found.groups())
        body = parse_object(payload)
        decoded = _metadata(address, body) if address.form == "mj" else _event(address, body)
        self._options.told(decoded.measurements)
        return decoded


def _metadata(address: _Address, body: dict[str, Any]) -> Decoded:
    decoded = Decoded()
    for data in _dicts(body.get("SensorData", body if "Value" in body else None)):
        source = {"SensorID": data.get("@SensorID", data.get("SensorID"))}
        time_ns = time_of(data.get("@UtcTime", data.get("UtcTime")), UTC)
        decoded.measurements += _measured(address, source, data, time_ns)
    for part in _dicts(body.get("VideoAnalytics", body)):  # since 2022 the topic alone says what it is
        for frame in _dicts(part.get("Frame")):
            decoded.observations += _scene(address, frame)
    return decoded


def _event(address: _Address, body: dict[str, Any]) -> Decoded:
    data, source = body.get("Data"), body.get("Source")
    data, source = data if isinstance(data, dict) else {}, source if isinstance(source, dict) else {}
    if body.get("PropertyOperation") == "Deleted":
        return Decoded()
    time_ns = time_of(body.get("UtcTime"), UTC)  # its name says so where it does not
    path = _plain(address.path)
    measured = _values(address, path.lower().split("/"), source, data, time_ns)
    if measured is not None:
        return Decoded(list(measured))
    if not _TELLING & set(path.lower().split("/")):
        return Decoded()
    return Decoded(observations=[_observation(_sensor(address, source), path, data, time_ns)])


def _values(
    address: _Address, levels: list[str], source: Mapping[str, Any], data: Mapping[str, Any], time_ns: int | None
) -> Iterator[Measurement] | None:
    """Return what an event measures; None for one that tells a state."""
    if "sensor" in levels:
        return _measured(address, source, data, time_ns)
    sensor, last = _sensor(address, source), levels[-1]
    if "Count" in data and (last in _COUNTERS or "ruleengine" in levels or "videoanalytics" in levels):
        return _one(sensor, _COUNTERS.get(last, "object_count"), "", data["Count"], time_ns)
    if last == "processorusage":
        return _one(sensor, "cpu_usage", "%", data.get("Value"), time_ns)
    if "radiometry" in levels and isinstance(data.get("Reading"), dict):
        return _radiometry(sensor, data["Reading"], time_ns)
    state = truth(data.get("LogicalState")) if last == "digitalinput" else None
    return None if state is None else _one(sensor, "digital_input", "", state, time_ns)


def _plain(path: str) -> str:
    """Return a topic's levels without the source and without namespaces, which some makers leave in."""
    return "/".join(level.rpartition(":")[2] for level in path.partition("/&")[0].split("/"))


def _measured(
    address: _Address, source: Mapping[str, Any], data: Mapping[str, Any], time_ns: int | None
) -> Iterator[Measurement]:
    """Yield the value of a sensor; its `Threshold` is a setting."""
    levels = _plain(address.path).split("/")
    place = next((place for place, level in enumerate(levels) if level.lower() in {"sensor", "sensordata"}), None)
    word = levels[place + 1] if place is not None and place + 1 < len(levels) else "value"
    quantity, unit = _SENSORS.get(word.lower(), (checked_name(word, at="topic"), None))
    yield from _one(_sensor(address, source), quantity, unit, data.get("Value"), time_ns)


def _radiometry(sensor: str, reading: Mapping[str, Any], time_ns: int | None) -> Iterator[Measurement]:
    """Yield the temperatures of a spot or a box; several boxes of one rule are told apart by their own ids."""
    for box in (reading, *(one for inner in reading.values() for one in _dicts(inner))):
        item = box.get("@ItemID", box.get("ItemID"))
        name = checked_name(f"{sensor}/{item}" if isinstance(item, str | int) and item != "" else sensor, at="$.Data")
        for member, label in _RADIOMETRY.items():
            parsed = number_with_unit(box.get(f"@{member}", box.get(member)), at=f"$.Data.{member}")
            if parsed is not None:
                yield Measurement(name, "temperature", parsed[0], "K", time_ns, label=label)


def _one(sensor: str, quantity: str, unit: str | None, said: object, time_ns: int | None) -> Iterator[Measurement]:
    parsed = number_with_unit(said, at="$.Data")
    if parsed is not None:
        yield Measurement(sensor, quantity, parsed[0], unit, time_ns)


def _sensor(address: _Address, source: Mapping[str, Any]) -> str:
    named = next((str(source[name]) for name in _NAMES if source.get(name)), "")
    if not named:
        named = address.path.partition("/&")[2].rpartition("/")[2]
    return checked_name(f"{address.prefix}/{named}" if named else address.prefix, at="$.Source")


def _observation(sensor: str, path: str, data: Mapping[str, Any], time_ns: int | None) -> Observation:
    active = next((truth(data[name]) for name in _STATES if name in data), None)
    attributes: dict[str, str | float | bool] = {"active": active} if active is not None else {}
    for key, value in data.items():
        if key.lower() in KEPT and isinstance(value, str | int | float) and key not in _STATES:
            attributes[key] = value[:_MAX_TEXT] if isinstance(value, str) else value
    kind = _kind(data["Object"]) if isinstance(data.get("Object"), dict) else "Unknown"
    if kind != "Unknown":
        attributes["class"] = kind[:_MAX_TEXT]
    return Observation(sensor, checked_name(told(event_of(path), active=active), at="topic"), time_ns, attributes)


def _scene(address: _Address, frame: Mapping[str, Any]) -> Iterator[Observation]:
    """Yield how many objects of each class a frame holds; who they are and where they stand is not kept."""
    counts = Counter(checked_name(_kind(thing), at="$.Frame.Object") for thing in _dicts(frame.get("Object")))
    if counts:
        yield Observation(
            checked_name(address.prefix, at="topic"), "scene", time_of(frame.get("@UtcTime"), UTC), dict(counts)
        )


def _kind(thing: Mapping[str, Any]) -> str:
    kind: object = thing.get("Appearance")
    for step in ("Class", "Type"):
        kind = kind.get(step) if isinstance(kind, dict) else None
    kind = kind[0] if isinstance(kind, list) and kind else kind
    word = kind.get("#text") if isinstance(kind, dict) else kind
    return word if isinstance(word, str) and word else "Unknown"


def _dicts(value: object) -> Iterator[dict[str, Any]]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield one
