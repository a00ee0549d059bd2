"""Home Assistant's MQTT discovery: retained descriptions that say what otherwise bare topics carry."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement
from ingest.decoders.ha_components import LONG, Stated, stated
from ingest.decoders.ha_template import Lookup, read_template
from ingest.decoders.json_body import parse_json, parse_object
from ingest.decoders.memory import Memory
from ingest.decoders.options import DecoderOptions
from ingest.decoders.values import checked_name
from ingest.reasons import Reason
from ingest.telemetry import METRICS_DROPPED
from ingest.templates.value import single_value

#: Device class -> quantity; others are quantities by their own name.
_CLASSES = {
    "battery": "battery_level", "carbon_dioxide": "co2", "carbon_monoxide": "co", "volatile_organic_compounds": "tvoc",
    "moisture": "humidity", "signal_strength": "rssi", "sound_pressure": "noise_level", "irradiance": "solar_radiation",
    "precipitation_intensity": "rain_intensity", "nitrogen_dioxide": "no2", "ozone": "o3", "sulphur_dioxide": "so2",
    "aqi": "air_quality_index", "wind_speed": "wind_speed", "weight": "mass", "duration": "duration", "water": "water",
}  # fmt: skip
#: Device class of a binary sensor -> the state that ON stands for.
_STATES = {
    "door": "door_open", "garage_door": "door_open", "opening": "door_open", "window": "window_open",
    "motion": "motion", "occupancy": "occupied", "presence": "occupied", "moisture": "water_leak", "smoke": "smoke",
    "gas": "gas", "carbon_monoxide": "carbon_monoxide_alarm", "tamper": "tamper", "vibration": "vibration",
    "problem": "problem", "power": "powered", "plug": "plugged", "battery": "battery_low", "connectivity": "connected",
}  # fmt: skip
#: Entities of one topic: a bridge describes dozens of values of one device's body.
_MAX_ENTITIES = 200


class Entity(msgspec.Struct, frozen=True):
    """What one description says of a topic's values; path None: the body is the value."""

    sensor: str
    quantity: str
    unit: str | None
    label: str
    path: str | None = None
    factor: float = 1.0
    words: dict[str, float] = {}


class Described(msgspec.Struct, frozen=True):
    """The entities of one state topic, by the description that told them."""

    entities: dict[str, Entity] = {}


class Describing(msgspec.Struct, frozen=True):
    """The state topics that one description told of, each with the name of its entity there."""

    told: tuple[tuple[str, str], ...] = ()


class HaDiscoveryDecoder:
    """Learns what topics carry, and decodes the messages of topics that it learned."""

    def __init__(self, options: DecoderOptions, memory: Memory) -> None:
        self._options, self._memory = options, memory

    def knows(self, topic: str) -> bool:
        """Return whether a description told what this topic carries."""
        return self._memory.recall(_key(topic), Described) is not None

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of a described topic; of a description nothing, which is remembered."""
        described = self._memory.recall(_key(topic), Described)
        if described is not None:
            return Decoded(self._options.told(list(_values(described, payload))))
        if topic.rpartition("/")[2] == "config":
            self._learn(topic, _written_out(parse_object(payload)))
            return Decoded()
        if topic.startswith("homeassistant/"):
            return _undescribed(topic, payload)
        raise UndecodableMessage(Reason.UNKNOWN_TOPIC, expected="a topic that was described", got=topic, at="topic")

    def forget(self, topic: str) -> None:
        """Forget what a description told whose retained message was deleted."""
        describing = self._memory.recall(_config_key(topic), Describing)
        if describing is None:
            return
        self._memory.forget(_config_key(topic))
        for state_topic, name in describing.told:
            described = self._memory.recall(_key(state_topic), Described)
            left = {key: one for key, one in described.entities.items() if key != name} if described is not None else {}
            if left:
                self._memory.learn(_key(state_topic), Described(left), entries=len(left))
            else:
                self._memory.forget(_key(state_topic))

    def _learn(self, topic: str, config: dict[str, Any]) -> None:
        told = tuple(self._entities(topic, config))
        if told and self._memory.recall(_config_key(topic), Describing) != Describing(told):
            self._memory.learn(_config_key(topic), Describing(told))

    def _entities(self, topic: str, config: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Learn what a description tells, and yield each state topic with the name of its entity."""
        component, _, rest = topic.removesuffix("/config").partition("/")[2].partition("/")
        inner = config.get("components")
        if component == "device" and isinstance(inner, dict):
            shared = {key: value for key, value in config.items() if key != "components"}
            for name, one in inner.items():
                if isinstance(one, dict):
                    yield from self._entity(f"{rest}/{name}", str(one.get("platform")), {**shared, **one})
        else:
            yield from self._entity(rest, component, config)

    def _entity(self, name: str, component: str, config: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for told in stated(component, config):
            lookup = read_template(told.template)
            if lookup is None:
                continue
            entity = _entity_of(name, component, config, told, lookup)
            described = self._memory.recall(_key(told.topic), Described)
            known = described.entities if described is not None else {}
            part = f"{name}#{told.part}" if told.part else name
            if known.get(part) != entity and len(known) < _MAX_ENTITIES:
                entities = {**known, part: entity}
                self._memory.learn(_key(told.topic), Described(entities), entries=len(entities))
            yield told.topic, part


def _undescribed(topic: str, payload: bytes) -> Decoded:
    """Return nothing for its own status and for bare states that it republishes, which are counted.

    Raises:
        UndecodableMessage: several values together, which somebody's description will name.
    """
    if payload.lstrip()[:1] in {b"{", b"["}:
        raise UndecodableMessage(Reason.NEEDS_BIRTH, expected="a description of this topic", got=topic, at="topic")
    if topic != "homeassistant/status":
        METRICS_DROPPED.labels("undescribed").inc()
    return Decoded()


def _key(topic: str) -> str:
    return f"ha/{topic}"


def _config_key(topic: str) -> str:
    return f"ha-config/{topic}"


def _written_out(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a description without abbreviations and without `~`, which stands for the base topic."""
    full = {LONG.get(key, key): _inner(LONG.get(key, key), value) for key, value in config.items()}
    base = full.get("~")
    if isinstance(base, str):
        full = {key: _based(value, base) for key, value in full.items()}
    return full


def _inner(key: str, value: object) -> object:
    if not isinstance(value, dict):
        return value
    if key == "components":  # their names are the publisher's own
        return {name: _written_out(one) if isinstance(one, dict) else one for name, one in value.items()}
    return _written_out(value)


def _based(value: object, base: str) -> object:
    if isinstance(value, dict):
        return {key: _based(inner, base) for key, inner in value.items()}
    if not isinstance(value, str) or not (value.startswith("~") or value.endswith("~")):
        return value
    return base + value[1:] if value.startswith("~") else value[:-1] + base


def _entity_of(name: str, component: str, config: Mapping[str, Any], told: Stated, lookup: Lookup) -> Entity:
    kind = str(config.get("device_class") or "")
    own = str(config.get("object_id") or name.rpartition("/")[2])
    unit = config.get("unit_of_measurement") if told.unit is None else told.unit
    if told.quantity is not None:
        quantity, label = told.quantity, own
    elif component == "binary_sensor":
        quantity, label = _STATES.get(kind, "binary_state"), own
    else:
        quantity, label = (_quantity(kind, unit), own) if kind else (own, "")
    return Entity(
        sensor=checked_name(_sensor(name, config), at="$.device.identifiers", reason=Reason.NO_SENSOR),
        quantity=checked_name(quantity, at="$.device_class"),
        unit=unit[:32] if isinstance(unit, str) and (unit or told.words) else None,
        label=label[:100].strip(),
        path=lookup.path,
        factor=lookup.factor,
        words=told.words,
    )


def _quantity(kind: str, unit: object) -> str:
    if kind in {"pressure", "atmospheric_pressure"} and unit in {"hPa", "mbar", "inHg", "mmHg"}:
        return "atmospheric_pressure"
    return _CLASSES.get(kind, kind)


def _sensor(name: str, config: Mapping[str, Any]) -> str:
    """Return the device's first identifier, else its first address; without a device the entity is one by itself."""
    device = config.get("device")
    ids = device.get("identifiers") or device.get("connections") if isinstance(device, dict) else None
    first = ids[0] if isinstance(ids, list) and ids else ids
    if isinstance(first, list) and first:
        first = first[-1]
    return str(first) if isinstance(first, str | int) else str(config.get("unique_id") or name)


def _values(described: Described, payload: bytes) -> Iterator[Measurement]:
    entities = described.entities.values()
    is_json = any(entity.path is not None for entity in entities)
    body = parse_json(payload) if is_json else None
    text = payload.decode("utf-8", "replace").strip()
    for entity in entities:
        said = Lookup(entity.path).find(body) if entity.path is not None else text
        parsed = _parsed(entity, said) if said is not None else None
        if parsed is not None:
            yield Measurement(
                entity.sensor, entity.quantity, parsed[0] * entity.factor, entity.unit, label=entity.label
            )


def _parsed(entity: Entity, said: object) -> tuple[float, str | None] | None:
    """Return a value; None for a text of an entity without a unit, whose states are texts as often as numbers.

    Raises:
        UndecodableMessage: it is neither a number nor a word that the description tells.
    """
    try:
        return single_value(_as_word(said), entity.words, at=entity.path or "$")
    except UndecodableMessage as error:
        if entity.unit is None and not entity.words and error.reason is Reason.WRONG_SHAPE:
            return None
        raise


def _as_word(said: object) -> object:
    """Return a truth as Home Assistant's templates print it, so that `payload_on` finds it."""
    return str(said) if isinstance(said, bool) else said
