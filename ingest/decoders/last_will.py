"""Last wills and availability topics that belong to no family: `online` and `offline`, and nothing else."""

from city.errors import UndecodableMessage
from city.measurement import Decoded, Status
from ingest.decoders.family import Body
from ingest.decoders.options import DecoderOptions
from ingest.decoders.values import checked_name
from ingest.reasons import Reason

_WORDS = {b"online": True, b"connected": True, b"offline": False, b"disconnected": False, b"connectionlost": False}
#: Last levels of a topic that say what it is, and not whose.
_LEVELS = frozenset(
    {"status", "lwt", "availability", "available", "state", "connection", "connected", "online", "will"}
)


class LastWillDecoder:
    """Decodes what a device, or the broker in its name, says of its connection."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return whether the topic's device is there."""
        online = _WORDS.get(_word(payload))
        if online is None:
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="online or offline", got=payload[:40], at="$")
        device, _, leaf = topic.rpartition("/")
        name = device if leaf.lower() in _LEVELS else topic
        return Decoded(statuses=[Status(checked_name(name, at="topic", reason=Reason.NO_SENSOR), online=online)])


def bears(body: Body) -> bool:
    """Return whether a body is one of these words."""
    return _word(body.payload) in _WORDS


def _word(payload: bytes) -> bytes:
    return payload[:32].strip().strip(b'"').lower() if len(payload) <= 32 else b""
