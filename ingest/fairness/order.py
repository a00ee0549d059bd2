"""Which of the waiting messages go into the next batch, when more wait than one batch holds."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.fairness.fair import Ints, fair_shares, firsts
from ingest.fairness.lanes import Lanes
from ingest.fairness.rank import Rank
from ingest.message import Message

#: A lane that holds more than this many times what lanes hold on average is a flood. Hashing alone makes some fuller
#: than others: with ten senders a lane (Poisson), three times the mean comes by chance in less than one of a million.
_FLOOD = 3.0

#: Rank and lane of each message, as one number.
Marks = NDArray[np.int16]
Bools = NDArray[np.bool_]


class FairOrder:
    """By rank, among equals justly by lane, and in a lane in order of arrival, so that no topic overtakes itself."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    @property
    def _count(self) -> int:
        return len(self._lanes.weight)

    def marks(self, messages: Sequence[Message]) -> Marks:
        """Return what `choose` must know of messages; keep it as long as they wait."""
        _, lane, rank = self._lanes.sort(messages)
        return (rank * self._count + lane).astype(np.int16)

    def choose(self, waiting: Sequence[Marks], room: int) -> list[Bools] | None:
        """Return for each part of what is waiting, oldest first, which of its messages are among the next `room`.

        None where the order of arrival is as good: one rank, and nobody stands in front of the others.
        """
        marks = np.concatenate(waiting)
        demand = np.bincount(marks, minlength=len(Rank) * self._count).astype(np.int64)
        if self._is_even(demand):
            return None
        most = np.zeros_like(demand)
        for rank in Rank:
            own = np.arange(rank * self._count, (rank + 1) * self._count)
            asking = own[demand[own] > 0]
            if room > 0 and len(asking):
                most[asking] = fair_shares(demand[asking], self._lanes.weight[asking - own[0]], room)
                room -= int(most[asking].sum())
        chosen = firsts(marks, np.arange(len(marks)), most)
        return np.split(chosen, np.cumsum([len(one) for one in waiting])[:-1])

    def _is_even(self, demand: Ints) -> bool:
        by_rank = demand.reshape(len(Rank), self._count)
        if np.count_nonzero(by_rank.sum(axis=1)) > 1:
            return False
        worth = by_rank.sum(axis=0) / self._lanes.weight
        asking = worth[worth > 0]
        return bool(asking.max() <= _FLOOD * asking.mean())
