"""FIWARE NGSI: entities in all four spellings (v2 and LD, key-values and normalized), notifications, IoT Agents."""

import re
from collections.abc import Iterator
from typing import Any

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement, Observation
from city.quality import Quality
from ingest.decoders.family import Body
from ingest.decoders.fiware_names import (
    BY_TYPE,
    GENERIC,
    NOT_MEASURED,
    PASSED,
    POLLEN,
    POLLEN_LEVEL,
    RATIO,
    SINGLE,
    Attribute,
)
from ingest.decoders.json_body import parse_json
from ingest.decoders.options import DecoderOptions
from ingest.decoders.plain_words import meaning
from ingest.decoders.times import time_of
from ingest.decoders.values import checked_name, number_with_unit
from ingest.reasons import Reason

#: Times of the whole entity, in order of trust; of an interval its end.
_ENTITY_TIMES = ("dateObservedTo", "TimeInstant", "dateObserved", "observationDateTime", "dateModified")
#: Topics of IoT Agents for JSON and for UltraLight.
FILTERS = ("/+/+/attrs", "/json/+/+/attrs", "/json/+/+/attrs/+", "/ul/+/+/attrs", "/ul/+/+/attrs/+")
#: Ids that carry a time would make every message a sensor of its own.
_TIME_IN_ID = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}")

#: What the model of a parking spot says of it; a spot that is closed, or of which nobody knows, says nothing.
_STATES = {
    "occupied": {"free": 0.0, "occupied": 1.0},
    "switch_state": {"on": 1.0, "off": 0.0, "low": 1.0},
}
#: Characters of a text that an event keeps.
_MAX_TEXT = 100


class FiwareDecoder:
    """Decodes entities; an attribute that no data model calls a measurement is left alone."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options
        self._zone = options.zone

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of every entity in the message."""
        device = _agent_device(topic)
        body = _measures(topic, payload) if device is not None else parse_json(payload)
        found: list[Measurement] = []
        passed: list[Observation] = []
        for entity in _entities(body):
            if device is not None and not _is_entity(entity):
                entity = {**entity, "id": device, "type": ""}
            if entity.get("type") == PASSED and _is_entity(entity):
                passed.append(self._passed(entity))
                continue
            found += self._measurements(entity)
        return Decoded(self._options.told(found), passed)

    def _passed(self, entity: dict[str, Any]) -> Observation:
        """Return that a vehicle passed, how fast, where to and in which lane; whose it was is not told."""
        seen = _plain(entity.get("observedVehicle"))
        seen = seen if isinstance(seen, dict) else {}
        attributes: dict[str, str | float | bool] = {}
        speed = number_with_unit(_plain(seen.get("speed")), at="$.observedVehicle.speed")
        if speed is not None:
            attributes["speed"] = speed[0]
        for name, said in (("direction", seen.get("direction")), ("lane", entity.get("laneId"))):
            word = _plain(said)
            if isinstance(word, str | int) and not isinstance(word, bool):
                attributes[name] = str(word)[:_MAX_TEXT]
        sensor = checked_name(self._sensor(entity), at="$.id")
        return Observation(sensor, "vehicle_passed", self._entity_time(entity), attributes)

    def _measurements(self, entity: dict[str, Any]) -> list[Measurement]:
        if not _is_entity(entity):
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="`id` and `type`", got=", ".join(entity), at="$")
        sensor = checked_name(self._sensor(entity), at="$.id")
        time_ns = self._entity_time(entity)
        bad = Quality.BAD if _plain(entity.get("outlier")) is True else Quality.GOOD
        found = _generic_measurement(entity) if entity["type"] in SINGLE else _attributes(entity)
        measurements = []
        for known, attribute in found:
            measurement = _measurement(sensor, known, attribute)
            if measurement is not None:
                own_ns = self._attribute_time(attribute)
                measurement.time_ns = own_ns if own_ns is not None else time_ns
                measurement.quality |= bad
                measurements.append(measurement)
        return measurements

    def _sensor(self, entity: dict[str, Any]) -> object:
        device = _plain(entity.get("refDevice"))
        device = device[0] if isinstance(device, list) and device else device
        entity_id = entity["id"]
        by_device = self._options.sensor == "device" or entity["type"] in SINGLE
        if isinstance(device, str) and device and (by_device or _TIME_IN_ID.search(str(entity_id))):
            return device
        return entity_id

    def _entity_time(self, entity: dict[str, Any]) -> int | None:
        for name in _ENTITY_TIMES:
            time_ns = time_of(_plain(entity.get(name)), self._zone)
            if time_ns is not None:
                return time_ns
        return None

    def _attribute_time(self, attribute: object) -> int | None:
        if not isinstance(attribute, dict):
            return None
        metadata = attribute.get("metadata")
        said = [attribute.get("observedAt")]
        if isinstance(metadata, dict):
            said += [_plain(metadata.get("TimeInstant")), _plain(metadata.get("timestamp"))]
        return next((time_ns for value in said if (time_ns := time_of(value, self._zone)) is not None), None)


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    if isinstance(body.json, list):
        return bool(body.json) and all(isinstance(entity, dict) and _is_entity(entity) for entity in body.json)
    told = body.members.get("data")
    if isinstance(told, list) and told and all(isinstance(entity, dict) and _is_entity(entity) for entity in told):
        return True
    return "subscriptionId" in body.members or _is_entity(body.members)


#: An IoT Agent's topic: `/<apikey>/<device>/attrs`, or after `/json` or `/ul`, where one attribute may follow.
#: Members by which gateways of Bluetooth's broadcasts (Theengs) tell the make of a beacon of some type.
#: And one by which an envelope of events is known (CloudEvents).
_NO_ENTITY = frozenset({"model_id", "mac_type", "adv_type", "specversion"})
_HARDWARE = re.compile(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")
_AGENT = re.compile(r"/(?:[^/]+/(?P<device>[^/]+)/attrs|(?:json|ul)/[^/]+/(?P<named>[^/]+)/attrs(?:/(?P<one>[^/]+))?)")


def _agent_device(topic: str) -> str | None:
    """Return the device of an IoT Agent's topic."""
    found = _AGENT.fullmatch(topic)
    device = found and (found["named"] or found["device"])
    return checked_name(device, at="topic", reason=Reason.BAD_TOPIC) if device else None


def _measures(topic: str, payload: bytes) -> object:
    """Return what a device tells its IoT Agent: JSON, one value, or UltraLight's `name|value|name|value#…`."""
    found = _AGENT.fullmatch(topic)
    text = payload.strip()
    if found is not None and found["one"]:
        return {found["one"]: text[:64].decode("utf-8", "replace")}
    if text[:1] in {b"{", b"["} or b"|" not in text:
        return parse_json(payload)
    return [_ultralight(group) for group in text.decode("utf-8", "replace").split("#")[:_MAX_GROUPS]]


def _ultralight(group: str) -> dict[str, object]:
    """Return one group of measures, with the time that may stand before it."""
    words = group.split("|")
    measures: dict[str, object] = {}
    if len(words) % 2:
        measures["TimeInstant"], words = words[0], words[1:]
    measures.update(zip(words[::2], words[1::2], strict=True))
    return measures


#: Groups of measures that one message may hold, and instances of one attribute.
_MAX_GROUPS, _MOST_INSTANCES = 1000, 10_000


def _entities(body: object) -> list[dict[str, Any]]:
    data = body.get("data") if isinstance(body, dict) else None
    if isinstance(body, dict) and isinstance(data, list | dict):
        is_told = "subscriptionId" in body or body.get("type") == "Notification"
        body = data if is_told or (isinstance(data, list) and not _is_entity(body)) else body
    entities: list[dict[str, Any]] = []
    for entity in body if isinstance(body, list) else [body]:
        if not isinstance(entity, dict):
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="an entity", got=type(entity).__name__, at="$")
        entities.append(entity)
    return entities


def _is_entity(entity: dict[str, Any]) -> bool:
    """Return whether a body has an entity's name and type; of a record the type is what was measured."""
    kind = entity.get("type")
    if not isinstance(entity.get("id"), str) or not isinstance(kind, str):
        return False
    is_record = "value" in entity and meaning(entity["id"]) is not None
    if _HARDWARE.fullmatch(entity["id"]):  # a device, of whose types there are as many as makers
        return False
    return meaning(kind) is None and not is_record and _NO_ENTITY.isdisjoint(entity)


def _attributes(entity: dict[str, Any]) -> list[tuple[Attribute, object]]:
    """Return the attributes that are measurements: by the entity's own model, else by what names mean everywhere."""
    if entity["type"].endswith(NOT_MEASURED):
        return []
    known = BY_TYPE.get(entity["type"], GENERIC)
    if entity["type"] == POLLEN:
        plants = (name for name in entity if f"{name}{POLLEN_LEVEL}" in entity)
        known = {plant: Attribute("pollen", None, plant) for plant in plants if plant.isprintable()}
    found: list[tuple[Attribute, object]] = []
    for path, attribute in known.items():
        name, dot, member = path.partition(".")
        value = entity.get(name)
        if dot:
            value = _plain(value)
            value = value.get(member) if isinstance(value, dict) else None
        if value is not None:
            found += [(attribute, one) for one in _instances(value)]
    return found if entity["type"] in BY_TYPE or entity["type"] == POLLEN else [*found, *_by_words(entity)]


def _instances(value: object) -> Iterator[object]:
    """Yield an attribute's instances: one, several of a list, or those of the temporal form, `values: [[v, time]]`."""
    for one in value if isinstance(value, list) else [value]:
        pairs = one.get("values") if isinstance(one, dict) and "value" not in one else None
        if not isinstance(pairs, list) or not isinstance(one, dict):
            yield one
            continue
        for pair in pairs[:_MOST_INSTANCES]:
            if isinstance(pair, list) and len(pair) == 2:
                yield {**one, "value": pair[0], "observedAt": pair[1]}


def _by_words(entity: dict[str, Any]) -> Iterator[tuple[Attribute, object]]:
    """Yield the attributes of an entity of no known model whose names are words that mean one thing everywhere."""
    for name, value in entity.items():
        known, telling = (meaning(name) if name not in GENERIC else None) or (None, False)
        if known is not None and telling:
            for one in _instances(value):
                yield Attribute(known.quantity, known.unit, known.label), one


def _generic_measurement(entity: dict[str, Any]) -> list[tuple[Attribute, object]]:
    """Return the one value of a DeviceMeasurement, whose quantity is a value of its own."""
    quantity = checked_name(_plain(entity.get("controlledProperty")), at="$.controlledProperty")
    return [(Attribute(quantity), entity.get("numValue"))]


def _measurement(sensor: str, known: Attribute, attribute: object) -> Measurement | None:
    said = _plain(attribute)
    if known.quantity in _STATES and isinstance(said, str):
        said = _STATES[known.quantity].get(said.lower())
    parsed = number_with_unit(said, at=f"$.{known.quantity}")
    if parsed is None:
        return None
    value, unit = parsed
    unit = unit if unit is not None else _unit_code(attribute)
    if unit is None:
        unit = _ratio_unit(value) if known.unit == RATIO else known.unit
    return Measurement(sensor, known.quantity, value, unit, label=known.label or _dataset(attribute))


def _plain(attribute: object) -> Any:  # noqa: ANN401 - JSON
    """Return an attribute's value, whichever spelling it has."""
    if isinstance(attribute, dict):
        for member in ("value", "object", "@value"):
            if member in attribute:
                return _plain(attribute[member])
    return attribute


def _unit_code(attribute: object) -> str | None:
    if not isinstance(attribute, dict):
        return None
    metadata = attribute.get("metadata")
    said = metadata if isinstance(metadata, dict) else {}
    code = attribute.get("unitCode", _plain(said.get("unitCode", said.get("unit"))))
    return code if isinstance(code, str) and code else None


def _dataset(attribute: object) -> str:
    name = attribute.get("datasetId") if isinstance(attribute, dict) else None
    return checked_name(name, at="datasetId").rpartition(":")[2] if name is not None else ""


def _ratio_unit(value: float) -> str:
    return "1" if value <= 1 else "%"
