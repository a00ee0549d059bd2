"""The stages from the journal on: commit, acknowledge, and let everyone follow who follows the journal."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from city.entry import Arrivals, Entry, Journaled
from city.quality import names_of
from ingest.duplicates import DuplicateWindow
from ingest.failpoint import Failpoints, Place
from ingest.journal import Journal
from ingest.journal_codec import Digests, Learned, LetGo, Refused, Retried
from ingest.stage import Work
from ingest.telemetry import (
    EVENTS_ACCEPTED,
    MESSAGES_QUARANTINED,
    MESSAGES_RETRIED,
    MESSAGES_SHED,
    READINGS_ACCEPTED,
)

_GOOD = READINGS_ACCEPTED.labels("good")


class Saved(Protocol):
    """Something that must be on disk before a journal row that refers to it."""

    def flush(self) -> None:
        """Save what is new; raises StoreUnavailable, and then tries again at the next call."""
        ...


class Follower(Protocol):
    """Something that follows the journal entry by entry."""

    def apply(self, item: Journaled) -> object:
        """Take in one entry; raises StoreUnavailable, and then can be called with the same one again."""
        ...


class Commit:
    """Puts the work into the journal; what is committed may be acknowledged."""

    def __init__(
        self, journal: Journal, duplicates: DuplicateWindow, saved: Sequence[Saved], failpoints: Failpoints
    ) -> None:
        self._journal, self._duplicates, self._saved, self._failpoints = journal, duplicates, saved, failpoints

    def run(self, work: Work) -> None:
        """Commit all contents together, and count what they hold."""
        if not work.contents:
            return
        for one in self._saved:
            one.flush()
        self._failpoints.hit(Place.BEFORE_COMMIT)
        first = self._journal.append(work.contents)
        self._failpoints.hit(Place.AFTER_COMMIT)
        work.position = first + len(work.contents) - 1
        for position, content in enumerate(work.contents, first):
            match content:
                case Digests():
                    self._duplicates.remember(position, content.data)
                case Learned():  # nobody follows it: the decoders know it already
                    pass
                case Refused():
                    _count_refused(content)
                case Retried():
                    _count_retried(content)
                case LetGo():
                    _count_shed(content)
                case _:
                    work.items.append(Journaled(position, content))
                    _count_accepted(content)


class Acknowledge:
    """Sends the PUBACKs for what is committed, and for what was committed before."""

    def __init__(self, failpoints: Failpoints) -> None:
        self._failpoints = failpoints

    def run(self, work: Work) -> None:
        """Acknowledge every message of the batch."""
        work.received.acknowledge()
        self._failpoints.hit(Place.AFTER_ACKNOWLEDGE)


class Follow:
    """Hands what was committed to one follower."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    def run(self, work: Work) -> None:
        """Hand over the items in order."""
        for item in work.items:
            self._follower.apply(item)


class Fail:
    """Dies if a test asked for it."""

    def __init__(self, failpoints: Failpoints, place: Place) -> None:
        self._failpoints, self._place = failpoints, place

    def run(self, work: Work) -> None:
        """Hit the failpoint."""
        if work.received.messages:
            self._failpoints.hit(self._place)


def _count_refused(refused: Refused) -> None:
    for message in refused.messages:
        MESSAGES_QUARANTINED.labels(message.reason).inc()


def _count_retried(retried: Retried) -> None:
    for one in retried.tries:
        MESSAGES_RETRIED.labels(one.reason if one.reason else "understood").inc()


def _count_shed(shed: LetGo) -> None:
    for row in shed.rows:
        MESSAGES_SHED.labels(row.source, row.reason).inc(row.messages)


def _count_accepted(entry: Entry) -> None:
    if not isinstance(entry, Arrivals):
        return
    EVENTS_ACCEPTED.inc(len(entry.events))
    quality = entry.readings.quality
    if not quality.any():
        _GOOD.inc(len(quality))
        return
    counts = np.bincount(quality)
    for flags in np.flatnonzero(counts).tolist():
        for word in names_of(flags) or ("good",):
            READINGS_ACCEPTED.labels(word).inc(int(counts[flags]))
