"""Threshold rules: a value above, below or outside a limit, or its change over a window, for a while, in levels.

A level is *met* by a reading beyond its limit, *due* when every reading since the first that met it did so for at
least its hold (by the sensors' time, decided at a reading), and *kept* by a reading that is not yet back within its
clearing value. The alarm rises to the highest level that is due and falls to the highest that is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar

import numpy as np

from city.yaml_lines import Located
from rules.bands import VALUE_SIDES, Levelled, Sides, Span, least_zero, level_schema, read_bands
from rules.changes import ChangePass
from rules.duration import DURATION, read_span_ns, shown_duration
from rules.dying import ON_DEATH, OnDeath, on_death_of
from rules.kind import Written
from rules.measure import Scale
from rules.pairs import Pairs
from rules.population import Population
from rules.rule import Rule, Terms
from rules.together import Together
from rules.values import ThresholdPass


def _read_change(written: Located, scale: Scale) -> Span:
    """Return a change over a window: it is counted from 0, and always beyond what is below."""
    least_zero(written)
    return Span(-inf, scale.of_differences.read(written))


_CHANGE_SIDES: Sides = {"rises": _read_change, "falls": _read_change}


@dataclass(frozen=True, slots=True)
class ThresholdTerms(Levelled):
    """Bands of the value itself or, with `over_ns`, of how far it `rises` or `falls` within that time.

    `on_death` says what it means that a sensor dies while a level is pending; None for nothing.
    """

    over_ns: int = 0
    side: str = ""
    on_death: OnDeath | None = None

    @property
    def measured(self) -> str:
        """Return in words what the number is, if it is not the reading itself."""
        return f"{self.side} within {shown_duration(self.over_ns)}" if self.over_ns else ""


class Threshold:
    """The kind `threshold`."""

    name: ClassVar[str] = "threshold"
    of_quantity: ClassVar[bool | None] = True
    own: ClassVar[Mapping[str, Any]] = {"over": DURATION, "on_death": ON_DEATH}
    required: ClassVar[tuple[str, ...]] = ()

    def read(self, written: Written) -> ThresholdTerms:
        """Return the terms of a rule; notes every mistake in the faults."""
        if "over" not in written.own:
            bands = read_bands(written)
            return ThresholdTerms(bands, written.scale.unit, on_death=on_death_of(written))
        over_ns, side = 0, ""
        with written.faults:
            side = _one_side(written)
            over_ns = read_span_ns(written.own["over"])
        sides = {side: _CHANGE_SIDES[side]} if side else _CHANGE_SIDES
        bands = read_bands(written, sides)
        return ThresholdTerms(bands, written.scale.unit, over_ns, side, on_death_of(written))

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of one level."""
        return level_schema(*VALUE_SIDES, *_CHANGE_SIDES)

    def compile(self, rules: Sequence[tuple[int, Rule]], population: Population) -> Together:
        """Return the pass over these rules and the sensors they match."""
        parts = (
            (lambda rule: not _terms(rule.terms).over_ns, _value_pass),
            (lambda rule: _terms(rule.terms).over_ns > 0, _change_pass),
        )
        return Together.compiled(parts, rules, population)


def _one_side(written: Written) -> str:
    """Return the side that all levels of a change are written with: what rises cannot fall to a worse level."""
    levels = [level for level in written.levels.entries().values() if isinstance(level.value, dict)]
    sides = sorted({side for level in levels for side in level.entries() if side in _CHANGE_SIDES})
    if len(sides) > 1:
        raise written.levels.wrong(expected="all levels with `rises` or all with `falls`", got=" and ".join(sides))
    return sides[0] if sides else ""


def _terms(terms: Terms) -> ThresholdTerms:
    assert isinstance(terms, ThresholdTerms)  # the book gives each kind the terms it read
    return terms


def _value_pass(rules: Sequence[tuple[int, Rule]], population: Population) -> ThresholdPass:
    pairs = Pairs(rules, population, population.everybody)
    return ThresholdPass(pairs, population, [_terms(one).on_death for one in pairs.roll.terms])


def _change_pass(rules: Sequence[tuple[int, Rule]], population: Population) -> ChangePass:
    pairs = Pairs(rules, population, population.everybody)
    terms = [_terms(one) for one in pairs.roll.terms]
    return ChangePass(
        pairs,
        population,
        over_ns=np.array([one.over_ns for one in terms], dtype=np.int64),
        sign=np.array([-1.0 if one.side == "falls" else 1.0 for one in terms]),
        on_death=[one.on_death for one in terms],
    )
