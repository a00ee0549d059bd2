"""Milesight's UG gateways, and ChirpStack 3 after which they were made: uplinks of a network server of one's own."""

import re
from binascii import a2b_base64
from typing import Any

from city.measurement import Decoded
from ingest.decoders.codec_output import read_codec
from ingest.decoders.codec_words import named
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json, parse_object
from ingest.decoders.options import DecoderOptions
from ingest.decoders.paths import first_time
from ingest.decoders.values import checked_name
from ingest.reasons import Reason


class MilesightGatewayDecoder:
    """Decodes what a codec in the gateway decoded; bytes alone stay closed. `rxInfo` is about the gateway."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of an uplink; a time that no calendar has is passed over for that of receipt."""
        body = parse_object(payload)
        eui = _hexadecimal(body.get("devEUI"))
        sensor = checked_name(eui, at="$.devEUI", reason=Reason.BAD_NAME if eui else Reason.NO_SENSOR)
        values = codec_object(body)
        if values is None:
            values = {key: value for key, value in body.items() if key not in _ENVELOPE and named(key) is not None}
        decoded = read_codec(sensor, values, at="$.object", time_ns=envelope_time(body))
        self._options.told(decoded.measurements)
        return decoded


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    known = {"applicationID", "object", "objectJSON", "rxInfo"}  # a join has no more than its application
    return body.has("devEUI") and bool(known & body.members.keys())


def codec_object(body: dict[str, Any]) -> dict[str, Any] | None:
    """Return what a codec made of the bytes: an object, or the text of one, as ChirpStack 3 has it."""
    values = body.get("object", body.get("data"))  # some pass on the one in the other's place
    text = body.get("objectJSON")
    if not isinstance(values, dict) and isinstance(text, str) and text:
        values = parse_json(text.encode())
    return values if isinstance(values, dict) else None


def envelope_time(body: dict[str, Any]) -> int | None:
    """Return when the server received it, else when it passed it on, else when a gateway did."""
    return first_time(body, ("time", "publishedAt", "rxInfo.0.time"))


def _hexadecimal(eui: object) -> object:
    """Return an identity in hexadecimal, which ChirpStack 3 also writes in base64."""
    if isinstance(eui, str) and _BASE64_EUI.fullmatch(eui) is not None:
        return a2b_base64(eui).hex()
    return eui


#: Eight bytes.
_BASE64_EUI = re.compile(r"[A-Za-z0-9+/]{11}=")
#: What the gateway says of the uplink, beside which it may put what its codec decoded.
_ENVELOPE = frozenset(
    {
        "adr", "applicationID", "applicationName", "data", "devEUI", "deviceName", "fCnt", "fPort", "rxInfo", "time",
        "txInfo", "tags", "cellularIP", "gatewayTime", "devAddr", "dr",
    }
)  # fmt: skip
