"""Messages that no route names, as the city reads them: recognised by topic and body, and told sensor by sensor."""

import json

from city.measurement import Decoded
from ingest.decoders.decoder_set import DecoderSet
from ingest.decoders.families import FAMILIES
from ingest.decoders.options import DecoderOptions

AUTO = DecoderSet(FAMILIES).make("auto", DecoderOptions())

#: Value and unit by sensor and `quantity/label`.
Readings = dict[tuple[str, str], tuple[float, str | None]]


def decode(topic: str, body: object) -> Decoded:
    """Decode a body; one that is no text goes as JSON."""
    return AUTO.decode(topic, body.encode() if isinstance(body, str) else json.dumps(body).encode())


def told(decoded: Decoded) -> Readings:
    """Return what was measured; each quantity of a sensor once."""
    found = {(m.sensor, f"{m.quantity}/{m.label}".rstrip("/")): (m.value, m.unit) for m in decoded.measurements}
    assert len(found) == len(decoded.measurements)
    return found
