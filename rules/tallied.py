"""Passes that judge how often something came about at a target within a while."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.entry import Arrivals
from rules.conditions import Decided, Measured
from rules.grouped import GroupedPass
from rules.groups import Groups
from rules.happenings import Happenings
from rules.kind import Verdict
from rules.levelled import bands_of
from rules.limits import ENDLESS_NS
from rules.listening import Listening
from rules.metered import Samples, rounds
from rules.pairs import Pairs
from rules.segment import Segments
from rules.tally import Tally

Ints = NDArray[np.int64]

#: So many of what was counted are told in the evidence, the newest; the number tells of the rest.
_NAMED = 20


class Counted(NamedTuple):
    """What came about, sorted by group: the group, at which row, when, and by which member (-1: by nobody).

    `also` returns what else the kind says of the one at an index.
    """

    group: Ints
    row: Ints
    time_ns: Ints
    arrival_ns: Ints
    quality: NDArray[np.uint16]
    member: Ints
    also: Callable[[int], Mapping[str, object]] = lambda _: {}


class TalliedPass(GroupedPass):
    """The measure is the number in the window that ends with a target's newest one, or with a tick.

    A kind brings in `_happenings` what finds the happenings that it counts, or the steps to them.
    """

    _happenings: Happenings

    def __init__(self, name: str, members: Pairs, groups: Groups, within_ns: Sequence[int]) -> None:
        """Take the window under each of the terms."""
        super().__init__(name, members, groups)
        self._depth = max((ceil(bands_of(terms)[-1].limit.high) for terms in groups.roll.terms), default=1)
        self._within_ns = np.array(within_ns, dtype=np.int64)[groups.term]
        self._tally = Tally(f"{name}_tally", groups.keys, self._within_ns, self._depth)
        self._memories = (self._tally.table,)

    def _count(self, counted: Counted) -> list[Verdict]:
        group = counted.group
        if not len(group):
            return []
        number, time_ns, first_ns = (np.empty(len(group), dtype=np.int64) for _ in range(3))
        of_group = Segments.alike(group)
        before_ns = self._tally.remembered(of_group.starts(group))
        for places in rounds(group):
            number[places], time_ns[places], first_ns[places] = self._tally.push(group[places], counted.time_ns[places])
        samples = Samples(group, counted.row, time_ns, counted.arrival_ns, counted.quality, number.astype(np.float64))

        def evidence(at: int) -> dict[str, object]:
            place = int(of_group.owners[at])
            happened_ns = np.append(before_ns[place], counted.time_ns[of_group.first[place] : at + 1])
            told = self._evidence(int(group[at]), int(number[at]), int(time_ns[at]), happened_ns)
            member = int(counted.member[at])
            return {**told, "last_from": self._members.target(member).id if member >= 0 else "", **counted.also(at)}

        return self._climb(samples, evidence)

    def due_ns(self, arrivals: Arrivals, listening: Listening) -> int:
        """Return when a count may fall or has held long enough, or when something comes by which one may be raised."""
        if not listening.listening:
            return ENDLESS_NS
        group = self._moved_by_time()
        falls_ns = min(self._ladder.due_ns(group), self._tally.next_ns(group, listening.mark_ns))
        return min(falls_ns, self._happenings.first_ns(arrivals)) if len(self._members) else ENDLESS_NS

    def tick(self, time_ns: int, listening: Listening) -> list[Verdict]:
        """Let counts fall, and holds of counts be completed: how many they are is known at any time.

        While nobody listens, nobody knows that nothing happened.
        """
        group = self._moved_by_time()
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

        def evidence(at: int) -> dict[str, object]:
            pair = int(group[at])
            happened_ns = self._tally.remembered(group[[at]])[0]
            return self._evidence(pair, int(count.number[at]), int(count.time_ns[at]), happened_ns) | {"last_from": ""}

        return self._climb(samples, evidence)

    def _moved_by_time(self) -> Ints:
        """Return the targets whose alarm is open, or that meet a level."""
        return np.flatnonzero((self._ladder.table["level"] > 0) | self._ladder.is_met())

    def _measured(self, pair: int, now_ns: int) -> Measured:
        """Return what the window holds that ends now."""
        [number], [time_ns], _ = self._tally.count(np.array([pair]), np.array([now_ns]))
        decided = Decided(int(time_ns), max(int(time_ns), now_ns), float(number))
        happened_ns = self._tally.remembered(np.array([pair]))[0]
        return Measured(decided, self._evidence(pair, int(number), int(time_ns), happened_ns))

    def _evidence(self, group: int, number: int, time_ns: int, happened_ns: Ints) -> dict[str, object]:
        """Return what of `happened_ns` was counted in the window that ends at `time_ns`, the newest first."""
        within_ns = int(self._within_ns[group])
        held_ns = np.sort(happened_ns[happened_ns > time_ns - within_ns])[::-1][:number].tolist()
        first = {"first": iso(held_ns[-1])} if held_ns else {}
        return {
            "count": number,
            "within_s": within_ns / SECOND_NS,
            **first,
            "happened": [iso(at_ns) for at_ns in held_ns[:_NAMED]],
        }
