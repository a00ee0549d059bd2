"""sensor.community: airRohr and its kin, which citizens hang out of their windows, and the project's own API."""

import re
from typing import Any

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json
from ingest.decoders.known import Known
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.decoders.topic_names import known_sensor
from ingest.decoders.values import number_with_unit
from ingest.reasons import Reason

_LIST = "sensordatavalues"


#: End of a value's type -> what it is. P1 is the coarse dust and P2 the fine one, not the other way round.
_KNOWN = {
    "P0": Known("pm1", "µg/m³"),
    "P1": Known("pm10", "µg/m³"),
    "P2": Known("pm25", "µg/m³"),
    "P4": Known("pm4", "µg/m³"),
    "N05": Known("particles_n05", "1/cm³"),
    "N1": Known("particles_n1", "1/cm³"),
    "N25": Known("particles_n25", "1/cm³"),
    "N4": Known("particles_n4", "1/cm³"),
    "N10": Known("particles_n10", "1/cm³"),
    "TS": Known("particle_size", "µm"),
    "temperature": Known("temperature", "°C"),
    "humidity": Known("humidity", "%"),
    "pressure": Known("atmospheric_pressure", "Pa"),
    "pressure_at_sealevel": Known("sea_level_pressure", "Pa"),
    "co2_ppm": Known("co2", "ppm"),
    "LAeq": Known("noise_laeq", "dB(A)"),
    "LA_min": Known("noise_lamin", "dB(A)"),
    "LA_max": Known("noise_lamax", "dB(A)"),
    "counts_per_minute": Known("counts_per_minute", "1/min"),
    "signal": Known("rssi", "dBm"),
}
#: Sensors that count particles, and say nothing of their mass (Shinyei PPD42NS: per 0.01 cubic feet).
_COUNTERS = frozenset({"PPD42NS"})
_COUNTED = {"P1": Known("particles_p1", "pcs/0.01ft³"), "P2": Known("particles_p2", "pcs/0.01ft³")}
_TYPE = re.compile(rf"(?:(.+)_)?({'|'.join(_KNOWN)})")


class SensorCommunityDecoder:
    """Decodes what a sensor posts and what the API lists; the rest of it is about the sensor's own work."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings; without an id in the body the topic must name the sensor."""
        body = parse_json(payload)
        items = body if isinstance(body, list) else [body]
        return Decoded(self._options.told([one for item in items for one in _measurements(topic, item)]))


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    if isinstance(body.json, list):
        return bool(body.json) and all(isinstance(item, dict) and _LIST in item for item in body.json)
    return body.has(_LIST) or _is_flat(body.json)


def _is_flat(item: object) -> bool:
    """Return whether this is a reading of the API as luftdatenpumpe passes it on: dust beside the sensor's type."""
    return (
        isinstance(item, dict)
        and isinstance(item.get("sensor_type"), str)
        and isinstance(item.get("sensor_id"), int)
        and bool({"P1", "P2"} & item.keys())
    )


def _listed(item: dict[str, Any]) -> dict[str, Any]:
    """Return a flat reading as the API writes it; its time has the zone's letter."""
    values = [{"value_type": key, "value": item[key]} for key in _KNOWN if key in item]
    sensor = {"id": item["sensor_id"], "sensor_type": {"name": item["sensor_type"]}}
    return {"sensor": sensor, "timestamp": item.get("time"), _LIST: values}


def _measurements(topic: str, item: object) -> list[Measurement]:
    item = _listed(item) if isinstance(item, dict) and _is_flat(item) else item
    values = item.get(_LIST) if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(values, list):
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected=f"`{_LIST}`", got=type(item).__name__, at="$")
    sensor = item.get("sensor")
    sensor = sensor if isinstance(sensor, dict) else {}
    name = known_sensor(sensor.get("id"), item.get("esp8266id"), item.get("chipid"), topic=topic)
    kind = sensor.get("sensor_type")
    counted = isinstance(kind, dict) and str(kind.get("name")) in _COUNTERS
    time_ns = _time_ns(item.get("timestamp"))
    found = []
    for value in values:
        measurement = _measurement(name, value, counted=counted) if isinstance(value, dict) else None
        if measurement is not None:
            measurement.time_ns = time_ns
            found.append(measurement)
    return found


def _measurement(sensor: str, value: dict[str, Any], *, counted: bool) -> Measurement | None:
    said = value.get("value_type")
    found = _TYPE.fullmatch(said) if isinstance(said, str) else None
    parsed = number_with_unit(value.get("value"), at=f"$.{_LIST}")
    if found is None or parsed is None or not (found.group(1) or "a").isprintable():
        return None
    known = _COUNTED.get(found.group(2)) if counted else _KNOWN[found.group(2)]
    if known is None:
        return None
    unit = parsed[1] if parsed[1] is not None else known.unit
    return Measurement(sensor, known.quantity, parsed[0], unit, label=found.group(1) or "")


def _time_ns(timestamp: object) -> int | None:
    """Return the API's time, which is UTC although it does not say so."""
    return time_of(f"{timestamp}Z") or time_of(timestamp) if isinstance(timestamp, str) else None
