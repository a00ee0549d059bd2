"""The normalized payload of The Things Stack: typed values whose names and units the stack itself defines."""

from typing import Any

from city.errors import UndecodableMessage
from city.measurement import Measurement, Observation
from ingest.decoders.codec_places import located
from ingest.decoders.times import time_of
from ingest.decoders.values import number
from ingest.reasons import Reason

#: Path within one measurement -> quantity and unit (The Things Stack, "Payload formatters", normalized payload).
_PATHS = {
    "battery": ("battery_voltage", "V"),
    "air.temperature": ("temperature", "°C"),
    "air.relativeHumidity": ("humidity", "%"),
    "air.pressure": ("atmospheric_pressure", "hPa"),
    "air.co2": ("co2", "ppm"),
    "air.lightIntensity": ("illuminance", "lux"),
    "wind.speed": ("wind_speed", "m/s"),
    "wind.direction": ("wind_direction", "°"),
    "rain.intensity": ("rain_intensity", "mm/h"),
    "rain.cumulative": ("precipitation_total", "mm"),
    "water.leak": ("water_leak", ""),
    "metering.water.total": ("water_volume_total", "L"),
    "water.temperature.current": ("water_temperature", "°C"),
    "soil.temperature": ("soil_temperature", "°C"),
    "soil.moisture": ("soil_moisture", "%"),
    "soil.pH": ("ph", "pH"),
    "soil.ec": ("conductivity", "dS/m"),
    "soil.n": ("soil_nitrogen", "ppm"),
    "soil.p": ("soil_phosphorus", "ppm"),
    "soil.k": ("soil_potassium", "ppm"),
    "action.motion.detected": ("motion", ""),
    "action.motion.count": ("motion_count", ""),
}
#: Of a water temperature, beside the current one.
_STATISTICS = ("min", "max", "avg")
_CONTACT = {"open": 1.0, "closed": 0.0}


def measure_normalized(sensor: str, payload: object) -> list[Measurement]:
    """Return the measurements of a normalized payload, which is one measurement or a list of them.

    Raises:
        UndecodableMessage: it is neither, or has a number that no float holds.
    """
    found: list[Measurement] = []
    for measurement in payload if isinstance(payload, list) else [payload]:
        if not isinstance(measurement, dict):
            got = type(measurement).__name__
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="an object", got=got, at="$.normalized_payload")
        found += _one(sensor, measurement)
    return found


def located_normalized(sensor: str, payload: object, time_ns: int | None) -> list[Observation]:
    """Return where the device says it was, as events."""
    places: list[Observation] = []
    for measurement in payload if isinstance(payload, list) else [payload]:
        if isinstance(measurement, dict):
            own_ns = time_of(measurement.get("time"))
            places += located(sensor, measurement.get("position"), own_ns if own_ns is not None else time_ns)
    return places


def _one(sensor: str, measurement: dict[str, Any]) -> list[Measurement]:
    time_ns = time_of(measurement.get("time"))
    found = []
    for path, (quantity, unit) in _PATHS.items():
        value = number(_at(measurement, path), at=path)
        if value is not None:
            found.append(Measurement(sensor, quantity, value, unit, time_ns))
    for which in _STATISTICS:
        value = number(_at(measurement, f"water.temperature.{which}"), at=which)
        if value is not None:
            found.append(Measurement(sensor, "water_temperature", value, "°C", time_ns, label=which))
    contact = _at(measurement, "action.contactState")
    if isinstance(contact, str) and contact in _CONTACT:
        found.append(Measurement(sensor, "door_open", _CONTACT[contact], "", time_ns))
    return found


def _at(value: object, path: str) -> object:
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value
