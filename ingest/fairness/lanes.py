"""Which lane each topic goes in: its source, its rank, and when it was last let through."""

from collections.abc import Callable, Sequence
from math import inf
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from city.growing import grown, room_for
from ingest.fairness.rank import Families, Rank, Ranking
from ingest.fairness.shares import OTHERS, Shares
from ingest.key_table import NOWHERE, KeyTable
from ingest.message import Message
from ingest.topics import matches

#: Lanes among which topics of sources that nobody named are spread, so that one of them can fill only its own
#: (stochastic fairness queueing, McKenney 1990; Linux's sch_sfq has 127).
OTHER_LANES = 64
#: Topics that are remembered, some forty bytes each; beyond it all are learned anew. Learning takes 15 us: a city with
#: more topics than are remembered would learn every message's, just when too many of them are waiting.
MOST_TOPICS = 1 << 21

_FIRST_SIZE = 1024

Ints = NDArray[np.int64]


class Sorted(NamedTuple):
    """Some messages in columns."""

    topic: Ints
    lane: Ints
    rank: Ints


class Lanes:
    """Lanes by number: one for each named source in order, and the others' behind them; belongs to one thread.

    A topic is known by its hash alone (see `ingest.speaking_topics`): one that shares it with another goes in its lane.
    """

    def __init__(self, shares: Shares, ranking: Ranking) -> None:
        self._ranking = ranking
        self._forget()
        self.use(shares, ranking.families)

    def use(self, shares: Shares, families: Families) -> None:
        """Have these sources, and topics of these families, from now on; what was sorted before is no more."""
        self._shares, self._ranking.families = shares, families
        self._forget()
        named = len(shares.sources)
        weights = [source.weight for source in shares.sources]
        self.weight = np.array([*weights, *([1.0] * OTHER_LANES)])
        self.names = [*(source.name for source in shares.sources), *([OTHERS] * OTHER_LANES)]
        self._others = named

    def rank_sensors(self, rank: Callable[[str], Rank]) -> None:
        """Rank sensors like this from now on."""
        self._ranking.sensor = rank
        self._forget()

    def sort(self, messages: Sequence[Message]) -> Sorted:
        """Return topic, lane and rank of each message."""
        keys = np.fromiter((hash(message.raw_topic) for message in messages), np.int64, len(messages))
        topic = self._topics.places(keys)
        new = np.flatnonzero(topic == NOWHERE)
        if len(new):
            self._learn(messages, keys, new)
            topic = self._topics.places(keys)
        return Sorted(topic, self._lane[topic].astype(np.int64), self._rank[topic].astype(np.int64))

    def _forget(self) -> None:
        self._topics = KeyTable()
        self._lane: NDArray[np.int16] = np.zeros(_FIRST_SIZE, np.int16)
        self._rank: NDArray[np.int8] = np.zeros(_FIRST_SIZE, np.int8)
        #: By topic when it was last let through, in the seconds that the gate is told; never is `-inf`.
        self.heard_s: NDArray[np.float64] = np.full(_FIRST_SIZE, -inf)

    def _learn(self, messages: Sequence[Message], keys: Ints, new: Ints) -> None:
        # Full: the oldest numbers are given again, which costs one batch a little justice.
        if len(self._topics) + len(new) > MOST_TOPICS:
            self._forget()
            new = np.arange(len(messages))
        _, first = np.unique(keys[new], return_index=True)
        ones = new[first]
        places = self._topics.add(keys[ones])
        self._make_room(len(self._topics), len(places))
        for place, one in zip(places.tolist(), ones.tolist(), strict=True):
            self._lane[place], self._rank[place] = self._lane_and_rank(messages[one])
        self.heard_s[places] = -inf

    def _make_room(self, needed: int, new: int) -> None:
        if needed > len(self._lane):
            used, room = needed - new, room_for(needed)
            self._lane, self._rank = grown(self._lane, used, room), grown(self._rank, used, room)
            self.heard_s = grown(self.heard_s, used, room)

    def _lane_and_rank(self, message: Message) -> tuple[int, Rank]:
        lane = self._source(message.topic)
        if lane == self._others:
            return self._others + _spread(message.raw_topic), self._ranking.of(message.topic or "")
        return lane, Rank.FIRST if self._shares.sources[lane].first else self._ranking.of(message.topic or "")

    def _source(self, topic: str | None) -> int:
        if topic is not None:
            for place, source in enumerate(self._shares.sources):
                if any(matches(one, topic) for one in source.topics):
                    return place
        return self._others


def _spread(raw_topic: bytes) -> int:
    """Return a lane for a topic by all but its last level: what one device sends stays in one lane."""
    return crc32(raw_topic.rpartition(b"/")[0] or raw_topic) % OTHER_LANES
