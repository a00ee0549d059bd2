"""Decoding in a test: a family, a topic, a body, and what comes out in a form that is easy to compare."""

import json
from collections.abc import Sequence

import pytest

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement
from ingest.decoders.decoder_set import DecoderSet
from ingest.decoders.families import FAMILIES
from ingest.decoders.family import DecoderFactory
from ingest.decoders.options import DecoderOptions


def _factory(name: str) -> DecoderFactory:
    return lambda options: DecoderSet(FAMILIES).make(name, options)


#: What makes decoders that share nothing with others, by what a route may name.
DECODERS = {name: _factory(name) for name in DecoderSet(FAMILIES).names}


def decoded(family: str, topic: str, body: object, **options: object) -> Decoded:
    """Decode a body; one that is not bytes goes as JSON."""
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return DECODERS[family](DecoderOptions.model_validate(options)).decode(topic, payload)


def told(measurements: Sequence[Measurement]) -> dict[str, tuple[float, str | None]]:
    """Return value and unit by `quantity/label`."""
    return {f"{m.quantity}/{m.label}".rstrip("/"): (m.value, m.unit) for m in measurements}


def refusal(family: str, topic: str, body: object) -> str:
    """Return the reason for which a message is refused."""
    with pytest.raises(UndecodableMessage) as caught:
        decoded(family, topic, body)
    return caught.value.reason
