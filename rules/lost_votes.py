"""Voters that die: a level of a place that is pending is raised, unconfirmed, where the living alone do not reach it.

One that stands is in doubt from then on, where the votes of the living do not keep it.

A voter is dead when no good reading of it came for some intervals, or when it went beyond what it can measure on the
hazard's side. Its vote stands, since nobody took it back, but nobody repeats it either, and a hold would wait for ever.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.reading import ReadingBatch
from rules.alarms import NEVER_NS
from rules.dying import DOUBTED, UNSEEN, OnDeath, heard_ns
from rules.groups import Groups, Slots
from rules.ladder import Ladder
from rules.limits import ENDLESS_NS
from rules.listening import Listening
from rules.mortality import Heard, Last, Mortality, first_beyond_ns, goes_beyond, last_rows
from rules.pairs import Pairs
from rules.series import SeriesIndex
from rules.table import StateTable
from rules.votes import Ballots, Votes

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Fallen(NamedTuple):
    """Groups whose dead voters raise a pending level, or leave one in doubt; `lost` are those of each, as members."""

    group: Ints
    lost: Sequence[Ints]


class _Poll(NamedTuple):
    """The members of some groups, and which group's each is: who votes, who is dead, who died a voter and lately."""

    slots: Slots
    of: Ints
    voting: Flags
    dead: Flags
    lost: Flags


class LostVotes:
    """Remembers when each voter was last heard, who is lost, and which groups' alarms are unconfirmed.

    Attributes:
        voters, doubted: the tables of members and of groups.
        doubts: whether any alarm is unconfirmed.
    """

    def __init__(
        self, members: Pairs, groups: Groups, ladder: Ladder, votes: Votes, on_death: Sequence[OnDeath | None]
    ) -> None:
        """Take of each of the terms what a death means."""
        self._groups, self._ladder, self._votes = groups, ladder, votes
        self._mortality = Mortality(members, on_death)
        columns = {"heard_ns": (np.int64, NEVER_NS), "arrived_ns": (np.int64, NEVER_NS), "lost": (np.int8, 0)}
        self.voters = StateTable("voters", members.keys, columns)
        self.doubted = StateTable("quorum_unconfirmed", groups.keys, {"on": (np.int8, 0)})
        matters = np.array([one is not None for one in on_death], dtype=np.bool_)
        self._at_risk = np.flatnonzero(matters[groups.term])
        self.doubts = False

    def __bool__(self) -> bool:
        """Return whether anybody's death matters."""
        return len(self._at_risk) > 0

    def refresh(self) -> None:
        """Derive whether anything is unconfirmed."""
        self.doubts = bool(self.doubted["on"].any())

    def note(self, batch: ReadingBatch, cast: Ballots, index: SeriesIndex, listening: Listening) -> None:
        """Remember who voted, and who went beyond what it can measure after its last vote; votes are kept already."""
        at = np.flatnonzero(self._mortality.mortal[cast.member])
        member, row = cast.member[at], cast.row[at]
        self._heard(member, heard_ns(batch, row, listening), batch.arrival_ns[row])
        self.voters["lost"][member] = 0
        if not goes_beyond(batch):
            return
        member_of, row_of = self._mortality.beyond(batch, index)
        died = self._votes.beyond(member_of, batch, row_of, self._mortality.within(member_of))
        died &= row_of > last_rows(member_of, Heard(member, row))
        self._heard(member_of[died], np.full(int(died.sum()), NEVER_NS), batch.arrival_ns[row_of[died]])

    def _heard(self, member: Ints, heard_ns: Ints, arrived_ns: Ints) -> None:
        self.voters["heard_ns"][member], self.voters["arrived_ns"][member] = heard_ns, arrived_ns
        self.voters.touch(member)

    def fallen(self, time_ns: int, listening: Listening, since_ns: Ints, weight: NDArray[np.float64]) -> Fallen:
        """Return the groups with a pending level that the votes of the living do not reach.

        `since_ns` is from when on a vote is fresh in each group, `weight` what a vote counts there.
        """
        group = self._at_risk[self._ladder.is_pending(self._at_risk)]
        if not len(group):
            return Fallen(group, ())
        slots, of, voting, dead, lost = self._poll(group, time_ns, listening)
        fresh = voting & ~dead & (self._votes.table["time_ns"][slots.member] >= since_ns[group][of])
        living = np.add.reduceat(fresh.astype(np.int64), slots.first) * weight[group]
        falls = np.add.reduceat(lost.astype(np.int64), slots.first) > 0
        falls &= ~self._ladder.met_at(group, self._ladder.highest_met(group), living)
        chosen = np.flatnonzero(falls)
        return Fallen(group[chosen], [slots.member[lost & (of == one)] for one in chosen.tolist()])

    def shaken(self, time_ns: int, listening: Listening, weight: NDArray[np.float64]) -> Fallen:
        """Return the groups whose alarm stands and was sure, and that the standing votes of the living do not keep.

        A death makes one doubt: who was lost to the group before is not counted again.
        """
        stands = self._ladder.stands(self._at_risk) & (self.doubted["on"][self._at_risk] == 0)
        group = self._at_risk[stands]
        if not len(group):
            return Fallen(group, ())
        slots, of, voting, dead, lost = self._poll(group, time_ns, listening)
        anew = lost & (self.voters["lost"][slots.member] == 0)
        living = np.add.reduceat((voting & ~dead).astype(np.int64), slots.first) * weight[group]
        shaken = np.add.reduceat(anew.astype(np.int64), slots.first) > 0
        chosen = np.flatnonzero(shaken & ~self._ladder.kept_at(group, living))
        return Fallen(group[chosen], [slots.member[lost & (of == one)] for one in chosen.tolist()])

    def _poll(self, group: Ints, time_ns: int, listening: Listening) -> _Poll:
        slots = self._groups.slots(group)
        of = np.repeat(np.arange(len(group)), self._groups.size[group])
        voting, dead = self._votes.table["on"][slots.member] > 0, self._dead(slots.member, listening)
        return _Poll(slots, of, voting, dead, voting & dead & self._soon(slots.member, time_ns))

    def _dead(self, member: Ints, listening: Listening) -> Flags:
        silent_ns = listening.total_ns - self.voters["heard_ns"][member]
        return self._mortality.mortal[member] & (silent_ns >= self._mortality.dead_ns[member])

    def _soon(self, member: Ints, time_ns: int) -> Flags:
        """Return whose last word is not too long ago to matter."""
        return self._mortality.matters(member, time_ns, self.voters["arrived_ns"][member])

    def was_sure(self, group: Ints) -> Flags:
        """Return of which groups the alarm is unconfirmed, but was sure when it was raised."""
        sure: Flags = self.doubted["on"].take(group) == DOUBTED
        return sure

    def doubt(self, group: Ints, lost: Sequence[Ints], why: int = UNSEEN) -> None:
        """Note that the alarms of some groups are unconfirmed, and whose votes they rest on."""
        if not len(group):
            return
        self.doubted["on"][group], self.doubts = why, True
        self.doubted.touch(group)
        member = np.concatenate(lost)
        self.voters["lost"][member] = 1
        self.voters.touch(member)

    def doubt_of(self, group: int) -> dict[str, object]:
        """Return why the alarm of a group is unconfirmed, nothing where it is not."""
        member = self._groups.slots(np.array([group])).member
        lost = member[(self.voters["lost"][member] > 0) & (self._votes.table["on"][member] > 0)]
        return self.told(lost) if self.doubted["on"][group] and len(lost) else {}

    def believe(self, group: Ints) -> None:
        """Note that votes of the living have decided about some groups."""
        if self.doubts and len(group):
            self.doubted["on"][group] = 0
            self.doubted.touch(group)
            self.refresh()

    def due_ns(self, batch: ReadingBatch, index: SeriesIndex, first_ns: int, listening: Listening) -> int:
        """Return when a group may fall at the earliest, `first_ns` being when the first ballot of a batch comes."""
        mortal, dead_ns = self._mortality.mortal, self._mortality.dead_ns
        member = np.flatnonzero((self._votes.table["on"] > 0) & mortal)
        member = member[self._soon(member, listening.mark_ns)]
        heard_ns = np.minimum(listening.total_ns - self.voters["heard_ns"][member], ENDLESS_NS)
        left_ns = np.maximum(dead_ns[member] - heard_ns, 0)
        dies_ns = listening.mark_ns + int(left_ns.min(initial=ENDLESS_NS - listening.mark_ns))
        sure = self._ladder.stands(self._at_risk) & (self.doubted["on"][self._at_risk] == 0)
        matters = bool((self._ladder.is_pending(self._at_risk) | sure).any())
        least_ns = int(dead_ns[mortal].min(initial=ENDLESS_NS))
        coming_ns = min(max(first_ns, dies_ns), min(first_ns + least_ns, ENDLESS_NS))
        return min(coming_ns, first_beyond_ns(batch, index), dies_ns if matters else ENDLESS_NS)

    def told(self, lost: Ints) -> dict[str, object]:
        """Return why an alarm is unconfirmed, as evidence shows it: who is dead, and when each voted last."""
        by_range = self.voters["heard_ns"][lost] == NEVER_NS
        return self._mortality.told(Last(lost, self._votes.table["time_ns"][lost], by_range))
