"""Makes the decoders of one set of routes, each once."""

from collections.abc import Mapping

from city.measurement import Decoder
from ingest.decoders.by_signature import SignatureDecoder
from ingest.decoders.family import Family
from ingest.decoders.memory import Memory
from ingest.decoders.native import NativeDecoder
from ingest.decoders.options import DecoderOptions


class DecoderSet:
    """Gives equal decoders to routes of one family with equal options; all share what births taught them.

    Attributes:
        memory: what the decoders remember from one message to later ones.
    """

    def __init__(self, families: Mapping[str, Family], memory: Memory | None = None) -> None:
        """Make decoders of `families`, which go on with what is in `memory` where there is one."""
        self._families = families
        self.memory = memory if memory is not None else Memory()
        self._made: dict[tuple[str, str], Decoder] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Return what a route may name."""
        return (*self._families, "auto", "native")

    def make(self, name: str, options: DecoderOptions) -> Decoder:
        """Return the decoder of this name; raises KeyError for an unknown one."""
        key = name, options.model_dump_json()
        decoder = self._made.get(key)
        if decoder is None:
            decoder = self._made[key] = self._new(name, options)
        return decoder

    def _new(self, name: str, options: DecoderOptions) -> Decoder:
        if name == "native":
            return NativeDecoder()
        if name == "auto":
            return SignatureDecoder(self._families, {name: self.make(name, options) for name in self._families})
        return self._families[name].decoder(options, self.memory)
