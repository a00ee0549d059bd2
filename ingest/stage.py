"""What every stage of the pipeline is: one method on the work in hand."""

from dataclasses import dataclass, field
from typing import Protocol

from city.entry import Journaled
from ingest.journal_codec import Content
from ingest.message import Batch, Message
from ingest.mqtt.inbox import Received


@dataclass(slots=True)
class Work:
    """One batch, or one entry of our own, on its way; each stage adds its part.

    Attributes:
        received: what is acknowledged in the end; nothing for an entry of our own.
        messages: those of `received` that are let in and new, with their `digests`.
        batch: what they say.
        contents: what is to be committed together.
        items: what was committed, for those who follow the journal.
        position: the last journal position that was committed; 0 before.
    """

    arrival_ns: int
    received: Received = field(default_factory=lambda: Received([]))
    messages: list[Message] = field(default_factory=list)
    digests: bytes = b""
    batch: Batch | None = None
    contents: list[Content] = field(default_factory=list)
    items: list[Journaled] = field(default_factory=list)
    position: int = 0

    def __post_init__(self) -> None:
        self.messages = self.messages if self.messages else self.received.messages


class Stage(Protocol):
    """One step from messages to what follows from them."""

    def run(self, work: Work) -> None:
        """Do this stage's part.

        Raises:
            StoreUnavailable: it could not be done now; the same call is made again until it can.
        """
        ...
