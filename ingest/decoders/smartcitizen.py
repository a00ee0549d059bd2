"""Smart Citizen Kits: readings as their template describes them, and a short form that only looks like JSON."""

import re
from typing import Any

import msgspec

from city.errors import UndecodableMessage
from city.measurement import Decoded
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.options import DecoderOptions
from ingest.decoders.paths import refuse
from ingest.reasons import Reason
from ingest.telemetry import METRICS_DROPPED
from ingest.templates.decoder import TemplateDecoder
from ingest.templates.product import product_templates

#: `{t:2017-03-24T13:35:14Z,29:48.45,13:66}`
_RAW = re.compile(rb"\s*\{t:([^,{}]{1,40})((?:,\s*\d{1,6}:[^,{}]{0,40})*)\}\s*")
_VALUE = re.compile(rb"(\d{1,6}):\s*(-?\d{1,20}(?:\.\d{1,20})?)\s*(?:,|\Z)")

_EXPECTED = "a device with `data.sensors`"

TEMPLATES = product_templates("smartcitizen")


class SmartCitizenDecoder:
    """Decodes both forms."""

    def __init__(self, options: DecoderOptions) -> None:
        self._written = TemplateDecoder(TEMPLATES, options)

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of a message; of the API's answer the sensor is the device's number."""
        if not topic.startswith("device/sck/"):
            return self._device(parse_object(payload))
        if not topic.endswith("/readings/raw"):
            return _without_sentinels(self._written.decode(topic, payload))
        found = _RAW.fullmatch(payload)
        if found is None:
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="{t:TIME,ID:VALUE,…}", got=payload[:60], at="$")
        values = [{"id": int(key), "value": float(value)} for key, value in _VALUE.findall(found.group(2))]
        body = {"data": [{"recorded_at": found.group(1).decode("ascii", "replace"), "sensors": values}]}
        return _without_sentinels(self._written.decode(topic.removesuffix("/raw"), msgspec.json.encode(body)))

    def _device(self, body: dict[str, Any]) -> Decoded:
        if not _is_device(body):
            raise refuse(_EXPECTED, body)
        listed = body["data"]["sensors"]
        rows = [{**body, **body["data"], **one, "sensors": [one]} for one in listed if isinstance(one, dict)]
        told = [{"recorded_at": _recorded(row), "sensors": row["sensors"]} for row in rows]
        written = msgspec.json.encode({"data": told})
        return _without_sentinels(self._written.decode(f"device/sck/{body['id']}/readings", written))


def bears(body: Body) -> bool:
    """Return whether a body is a device as the API describes it, with its sensors' last values."""
    return _is_device(body.members)


def _is_device(body: dict[str, Any]) -> bool:
    data = body.get("data")
    listed = data.get("sensors") if isinstance(data, dict) else None
    if not isinstance(body.get("id"), int) or not isinstance(listed, list) or not listed:
        return False
    return all(isinstance(one, dict) and isinstance(one.get("id"), int) and "value" in one for one in listed)


def _recorded(row: dict[str, Any]) -> object:
    return next((row[key] for key in ("last_reading_at", "recorded_at") if row.get(key)), None)


def _without_sentinels(decoded: Decoded) -> Decoded:
    """Leave out the charge of a battery that is not there, which the kit says is -1."""
    kept = [one for one in decoded.measurements if one.quantity != "battery_level" or one.value >= 0]
    METRICS_DROPPED.labels("sentinel").inc(len(decoded.measurements) - len(kept))
    decoded.measurements = kept
    return decoded
