"""Drift rules: a sensor that slowly moves away from its neighbours, as one does that gets dirty, old or shifted.

At looks that are a small part of its memory apart, its reading is held against the median of its nearest neighbours'
newest ones. The mean difference of the last `memory` is held against what it usually is, learned over a longer time:
until that has passed, nothing is judged. At least three neighbours must have spoken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar

from city.clock import SECOND_NS
from city.yaml_lines import Located
from rules.bands import Levelled, Sides, Span, level_schema, read_bands
from rules.drifting import DriftPass, Pace
from rules.duration import DURATION, read_span_ns, shown_duration
from rules.groups import GROUPING, Grouping, read_grouping
from rules.kind import Written
from rules.measure import Scale
from rules.pairs import Pairs
from rules.population import Population
from rules.rule import Rule, Terms

_DAY_NS = 86_400 * SECOND_NS

#: A day and its night are one memory, so that sun and traffic on one side of the street are in it whole; ten of them
#: are learned first, a week and its days of rest among them.
_MEMORY_NS, _LEARN_NS = _DAY_NS, 10 * _DAY_NS

#: What is usual must be learned from several memories, or the two are the same.
_MEMORIES = 2


@dataclass(frozen=True, slots=True)
class DriftTerms(Levelled):
    """Bands of how far the mean difference of `memory_ns` has moved; learned for `learn_ns` before."""

    same: Grouping
    within_ns: int
    memory_ns: int
    learn_ns: int

    @property
    def measured(self) -> str:
        """Return in words what the number is."""
        memory, learn = shown_duration(self.memory_ns), shown_duration(self.learn_ns)
        usual = f"from what it was, learned for {learn}"
        return f"mean difference of {memory} to the neighbours {self.same.described()} moved {usual}:"


class Drift:
    """The kind `drift`."""

    name: ClassVar[str] = "drift"
    of_quantity: ClassVar[bool | None] = True
    own: ClassVar[Mapping[str, Any]] = {
        "same": GROUPING,
        "within": {**DURATION, "description": "older readings of neighbours do not count"},
        "memory": {**DURATION, "description": "how long a difference is remembered; 1d unless said"},
        "learn": {**DURATION, "description": "how long the usual difference is learned first; 10d unless said"},
    }
    required: ClassVar[tuple[str, ...]] = ("same", "within")

    def read(self, written: Written) -> DriftTerms:
        """Return the terms of a rule; notes every mistake in the faults."""
        same, spans = Grouping(), {"within": 0, "memory": _MEMORY_NS, "learn": _LEARN_NS}
        with written.faults:
            same = _read_neighbourhood(written.own["same"])
        for name in [one for one in spans if one in written.own]:
            with written.faults:
                spans[name] = read_span_ns(written.own[name])
        with written.faults:
            if spans["learn"] < _MEMORIES * spans["memory"]:
                place = written.own.get("learn", written.own.get("memory", written.levels))
                raise place.wrong(expected="to `learn` for at least twice as long as it has `memory`")
        bands = read_bands(written._replace(scale=written.scale.of_differences), _SIDES)
        return DriftTerms(bands, written.scale.unit, same, spans["within"], spans["memory"], spans["learn"])

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of one level."""
        return level_schema(*_SIDES)

    def compile(self, rules: Sequence[tuple[int, Rule]], population: Population) -> DriftPass:
        """Return the pass over these rules and the sensors they match."""
        pairs = Pairs(rules, population, population.everybody)
        terms = [_terms(one) for one in pairs.roll.terms]
        pace = Pace(*([getattr(one, name) for one in terms] for name in ("within_ns", "memory_ns", "learn_ns")))
        return DriftPass(pairs, population, [_terms(rule.terms).same for rule in pairs.rules], pace)


def _read_neighbourhood(written: Located) -> Grouping:
    same = read_grouping(written)
    if same.field == "sensor":
        raise written.wrong(expected="a field that several sensors share, or a radius")
    return same


def _read_drift(written: Located, scale: Scale) -> Span:
    if written.number() <= 0:
        raise written.wrong(expected="a difference above 0")
    return Span(-inf, scale.read(written))


_SIDES: Sides = {"drifts": _read_drift}


def _terms(terms: Terms) -> DriftTerms:
    assert isinstance(terms, DriftTerms)  # the book gives each kind the terms it read
    return terms
