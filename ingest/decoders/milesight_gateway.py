"""Milesight's UG gateways, and ChirpStack 3 after which they were made: uplinks of a network server of one's own."""

from typing import Any

from city.measurement import Decoded
from ingest.decoders.codec_output import read_codec
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json, parse_object
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.decoders.values import checked_name
from ingest.reasons import Reason


class MilesightGatewayDecoder:
    """Decodes what a codec in the gateway decoded; bytes alone stay closed. `rxInfo` is about the gateway."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of an uplink; a time that no calendar has is passed over for that of receipt."""
        body = parse_object(payload)
        eui = body.get("devEUI")
        sensor = checked_name(eui, at="$.devEUI", reason=Reason.BAD_NAME if eui else Reason.NO_SENSOR)
        decoded = read_codec(sensor, _decoded(body), at="$.object", time_ns=time_of(body.get("time")))
        self._options.told(decoded.measurements)
        return decoded


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    return body.has("applicationID", "devEUI") and bool({"data", "object", "fPort"} & body.members.keys())


def _decoded(body: dict[str, Any]) -> dict[str, Any]:
    """Return what a codec made of the bytes: an object, or the text of one, as ChirpStack 3 has it."""
    values = body.get("object")
    text = body.get("objectJSON")
    if not isinstance(values, dict) and isinstance(text, str) and text:
        values = parse_json(text.encode())
    return values if isinstance(values, dict) else {}
