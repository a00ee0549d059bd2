"""OwnTracks: where people's telephones are. Whose it is, where, and how charged, goes no further."""

from city.measurement import Decoded
from ingest.decoders.family import Body
from ingest.decoders.options import DecoderOptions

#: Types of its messages (https://owntracks.org/booklet/tech/json/).
_TYPES = frozenset(
    {
        "location", "transition", "waypoint", "waypoints", "card", "beacon", "steps", "cmd", "lwt", "status",
        "configuration", "encrypted", "request",
    }
)  # fmt: skip


class OwnTracksDecoder:
    """Decodes nothing: a person is no sensor of the city's."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return nothing."""
        return Decoded()


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    said = body.members.get("_type")
    return isinstance(said, str) and said in _TYPES
