"""Which lane each topic goes in: its source, its rank, and when it was last let through."""

from collections.abc import Callable, Sequence
from math import inf
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ingest.fairness.rank import Families, Rank, Ranking
from ingest.fairness.shares import OTHERS, Shares
from ingest.message import Message
from ingest.topics import matches

#: Lanes among which topics of sources that nobody named are spread, so that one of them can fill only its own
#: (stochastic fairness queueing, McKenney 1990; Linux's sch_sfq has 127).
OTHER_LANES = 64
#: Topics that are remembered, about 150 bytes each; beyond it they are learned anew.
MOST_TOPICS = 262_144

Ints = NDArray[np.int64]


class Sorted(NamedTuple):
    """Some messages in columns."""

    topic: Ints
    lane: Ints
    rank: Ints


class Lanes:
    """Lanes by number: one for each named source in order, and the others' behind them; belongs to one thread."""

    def __init__(self, shares: Shares, ranking: Ranking) -> None:
        self._ranking = ranking
        self._known: dict[bytes, int] = {}
        self._lane = np.zeros(1024, dtype=np.int64)
        self._rank = np.zeros(1024, dtype=np.int64)
        self.heard_s = np.zeros(1024)
        self.use(shares, ranking.families)

    def use(self, shares: Shares, families: Families) -> None:
        """Have these sources, and topics of these families, from now on; what was sorted before is no more."""
        self._shares, self._ranking.families = shares, families
        self._known.clear()
        named = len(shares.sources)
        weights = [source.weight for source in shares.sources]
        self.weight = np.array([*weights, *([1.0] * OTHER_LANES)])
        self.names = [*(source.name for source in shares.sources), *([OTHERS] * OTHER_LANES)]
        self._others = named

    def rank_sensors(self, rank: Callable[[str], Rank]) -> None:
        """Rank sensors like this from now on."""
        self._ranking.sensor = rank
        self._known.clear()

    def sort(self, messages: Sequence[Message]) -> Sorted:
        """Return topic, lane and rank of each message."""
        known = self._known
        topics = [known.get(message.raw_topic, -1) for message in messages]
        if -1 in topics:
            topics = [self._number(message) for message in messages]
        topic = np.array(topics, dtype=np.int64)
        return Sorted(topic, self._lane[topic], self._rank[topic])

    def _number(self, message: Message) -> int:
        number = self._known.get(message.raw_topic)
        return self._learn(message) if number is None else number

    def _learn(self, message: Message) -> int:
        # Full: the oldest numbers are given again, which costs one batch a little justice.
        if len(self._known) >= MOST_TOPICS:
            self._known.clear()
        number = self._known[message.raw_topic] = len(self._known)
        if number >= len(self._lane):
            self._lane, self._rank = (np.append(one, np.zeros_like(one)) for one in (self._lane, self._rank))
            self.heard_s = np.append(self.heard_s, np.zeros_like(self.heard_s))
        lane = self._source(message.topic)
        first = lane < self._others and self._shares.sources[lane].first
        self._rank[number] = Rank.FIRST if first else self._ranking.of(message.topic or "")
        self._lane[number] = lane if lane < self._others else self._others + _spread(message.raw_topic)
        self.heard_s[number] = -inf
        return number

    def _source(self, topic: str | None) -> int:
        if topic is not None:
            for place, source in enumerate(self._shares.sources):
                if any(matches(one, topic) for one in source.topics):
                    return place
        return self._others


def _spread(raw_topic: bytes) -> int:
    """Return a lane for a topic by all but its last level: what one device sends stays in one lane."""
    return crc32(raw_topic.rpartition(b"/")[0] or raw_topic) % OTHER_LANES
