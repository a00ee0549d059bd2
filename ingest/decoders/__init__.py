"""The payload families: one file each, and this table of them."""

from collections.abc import Callable

from city.measurement import Decoder
from ingest.decoders.by_signature import SignatureDecoder
from ingest.decoders.fiware import FiwareDecoder
from ingest.decoders.influx_line import InfluxLineDecoder
from ingest.decoders.native import NativeDecoder
from ingest.decoders.options import DecoderOptions
from ingest.decoders.tts_v3 import TtsV3Decoder

DecoderFactory = Callable[[DecoderOptions], Decoder]

#: Family -> what makes its decoder; a new family is a new file and a line here.
FAMILIES: dict[str, DecoderFactory] = {
    "fiware": FiwareDecoder,
    "influx_line": InfluxLineDecoder,
    "tts_v3": TtsV3Decoder,
}

#: What a route may name: a family, or `auto` to recognise one by the body.
DECODERS: dict[str, DecoderFactory] = {
    **FAMILIES,
    "auto": lambda options: SignatureDecoder({name: make(options) for name, make in FAMILIES.items()}),
    "native": lambda _: NativeDecoder(),
}
