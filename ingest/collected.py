"""What a batch's messages say, while it is being read: columns of readings, and everything else."""

from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from city.entry import SensorEvent, SensorStatus
from ingest.introduction import introduction
from ingest.judgement import Said
from ingest.message import Message, QuarantinedMessage, Sighting
from ingest.privacy import redacted
from ingest.speakers import SpeakingSensor

#: Bytes of a stranger's message that discovery shows.
_SAMPLE_BYTES = 500


class Collected:
    """Grows by one message at a time; one that fails midway leaves nothing behind.

    Attributes:
        counts: how many readings each message has.
        understood: messages by family and content, for the counters.
        native: messages on native reading topics, counted apart since they are most.
    """

    def __init__(self) -> None:
        self.slots: list[int] = []
        self.times: list[int] = []
        self.values: list[float] = []
        self.qualities: list[int] = []
        self.counts: list[int] = []
        self.events: list[SensorEvent] = []
        self.statuses: list[SensorStatus] = []
        self.sightings: list[Sighting] = []
        self.quarantined: list[QuarantinedMessage] = []
        self.native = 0
        self.understood: Counter[tuple[str, str]] = Counter()

    def read(self, slots: list[int], values: list[float], time_ns: int, quality: int) -> None:
        """Take readings of one moment."""
        count = len(slots)
        self.slots += slots
        self.values += values
        self.times += [time_ns] * count
        self.qualities += [quality] * count

    def see(self, sensor: SpeakingSensor, message: Message, quantities: tuple[str, ...]) -> None:
        """Take down that a sensor spoke that is not registered."""
        sample = redacted(message.payload[:_SAMPLE_BYTES]).decode(errors="replace")
        told = introduction(message.payload)
        self.sightings.append(Sighting(sensor.number, sensor.id, message.topic or "", quantities, sample, told))

    def refuse(self, message: Message, reason: str, detail: str, *, keep: int) -> None:
        """Put a message into quarantine, and take back its readings: those after the first `keep`."""
        for column in (self.slots, self.times, self.values, self.qualities):
            del column[keep:]
        refused = QuarantinedMessage(message.raw_topic, message.payload, reason, detail, broker=message.broker)
        self.quarantined.append(refused)

    def origins(self, numbers: Sequence[int]) -> NDArray[np.int64]:
        """Return of each reading its message's number; `numbers` are those of all messages taken."""
        return np.repeat(np.array(numbers, np.int64), self.counts)

    def said(self) -> Said:
        """Return the readings as columns."""
        return Said(
            np.array(self.slots, np.int64),
            np.array(self.times, np.int64),
            np.array(self.values, np.float64),
            np.array(self.qualities, np.uint16),
        )


def attributes_json(attributes: dict[str, str | float | bool]) -> str:
    """Return an event's attributes as they are kept."""
    return msgspec.json.encode(attributes).decode()
