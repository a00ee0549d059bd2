"""Smart Citizen Kits: readings as their template describes them, and a short form that only looks like JSON."""

import re

import msgspec

from city.errors import UndecodableMessage
from city.measurement import Decoded
from ingest.decoders.options import DecoderOptions
from ingest.reasons import Reason
from ingest.telemetry import METRICS_DROPPED
from ingest.templates.decoder import TemplateDecoder
from ingest.templates.product import product_templates

#: `{t:2017-03-24T13:35:14Z,29:48.45,13:66}`
_RAW = re.compile(rb"\s*\{t:([^,{}]{1,40})((?:,\s*\d{1,6}:[^,{}]{0,40})*)\}\s*")
_VALUE = re.compile(rb"(\d{1,6}):\s*(-?\d{1,20}(?:\.\d{1,20})?)\s*(?:,|\Z)")

TEMPLATES = product_templates("smartcitizen")


class SmartCitizenDecoder:
    """Decodes both forms."""

    def __init__(self, options: DecoderOptions) -> None:
        self._written = TemplateDecoder(TEMPLATES, options)

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of a message."""
        if not topic.endswith("/readings/raw"):
            return _without_sentinels(self._written.decode(topic, payload))
        found = _RAW.fullmatch(payload)
        if found is None:
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="{t:TIME,ID:VALUE,…}", got=payload[:60], at="$")
        values = [{"id": int(key), "value": float(value)} for key, value in _VALUE.findall(found.group(2))]
        body = {"data": [{"recorded_at": found.group(1).decode("ascii", "replace"), "sensors": values}]}
        return _without_sentinels(self._written.decode(topic.removesuffix("/raw"), msgspec.json.encode(body)))


def _without_sentinels(decoded: Decoded) -> Decoded:
    """Leave out the charge of a battery that is not there, which the kit says is -1."""
    kept = [one for one in decoded.measurements if one.quantity != "battery_level" or one.value >= 0]
    METRICS_DROPPED.labels("sentinel").inc(len(decoded.measurements) - len(kept))
    decoded.measurements = kept
    return decoded
