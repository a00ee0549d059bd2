"""Judges what formulas make of the newest values of each group."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.units import IDENTITY, Conversion
from rules.conditions import Measured
from rules.dying import OnDeath
from rules.formula import read_formula
from rules.groups import Grouping, Groups
from rules.kind import Verdict
from rules.limits import ENDLESS_NS
from rules.lost_members import OnDeaths
from rules.metered import exact
from rules.pairs import Pairs, Roll
from rules.population import Population
from rules.rule import Rule
from rules.selection import Selection
from rules.sided import Judged, SidedPass, Sides
from rules.sides import MEAN
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: Each value is one more look at every group; a formula of more belongs in a kind of its own.
MOST_VALUES = 8


class NamedValue(NamedTuple):
    """A value of a formula: whose newest readings, what several are taken as, the line to the unit it is read in."""

    name: str
    select: Selection
    take: str
    line: Conversion


@runtime_checkable
class Reckoned(Protocol):
    """Terms that have a formula over named values."""

    @property
    def formula(self) -> str:
        """Return the formula as it is written."""
        ...

    @property
    def values(self) -> tuple[NamedValue, ...]:
        """Return what its names stand for."""
        ...

    @property
    def same(self) -> Grouping:
        """Return what the sensors of the values have in common."""
        ...

    @property
    def within_ns(self) -> int:
        """Return how old a value may be."""
        ...

    @property
    def on_death(self) -> OnDeath | None:
        """Return what it means that a sensor dies while a level is pending; None for nothing."""
        ...


class ExpressionPass(SidedPass):
    """The measure is what the formula gives; `sided` has each rule once for each of its values."""

    def __init__(
        self, rules: Sequence[tuple[int, Rule]], sided: Sequence[tuple[int, Rule]], population: Population
    ) -> None:
        roll = Roll(rules)
        terms = [one for one in roll.terms if isinstance(one, Reckoned)]
        members = Pairs(sided, population, population.everybody)
        index = {place: number for number, (place, _) in enumerate(rules)}
        owner = [index[place // MOST_VALUES] for place, _ in sided]
        groups = Groups(members, [terms[base].same for base in roll.base], roll, owner)
        side = np.array([place % MOST_VALUES for place, _ in sided], dtype=np.int64)[members.rule]
        of_members = [one.on_death for one in members.roll.terms if isinstance(one, Reckoned)]
        deaths = OnDeaths(of_members, [one.on_death for one in terms])
        super().__init__(("expression", "named_value"), members, groups, Sides(side, _takes(terms)), deaths)
        self._looks_back([one.within_ns for one in terms])
        self._terms = terms
        self._sides_of = np.array([len(one.values) for one in terms], dtype=np.int64)[groups.term]
        self._without = StateTable("without_result", groups.keys, {"count": (np.int64, 0)})
        self._memories = (*self._memories, self._without)
        known: dict[tuple[str, tuple[NamedValue, ...]], int] = {}
        codes = [known.setdefault((one.formula, one.values), len(known)) for one in terms]
        self._code = np.array(codes, dtype=np.int64)[groups.term]
        self._formulas = [(read_formula(text).compute, values) for text, values in known]

    def _judge(self, judged: Judged) -> list[Verdict]:
        self._count(judged.found.group[self._is_without(judged, slice(None))])
        return super()._judge(judged)

    def _numbers(self, group: Ints, sides: Sequence[Floats]) -> Floats:
        """Return what the formulas make of the sides, NaN where one has no value or there is no result."""
        result = np.full(len(group), np.nan)
        code = self._code.take(group)
        for formula in np.flatnonzero(np.bincount(code, minlength=len(self._formulas))).tolist():
            compute, values = self._formulas[formula]
            at = np.flatnonzero(code == formula)
            columns = [side.take(at) for side in sides[: len(values)]]
            known = np.logical_and.reduce([np.isfinite(column) for column in columns])
            named = {
                one.name: column if one.line == IDENTITY else column * one.line.factor + one.line.offset
                for one, column in zip(values, columns, strict=True)
            }
            with np.errstate(all="ignore"):
                computed = np.asarray(compute(named), dtype=np.float64)
            result[at] = np.where(known & np.isfinite(computed), exact(computed), np.nan)
        return result

    def _is_without(self, judged: Judged, some: slice) -> Flags:
        """Return at which of some readings all values were known, and there was no result."""
        without = np.isnan(judged.number[some])
        if without.any():
            group = judged.found.group[some]
            for side, value in enumerate(judged.found.sides):
                has_value = self._sides_of.take(group) > side
                without &= np.isfinite(value.value[some]) | ~has_value
        return without

    def _count(self, group: Ints) -> None:
        """Count readings at which there was no result."""
        if len(group):
            np.add.at(self._without["count"], group, 1)
            self._without.touch(group)

    def _evidence(self, judged: Judged, element: int) -> dict[str, object]:
        """Return the formula, and the values that it was given."""
        found, group = judged.found, int(judged.found.group[element])
        sides = [
            (float(one.value[element]), int(one.sensors[element]), int(one.oldest_ns[element])) for one in found.sides
        ]
        rest = slice(element, None)
        later = np.count_nonzero(self._is_without(judged, rest) & (found.group[rest] == group))
        return self._told(group, sides, int(self._without["count"][group]) - int(later))

    def _seen_last(self, target: int, now_ns: int) -> dict[str, object]:
        """Return the formula, and its values as they stand."""
        within_ns, sides = int(self._within_ns[target]), []
        for side in range(len(self._terms[int(self._groups.term[target])].values)):
            said = self._gathering.said(target, side, within_ns)
            oldest_ns = int(said.time_ns.min(initial=ENDLESS_NS))
            sides.append((self._gathering.taken(target, side, said), int(said.fresh.sum()), oldest_ns))
        return self._told(target, sides, int(self._without["count"][target]))

    def _measured(self, pair: int, now_ns: int) -> Measured:
        """Return what a pair was last judged by, and how often there was no result until now."""
        decided, evidence = super()._measured(pair, now_ns)
        count = int(self._without["count"][pair])
        if decided is None and count:
            return Measured(None, self._seen_last(pair, now_ns))
        return Measured(decided, {**evidence, "without_result": count} if evidence else evidence)

    def _told(self, group: int, sides: Sequence[tuple[float, int, int]], without: int) -> dict[str, object]:
        """Return as evidence what each value was: of how many sensors, the oldest of them."""
        terms = self._terms[int(self._groups.term[group])]
        values = {
            one.name: {
                "quantity": one.select.quantity,
                "value": float(f"{one.line.apply(value):.12g}") if np.isfinite(value) else None,
                "sensors": sensors,
                "oldest": iso(oldest_ns) if oldest_ns < ENDLESS_NS else None,
            }
            for (value, sensors, oldest_ns), one in zip(sides, terms.values, strict=False)
        }
        return {
            "expression": terms.formula,
            "values": values,
            "within_s": terms.within_ns / SECOND_NS,
            "without_result": without,
        }


def _takes(terms: Sequence[Reckoned]) -> NDArray[np.str_]:
    """Return for each of the terms what becomes of each of its values; what it does not have is never looked at."""
    most = max((len(one.values) for one in terms), default=1)
    takes = [[*(value.take for value in one.values), *[MEAN] * (most - len(one.values))] for one in terms]
    return np.array(takes, dtype=np.str_).reshape(-1, most)
