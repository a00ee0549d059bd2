"""Bytes of a stream as a socket hands them over: in pieces, cut wherever it likes."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

from ingest.mqtt.codec import Parsed


class Fed(Protocol):
    """A parser of either protocol."""

    def feed(self, data: bytes) -> Parsed:
        """Take a piece and return what is whole."""
        ...


def fed(parser: Fed, data: bytes, cuts: Sequence[int]) -> Parsed:
    """Return all that a parser makes of `data` cut at these places, which may be beyond its end."""
    whole = Parsed()
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for start, stop in pairwise(places):
        part = parser.feed(data[start:stop])
        whole.messages.extend(part.messages)
        whole.packet_ids.extend(part.packet_ids)
        whole.controls.extend(part.controls)
    return whole
