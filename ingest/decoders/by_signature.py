"""Recognises a family by its body, for topics that say nothing: bridges, Node-RED flows, base topics."""

from collections.abc import Mapping

from city.errors import UndecodableMessage
from city.measurement import Decoded, Decoder
from ingest.decoders import fiware, tts_v3
from ingest.decoders.json_body import parse_json
from ingest.reasons import Reason


class SignatureDecoder:
    """Hands a message to the family whose signature its body bears."""

    def __init__(self, families: Mapping[str, Decoder]) -> None:
        self._families = families

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return what the recognised family makes of the message."""
        return self._families[recognise(payload)].decode(topic, payload)


def recognise(payload: bytes) -> str:
    """Return the family of a body.

    Raises:
        UndecodableMessage: it bears no signature that we know; plausible numbers are no signature.
    """
    first = payload.lstrip()[:1]
    if first in {b"{", b"["}:
        body = parse_json(payload)
        if isinstance(body, dict) and tts_v3.recognises(body):
            return "tts_v3"
        if fiware.recognises(body):
            return "fiware"
    elif first and first not in {b"<", b"\xff"} and b"=" in payload and b" " in payload:
        return "influx_line"
    raise UndecodableMessage(
        Reason.UNRECOGNISED, expected="The Things Stack, NGSI or line protocol", got=payload[:60], at="$"
    )
