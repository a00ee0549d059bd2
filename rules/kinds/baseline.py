"""Baseline rules: a sensor departs from what it usually says at this hour, or from what it is to its neighbours.

Nothing has to be set: what is usual is learned as readings come, by the hour of working days and of days of rest. A
reading's score is minus the decimal logarithm of how rare its like has been, from 0 to 5, taken together from five
families of numbers (`rules/baseline/`). How it was chosen, how often it is right and what it misses: docs/detection.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import Any, ClassVar

from city.calendar import DAY_NS
from city.yaml_lines import Located
from rules.bands import Band, Levelled, Sides, Span, level_schema, read_bands
from rules.baseline.judging import BOTH, NEIGHBOURS, SELF, BaselinePass, Habits
from rules.baseline.scale import MOST
from rules.baseline.scoring import LEAST
from rules.baseline.stage import CLEARED
from rules.duration import DURATION, read_duration_ns, read_span_ns, shown_duration
from rules.groups import GROUPING, Grouping, read_grouping
from rules.kind import Written
from rules.measure import Scale
from rules.pairs import Pairs
from rules.population import Population
from rules.rule import Rule, Terms
from rules.together import Together

#: A day and its night are seen before anything is judged, whatever the pace of the readings.
_WARM_UP_NS = DAY_NS

_AGAINST = (SELF, NEIGHBOURS, BOTH)


@dataclass(frozen=True, slots=True)
class BaselineTerms(Levelled):
    """Bands of the score against `against`; neighbours are those of `same` that spoke within `within_ns`."""

    against: str
    same: Grouping
    within_ns: int
    warm_up_ns: int

    @property
    def measured(self) -> str:
        """Return in words what the number is."""
        usual = {SELF: "its own habit", NEIGHBOURS: "its neighbours", BOTH: "its own habit and its neighbours"}
        near = f" {self.same.described()}" if self.against != SELF else ""
        learned = f"learned for {shown_duration(self.warm_up_ns)} and {LEAST} readings"
        return f"departure (0 to {MOST:g}) from {usual[self.against]}{near}, {learned}:"


class Baseline:
    """The kind `baseline`."""

    name: ClassVar[str] = "baseline"
    of_quantity: ClassVar[bool | None] = True
    own: ClassVar[Mapping[str, Any]] = {
        "against": {"enum": list(_AGAINST), "description": "what is usual for the sensor itself, unless said"},
        "same": GROUPING,
        "within": {**DURATION, "description": "older readings of neighbours do not count"},
        "warm_up": {**DURATION, "description": "how long is learned before anything is judged; 1d unless said"},
    }
    required: ClassVar[tuple[str, ...]] = ()

    def read(self, written: Written) -> BaselineTerms:
        """Return the terms of a rule; notes every mistake in the faults."""
        against, same, within_ns, warm_up_ns = SELF, Grouping(), 0, _WARM_UP_NS
        with written.faults:
            against = written.own["against"].word(_AGAINST) if "against" in written.own else SELF
        with written.faults:
            same, within_ns = _read_neighbours(written, against)
        with written.faults:
            warm_up_ns = read_duration_ns(written.own["warm_up"]) if "warm_up" in written.own else _WARM_UP_NS
        bands = _cleared(read_bands(written._replace(scale=Scale()), _SIDES))
        return BaselineTerms(bands, "", against, same, within_ns, warm_up_ns)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of one level."""
        return level_schema(*_SIDES)

    def compile(self, rules: Sequence[tuple[int, Rule]], population: Population) -> Together:
        """Return the pass over these rules and the sensors they match."""
        parts = ((partial(_is_against, against), partial(_pass, against)) for against in _AGAINST)
        return Together.compiled(tuple(parts), rules, population)


def _read_neighbours(written: Written, against: str) -> tuple[Grouping, int]:
    """Return among whom neighbours are, and how old their readings may be; nothing for a sensor by itself."""
    given = [written.own[key] for key in ("same", "within") if key in written.own]
    if against == SELF:
        for one in given:
            raise one.wrong(expected="it only where a rule is `against` neighbours, or both")
        return Grouping(), 0
    if len(given) < 2:
        raise written.levels.wrong(expected="`same` and `within`, to know neighbours by", got="not both of them")
    same = read_grouping(written.own["same"])
    if same.field == "sensor":
        raise written.own["same"].wrong(expected="a field that several sensors share, or a radius")
    return same, read_span_ns(written.own["within"])


def _read_score(written: Located, scale: Scale) -> Span:
    if not 0 < written.number() < MOST:
        raise written.wrong(expected=f"a score above 0 and below {MOST:g}")
    return Span(-inf, written.number())


_SIDES: Sides = {"score": _read_score}


def _cleared(bands: Sequence[Band]) -> tuple[Band, ...]:
    """Return bands that are left at the usual share of their limits, where the rule says nothing."""
    cleared: list[Band] = []
    for band in bands:
        milder = cleared[-1].clear.high if cleared else 0.0
        usual = Span(-inf, max(CLEARED * band.limit.high, milder))
        cleared.append(replace(band, clear=usual) if band.clear == band.limit else band)
    return tuple(cleared)


def _terms(terms: Terms) -> BaselineTerms:
    assert isinstance(terms, BaselineTerms)  # the book gives each kind the terms it read
    return terms


def _is_against(against: str, rule: Rule) -> bool:
    return _terms(rule.terms).against == against


def _pass(against: str, rules: Sequence[tuple[int, Rule]], population: Population) -> BaselinePass:
    pairs = Pairs(rules, population, population.everybody)
    terms = [_terms(one) for one in pairs.roll.terms]
    habits = Habits(
        against,
        [_terms(rule.terms).same for rule in pairs.rules],
        [one.within_ns for one in terms],
        [one.warm_up_ns for one in terms],
    )
    return BaselinePass(pairs, population, habits)
