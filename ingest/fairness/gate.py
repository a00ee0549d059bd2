"""Lets in what the quotas allow, and says of the rest whose it was and why: pure but for the buckets."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from ingest.fairness.bucket import Bucket, Rate
from ingest.fairness.fair import Ints, fair_shares, firsts
from ingest.fairness.lanes import Lanes
from ingest.fairness.rank import Rank
from ingest.fairness.shares import Shares
from ingest.journal_codec import ShedRow
from ingest.message import Message

#: Parts of a burst that lower ranks leave to higher ones, so that what goes first finds room in the midst of a flood.
_KEPT_BACK = {Rank.FIRST: 0.0, Rank.WATCHED: 0.25, Rank.BULK: 0.5}
#: More than any batch holds; an infinite room as a whole number.
_ENDLESS = 2**40

Bools = NDArray[np.bool_]


class Reason(StrEnum):
    """Why something was shed."""

    SOURCE_RATE = "source_rate"  #: its source sent more than its quota
    CITY_RATE = "city_rate"  #: all together sent more than the city takes, and its source more than its share


@dataclass(frozen=True, slots=True)
class Admitted:
    """What passes, in order of arrival, and what does not."""

    messages: list[Message]
    shed: tuple[ShedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class _Load:
    """The messages of a batch in columns; `order` is that in which members of a lane are let in."""

    lane: Ints
    rank: Ints
    size: Ints
    order: Ints


class _Quota:
    """The two buckets of one rate."""

    def __init__(self, rate: Rate) -> None:
        self.bounded = rate.bounded
        self._messages = Bucket(rate.messages_per_s, rate.burst_s)
        self._bytes = Bucket(rate.bytes_per_s, rate.burst_s)

    def rooms(self, now_s: float, rank: Rank) -> tuple[int, int]:
        """Return how many messages and bytes of a rank may pass now."""
        kept_back = _KEPT_BACK[rank]
        rooms = (bucket.room(now_s, kept_back=kept_back) for bucket in (self._messages, self._bytes))
        messages, size = (int(min(room, _ENDLESS)) for room in rooms)
        return messages, size

    def spend(self, messages: int, size: int) -> None:
        """Take out what has passed."""
        self._messages.spend(messages)
        self._bytes.spend(size)


class Gate:
    """Keeps the quotas of `shares`; without any it lets everything in. Belongs to one thread.

    What passes is chosen by rank, then by justice among lanes, then by how long a topic was not heard: a flood is
    thinned out over all its topics, and no sensor falls silent while its source has anything left.
    """

    def __init__(self, shares: Shares, lanes: Lanes) -> None:
        self._lanes = lanes
        self.use(shares)

    def use(self, shares: Shares) -> None:
        """Keep these quotas from now on, each with a whole burst."""
        self._bounded = shares.bounded
        self._city = _Quota(shares.city)
        self._sources = {lane: _Quota(source.rate) for lane, source in enumerate(shares.sources) if source.rate.bounded}

    def admit(self, messages: list[Message], now_s: float) -> Admitted:
        """Let in what may come in at `now_s`.

        A message that the broker marks as sent before always passes: it may be one that was kept, and there are never
        more of them than its window holds.
        """
        if not self._bounded or not messages:
            return Admitted(messages)
        topic, lane, rank = self._lanes.sort(messages)
        size = np.array([len(one.raw_topic) + len(one.payload) for one in messages], dtype=np.int64)
        order = np.argsort(self._lanes.heard_s[topic], kind="stable")
        load = _Load(lane, rank, size, order)
        repeated = np.array([one.dup for one in messages], dtype=np.bool_)
        within = self._within_quotas(load, repeated, now_s)
        passes = self._pass(self._city, load, within, now_s) if self._city.bounded else within
        passes |= repeated
        self._lanes.heard_s[topic[passes]] = now_s
        if passes.all():
            return Admitted(messages)
        kept = [messages[place] for place in np.flatnonzero(passes).tolist()]
        reasons = {Reason.SOURCE_RATE: ~within & ~repeated, Reason.CITY_RATE: within & ~passes}
        return Admitted(kept, self._rows(load, reasons))

    def _within_quotas(self, load: _Load, repeated: Bools, now_s: float) -> Bools:
        """Return which messages their own sources may send."""
        within = ~repeated
        for lane, quota in self._sources.items():
            own = within & (load.lane == lane)
            if own.any():
                within &= ~own | self._pass(quota, load, own, now_s)
        return within

    def _pass(self, quota: _Quota, load: _Load, wanted: Bools, now_s: float) -> Bools:
        """Return which of the `wanted` pass a quota, and take them out of it."""
        passes = np.zeros(len(wanted), dtype=np.bool_)
        for rank in Rank:
            members = np.flatnonzero(wanted & (load.rank == rank))
            if not len(members):
                continue
            rooms = quota.rooms(now_s, rank)
            chosen = members
            for room, worth in zip(rooms, (None, load.size), strict=True):
                chosen = self._chosen(load, chosen, worth, room)
            quota.spend(len(chosen), int(load.size[chosen].sum()))
            passes[chosen] = True
        return passes

    def _chosen(self, load: _Load, members: Ints, worth: Ints | None, room: int) -> Ints:
        """Return which members share `room`, each worth 1 or its size."""
        own = None if worth is None else worth[members]
        lanes = len(self._lanes.weight)
        demand = np.bincount(load.lane[members], own, lanes).astype(np.int64)
        if int(demand.sum()) <= room:
            return members
        asking = np.flatnonzero(demand)
        most = np.zeros(lanes, dtype=np.int64)
        most[asking] = fair_shares(demand[asking], self._lanes.weight[asking], room)
        turn = np.empty(len(load.order), dtype=np.int64)
        turn[load.order] = np.arange(len(load.order))
        return members[firsts(load.lane[members], np.argsort(turn[members], kind="stable"), most, own)]

    def _rows(self, load: _Load, reasons: dict[Reason, Bools]) -> tuple[ShedRow, ...]:
        counts: Counter[tuple[str, str]] = Counter()
        sizes: Counter[tuple[str, str]] = Counter()
        for reason, shed in reasons.items():
            for lane in np.unique(load.lane[shed]).tolist():
                own = shed & (load.lane == lane)
                key = self._lanes.names[lane], str(reason)
                counts[key] += int(own.sum())
                sizes[key] += int(load.size[own].sum())
        return tuple(
            ShedRow(source, reason, count, sizes[source, reason]) for (source, reason), count in counts.items()
        )
