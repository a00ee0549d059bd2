"""PurpleAir: air quality by two laser counters side by side, as a sensor serves it itself and as the maker's API does.

Members: https://community.purpleair.com/t/sensor-json-documentation/6917, https://api.purpleair.com.
"""

from collections.abc import Iterator
from typing import Any

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement
from city.quality import Quality
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.known import Known
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.decoders.topic_names import known_sensor
from ingest.decoders.values import number_with_unit
from ingest.reasons import Reason

#: What the sensor itself says; the second counter's members end in `_b`, those of a second climate probe in `_680`.
_LOCAL = {
    "current_temp_f": Known("temperature", "°F"),
    "current_humidity": Known("humidity", "%"),
    "current_dewpoint_f": Known("dew_point", "°F"),
    "pressure": Known("atmospheric_pressure", "hPa"),
    "current_temp_f_680": Known("temperature", "°F", "680"),
    "current_humidity_680": Known("humidity", "%", "680"),
    "current_dewpoint_f_680": Known("dew_point", "°F", "680"),
    "pressure_680": Known("atmospheric_pressure", "hPa", "680"),
    "pm1_0_atm": Known("pm1", "µg/m³"),
    "pm2_5_atm": Known("pm25", "µg/m³"),
    "pm10_0_atm": Known("pm10", "µg/m³"),
    "pm1_0_atm_b": Known("pm1", "µg/m³", "b"),
    "pm2_5_atm_b": Known("pm25", "µg/m³", "b"),
    "pm10_0_atm_b": Known("pm10", "µg/m³", "b"),
    "rssi": Known("rssi", "dBm"),
}
#: What the API says, where `pm2.5` is the mean of both counters.
_API = {
    "temperature": Known("temperature", "°F"),
    "humidity": Known("humidity", "%"),
    "pressure": Known("atmospheric_pressure", "hPa"),
    "pm1.0": Known("pm1", "µg/m³"),
    "pm2.5": Known("pm25", "µg/m³"),
    "pm10.0": Known("pm10", "µg/m³"),
    "pm1.0_atm": Known("pm1", "µg/m³", "atm"),
    "pm2.5_atm": Known("pm25", "µg/m³", "atm"),
    "pm10.0_atm": Known("pm10", "µg/m³", "atm"),
    "pm2.5_atm_a": Known("pm25", "µg/m³", "a"),
    "pm2.5_atm_b": Known("pm25", "µg/m³", "b"),
    "pm2.5_a": Known("pm25", "µg/m³", "a"),
    "pm2.5_b": Known("pm25", "µg/m³", "b"),
}
_DUST = frozenset({"pm1", "pm25", "pm10"})
#: Both counters see the same air: where they differ by more than both of these, one of them is dirty or broken
#: (Barkjohn et al., Atmos. Meas. Tech. 14, 4617, 2021, §2.4: 5 µg/m³ and 61 %).
_APART, _APART_SHARE = 5.0, 0.61


class PurpleAirDecoder:
    """Decodes both forms; indexes and counts of particles are made of the same light and are passed over."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of the sensor, or of all sensors in the API's columns."""
        body = parse_object(payload)
        if _is_local(body):
            sensor = known_sensor(body.get("SensorId"), topic=topic)
            found = _measured(sensor, _LOCAL, body, time_of(body.get("DateTime")))
            if _disagree(body.get("pm2_5_atm"), body.get("pm2_5_atm_b")):
                _doubt(found)
            return Decoded(self._options.told(found))
        return Decoded(self._options.told([one for row in _rows(body) for one in _listed(row, body)]))


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    members = body.members
    return _is_local(members) or ("api_version" in members and bool({"fields", "sensor"} & members.keys()))


def _is_local(body: dict[str, Any]) -> bool:
    return "SensorId" in body and bool({"pm2_5_atm", "current_temp_f", "pm2_5_cf_1"} & body.keys())


def _rows(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each sensor's members: one sensor's object, or rows under the names of their columns."""
    fields, data, sensor = body.get("fields"), body.get("data"), body.get("sensor")
    if isinstance(sensor, dict):
        yield sensor
        return
    if not isinstance(fields, list) or not isinstance(data, list):
        raise UndecodableMessage(
            Reason.WRONG_SHAPE, expected="`SensorId`, `sensor`, or `fields` and `data`", got=", ".join(body), at="$"
        )
    for row in data:
        if isinstance(row, list) and len(row) == len(fields):
            yield {name: value for name, value in zip(fields, row, strict=True) if isinstance(name, str)}


def _listed(row: dict[str, Any], body: dict[str, Any]) -> list[Measurement]:
    sensor = known_sensor(row.get("sensor_index"), topic="")
    time_ns = time_of(row.get("last_seen")) or time_of(body.get("data_time_stamp"))
    found = _measured(sensor, _API, row, time_ns)
    if any(_disagree(row.get(f"{name}_a"), row.get(f"{name}_b")) for name in ("pm2.5_atm", "pm2.5")):
        _doubt(found)
    return found


def _measured(sensor: str, table: dict[str, Known], said: dict[str, Any], time_ns: int | None) -> list[Measurement]:
    found = []
    for key, known in table.items():
        parsed = number_with_unit(said.get(key), at=f"$.{key}")
        if parsed is not None:
            found.append(Measurement(sensor, known.quantity, parsed[0], known.unit, time_ns, label=known.label))
    return found


def _disagree(one: object, other: object) -> bool:
    first, second = number_with_unit(one, at="$.pm2_5_atm"), number_with_unit(other, at="$.pm2_5_atm_b")
    if first is None or second is None:
        return False
    apart = abs(first[0] - second[0])
    return apart > _APART and apart > _APART_SHARE * (first[0] + second[0]) / 2


def _doubt(found: list[Measurement]) -> None:
    for measurement in found:
        if measurement.quantity in _DUST:
            measurement.quality |= Quality.BAD
