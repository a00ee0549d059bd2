"""Sequence rules: one thing, then another (then a third) at one place within a while; or one without another.

A step is an event that sensors report, or that a reading goes beyond a limit. Completed sequences are counted like
events, and the count falls as time passes. What should have followed is missed at a tick, while ingest hears the
broker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any, ClassVar

import numpy as np

from city.clock import iso
from city.entry import Arrivals
from city.yaml_lines import Located
from rules.alarms import NEVER_NS
from rules.bands import AT_LEAST, Levelled, level_schema, read_counts
from rules.chains import Chains, Plan
from rules.conditions import Measured
from rules.duration import DURATION, read_span_ns, shown_duration
from rules.groups import GROUPING, Grouping, Groups, read_grouping
from rules.happenings import TOLD, Happenings, Told, read_told
from rules.kind import Verdict, Written
from rules.listening import Listening
from rules.measure import Scale, read_scale
from rules.metered import rounds
from rules.pairs import Pairs, Roll
from rules.population import Population
from rules.rule import Rule, Terms
from rules.selection import SELECTION, Selection, read_selection
from rules.tallied import Counted, TalliedPass
from rules.tally import MOST

#: Steps of one rule at most, the one that should not fail among them.
_MOST_STEPS = 8

_STEP: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"select": SELECTION, "unit": {"type": "string", "minLength": 1}, **TOLD},
    "required": ["select"],
}


@dataclass(frozen=True, slots=True)
class Step:
    """What must happen to which sensors."""

    select: Selection
    told: Told


@dataclass(frozen=True, slots=True)
class SequenceTerms(Levelled):
    """Bands over the number of completed sequences within `within_ns`.

    Attributes:
        first: what must happen to the sensors that the rule selects.
        then: the steps after it; with `without`, the last of them is the one that should follow and does not.
    """

    first: Told
    then: tuple[Step, ...]
    without: bool
    same: Grouping
    within_ns: int

    @property
    def quantities(self) -> tuple[str, ...]:
        """Return the series that it reads besides the one that the rule selects."""
        return tuple(step.select.quantity for step in self.then if step.select.quantity)

    @property
    def events(self) -> tuple[str, ...]:
        """Return the words that count."""
        return (*self.first.events, *(word for step in self.then for word in step.told.events))

    @property
    def others(self) -> tuple[Selection, ...]:
        """Return the selections of the steps after the first."""
        return tuple(step.select for step in self.then)

    @property
    def measured(self) -> str:
        """Return in words what the number is."""
        words = [self.first.shown, *(f"then {step.told.shown}" for step in self.then)]
        if self.without:
            words[-1] = words[-1].replace("then", "without", 1)
        return f"{' '.join(words)} {self.same.described()} within {shown_duration(self.within_ns)}:"


class Following:
    """The kind `sequence`."""

    name: ClassVar[str] = "sequence"
    of_quantity: ClassVar[bool | None] = None
    own: ClassVar[Mapping[str, Any]] = {
        **TOLD,
        "then": {"type": "array", "items": _STEP, "minItems": 1, "maxItems": _MOST_STEPS - 1},
        "without": _STEP,
        "same": GROUPING,
        "within": DURATION,
    }
    required: ClassVar[tuple[str, ...]] = ("same", "within")

    def read(self, written: Written) -> SequenceTerms:
        """Return the terms of a rule; notes every mistake in the faults."""
        first, same, within_ns = Told(), Grouping(), 0
        with written.faults:
            first = read_told(written.own, written.scale, written.levels)
        with written.faults:
            same = read_grouping(written.own["same"])
        with written.faults:
            within_ns = read_span_ns(written.own["within"])
        steps = _read_steps(written)
        bands, _ = read_counts(written, shares=False)
        with written.faults:
            if bands and bands[-1].limit.high > MOST:
                raise written.levels.wrong(expected=f"at most {MOST}", got=bands[-1].shown)
        return SequenceTerms(bands, "", first, steps, "without" in written.own, same, within_ns)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of one level."""
        return level_schema(AT_LEAST)

    def compile(self, rules: Sequence[tuple[int, Rule]], population: Population) -> "SequencePass":
        """Return the pass over these rules and the groups of the sensors they match."""
        return SequencePass(rules, population)


def _read_steps(written: Written) -> tuple[Step, ...]:
    own, found = written.own, list[Step]()
    with written.faults:
        steps = [*(own["then"].items() if "then" in own else ()), *([own["without"]] if "without" in own else [])]
        if not 1 <= len(steps) < _MOST_STEPS:
            expected = f"`then`, `without` or both, of {_MOST_STEPS - 1} steps at most"
            raise written.levels.wrong(expected=expected, got=f"{len(steps)} steps")
        for step in steps:
            with written.faults:
                found.append(_read_step(step, written))
    return tuple(found)


def _read_step(step: Located, written: Written) -> Step:
    fields = step.fields(("select",), ("unit", *TOLD))
    select = read_selection(fields["select"])
    if not select.quantity:
        if "each" in fields:
            raise fields["select"].wrong(expected="`quantity`, for `each`", got="nothing")
        return Step(select, read_told(fields, Scale(), step))
    if "event" in fields:
        raise fields["select"].wrong(expected="no `quantity`: events have none", got=select.quantity)
    quantity = fields["select"].entries()["quantity"]
    return Step(select, read_told(fields, read_scale(quantity, fields.get("unit"), written.catalogue), step))


def _terms(terms: Terms) -> SequenceTerms:
    assert isinstance(terms, SequenceTerms)  # the book gives each kind the terms it read
    return terms


def _stepped(rules: Sequence[tuple[int, Rule]]) -> list[tuple[int, int, tuple[int, Rule], Told]]:
    """Return each rule once for each of its steps: its index, the step, and a rule that no other is called like."""
    found = []
    for index, (place, rule) in enumerate(rules):
        terms = _terms(rule.terms)
        for number, step in enumerate((Step(rule.select, terms.first), *terms.then)):
            of_step = replace(rule, id=f"{rule.id}\0{number}", select=step.select)
            found.append((index, number, (_MOST_STEPS * place + number, of_step), step.told))
    return found


class SequencePass(TalliedPass):
    """Counts the sequences that each group completes."""

    def __init__(self, rules: Sequence[tuple[int, Rule]], population: Population) -> None:
        roll, steps = Roll(rules), _stepped(rules)
        terms = [_terms(one) for one in roll.terms]
        members = Pairs([rule for _, _, rule, _ in steps], population, population.everybody)
        grouping = [_terms(rule.terms).same for rule in roll.rules]
        groups = Groups(members, grouping, roll, [index for index, _, _, _ in steps])
        super().__init__("sequence", members, groups, [one.within_ns for one in terms])
        self._number = np.array([number for _, number, _, _ in steps], dtype=np.int64)[members.rule]
        told = [told for *_, rule, told in steps for _ in range(1 + len(rule[1].exceptions))]
        self._happenings = Happenings("sequence", members, told, population, self._depth)
        self._of_members = self._happenings.tables
        without = np.array([one.without for one in terms], dtype=np.bool_)[groups.term]
        count = np.array([1 + len(one.then) - one.without for one in terms], dtype=np.int64)[groups.term]
        missed = [ceil(one.bands[-1].limit.high) for one in terms if one.without]
        waits = 1 + max(missed, default=1)
        self._chains = Chains("chains", groups.keys, Plan(count, self._within_ns, without, waits))
        self._memories = (*self._memories, self._chains.table, self._chains.more)

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Take the steps that a batch tells, and count what is completed by them."""
        if not len(self._members):
            return []
        happened = self._happenings.of(arrivals)
        of, group, _ = self._groups.of_members(happened.member)
        member, time_ns = happened.member[of], happened.time_ns[of]
        completed_ns, steps_ns = np.empty(len(group), dtype=np.int64), self._chains.steps(group)
        for places in rounds(group):
            completed_ns[places], steps_ns[places] = self._chains.take(
                group[places], self._number[member[places]], time_ns[places]
            )
        done = np.flatnonzero(completed_ns != NEVER_NS)
        of = of[done]
        return self._count(
            Counted(
                group[done],
                happened.row[of],
                completed_ns[done],
                happened.arrival_ns[of],
                happened.quality[of],
                member[done],
                lambda at: {"steps": self._steps(int(group[done[at]]), steps_ns[done[at]].tolist())},
            )
        )

    def _steps(self, group: int, taken_ns: Sequence[int]) -> list[dict[str, object]]:
        """Return each step of a group's rule in words, and when it was taken; None where it was not yet."""
        terms = _terms(self._groups.terms(group))
        shown = [terms.first.shown, *(step.told.shown for step in terms.then)]
        times = [iso(time_ns) if time_ns != NEVER_NS else None for time_ns in taken_ns[: len(shown)]]
        steps: list[dict[str, object]] = [{"step": step, "time": time} for step, time in zip(shown, times, strict=True)]
        if terms.without:
            steps[-1]["without"] = True
        return steps

    def _measured(self, pair: int, now_ns: int) -> Measured:
        """Return how many sequences the window holds, how far the next one has come, and what is waited for."""
        decided, evidence = super()._measured(pair, now_ns)
        [taken_ns], waits_ns = self._chains.steps(np.array([pair])).tolist(), self._chains.waits_ns(pair)
        waits = {"waits_since": iso(waits_ns[0])} if waits_ns else {}
        return Measured(decided, {**evidence, "steps": self._steps(pair, taken_ns), **waits})

    def due_ns(self, arrivals: Arrivals, listening: Listening) -> int:
        """Return when a count may fall, something should have followed, or a step may be taken."""
        due_ns = super().due_ns(arrivals, listening)
        return min(due_ns, self._chains.next_ns()) if listening.listening else due_ns

    def tick(self, time_ns: int, listening: Listening) -> list[Verdict]:
        """Count what should have followed and did not, and let the counts of open alarms fall."""
        missed: list[Verdict] = []
        if listening.listening:
            group, until_ns = self._chains.overdue(time_ns)
            arrival_ns, quality = np.full(len(group), time_ns), np.zeros(len(group), dtype=np.uint16)
            nobody = np.full(len(group), -1)
            missed = self._count(Counted(group, np.zeros_like(group), until_ns, arrival_ns, quality, nobody))
        return missed + super().tick(time_ns, listening)
