"""rtl_433: weather stations, thermometers and soil probes overheard on 433 and 868 MHz.

Members and their endings: https://triq.org/rtl_433/DATA_FORMAT.html; topics: https://triq.org/rtl_433/MQTT.html.
"""

import re
from datetime import tzinfo
from typing import Any

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.known import Known
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import parse_epoch, time_of
from ingest.decoders.values import checked_name, number, number_with_unit
from ingest.reasons import Reason

#: As the receiver publishes them, or behind a bridge's prefix.
TOPICS = re.compile(r"(?:.+/)?rtl_433/[^/]+/(?:events|states|availability|devices/.+)")
#: Tyres tell whose car it is, and go no further.
_PERSONAL = "TPMS"
#: Levels of the topics of single values: `rtl_433/<host>/devices/<model>[/<channel>]/<id>/<member>`.
_DEVICES = "devices"
_DEVICE_LEVELS = range(3, 5)

#: Ending of a member -> unit; in kilolux some stations repeat what they say in lux.
_UNITS = {
    "C": "°C", "F": "°F", "hPa": "hPa", "kPa": "kPa", "bar": "bar", "PSI": "psi", "inHg": "inHg",
    "km_h": "km/h", "m_s": "m/s", "mi_h": "mph", "kn": "kn", "deg": "°", "mm": "mm", "in": "in", "mm_h": "mm/h",
    "in_h": "in/h", "lux": "lux", "klx": "klx", "V": "V", "mV": "mV", "A": "A", "W": "W", "kW": "kW", "kWh": "kWh",
    "VA": "VA", "ppm": "ppm", "ppb": "ppb", "ug_m3": "µg/m³", "km": "km", "cm": "cm", "m": "m", "pct": "%",
    "W_m2": "W/m²",
}  # fmt: skip


#: Member without its ending -> what it is. Rain is what fell since the station's battery was put in.
_KNOWN = {
    "temperature": Known("temperature"),
    "humidity": Known("humidity", "%"),
    "dewpoint": Known("dew_point"),
    "moisture": Known("soil_moisture", "%"),
    "pressure": Known("atmospheric_pressure"),
    "wind_avg": Known("wind_speed"),
    "wind_speed": Known("wind_speed"),
    "wind_max": Known("wind_gust"),
    "gust_speed": Known("wind_gust"),
    "wind_dir": Known("wind_direction"),
    "rain": Known("precipitation_total"),
    "rain_rate": Known("rain_intensity"),
    "light": Known("illuminance"),
    "uv": Known("uv_index", ""),
    "uvi": Known("uv_index", ""),
    "radiation": Known("solar_radiation"),
    "pm1": Known("pm1"),
    "pm2_5": Known("pm25"),
    "pm4": Known("pm4"),
    "pm10": Known("pm10"),
    "co2": Known("co2"),
    "depth": Known("depth"),
    "voltage": Known("voltage"),
    "current": Known("current"),
    "power": Known("power"),
    "energy": Known("energy"),
    "strike_count": Known("lightning_count", ""),
    "storm_dist": Known("lightning_distance"),
    "supercap": Known("supercap_voltage"),
    "consumption_data": Known("consumption"),
    "Consumption": Known("consumption"),
    "LastConsumptionCount": Known("consumption"),
    "battery": Known("battery_voltage"),
    "battery_ok": Known("battery_ok", ""),
    "battery_pct": Known("battery_level", "%"),
    "tamper": Known("tamper", ""),
    "motion": Known("motion", ""),
    "reed_open": Known("door_open", ""),
    "contact_open": Known("door_open", ""),
    "closed": Known("contact_closed", ""),
    "detect_wet": Known("water_leak", ""),
}
_MEMBER = re.compile(
    rf"({'|'.join(sorted(_KNOWN, key=len, reverse=True))})(?:_?(\d{{1,2}}))?(?:_({'|'.join(_UNITS)}))?"
)
#: What versions before 2020 say of a battery.
_CELLS = {"OK": 1.0, "LOW": 0.0}
#: Seconds since 1970 (`-M time:unix:usec`).
_EPOCH = re.compile(r"\d{9,10}(?:\.\d{1,9})?", re.ASCII)
#: Two spellings of one light; the coarser one is passed over.
_TWICE = ("light_klx", "light_lux")


class Rtl433Decoder:
    """Decodes events, which are JSON, and the same members one by one as bare values."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings; without a zone of the route a time that has none is passed over."""
        levels = topic.split("/")
        if _DEVICES in levels[:-1]:
            return Decoded(self._options.told(_single(levels[levels.index(_DEVICES) + 1 :], payload)))
        if payload.lstrip()[:1] != b"{":  # `availability`
            return Decoded()
        body = parse_object(payload)
        if body.get("type") == _PERSONAL:
            return Decoded()
        return Decoded(self._options.told(self._event(body)))

    def _event(self, body: dict[str, Any]) -> list[Measurement]:
        if not isinstance(body.get("model"), str):  # what the receiver tells of itself has none
            return []
        parts = [body["model"], *(_text(body[key]) for key in ("id", "channel") if key in body)]
        sensor = checked_name("/".join(part for part in parts if part), at="$.model")
        time_ns = _time_ns(body.get("time"), self._options.zone)
        found = []
        for key, value in body.items():
            if (key == _TWICE[0] and _TWICE[1] in body) or f"{key}_mm" in body:  # `rain` counts the bucket's tips
                continue
            if key == "battery" and value in _CELLS:
                measurement = _measurement(sensor, "battery_ok", _CELLS[value])
            else:
                measurement = _measurement(sensor, key, number(value, at=f"$.{key}"))
            if measurement is not None:
                measurement.time_ns = time_ns
                found.append(measurement)
        return found


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    members = body.members
    known = isinstance(members.get("model"), str) and isinstance(members.get("time"), str)
    return known and ("id" in members or "channel" in members) and any(map(_MEMBER.fullmatch, members))


def _single(levels: list[str], payload: bytes) -> list[Measurement]:
    """Return the reading of one member's own topic."""
    if len(levels) not in _DEVICE_LEVELS:
        raise UndecodableMessage(
            Reason.BAD_TOPIC, expected="`devices/<model>[/<channel>]/<id>/<member>`", got="/".join(levels), at="topic"
        )
    *device, member = levels
    model, *numbers = device
    sensor = checked_name("/".join((model, *reversed(numbers))), at="topic", reason=Reason.BAD_TOPIC)
    parsed = number_with_unit(payload.decode("utf-8", "replace").strip(), at="$")
    measurement = _measurement(sensor, member, parsed[0] if parsed is not None else None)
    return [measurement] if measurement is not None else []


def _measurement(sensor: str, member: str, value: float | None) -> Measurement | None:
    found = _MEMBER.fullmatch(member)
    if found is None or value is None:
        return None
    known = _KNOWN[found.group(1)]
    unit = _UNITS[found.group(3)] if found.group(3) else known.unit
    return Measurement(sensor, known.quantity, value, unit, label=found.group(2) or "")


def _time_ns(said: object, zone: tzinfo | None) -> int | None:
    """Return when a receiver heard it; told to write seconds since 1970, it writes them as a text."""
    if isinstance(said, str) and _EPOCH.fullmatch(said):
        return parse_epoch(float(said))
    return time_of(said, zone)


def _text(value: object) -> str:
    """Return an id or a channel as a level of a name."""
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
