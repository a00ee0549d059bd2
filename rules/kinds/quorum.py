"""Quorum rules: so many of the sensors of a place are beyond a limit at the same time.

A sensor votes from a reading beyond its limit until one that is back at its clearing value, and whoever falls silent
takes nothing back. A level is reached by votes that were repeated within a while, and kept by all that stand. Where
voters die while a level is pending, and the living alone do not reach it, it is raised unconfirmed; where they die
while one stands, and the living do not keep it, it is in doubt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.entry import Arrivals
from city.level import Level
from city.reading import ReadingBatch
from rules.alarms import NEVER_NS
from rules.bands import AT_LEAST, NO_BAND, SHARE, VALUE_SIDES, Band, Levelled, level_schema, read_band, read_counts
from rules.conditions import Decided, Measured
from rules.duration import DURATION, read_span_ns, shown_duration
from rules.dying import DOUBTED, ON_DEATH, OnDeath, on_death_of
from rules.grouped import GroupedPass
from rules.groups import GROUPING, Grouping, Groups, read_grouping
from rules.kind import Verdict, Written
from rules.levelled import AGAIN, UNCONFIRMED
from rules.limits import ENDLESS_NS
from rules.listening import Listening
from rules.lost_votes import Fallen, LostVotes
from rules.metered import Samples, rounds, taken
from rules.moving import Steps
from rules.pairs import Pairs
from rules.poll import Poll
from rules.population import Population
from rules.rule import Rule, Terms
from rules.series import SeriesIndex
from rules.shares import Shares
from rules.table import StateTable
from rules.votes import NO_BALLOTS, Ballots, Votes

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: So many votes are named in the evidence; the number tells of the rest.
_NAMED = 20


@dataclass(frozen=True, slots=True)
class QuorumTerms(Levelled):
    """Bands over the number of votes or, with `share`, over their share in percent.

    Attributes:
        each: when a sensor votes.
        within_ns: a vote that was not repeated for longer raises nothing.
        on_death: what it means that voters die while a level is pending; None for nothing.
    """

    each: Band
    same: Grouping
    within_ns: int
    share: bool
    of_each: str
    on_death: OnDeath | None = None

    @property
    def measured(self) -> str:
        """Return in words what the number is."""
        return f"sensors {self.same.described()}, each {self.of_each} within {shown_duration(self.within_ns)}:"


class Quorum:
    """The kind `quorum`."""

    name: ClassVar[str] = "quorum"
    of_quantity: ClassVar[bool | None] = True
    own: ClassVar[Mapping[str, Any]] = {
        "each": level_schema(*VALUE_SIDES),
        "same": GROUPING,
        "within": DURATION,
        "on_death": ON_DEATH,
    }
    required: ClassVar[tuple[str, ...]] = ("each", "same", "within")

    def read(self, written: Written) -> QuorumTerms:
        """Return the terms of a rule; notes every mistake in the faults."""
        each, same, within_ns = NO_BAND, Grouping(), 0
        with written.faults:
            each = read_band(Level.NOTICE, written.own["each"], written.scale)
            if each.hold_ns:
                raise written.own["each"].wrong(expected="no `hold`: the levels have it", got="one")
        with written.faults:
            same = read_grouping(written.own["same"])
        with written.faults:
            within_ns = read_span_ns(written.own["within"])
        bands, share = read_counts(written)
        of_each = f"{each.shown} {written.scale.unit}".rstrip()
        on_death = on_death_of(written)
        return QuorumTerms(bands, "%" if share else "", each, same, within_ns, share, of_each, on_death)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of one level."""
        return level_schema(AT_LEAST, SHARE)

    def compile(self, rules: Sequence[tuple[int, Rule]], population: Population) -> "QuorumPass":
        """Return the pass over these rules and the groups of the sensors they match."""
        members = Pairs(rules, population, population.everybody)
        return QuorumPass(members, Groups(members, [_terms(rule.terms).same for rule in members.rules]), population)


def _terms(terms: Terms) -> QuorumTerms:
    assert isinstance(terms, QuorumTerms)  # the book gives each kind the terms it read
    return terms


class QuorumPass(GroupedPass):
    """The measure is the number of fresh votes in a group, and a level is kept by the number of all that stand."""

    def __init__(self, members: Pairs, groups: Groups, population: Population) -> None:
        super().__init__("quorum", members, groups)
        self._index = SeriesIndex(members, population.quantities)
        terms = [_terms(one) for one in members.roll.terms]
        self._votes = Votes("votes", members, [(one.each,) for one in terms])
        self._clock = StateTable("quorum_clock", groups.keys, {"clock_ns": (np.int64, NEVER_NS)})
        self._lost = LostVotes(members, groups, self._ladder, self._votes, [one.on_death for one in terms])
        self._memories = (self._clock, self._lost.doubted)
        self._of_members = (self._votes.table, self._lost.voters)
        self._within_ns = np.array([one.within_ns for one in terms], dtype=np.int64)[groups.term]
        share = np.array([one.share for one in terms], dtype=np.bool_)[groups.term]
        self._shares = Shares(groups, population.installed_ns[members.sensor], share)

    def refresh(self) -> None:
        """Derive what is not kept in the tables, after they were loaded."""
        super().refresh()
        self._lost.refresh()

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Judge the votes that readings cast, in the order of their arrival."""
        batch = arrivals.readings
        if not len(self._members) or not len(batch):
            return []
        seen = taken(batch, self._index)
        cast = self._votes.ballots(batch, seen, self._index) if len(seen.row) else NO_BALLOTS
        verdicts = self._polled(batch, cast) if len(cast.row) else []
        if self._lost:
            self._lost.note(batch, cast, self._index, listening)
        return verdicts

    def _polled(self, batch: ReadingBatch, cast: Ballots) -> list[Verdict]:
        lost = self._lost.voters["lost"] > 0 if self._lost.doubts else None
        poll = Poll(self._groups, self._votes.table, cast, batch, lost)
        value, keeping, time_ns = poll.count(self._clock, self._within_ns)
        self._votes.keep(batch, cast)
        weight, row = self._shares.weights(poll.group, time_ns), poll.row
        samples = Samples(
            poll.group, row, time_ns, batch.arrival_ns[row], batch.quality[row], value * weight, keeping * weight
        )
        if poll.living is None:
            return self._climb(samples, lambda element: self._evidence(poll, samples, element))
        return self._in_doubt(poll, samples, poll.living * weight, poll.staying * weight)

    def _in_doubt(self, poll: Poll, samples: Samples, living: Floats, staying: Floats) -> list[Verdict]:
        """Judge ballots while some alarm is unconfirmed: the first at which the living reach its level confirms it."""
        verdicts: list[Verdict] = []
        for places in rounds(samples.pair):
            now, group = samples.take(places), samples.pair[places]
            before = self._ladder.table["level"][group]
            verdicts += self._climb(now, partial(self._evidence_at, poll, samples, places))
            doubted = (self._lost.doubted["on"][group] > 0) & (before > 0)
            stays = self._ladder.table["level"][group] == before
            again = self._lost.was_sure(group)
            says = self._ladder.met_at(group, before, living[places])
            says |= again & self._ladder.kept_at(group, staying[places])
            sure = np.flatnonzero(doubted & stays & says)
            steps = self._ladder.unmoved(group[sure], sure)
            for number, element in enumerate(sure.tolist()):
                evidence = self._evidence(poll, samples, int(places[element]))
                if again[element]:
                    evidence[AGAIN] = True
                verdicts.append(self._step(int(now.row[element]), steps, number, now.decided(element), evidence))
            self._lost.believe(np.concatenate([group[doubted & ~stays], steps.pair]))
        return verdicts

    def _evidence_at(self, poll: Poll, samples: Samples, places: Ints, element: int) -> dict[str, object]:
        return self._evidence(poll, samples, int(places[element]))

    def tick(self, time_ns: int, listening: Listening) -> list[Verdict]:
        """Raise what is pending, and doubt what stands, where voters have died and the living alone do not say so."""
        if not self._lost:
            return []
        weight = self._shares.weights(self._groups.number, np.full(len(self._groups), time_ns))
        fallen = self._lost.fallen(time_ns, listening, self._clock["clock_ns"] - self._within_ns, weight)
        risen = self._ladder.advance_unseen(fallen.group, np.full(len(fallen.group), time_ns))
        verdicts = self._unseen(risen, fallen, time_ns)
        self._lost.doubt(risen.pair, [fallen.lost[element] for element in risen.element.tolist()])
        shaken = self._lost.shaken(time_ns, listening, weight)
        verdicts += self._unseen(self._ladder.doubted(shaken.group, np.arange(len(shaken.group))), shaken, time_ns)
        self._lost.doubt(shaken.group, shaken.lost, DOUBTED)
        return verdicts

    def _unseen(self, steps: Steps, fallen: Fallen, time_ns: int) -> list[Verdict]:
        """Return what the deaths of voters did to the alarms of their groups."""
        verdicts = []
        for number, group in enumerate(steps.pair.tolist()):
            decided, evidence = self._measured(group, time_ns)
            assert decided is not None  # what is pending or stands was judged
            decided = decided._replace(time_ns=time_ns, arrival_ns=time_ns)
            told = {**evidence, UNCONFIRMED: self._lost.told(fallen.lost[int(steps.element[number])])}
            verdicts.append(self._step(0, steps, number, decided, told))
        return verdicts

    def due_ns(self, arrivals: Arrivals, listening: Listening) -> int:
        """Return when voters may be found dead in whose place a level is pending, or becomes so."""
        if not self._lost or not listening.listening:
            return ENDLESS_NS
        batch, first_ns = arrivals.readings, ENDLESS_NS
        seen = taken(batch, self._index)
        if len(seen.row):
            cast = self._votes.ballots(batch, seen, self._index)
            first_ns = int(batch.arrival_ns[cast.row].min(initial=ENDLESS_NS))
        return self._lost.due_ns(batch, self._index, first_ns, listening)

    def _evidence(self, poll: Poll, samples: Samples, element: int) -> dict[str, object]:
        return self._told(int(poll.group[element]), poll.standing(element), int(samples.time_ns[element]))

    def _told(self, group: int, standing: Sequence[tuple[int, float, int]], at_ns: int) -> dict[str, object]:
        """Return who votes in a group: member, value and time of each."""
        named = [
            {"sensor": self._members.target(member).id, "value": value, "time": iso(time_ns)}
            for member, value, time_ns in standing[:_NAMED]
        ]
        return {
            "votes": len(standing),
            "of": int(self._shares.voters(np.array([group]), np.array([at_ns]))[0]),
            "each": _terms(self._groups.terms(group)).of_each,
            "within_s": int(self._within_ns[group]) / SECOND_NS,
            "voters": named,
        }

    def _measured(self, pair: int, now_ns: int) -> Measured:
        """Return the votes that stand, and how many of them are fresh; whoever is calm casts none."""
        votes, members = self._votes.table, self._groups.slots(np.array([pair])).member
        voters = members[votes["on"][members] > 0]
        time_ns, clock_ns = votes["time_ns"][voters], int(self._clock["clock_ns"][pair])
        at_ns = now_ns if clock_ns == NEVER_NS else clock_ns
        fresh = int(np.count_nonzero(time_ns >= at_ns - self._within_ns[pair]))
        standing = [*zip(voters.tolist(), votes["value"][voters].tolist(), time_ns.tolist(), strict=True)]
        weight = float(self._shares.weights(np.array([pair]), np.array([at_ns]))[0])
        decided = Decided(at_ns, at_ns, fresh * weight, keeping=len(voters) * weight)
        return Measured(decided, {**self._told(pair, standing, at_ns), "fresh": fresh, **self._doubt_of(pair)})

    def _doubt_of(self, pair: int) -> Mapping[str, object]:
        """Return why the alarm of a group is unconfirmed, nothing where it is not."""
        doubt = self._lost.doubt_of(pair)
        return {UNCONFIRMED: doubt} if doubt else {}
