"""Which topics of a Home Assistant description carry what somebody measures, by the kind of the component."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

#: Abbreviations of the discovery payload that we read (Home Assistant's `mqtt/abbreviations.py`).
LONG = {
    "stat_t": "state_topic", "unit_of_meas": "unit_of_measurement", "val_tpl": "value_template",
    "dev_cla": "device_class", "dev": "device", "uniq_id": "unique_id", "obj_id": "object_id", "pl_on": "payload_on",
    "pl_off": "payload_off", "cmps": "components", "p": "platform", "ids": "identifiers", "o": "origin",
    "def_ent_id": "default_entity_id", "cns": "connections", "t": "topic", "stat_on": "state_on",
    "stat_off": "state_off", "stat_val_tpl": "state_value_template", "stat_cla": "state_class",
    "curr_temp_t": "current_temperature_topic", "curr_temp_tpl": "current_temperature_template",
    "curr_hum_t": "current_humidity_topic", "curr_hum_tpl": "current_humidity_template",
    "temp_unit": "temperature_unit",
    "pos_t": "position_topic", "pos_tpl": "position_template", "pos_open": "position_open",
    "pos_clsd": "position_closed",
}  # fmt: skip
#: Device classes of sensors whose states are no numbers.
_TEXTS = frozenset({"enum", "timestamp", "date", "uptime"})
_VALUE = "{{ value }}"
_SWITCHES = frozenset({"switch", "light", "fan", "siren", "humidifier"})
#: Components that measure the room that they heat or cool.
_ROOMS = frozenset({"climate", "water_heater", "humidifier"})


class Stated(NamedTuple):
    """One value that a component tells.

    Attributes:
        part: tells it from others of the component; empty for its state.
        words: what its words stand for; empty for a number.
        quantity: None where the description names it (`device_class`).
    """

    part: str
    topic: str
    template: str
    quantity: str | None = None
    unit: str | None = None
    words: dict[str, float] = {}  # noqa: RUF012 - a default of a tuple's field is never changed


def stated(component: str, config: Mapping[str, Any]) -> Iterator[Stated]:
    """Yield what a component measures or is; set-points, modes and commands are nobody's reading."""
    match component:
        case "sensor" if str(config.get("device_class")) not in _TEXTS:
            yield from _one(config, "state_topic", "value_template", Stated("", "", ""))
        case "binary_sensor":
            words = {str(config.get("payload_on", "ON")): 1.0, str(config.get("payload_off", "OFF")): 0.0}
            yield from _one(config, "state_topic", "value_template", Stated("", "", "", None, "", words))
        case "cover" | "valve":
            if config.get("position_open", 100) == 100 and config.get("position_closed", 0) == 0:
                position = Stated("position", "", "", "cover_position", "%")
                yield from _one(config, "position_topic", "position_template", position)
    if component in _SWITCHES:
        yield from _switch(config)
    if component in _ROOMS:
        degrees = "°F" if str(config.get("temperature_unit", "C")).upper() == "F" else "°C"
        for kind, unit in (("temperature", degrees), ("humidity", "%")):
            told = Stated(kind, "", "", kind, unit)
            yield from _one(config, f"current_{kind}_topic", f"current_{kind}_template", told)


def _switch(config: Mapping[str, Any]) -> Iterator[Stated]:
    on, off = config.get("payload_on", "ON"), config.get("payload_off", "OFF")
    words = {str(config.get("state_on", on)): 1.0, str(config.get("state_off", off)): 0.0}
    told = Stated("", "", "", "switch_state", "", words)
    if config.get("schema") == "json":
        yield from _one({**config, "as_json": "{{ value_json.state }}"}, "state_topic", "as_json", told)
    else:
        template = "state_value_template" if "state_value_template" in config else "value_template"
        yield from _one(config, "state_topic", template, told)


def _one(config: Mapping[str, Any], topic: str, template: str, told: Stated) -> Iterator[Stated]:
    where, how = config.get(topic), config.get(template, _VALUE)
    if isinstance(where, str) and isinstance(how, str):
        yield told._replace(topic=where, template=how)
