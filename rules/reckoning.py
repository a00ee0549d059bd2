"""Judges what formulas make of the newest values of each group."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.entry import Arrivals
from city.units import IDENTITY, Conversion
from rules.formula import read_formula
from rules.gathering import Gathered, Gathering
from rules.grouped import GroupedPass
from rules.groups import Grouping, Groups
from rules.kind import Verdict
from rules.listening import Listening
from rules.metered import Samples, exact
from rules.pairs import Pairs, Roll
from rules.population import Population
from rules.rule import Rule
from rules.selection import Selection
from rules.series import SeriesIndex
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


class ExpressionPass(GroupedPass):
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
        super().__init__("expression", members, groups)
        self._index, self._terms = SeriesIndex(members, population.quantities), terms
        side = np.array([place % MOST_VALUES for place, _ in sided], dtype=np.int64)[members.rule]
        self._gathering = Gathering("named_value", members, groups, side, _takes(terms))
        self._without = StateTable("without_result", groups.keys, {"count": (np.int64, 0)})
        self._memories, self._of_members = (self._gathering.clocks, self._without), (self._gathering.members,)
        self._within_ns = np.array([one.within_ns for one in terms], dtype=np.int64)[groups.term]
        known: dict[tuple[str, tuple[NamedValue, ...]], int] = {}
        codes = [known.setdefault((one.formula, one.values), len(known)) for one in terms]
        self._code = np.array(codes, dtype=np.int64)[groups.term]
        self._formulas = [(read_formula(text).compute, values) for text, values in known]

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Judge each place at every reading of any of its values."""
        batch = arrivals.readings
        if not len(self._members) or not len(batch):
            return []
        found = self._gathering.read(batch, self._index, self._within_ns)
        if found is None:
            return []
        known, result = self._reckoned(found)
        without = known & np.isnan(result)
        self._count(found.group[without])
        at = np.flatnonzero(np.isfinite(result))
        group, row = found.group[at], found.row[at]
        measure = exact(result[at])
        samples = Samples(group, row, found.time_ns[at], batch.arrival_ns[row], batch.quality[row], measure)
        return self._climb(samples, lambda element: self._evidence(found, int(at[element]), without))

    def _reckoned(self, found: Gathered) -> tuple[Flags, Floats]:
        """Return where all values are known, and what the formula makes of them there."""
        known, result = np.zeros(len(found.group), dtype=np.bool_), np.full(len(found.group), np.nan)
        code = self._code.take(found.group)
        for formula in np.flatnonzero(np.bincount(code, minlength=len(self._formulas))).tolist():
            compute, values = self._formulas[formula]
            at = np.flatnonzero(code == formula)
            columns = [side.value.take(at) for side in found.sides[: len(values)]]
            known[at] = np.logical_and.reduce([np.isfinite(column) for column in columns])
            named = {
                one.name: column if one.line == IDENTITY else column * one.line.factor + one.line.offset
                for one, column in zip(values, columns, strict=True)
            }
            with np.errstate(all="ignore"):
                result[at] = compute(named)
        return known, np.where(known, result, np.nan)

    def _count(self, group: Ints) -> None:
        """Count readings at which there was no result."""
        if len(group):
            np.add.at(self._without["count"], group, 1)
            self._without.touch(group)

    def _evidence(self, found: Gathered, element: int, without: Flags) -> dict[str, object]:
        group = int(found.group[element])
        terms = self._terms[int(self._groups.term[group])]
        values = {
            one.name: {
                "quantity": one.select.quantity,
                "value": float(f"{one.line.apply(float(side.value[element])):.12g}"),
                "sensors": int(side.sensors[element]),
                "oldest": iso(int(side.oldest_ns[element])),
            }
            for side, one in zip(found.sides, terms.values, strict=False)
        }
        later = np.count_nonzero(without[element:] & (found.group[element:] == group))
        return {
            "expression": terms.formula,
            "values": values,
            "within_s": terms.within_ns / SECOND_NS,
            "without_result": int(self._without["count"][group]) - int(later),
        }


def _takes(terms: Sequence[Reckoned]) -> NDArray[np.str_]:
    """Return for each of the terms what becomes of each of its values; what it does not have is never looked at."""
    most = max((len(one.values) for one in terms), default=1)
    takes = [[*(value.take for value in one.values), *[MEAN] * (most - len(one.values))] for one in terms]
    return np.array(takes, dtype=np.str_).reshape(-1, most)
