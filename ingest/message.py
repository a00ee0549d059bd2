"""What passes between session, normaliser and journal: raw messages in, one understood batch out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from city.entry import Arrivals
from city.reading import ReadingBatch
from ingest.decoders.memory import Lesson
from ingest.introduction import NOTHING_TOLD, Introduction


class Message(msgspec.Struct, frozen=True, gc=False):
    """One PUBLISH as the broker delivered it; a msgspec struct because one is built for every message.

    Attributes:
        topic: None where the topic is not valid UTF-8.
        raw_topic: the topic's bytes as they came.
        retain: the broker kept it from before we subscribed; its time of receipt says nothing.
        dup: the broker says that it may have sent this message before.
        broker: the name of the broker that it came from, as the settings have it.
    """

    topic: str | None
    raw_topic: bytes
    payload: bytes
    retain: bool = False
    dup: bool = False
    broker: str = ""


@dataclass(frozen=True, slots=True)
class QuarantinedMessage:
    """A message that could not be understood; `reason` is one of a small set of words, `detail` a sentence.

    `size` is that of the whole payload where `payload` was cut; `broker` is empty in journals of earlier versions.
    """

    raw_topic: bytes
    payload: bytes
    reason: str
    detail: str
    size: int | None = None
    broker: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A sensor that is not registered sent something.

    Attributes:
        sample: the beginning of what it sent.
        introduced: what the message tells of the sensor itself.
    """

    number: int
    sensor: str
    topic: str
    quantities: tuple[str, ...] = ()
    sample: str = ""
    introduced: Introduction = NOTHING_TOLD


@dataclass(frozen=True, slots=True)
class Batch:
    """What many messages said together."""

    arrivals: Arrivals = field(default_factory=lambda: Arrivals(ReadingBatch.empty()))
    quarantined: Sequence[QuarantinedMessage] = ()
    discovered: Sequence[Sighting] = ()
    learned: Sequence[Lesson] = ()
