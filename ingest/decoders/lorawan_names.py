"""What the vendors' LoRaWAN codecs call their values, and the unit that they leave unsaid."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

from city.measurement import Measurement, Observation
from city.units import is_known
from ingest.decoders.values import number_with_unit


class Named(NamedTuple):
    """A quantity and its unit as a codec means them; None where codecs differ or do not say."""

    quantity: str
    unit: str | None


#: Keys as codecs write them, in lower case. CayenneLPP's and Decentlab's, Dragino's, Elsys', Milesight's, Netvox's.
_NAMES = {
    "temperature": Named("temperature", "°C"),
    "temp": Named("temperature", "°C"),
    "tempc": Named("temperature", "°C"),
    "tempc1": Named("temperature", "°C"),
    "air_temperature": Named("temperature", "°C"),
    "externaltemperature": Named("temperature", "°C"),
    "temp_soil": Named("soil_temperature", "°C"),
    "soil_temperature": Named("soil_temperature", "°C"),
    "leaf_temperature": Named("temperature", "°C"),
    "water_temperature": Named("water_temperature", "°C"),
    "humidity": Named("humidity", "%"),
    "hum": Named("humidity", "%"),
    "hum_sht": Named("humidity", "%"),  # Dragino has one humidity probe, but two for temperature
    "relative_humidity": Named("humidity", "%"),
    "air_humidity": Named("humidity", "%"),
    "water_soil": Named("soil_moisture", "%"),
    "soil_moisture": Named("soil_moisture", "%"),
    "conduct_soil": Named("conductivity", "µS/cm"),
    "soil_conductivity": Named("conductivity", "µS/cm"),
    "wind_speed": Named("wind_speed", "m/s"),
    "wind_direction_sensor": Named("wind_direction", "°"),
    "rain_gauge": Named("rain_intensity", "mm/h"),
    "uv_index": Named("uv_index", ""),
    "maximum_wind_speed": Named("wind_gust", "m/s"),
    "wind_direction": Named("wind_direction", "°"),
    "precipitation": Named("precipitation", "mm"),
    "solar_radiation": Named("solar_radiation", "W/m²"),
    "illuminance": Named("illuminance", "lux"),
    "illumination": Named("illuminance", "lux"),
    "light_intensity": Named("illuminance", "lux"),
    "lux": Named("illuminance", "lux"),
    "ill_lx": Named("illuminance", "lux"),
    "co2": Named("co2", "ppm"),
    "nh3": Named("nh3", "ppm"),
    "h2s": Named("h2s", "ppm"),
    "hcho": Named("hcho", "mg/m³"),
    "tvoc": Named("tvoc", None),
    "pm1": Named("pm1", "µg/m³"),
    "pm1_0_mass_concentration": Named("pm1", "µg/m³"),
    "pm2_5": Named("pm25", "µg/m³"),
    "pm2_5_mass_concentration": Named("pm25", "µg/m³"),
    "pm4_mass_concentration": Named("pm4", "µg/m³"),
    "pm10": Named("pm10", "µg/m³"),
    "pm10_mass_concentration": Named("pm10", "µg/m³"),
    "laf": Named("noise_laf", "dB(A)"),
    "laeq": Named("noise_laeq", "dB(A)"),
    "lafmax": Named("noise_lafmax", "dB(A)"),
    "water_level": Named("water_level", "cm"),
    "distance": Named("distance", "mm"),
    "current": Named("current", "A"),
    "power": Named("power", "W"),
    "battery": Named("battery_level", "%"),
    "bat_percentage": Named("battery_level", "%"),
    "battery_level": Named("battery_level", "%"),
    "battery_voltage": Named("battery_voltage", "V"),
    "bat": Named("battery_voltage", "V"),
    "vdd": Named("battery_voltage", "mV"),
    "batv": Named("battery_voltage", "V"),
    "bat_v": Named("battery_voltage", "V"),
    "bat_mv": Named("battery_voltage", "mV"),
    "occupied": Named("occupied", ""),
    "motion": Named("motion", ""),
    "water_leak": Named("water_leak", ""),
    "door_open": Named("door_open", ""),
    "people_count": Named("people_count", ""),
}

#: ChirpStack's own reading of CayenneLPP: kind -> channel -> value.
_CHANNELS = {
    "temperatureSensor": Named("temperature", "°C"),
    "humiditySensor": Named("humidity", "%"),
    "barometer": Named("atmospheric_pressure", "hPa"),
    "illuminanceSensor": Named("illuminance", "lux"),
    "presenceSensor": Named("occupied", ""),
    "digitalInput": Named("digital_input", ""),
    "analogInput": Named("analog_input", None),
}
#: What Seeed's codecs put around each value.
_SENSECAP = "measurementValue"

#: Settings, identities and states of the device itself; some are numbers and none is a measurement.
_NO_READING = re.compile(
    r"(^|_)(status|time|timestamp|date|type|mode|model|version|firmware|hardware|sn|serial|id|uuid|eui|port|band|sub_band"
    r"|interval|period|config|cmd|command|flag|flags|threshold|limit|trigger|event|events|error|reset|index|node|err|valid)(_|$)"
)
_CHANNEL = re.compile(r"(.+?)_(\d{1,3})")  # CayenneLPP: temperature_0, temperature_1
_PROBE = re.compile(r"(.+)_(sht|ds|sht31|ext|chn?\d+)", re.IGNORECASE)  # Dragino: TempC_SHT, TempC_DS
_REGION = re.compile(r"region_(\d{1,3})_count")  # Milesight VS121


def measure(sensor: str, values: dict[str, Any], *, at: str) -> list[Measurement]:
    """Return the measurements in a codec's output.

    Raises:
        UndecodableMessage: a number that no float holds.
    """
    found = [_measurement(sensor, key, value, values, at) for key, value in values.items()]
    return [
        *(one for one in found if one is not None),
        *_by_channel(sensor, values, at),
        *_sensecap(sensor, values, at),
    ]


def _measurement(sensor: str, key: str, value: object, all_values: dict[str, Any], at: str) -> Measurement | None:
    parsed = number_with_unit(value, at=f"{at}.{key}")
    if parsed is None:
        return None
    amount, unit_in_text = parsed
    known, label = _named(key.lower(), key, all_values)
    if known is None:
        if not _may_measure(value, unit_in_text) or not key.isprintable() or _NO_READING.search(key.lower()):
            return None
        known = Named(key, None)
    unit = unit_in_text if unit_in_text is not None else known.unit
    if known.quantity == "atmospheric_pressure" and unit is None:
        unit = pressure_unit(amount)
    return Measurement(sensor, known.quantity, amount, unit, label=label)


def _may_measure(value: object, unit_in_text: str | None) -> bool:
    """Return whether a value under an unknown name is one: a number, or the text of a number with a unit."""
    if isinstance(value, str):
        return bool(unit_in_text) and is_known(str(unit_in_text))
    return not isinstance(value, bool)


def _by_channel(sensor: str, values: dict[str, Any], at: str) -> Iterator[Measurement]:
    for kind, known in _CHANNELS.items():
        channels = values.get(kind)
        for channel, value in channels.items() if isinstance(channels, dict) else ():
            parsed = number_with_unit(value, at=f"{at}.{kind}")
            if parsed is not None and channel.isdecimal():
                yield Measurement(sensor, known.quantity, parsed[0], known.unit, label=channel)


def _sensecap(sensor: str, values: dict[str, Any], at: str) -> Iterator[Measurement]:
    """Yield what Seeed's codecs tell: a list, or a list of lists, of objects with the value and its kind in words."""
    messages = values.get("messages")
    lists = [one if isinstance(one, list) else [one] for one in messages] if isinstance(messages, list) else []
    for one in chain.from_iterable(lists):
        if isinstance(one, dict) and isinstance(one.get("type"), str) and _SENSECAP in one:
            key = one["type"].strip().lower().replace(" ", "_")
            found = _measurement(sensor, key, one[_SENSECAP], {}, at)
            if found is not None:
                yield found


def _named(lower: str, key: str, all_values: dict[str, Any]) -> tuple[Named | None, str]:
    exact = _exact(lower, all_values)
    if exact is not None:
        return exact, ""
    region = _REGION.fullmatch(lower)
    if region is not None:
        return _NAMES["people_count"], region.group(1)
    for pattern in (_CHANNEL, _PROBE):
        found = pattern.fullmatch(key)
        base = _exact(found.group(1).lower(), all_values) if found is not None else None
        if found is not None and base is not None:
            return base, found.group(2)
    return None, ""


def _exact(lower: str, all_values: dict[str, Any]) -> Named | None:
    if lower in {"pressure", "barometric_pressure", "atmospheric_pressure", "air_pressure"}:
        return Named("atmospheric_pressure", None)
    if lower == "voltage":  # of the battery, unless the device measures a mains circuit
        return Named("voltage" if {"current", "power"} & all_values.keys() else "battery_voltage", "V")
    if lower == "count" and any(all_values.get(key) == "motion" for key in ("events", "event", "type")):
        return Named("motion_count", "")
    return _NAMES.get(lower)


def pressure_unit(value: float) -> str | None:
    """Return the unit in which air pressure is plausible: the ranges (500 to 1080 hPa, WMO-No. 8) never overlap."""
    for unit, hpa in (("hPa", 1.0), ("kPa", 10.0), ("Pa", 0.01)):
        if 500 <= value * hpa <= 1080:
            return unit
    return None


def located(sensor: str, place: object, time_ns: int | None) -> list[Observation]:
    """Return where a network server found a device, as an event; nothing where it did not say."""
    said = place if isinstance(place, dict) else {}
    found = {key: number_with_unit(said.get(key), at=f"$.{key}") for key in _PLACE}
    attributes: dict[str, str | float | bool] = {key: one[0] for key, one in found.items() if one is not None}
    return [Observation(sensor, "position", time_ns, attributes)] if len(attributes) == len(_PLACE) else []


_PLACE = ("latitude", "longitude")
