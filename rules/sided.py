"""Passes whose number is made of the newest values of the sides of each group.

A level is reached by values that are not too old, and kept by those too that were taken when it was raised, so that a
sensor of several that falls silent moves no alarm.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.entry import Arrivals
from city.reading import ReadingBatch
from rules.following import Following
from rules.gathering import Gathered, Gathering
from rules.grouped import GroupedPass
from rules.groups import Groups
from rules.kind import Verdict
from rules.listening import Listening
from rules.lost_members import LostMembers, OnDeaths
from rules.metered import Samples
from rules.mortal import Evidence, Known, MortalPass
from rules.pairs import Pairs
from rules.series import SeriesIndex

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Sides(NamedTuple):
    """Of each member, whose side it is on; of each of the terms, what each side is taken as."""

    of_members: Ints
    takes: NDArray[np.str_]


class Judged(NamedTuple):
    """What a batch says of groups: what was known at each reading, and the number that it makes, NaN for none."""

    batch: ReadingBatch
    found: Gathered
    number: Floats


class SidedPass(MortalPass, GroupedPass):
    """A pass over sides; kinds say what number they make, and what there is to say of it."""

    def __init__(
        self, names: tuple[str, str], members: Pairs, groups: Groups, sides: Sides, on_death: OnDeaths
    ) -> None:
        """Take the names of the pass and of its memory."""
        super().__init__(names[0], members, groups)
        self._index = SeriesIndex(members, members.population.quantities)
        self._gathering = Gathering(names[1], members, groups, sides.of_members, sides.takes)
        self._lost = LostMembers(names[0], members, groups, groups, self._ladder, on_death)
        self._memories = (self._gathering.clocks, self._lost.targets)
        self._of_members = (self._gathering.members, self._lost.members)

    def _looks_back(self, within_ns: Sequence[int]) -> None:
        """Take of each of the terms how old a value may be."""
        self._within_ns = np.array(within_ns, dtype=np.int64)[self._groups.term]
        self._following = Following(self._gathering, self._groups, self._ladder, self._lost, self._within_ns)

    def _numbers(self, group: Ints, sides: Sequence[Floats]) -> Floats:
        """Return the number that sides of groups make, NaN for none."""
        raise NotImplementedError

    def _evidence(self, judged: Judged, element: int) -> dict[str, object]:
        """Return what there is to say of the number at a reading."""
        raise NotImplementedError

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Judge each group at every reading of one of its members."""
        batch = arrivals.readings
        if not len(self._members) or not len(batch):
            return []
        heard = self._gathering.heard(batch, self._index)
        found = self._gathering.gather(batch, heard, self._within_ns) if len(heard.member) else None
        verdicts: list[Verdict] = []
        if found is not None:
            number = self._numbers(found.group, [side.value for side in found.sides])
            verdicts = self._judge(Judged(batch, found, number))
        self._gathering.keep(batch, heard)
        if self._lost:
            self._lost.note(batch, heard, self._index, listening)
        return verdicts

    def _judge(self, judged: Judged) -> list[Verdict]:
        batch, found, number = judged
        at = np.flatnonzero(np.isfinite(number))
        group, row = found.group.take(at), found.row.take(at)
        samples = Samples(
            group, row, found.time_ns.take(at), batch.arrival_ns.take(row), batch.quality.take(row), number.take(at)
        )
        evidence = self._evidence_of(judged, at)
        turns = self._by_turns(samples, batch, found)
        verdicts = self._parted(samples, judged, at, turns) if turns.any() else self._climb(samples, evidence)
        if self._lost:
            self._lost.judged(samples)
        return verdicts

    def _evidence_of(self, judged: Judged, at: Ints) -> Evidence:
        return lambda element: self._evidence(judged, int(at[element]))

    def _by_turns(self, samples: Samples, batch: ReadingBatch, found: Gathered) -> Flags:
        """Return which samples are judged in turns.

        They are of groups that are unconfirmed, or where a level stands or may come to and a value is too old.
        """
        turns = np.zeros(len(samples.pair), dtype=np.bool_)
        if self._lost.doubts:
            turns |= self._lost.doubted(samples.pair)
        may_stand = self._ladder.may_stand(samples.pair, samples.value)
        if may_stand.any():
            group = np.unique(samples.pair[may_stand])
            stale = group[self._following.stale(group, batch, found)]
            if len(stale):
                turns |= np.isin(samples.pair, stale)
        return turns

    def _parted(self, samples: Samples, judged: Judged, at: Ints, turns: Flags) -> list[Verdict]:
        """Judge some samples in turns, and the others at once."""
        plain, some = np.flatnonzero(~turns), np.flatnonzero(turns)
        verdicts = self._climb(samples.take(plain), self._evidence_of(judged, at[plain]))
        self._following.begin(judged.batch, judged.found, self._index)
        of_turns, place = samples.take(some), at[some]

        def known(places: Ints) -> Known:
            found = [self._following.at(int(place[one])) for one in places]
            return Known(self._kept_by(of_turns.take(places), [sides for sides, _ in found]), _flags(found))

        return verdicts + self._in_turns(of_turns, self._evidence_of(judged, place), known)

    def _kept_by(self, samples: Samples, sides: Sequence[Sequence[Floats]]) -> Floats:
        """Return the numbers that the sides make by which levels are kept; where they make none, the samples' own."""
        columns = [np.concatenate(column) for column in zip(*sides, strict=True)]
        keeping = self._numbers(samples.pair, columns)
        return np.where(np.isfinite(keeping), keeping, samples.value)

    def _living(self, target: Ints) -> Floats:
        """Return the number of groups without their dead, NaN where there is none."""
        sides = [self._following.living(one) for one in target.tolist()]
        return self._numbers(target, [np.concatenate(column) for column in zip(*sides, strict=True)])


def _flags(found: Sequence[tuple[object, bool]]) -> Flags:
    return np.array([sure for _, sure in found], dtype=np.bool_)
