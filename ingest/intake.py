"""The stages before the journal: leave out repeats, understand the rest, and say what is to be committed."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from ingest.config import QuarantineSettings
from ingest.decoders.memory import Lesson
from ingest.discovery import Discovery
from ingest.duplicates import DuplicateWindow
from ingest.journal_codec import Digests, Learned, Refused
from ingest.judgement import PastOf
from ingest.message import Batch, Message, QuarantinedMessage
from ingest.naming import NewestBefore
from ingest.privacy import redacted
from ingest.stage import Work
from ingest.telemetry import BATCH_MESSAGES, MESSAGES_DUPLICATED

#: Characters kept of the sentence that says why a message was refused, and bytes of its topic.
_MAX_DETAIL = 500
_MAX_TOPIC = 1024


class Normaliser(Protocol):
    """Turns messages into readings, events, statuses, refusals and sightings."""

    def batch(self, messages: Sequence[Message], arrival_ns: int) -> Batch:
        """Return all that `messages` say; what cannot be understood is in it with its reason, and nothing raises."""
        ...

    def follow_on(self, past: NewestBefore) -> None:
        """Count on from the readings that an earlier run kept; call it before the first batch."""
        ...

    def remember(self, past: PastOf) -> None:
        """Know late and repeated readings by those that an earlier run kept; call it before the first batch."""
        ...

    def restore(self, lessons: Iterable[Lesson]) -> None:
        """Know again what an earlier run learned; call it before the first batch."""
        ...


class Sift:
    """Leaves out messages that were committed before; they are only acknowledged."""

    def __init__(self, duplicates: DuplicateWindow) -> None:
        self._duplicates = duplicates

    def run(self, work: Work) -> None:
        """Keep what is new, with its digests."""
        sifted = self._duplicates.sift(work.messages)
        work.messages, work.digests = sifted.messages, sifted.digests
        BATCH_MESSAGES.observe(len(work.received.messages))
        MESSAGES_DUPLICATED.inc(sifted.repeated)


class Understand:
    """Lets the normaliser read the messages, and lays out what is to be committed."""

    def __init__(self, normaliser: Normaliser, settings: QuarantineSettings) -> None:
        self._normaliser, self._settings = normaliser, settings

    def run(self, work: Work) -> None:
        """Fill in `batch` and `contents`."""
        if not work.messages:
            return
        batch = work.batch = self._normaliser.batch(work.messages, work.arrival_ns)
        work.contents += [batch.arrivals, Digests(work.digests)]
        if batch.learned:
            work.contents.append(Learned(tuple(batch.learned)))
        if batch.quarantined:
            bytes_kept = self._settings.max_payload_bytes
            refused = tuple(shortened(message, bytes_kept) for message in batch.quarantined)
            work.contents.append(Refused(work.arrival_ns, refused))


def shortened(message: QuarantinedMessage, max_payload_bytes: int) -> QuarantinedMessage:
    """Bound what a stranger can make us keep, and keep nothing that says who somebody is."""
    kept = redacted(message.payload[:max_payload_bytes])
    topic, detail = (
        message.raw_topic[:_MAX_TOPIC],
        redacted(message.detail[:_MAX_DETAIL].encode(errors="replace")).decode(),
    )
    return QuarantinedMessage(topic, kept, message.reason, detail, len(message.payload), message.broker)


class Note:
    """Notes sensors that are not registered."""

    def __init__(self, discovery: Discovery) -> None:
        self._discovery = discovery

    def run(self, work: Work) -> None:
        """Note the batch's sightings."""
        if work.batch is not None and work.batch.discovered:
            self._discovery.note(work.batch.discovered, work.arrival_ns)
