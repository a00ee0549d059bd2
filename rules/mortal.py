"""Passes whose number is made of what one sensor or several said: what it means that one of them dies meanwhile.

A level that is pending is raised, unconfirmed, when a member dies at that moment and the living alone do not reach it.
It is confirmed by the first number that meets it in which nothing of the dead is left. One that stands is in doubt when
the living alone do not keep it, until such a number does.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.entry import Arrivals
from rules.conditions import Decided, Measured
from rules.kind import Verdict
from rules.levelled import AGAIN, UNCONFIRMED
from rules.limits import ENDLESS_NS
from rules.listening import Listening
from rules.lost_members import LostMembers
from rules.metered import MeteredPass, Samples, rounds
from rules.series import SeriesIndex

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

Evidence = Callable[[int], Mapping[str, object]]


class Known(NamedTuple):
    """Of some samples: what their levels are kept by, and whether nothing of the dead is in them."""

    keeping: Floats
    sure: Flags


class MortalPass(MeteredPass):
    """A metered pass whose pending levels are raised by deaths; kinds bring `_lost`, and what the living make."""

    _index: SeriesIndex
    _lost: LostMembers

    def refresh(self) -> None:
        """Derive what is not kept in the tables, after they were loaded."""
        super().refresh()
        self._lost.refresh()

    def _living(self, target: Ints) -> Floats:
        """Return the number of targets without their dead, NaN where there is none; none unless the kind says one."""
        return np.full(len(target), np.nan)

    def _seen_last(self, target: int, now_ns: int) -> Mapping[str, object]:
        """Return as evidence how a target stands; nothing unless the kind says more."""
        return {}

    def tick(self, time_ns: int, listening: Listening) -> list[Verdict]:
        """Raise what is pending, and doubt what stands, where a member has died and the living alone do not say so."""
        if not self._lost:
            return []
        member = self._lost.died(time_ns, listening)
        if not len(member):
            return []
        fallen = self._lost.fallen(member, self._living)
        risen = self._ladder.advance_unseen(fallen, np.full(len(fallen), time_ns))
        self._lost.doubt(risen.pair)
        shaken = self._lost.shaken(member, self._living)
        self._lost.waver(shaken)
        verdicts = []
        for steps in (risen, self._ladder.doubted(shaken, np.arange(len(shaken)))):
            for number, one in enumerate(steps.pair.tolist()):
                decided = Decided(time_ns, time_ns, self._lost.number(one))
                told = {**self._seen_last(one, time_ns), UNCONFIRMED: self._lost.told(one)}
                verdicts.append(self._step(0, steps, number, decided, told))
        return verdicts

    def due_ns(self, arrivals: Arrivals, listening: Listening) -> int:
        """Return when a member may be found dead."""
        if not self._lost or not listening.listening:
            return ENDLESS_NS
        return self._lost.due_ns(arrivals.readings, self._index, listening)

    def _measured(self, pair: int, now_ns: int) -> Measured:
        """Return what a pair was last judged by, and why its alarm is unconfirmed where it is."""
        decided, evidence = super()._measured(pair, now_ns)
        return Measured(decided, {**evidence, **self._doubt_of(pair)})

    def _doubt_of(self, pair: int) -> Mapping[str, object]:
        """Return why the alarm of a pair is unconfirmed, nothing where it is not."""
        doubted = self._lost.doubts and self._lost.doubted(np.array([pair])).any()
        told = self._lost.told(pair) if doubted else {}
        return {UNCONFIRMED: told} if told else {}

    def _in_turns(self, samples: Samples, evidence: Evidence, known: Callable[[Ints], Known]) -> list[Verdict]:
        """Judge samples, sorted by pair, one of each pair at a time; `known` is asked of each turn in its order."""
        verdicts: list[Verdict] = []
        for places in rounds(samples.pair):
            keeping, sure = known(places)
            now, pair = samples.take(places)._replace(keeping=keeping), samples.pair[places]
            before, doubted = self._ladder.table["level"][pair], self._lost.doubted(pair)
            verdicts += self._climb(now, partial(_at, evidence, places))
            stays = self._ladder.table["level"][pair] == before
            says = self._ladder.met_at(pair, before, now.value)
            says |= self._lost.was_sure(pair) & self._ladder.kept_at(pair, now.value)
            met = doubted & stays & sure & (before > 0) & says
            verdicts += self._confirmed(now, np.flatnonzero(met), partial(_at, evidence, places))
            self._lost.believe(pair[doubted & ~stays])
        return verdicts

    def _confirmed(self, samples: Samples, element: Ints, evidence: Evidence) -> list[Verdict]:
        """Return that alarms are confirmed by the samples at some indices."""
        pair = samples.pair[element]
        steps, again = self._ladder.unmoved(pair, element), self._lost.was_sure(pair)
        self._lost.believe(pair)
        verdicts = []
        for number, one in enumerate(element.tolist()):
            told = {**evidence(one), AGAIN: True} if again[number] else evidence(one)
            verdicts.append(self._step(int(samples.row[one]), steps, number, samples.decided(one), told))
        return verdicts


def _at(evidence: Evidence, places: Ints, element: int) -> Mapping[str, object]:
    return evidence(int(places[element]))
