"""Count rules: so many events of a sensor or of a place within a while.

What is counted is an event that sensors report, or that a reading goes beyond a limit. The count falls as time passes,
judged at ticks while ingest hears the broker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from city.entry import Arrivals
from rules.bands import AT_LEAST, Levelled, level_schema, read_counts
from rules.duration import DURATION, read_span_ns, shown_duration
from rules.groups import GROUPING, Grouping, Groups, read_grouping
from rules.happenings import TOLD, Happenings, Told, read_told
from rules.kind import Verdict, Written
from rules.listening import Listening
from rules.pairs import Pairs
from rules.population import Population
from rules.rule import Rule, Terms
from rules.selection import Selection
from rules.tallied import Counted, TalliedPass
from rules.tally import MOST


@dataclass(frozen=True, slots=True)
class CountTerms(Levelled):
    """Bands over the number of happenings within `within_ns`."""

    told: Told
    same: Grouping
    within_ns: int

    @property
    def events(self) -> tuple[str, ...]:
        """Return the words that count."""
        return self.told.events

    @property
    def others(self) -> tuple[Selection, ...]:
        """Return nothing: what counts is of the sensors that the rule selects."""
        return ()

    @property
    def measured(self) -> str:
        """Return in words what the number is."""
        return f"{self.told.shown} {self.same.described()} within {shown_duration(self.within_ns)}:"


class Counting:
    """The kind `count`."""

    name: ClassVar[str] = "count"
    of_quantity: ClassVar[bool | None] = None
    own: ClassVar[Mapping[str, Any]] = {**TOLD, "same": GROUPING, "within": DURATION}
    required: ClassVar[tuple[str, ...]] = ("same", "within")

    def read(self, written: Written) -> CountTerms:
        """Return the terms of a rule; notes every mistake in the faults."""
        told, same, within_ns = Told(), Grouping(), 0
        with written.faults:
            told = read_told(written.own, written.scale, written.levels)
        with written.faults:
            same = read_grouping(written.own["same"])
        with written.faults:
            within_ns = read_span_ns(written.own["within"])
        bands, _ = read_counts(written, shares=False)
        with written.faults:
            if bands and bands[-1].limit.high > MOST:
                raise written.levels.wrong(expected=f"at most {MOST}", got=bands[-1].shown)
        return CountTerms(bands, "", told, same, within_ns)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of one level."""
        return level_schema(AT_LEAST)

    def compile(self, rules: Sequence[tuple[int, Rule]], population: Population) -> "CountPass":
        """Return the pass over these rules and the groups of the sensors they match."""
        members = Pairs(rules, population, population.everybody)
        return CountPass(members, Groups(members, [_terms(rule.terms).same for rule in members.rules]), population)


def _terms(terms: Terms) -> CountTerms:
    assert isinstance(terms, CountTerms)  # the book gives each kind the terms it read
    return terms


class CountPass(TalliedPass):
    """Counts what happens to the sensors of each group."""

    def __init__(self, members: Pairs, groups: Groups, population: Population) -> None:
        terms = [_terms(one) for one in members.roll.terms]
        super().__init__("count", members, groups, [one.within_ns for one in terms])
        self._happenings = Happenings("count", members, [one.told for one in terms], population, self._depth)
        self._of_members = self._happenings.tables

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Count what a batch tells."""
        if not len(self._members):
            return []
        happened = self._happenings.of(arrivals)
        of, group, _ = self._groups.of_members(happened.member)
        return self._count(
            Counted(
                group,
                happened.row[of],
                happened.time_ns[of],
                happened.arrival_ns[of],
                happened.quality[of],
                happened.member[of],
            )
        )
