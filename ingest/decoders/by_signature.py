"""Recognises a family by topic grammar, else by the body: for bridges, Node-RED flows, topics that anybody chose."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol, runtime_checkable

from city.errors import UndecodableMessage
from city.measurement import Decoded, Decoder
from ingest.decoders.envelope import Opened, opened
from ingest.decoders.family import Body, Family, bears_none
from ingest.reasons import Reason
from ingest.topics import matches

#: Topics whose family is remembered: those of a city's busiest gateways.
_TOPICS, _LONGEST = 16_384, 1024
#: Families whose topics tell one bare value each, and may as well be those of a bridge that tells objects.
_OF_BARE_VALUES = frozenset({"esphome"})
#: Families whose topics others take for their own states, without describing them.
_OF_DESCRIPTIONS = frozenset({"ha_discovery"})


@runtime_checkable
class Learner(Protocol):
    """A decoder that is told by descriptions which topics are its own."""

    def knows(self, topic: str) -> bool:
        """Return whether a description told what this topic carries."""
        ...


class SignatureDecoder:
    """Hands a message to the family whose topic it has or whose signature its body bears."""

    def __init__(self, families: Mapping[str, Family], decoders: Mapping[str, Decoder]) -> None:
        self._families, self._decoders = families, decoders
        self._bearing = [(name, family.bears) for name, family in families.items() if family.bears is not bears_none]
        self._learners = [(name, decoder) for name, decoder in decoders.items() if isinstance(decoder, Learner)]
        #: A topic says the same each time; asking thirty families cost more than decoding.
        self._remembered = lru_cache(maxsize=_TOPICS)(self._asked)

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return what the recognised family makes of the message.

        Raises:
            UndecodableMessage: it is nobody's, or the family refuses it.
        """
        family = self._family_of(topic)
        if family is not None:
            try:
                return self._decoders[family].decode(topic, payload)
            except UndecodableMessage as error:
                # A grammar that others' topics have, too: ESPHome's bare values, and a body that is no bare value;
                # or a topic that is like described ones, which nobody has described.
                is_guess = error.reason is Reason.WRONG_SHAPE and self._may_be_anothers(family, topic, payload)
                if not is_guess and not (error.reason is Reason.NEEDS_BIRTH and family in _OF_DESCRIPTIONS):
                    raise
        body = Body(payload)
        within = opened(body)
        return self._of_body(topic, body) if within is None else self._passed_on(within)

    def _asked(self, topic: str) -> tuple[str | None, str | None]:
        return _of_filters(self._families, topic), _of_grammar(self._families, topic)

    def _by_topic(self, topic: str) -> tuple[str | None, str | None]:
        """Return the family by a grammar of its own, and by a free one; a topic of kilobytes is not remembered."""
        return self._remembered(topic) if len(topic) <= _LONGEST else self._asked(topic)

    def _family_of(self, topic: str) -> str | None:
        """Return the family: by a grammar of its own, by what was described, by a free grammar; None by none."""
        family, free = self._by_topic(topic)
        if family is None:
            family = next((name for name, learner in self._learners if learner.knows(topic)), None)
        return family if family is not None else free

    def _may_be_anothers(self, family: str, topic: str, payload: bytes) -> bool:
        """Return whether a family was only guessed by its topic, and this body is an object."""
        sure, free = self._by_topic(topic)
        is_guess = sure is None and family == free and family in _OF_BARE_VALUES
        return is_guess and payload.lstrip()[:1] == b"{"

    def _of_body(self, topic: str, body: Body) -> Decoded:
        for name, bears in self._bearing:
            if bears(body):
                return self._decoders[name].decode(topic, body.payload)
        got = body.payload[:60]
        raise UndecodableMessage(Reason.UNRECOGNISED, expected="a body of a known family", got=got, at="$")

    def _passed_on(self, within: Opened) -> Decoded:
        """Return what a message says that another one carries; one within that one stays closed."""
        family = self._family_of(within.topic)
        if family is not None:
            decoded = self._decoders[family].decode(within.topic, within.payload)
        else:
            decoded = self._of_body(within.topic, Body(within.payload))
        for measurement in decoded.measurements:
            if measurement.time_ns is None and measurement.age_ns == 0:
                measurement.time_ns = within.time_ns
        for observation in decoded.observations:
            observation.time_ns = observation.time_ns if observation.time_ns is not None else within.time_ns
        return decoded


def _of_filters(families: Mapping[str, Family], topic: str) -> str | None:
    for name, family in families.items():
        if any(matches(topic_filter, topic) for topic_filter in family.filters):
            return name
    return None


def _of_grammar(families: Mapping[str, Family], topic: str) -> str | None:
    return next(
        (name for name, family in families.items() if family.topics is not None and family.topics.fullmatch(topic)),
        None,
    )
