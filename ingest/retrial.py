"""Quarantined messages understood anew, after a decoder or a mapping was mended."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

import numpy as np

from city.entry import Arrivals
from city.errors import Conflict
from city.feed import Refusals, Replayed
from city.quality import Quality
from ingest.discovery import Discovery
from ingest.drain import Drain
from ingest.intake import Normaliser, shortened
from ingest.journal_codec import Content, Learned, Retried, SecondTry
from ingest.message import Message
from ingest.quarantine import Kept, Quarantine
from ingest.telemetry import STATUSES_OUTDATED

#: Messages understood between two batches: some ten milliseconds of ingest's loop.
_AT_ONCE = 100


class Inserts(Protocol):
    """The pipeline, as far as it is needed here."""

    async def insert(self, make: Callable[[int], list[Content]]) -> int:
        """Commit what `make` returns for the time it is given, and return the last position."""
        ...


class Retrial:
    """Brings quarantined messages through the pipeline a second time; belongs to its loop.

    What a message says and that it was replayed are committed together, so that it counts once whatever breaks.
    """

    def __init__(self, quarantine: Quarantine, drain: Drain, normaliser: Normaliser, discovery: Discovery) -> None:
        self._quarantine, self._drain = quarantine, drain
        self._normaliser, self._discovery = normaliser, discovery
        #: What the journal says up to here must be noted before messages are chosen: an earlier run may have replayed.
        self._committed = 0
        self._running = False

    def follow_on(self, position: int) -> None:
        """Wait with the first replay until the quarantine has noted the journal up to here."""
        self._committed = position

    async def run(self, pipeline: Inserts, wanted: Refusals, after: int, limit: int) -> Replayed:
        """Replay up to `limit` wanted messages with ids beyond `after`, the oldest first.

        Raises:
            Conflict: what was replayed before is still being noted.
        """
        if self._drain.position < self._committed or self._running:
            raise Conflict(found="an earlier replay is still being noted", at="quarantine")
        self._running = True
        try:
            kept = await asyncio.to_thread(self._quarantine.waiting, wanted, after, limit)
            return await self._replay(pipeline, kept, after, limit)
        finally:
            self._running = False

    async def _replay(self, pipeline: Inserts, kept: Sequence[Kept], after: int, limit: int) -> Replayed:
        whole = [one for one in kept if one.whole]
        tries: list[SecondTry] = []
        for start in range(0, len(whole), _AT_ONCE):
            self._committed = await pipeline.insert(partial(self._understand, whole[start : start + _AT_ONCE], tries))
        understood = sum(not one.reason for one in tries)
        upto = kept[-1].id if kept else after
        return Replayed(understood, len(whole) - understood, len(kept) - len(whole), upto, more=len(kept) == limit)

    def _understand(self, some: Sequence[Kept], tries: list[SecondTry], now_ns: int) -> list[Content]:
        contents: list[Content] = []
        results = [self._result(one, contents) for one in some]
        tries += results
        return [*contents, Retried(now_ns, tuple(results))]

    def _result(self, one: Kept, contents: list[Content]) -> SecondTry:
        message = Message(one.topic, one.topic.encode(), one.payload, broker=one.broker)
        batch = self._normaliser.batch([message], one.time_ns)
        if batch.learned:  # also by one that is refused: the decoders know it from here on
            contents.append(Learned(tuple(batch.learned)))
        if batch.quarantined:
            refused = shortened(batch.quarantined[0], 0)
            return SecondTry(one.position, one.place, refused.reason, refused.detail)
        contents.append(_as_history(batch.arrivals))
        if batch.discovered:
            self._discovery.note(batch.discovered, one.time_ns)
        return SecondTry(one.position, one.place)


def _as_history(arrivals: Arrivals) -> Arrivals:
    """Return arrivals that may raise an alarm and rewind nothing: all late, and nobody comes or goes by them."""
    STATUSES_OUTDATED.inc(len(arrivals.statuses))
    quality = arrivals.readings.quality | np.uint16(Quality.LATE)
    return replace(arrivals, readings=replace(arrivals.readings, quality=quality), statuses=())
