"""Quorum rules: so many of the sensors of a place are beyond a limit at the same time.

A sensor votes from a reading beyond its limit until one that is back at its clearing value, and whoever falls silent
takes nothing back. A level is reached by votes that were repeated within a while, and kept by all that stand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from city.clock import SECOND_NS, iso
from city.entry import Arrivals
from city.level import Level
from rules.alarms import NEVER_NS
from rules.bands import AT_LEAST, NO_BAND, SHARE, VALUE_SIDES, Band, Levelled, level_schema, read_band, read_counts
from rules.conditions import Decided, Measured
from rules.duration import DURATION, read_span_ns, shown_duration
from rules.grouped import GroupedPass
from rules.groups import GROUPING, Grouping, Groups, read_grouping
from rules.kind import Verdict, Written
from rules.listening import Listening
from rules.metered import Samples, taken
from rules.pairs import Pairs
from rules.poll import Poll
from rules.population import Population
from rules.rule import Rule, Terms
from rules.series import SeriesIndex
from rules.table import StateTable
from rules.votes import Votes

#: So many votes are named in the evidence; the number tells of the rest.
_NAMED = 20


@dataclass(frozen=True, slots=True)
class QuorumTerms(Levelled):
    """Bands over the number of votes or, with `share`, over their share in percent.

    Attributes:
        each: when a sensor votes.
        within_ns: a vote that was not repeated for longer raises nothing.
    """

    each: Band
    same: Grouping
    within_ns: int
    share: bool
    of_each: str

    @property
    def measured(self) -> str:
        """Return in words what the number is."""
        return f"sensors {self.same.described()}, each {self.of_each} within {shown_duration(self.within_ns)}:"


class Quorum:
    """The kind `quorum`."""

    name: ClassVar[str] = "quorum"
    of_quantity: ClassVar[bool | None] = True
    own: ClassVar[Mapping[str, Any]] = {"each": level_schema(*VALUE_SIDES), "same": GROUPING, "within": DURATION}
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
        return QuorumTerms(bands, "%" if share else "", each, same, within_ns, share, of_each)

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
        self._memories, self._of_members = (self._clock,), (self._votes.table,)
        self._within_ns = np.array([one.within_ns for one in terms], dtype=np.int64)[groups.term]
        # A share is of the group's members, in percent.
        share = np.array([one.share for one in terms], dtype=np.bool_)[groups.term]
        self._weight = np.where(share, 100 / groups.size, 1.0)

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Judge the votes that readings cast, in the order of their arrival."""
        batch = arrivals.readings
        if not len(self._members) or not len(batch):
            return []
        seen = taken(batch, self._index)
        if not len(seen.row):
            return []
        cast = self._votes.ballots(batch, seen, self._index)
        if not len(cast.row):
            return []
        poll = Poll(self._groups, self._votes.table, cast, batch)
        value, keeping, time_ns = poll.count(self._clock, self._within_ns)
        self._votes.keep(batch, cast)
        weight, row = self._weight[poll.group], poll.row
        samples = Samples(
            poll.group, row, time_ns, batch.arrival_ns[row], batch.quality[row], value * weight, keeping * weight
        )
        return self._climb(samples, lambda element: self._evidence(poll, element))

    def _evidence(self, poll: Poll, element: int) -> dict[str, object]:
        return self._told(int(poll.group[element]), poll.standing(element))

    def _told(self, group: int, standing: Sequence[tuple[int, float, int]]) -> dict[str, object]:
        """Return who votes in a group: member, value and time of each."""
        named = [
            {"sensor": self._members.target(member).id, "value": value, "time": iso(time_ns)}
            for member, value, time_ns in standing[:_NAMED]
        ]
        return {
            "votes": len(standing),
            "of": int(self._groups.size[group]),
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
        weight = float(self._weight[pair])
        decided = Decided(at_ns, at_ns, fresh * weight, keeping=len(voters) * weight)
        return Measured(decided, self._told(pair, standing) | {"fresh": fresh})
