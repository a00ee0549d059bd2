"""Recognises a family by topic grammar, else by the body: for bridges, Node-RED flows, topics that anybody chose."""

from collections.abc import Mapping

from city.errors import UndecodableMessage
from city.measurement import Decoded, Decoder
from ingest.decoders.family import Body, Family
from ingest.reasons import Reason
from ingest.topics import matches


class SignatureDecoder:
    """Hands a message to the family whose topic it has or whose signature its body bears."""

    def __init__(self, families: Mapping[str, Family], decoders: Mapping[str, Decoder]) -> None:
        self._families, self._decoders = families, decoders

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return what the recognised family makes of the message."""
        return self._decoders[recognise(self._families, topic, payload)].decode(topic, payload)


def recognise(families: Mapping[str, Family], topic: str, payload: bytes) -> str:
    """Return the family of a message.

    Raises:
        UndecodableMessage: it bears no signature that we know; plausible numbers are no signature.
    """
    by_topic = family_of_topic(families, topic)
    if by_topic is not None:
        return by_topic
    body = Body(payload)
    for name, family in families.items():
        if family.bears(body):
            return name
    raise UndecodableMessage(Reason.UNRECOGNISED, expected="a body of a known family", got=payload[:60], at="$")


def family_of_topic(families: Mapping[str, Family], topic: str) -> str | None:
    """Return the family whose grammar this topic follows; None where it says nothing."""
    for name, family in families.items():
        if any(matches(topic_filter, topic) for topic_filter in family.filters):
            return name
    for name, family in families.items():
        if family.topics is not None and family.topics.fullmatch(topic):
            return name
    return None
