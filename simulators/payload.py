"""How a simulated sensor puts its readings on the wire: most speak the native topics, some a family of the field."""

from collections.abc import Callable

import orjson

from simulators.fleet import SimulatedSensor

Message = tuple[str, bytes]
Encoder = Callable[[SimulatedSensor, dict[str, float], str], Message]


def native(sensor: SimulatedSensor, values: dict[str, float], time: str) -> Message:
    """Encode as `city/<domain>/<sensor>/reading`."""
    return f"city/{sensor.domain}/{sensor.id}/reading", orjson.dumps({"time": time, "values": values})


def event(domain: str, sensor: str, name: str, confidence: float, time: str) -> Message:
    """Encode a discrete observation as `city/<domain>/<sensor>/event`."""
    body = {"time": time, "event": name, "confidence": confidence}
    return f"city/{domain}/{sensor}/event", orjson.dumps(body)


def the_things_stack(sensor: SimulatedSensor, values: dict[str, float], time: str) -> Message:
    """Encode as an uplink of The Things Stack v3."""
    body = {
        "end_device_ids": {"device_id": sensor.id, "application_ids": {"application_id": "haibin"}},
        "received_at": time,
        "uplink_message": {
            "f_port": 2,
            "decoded_payload": values,
            "received_at": time,
            "rx_metadata": [{"gateway_ids": {"gateway_id": "roof-1"}, "rssi": -92, "snr": 7.5}],
        },
    }
    return f"v3/haibin@city/devices/{sensor.id}/up", orjson.dumps(body)


def ngsi(sensor: SimulatedSensor, values: dict[str, float], time: str) -> Message:
    """Encode as a normalized NGSI-LD entity."""
    body: dict[str, object] = {"id": f"urn:ngsi-ld:NoiseLevelObserved:{sensor.id}", "type": "NoiseLevelObserved"}
    body["refDevice"] = {"type": "Relationship", "object": sensor.id}
    attributes = {_NGSI_NAMES.get(name, name): value for name, value in values.items()}
    body |= {name: {"type": "Property", "value": value, "observedAt": time} for name, value in attributes.items()}
    return f"fiware/{sensor.id}", orjson.dumps(body)


#: What the data models of NoiseLevelObserved call our quantities.
_NGSI_NAMES = {"noise_laeq": "LAeq"}

#: Kinds that speak something else than the native topics.
FAMILIES: dict[str, Encoder] = {
    "road_level": the_things_stack,
    "drain_level": the_things_stack,
    "noise_meter": ngsi,
}


def encode(sensor: SimulatedSensor, values: dict[str, float], time: str) -> Message:
    """Return topic and payload of what a sensor says."""
    return FAMILIES.get(sensor.kind, native)(sensor, values, time)
