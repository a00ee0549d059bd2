"""The payload families: one file each, and this table of them."""

from ingest.decoders.decoder_set import DecoderSet
from ingest.decoders.families import FAMILIES
from ingest.decoders.family import DecoderFactory

__all__ = ["DECODERS", "FAMILIES", "DecoderSet"]

#: What a route may name: a family, or `auto` to recognise one by topic and body.
DECODERS: dict[str, DecoderFactory] = {name: DecoderSet(FAMILIES).factory(name) for name in DecoderSet(FAMILIES).names}
