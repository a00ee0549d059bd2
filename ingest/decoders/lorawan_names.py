"""What the vendors' LoRaWAN codecs call their values, and the unit that they leave unsaid."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from city.measurement import Measurement, Observation
from city.units import is_known
from ingest.decoders.known import Known
from ingest.decoders.values import number_with_unit

#: Keys as codecs write them, in lower case. CayenneLPP's and Decentlab's, Dragino's, Elsys', Milesight's, Netvox's.
_NAMES = {
    "temperature": Known("temperature", "°C"),
    "temp": Known("temperature", "°C"),
    "tempc": Known("temperature", "°C"),
    "tempc1": Known("temperature", "°C"),
    "air_temperature": Known("temperature", "°C"),
    "externaltemperature": Known("temperature", "°C"),
    "temp_soil": Known("soil_temperature", "°C"),
    "soil_temperature": Known("soil_temperature", "°C"),
    "leaf_temperature": Known("temperature", "°C"),
    "water_temperature": Known("water_temperature", "°C"),
    "humidity": Known("humidity", "%"),
    "hum": Known("humidity", "%"),
    "hum_sht": Known("humidity", "%"),  # Dragino has one humidity probe, but two for temperature
    "relative_humidity": Known("humidity", "%"),
    "air_humidity": Known("humidity", "%"),
    "water_soil": Known("soil_moisture", "%"),
    "soil_moisture": Known("soil_moisture", "%"),
    "conduct_soil": Known("conductivity", "µS/cm"),
    "soil_conductivity": Known("conductivity", "µS/cm"),
    "wind_speed": Known("wind_speed", "m/s"),
    "wind_direction_sensor": Known("wind_direction", "°"),
    "rain_gauge": Known("rain_intensity", "mm/h"),
    "uv_index": Known("uv_index", ""),
    "maximum_wind_speed": Known("wind_gust", "m/s"),
    "wind_direction": Known("wind_direction", "°"),
    "precipitation": Known("precipitation", "mm"),
    "solar_radiation": Known("solar_radiation", "W/m²"),
    "illuminance": Known("illuminance", "lux"),
    "illumination": Known("illuminance", "lux"),
    "light_intensity": Known("illuminance", "lux"),
    "lux": Known("illuminance", "lux"),
    "ill_lx": Known("illuminance", "lux"),
    "co2": Known("co2", "ppm"),
    "nh3": Known("nh3", "ppm"),
    "h2s": Known("h2s", "ppm"),
    "hcho": Known("hcho", "mg/m³"),
    "tvoc": Known("tvoc", None),
    "pm1": Known("pm1", "µg/m³"),
    "pm1_0_mass_concentration": Known("pm1", "µg/m³"),
    "pm2_5": Known("pm25", "µg/m³"),
    "pm2_5_mass_concentration": Known("pm25", "µg/m³"),
    "pm4_mass_concentration": Known("pm4", "µg/m³"),
    "pm10": Known("pm10", "µg/m³"),
    "pm10_mass_concentration": Known("pm10", "µg/m³"),
    "laf": Known("noise_laf", "dB(A)"),
    "laeq": Known("noise_laeq", "dB(A)"),
    "lafmax": Known("noise_lafmax", "dB(A)"),
    "water_level": Known("water_level", "cm"),
    "distance": Known("distance", "mm"),
    "current": Known("current", "A"),
    "power": Known("power", "W"),
    "battery": Known("battery_level", "%"),
    "bat_percentage": Known("battery_level", "%"),
    "battery_level": Known("battery_level", "%"),
    "battery_voltage": Known("battery_voltage", "V"),
    "bat": Known("battery_voltage", "V"),
    "vdd": Known("battery_voltage", "mV"),
    "batv": Known("battery_voltage", "V"),
    "bat_v": Known("battery_voltage", "V"),
    "bat_mv": Known("battery_voltage", "mV"),
    "occupied": Known("occupied", ""),
    "motion": Known("motion", ""),
    "water_leak": Known("water_leak", ""),
    "door_open": Known("door_open", ""),
    "people_count": Known("people_count", ""),
}

#: ChirpStack's own reading of CayenneLPP: kind -> channel -> value.
_CHANNELS = {
    "temperatureSensor": Known("temperature", "°C"),
    "humiditySensor": Known("humidity", "%"),
    "barometer": Known("atmospheric_pressure", "hPa"),
    "illuminanceSensor": Known("illuminance", "lux"),
    "presenceSensor": Known("occupied", ""),
    "digitalInput": Known("digital_input", ""),
    "analogInput": Known("analog_input", None),
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
        known = Known(key, None)
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


def _named(lower: str, key: str, all_values: dict[str, Any]) -> tuple[Known | None, str]:
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


def _exact(lower: str, all_values: dict[str, Any]) -> Known | None:
    if lower in {"pressure", "barometric_pressure", "atmospheric_pressure", "air_pressure"}:
        return Known("atmospheric_pressure", None)
    if lower == "voltage":  # of the battery, unless the device measures a mains circuit
        return Known("voltage" if {"current", "power"} & all_values.keys() else "battery_voltage", "V")
    if lower == "count" and any(all_values.get(key) == "motion" for key in ("events", "event", "type")):
        return Known("motion_count", "")
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
