"""Passes that judge how often something came about at a target within a while."""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from rules.grouped import GroupedPass
from rules.groups import Groups
from rules.kind import Verdict
from rules.levelled import bands_of
from rules.listening import Listening
from rules.metered import Samples, rounds
from rules.pairs import Pairs
from rules.tally import Tally

Ints = NDArray[np.int64]


class Counted(NamedTuple):
    """What came about, sorted by group: the group, at which row, when, and by which member (-1: by nobody)."""

    group: Ints
    row: Ints
    time_ns: Ints
    arrival_ns: Ints
    quality: NDArray[np.uint16]
    member: Ints


class TalliedPass(GroupedPass):
    """The measure is the number in the window that ends with a target's newest one, or with a tick."""

    def __init__(self, name: str, members: Pairs, groups: Groups, within_ns: Sequence[int]) -> None:
        """Take the window under each of the terms."""
        super().__init__(name, members, groups)
        depth = max((ceil(bands_of(terms)[-1].limit.high) for terms in groups.roll.terms), default=1)
        self._within_ns = np.array(within_ns, dtype=np.int64)[groups.term]
        self._tally = Tally(f"{name}_tally", groups.keys, self._within_ns, depth)
        self._memories = (self._tally.table,)

    def _count(self, counted: Counted) -> list[Verdict]:
        group = counted.group
        if not len(group):
            return []
        number, time_ns, first_ns = (np.empty(len(group), dtype=np.int64) for _ in range(3))
        for places in rounds(group):
            number[places], time_ns[places], first_ns[places] = self._tally.push(group[places], counted.time_ns[places])
        samples = Samples(group, counted.row, time_ns, counted.arrival_ns, counted.quality, number.astype(np.float64))
        return self._climb(
            samples,
            lambda at: self._evidence(int(group[at]), int(number[at]), int(first_ns[at]), int(counted.member[at])),
        )

    def tick(self, time_ns: int, listening: Listening) -> list[Verdict]:
        """Let the counts of open alarms fall; while nobody listens, nobody knows that nothing happened."""
        group = np.flatnonzero(self._ladder.table["level"])
        if not listening.listening or not len(group):
            return []
        count = self._tally.count(group, np.full(len(group), time_ns))
        samples = Samples(
            group,
            np.zeros_like(group),
            count.time_ns,
            np.maximum(count.time_ns, time_ns),
            np.zeros(len(group), dtype=np.uint16),
            count.number.astype(np.float64),
        )
        return self._climb(
            samples, lambda at: self._evidence(int(group[at]), int(count.number[at]), int(count.first_ns[at]), -1)
        )

    def _evidence(self, group: int, number: int, first_ns: int, member: int) -> dict[str, object]:
        """Return what was counted, and who told of the newest: nobody when time alone has passed."""
        first = {"first": iso(first_ns)} if number else {}
        last = self._members.target(member).id if member >= 0 else ""
        return {"count": number, "within_s": int(self._within_ns[group]) / SECOND_NS, **first, "last_from": last}
