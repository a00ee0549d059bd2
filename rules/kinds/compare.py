"""Compare rules: one sensor or several against others of the same place, as a difference or a ratio.

Inside against outside, upstream against downstream, lane against lane. Judged at every reading of either side, by the
newest values that are not too old; while one side has none, nothing is judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.entry import Arrivals
from city.reading import ReadingBatch
from city.yaml_lines import Located
from rules.alarms import NEVER_NS
from rules.bands import VALUE_SIDES, Levelled, level_schema, read_bands
from rules.conditions import Decided, Measured
from rules.duration import DURATION, read_span_ns, shown_duration
from rules.gathering import Gathered, Gathering, Said
from rules.grouped import GroupedPass
from rules.groups import GROUPING, Grouping, Groups, read_grouping
from rules.kind import Verdict, Written
from rules.levelled import reading_seen
from rules.listening import Listening
from rules.measure import Scale
from rules.metered import Samples, exact, reading_at
from rules.pairs import Pairs, Roll
from rules.population import Population
from rules.rule import Rule, Terms
from rules.selection import SELECTION, Selection, read_selection
from rules.series import SeriesIndex
from rules.sides import MEAN, TAKES

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_DIFFERENCE, _RATIO = "difference", "ratio"

#: The sides of a rule: the sensors that it selects, and those that they are held against.
_SIDES = 2

#: What the sides are called in evidence, and so many sensors of each are named there.
_SIDE_NAMES, _NAMED = ("one", "other"), 20

_TAKE = {"enum": list(TAKES), "description": "what several sensors of one side are taken as; the mean unless said"}


@dataclass(frozen=True, slots=True)
class CompareTerms(Levelled):
    """Bands over the difference (or ratio) of the selected sensors and those they are held `against`.

    Attributes:
        takes: what several sensors of the one side and of the other are taken as.
        within_ns: a value older than this is not compared.
    """

    against: Selection
    takes: tuple[str, str]
    ratio: bool
    same: Grouping
    within_ns: int

    @property
    def quantities(self) -> tuple[str, ...]:
        """Return the series that it reads besides the one that the rule selects."""
        return (self.against.quantity,)

    @property
    def measured(self) -> str:
        """Return in words what the number is."""
        how = _RATIO if self.ratio else _DIFFERENCE
        return f"{how} to the others {self.same.described()} within {shown_duration(self.within_ns)}"


class Compare:
    """The kind `compare`."""

    name: ClassVar[str] = "compare"
    of_quantity: ClassVar[bool | None] = True
    own: ClassVar[Mapping[str, Any]] = {
        "against": SELECTION,
        "same": GROUPING,
        "within": DURATION,
        "as": {"enum": [_DIFFERENCE, _RATIO]},
        "take": _TAKE,
        "take_against": _TAKE,
    }
    required: ClassVar[tuple[str, ...]] = ("against", "same", "within")

    def read(self, written: Written) -> CompareTerms:
        """Return the terms of a rule; notes every mistake in the faults."""
        against, same, within_ns, ratio, takes = Selection(), Grouping(), 0, False, (MEAN, MEAN)
        with written.faults:
            against = _read_against(written)
        with written.faults:
            same = read_grouping(written.own["same"])
        with written.faults:
            within_ns = read_span_ns(written.own["within"])
        with written.faults:
            ratio = "as" in written.own and written.own["as"].word((_DIFFERENCE, _RATIO)) == _RATIO
            takes = (_take(written.own.get("take")), _take(written.own.get("take_against")))
        scale = Scale() if ratio else written.scale.of_differences
        bands = read_bands(written._replace(scale=scale))
        return CompareTerms(bands, scale.unit, against, takes, ratio, same, within_ns)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of one level."""
        return level_schema(*VALUE_SIDES)

    def compile(self, rules: Sequence[tuple[int, Rule]], population: Population) -> "ComparePass":
        """Return the pass over these rules and the groups of the sensors they match."""
        return ComparePass(rules, population)


def _read_against(written: Written) -> Selection:
    against = read_selection(written.own["against"])
    if not against.quantity:
        raise written.own["against"].wrong(expected="`quantity`", got="nothing")
    known = written.catalogue.of_series(against.quantity)
    if known is None:
        raise written.own["against"].wrong(expected="a quantity of the catalogue", got=against.quantity)
    ratio = "as" in written.own and written.own["as"].value == _RATIO
    if not ratio and known.unit != written.scale.unit:
        expected = f"a quantity in `{written.scale.unit}`, for a difference"
        raise written.own["against"].wrong(expected=expected, got=f"{against.quantity} in {known.unit}")
    return against


def _take(written: Located | None) -> str:
    return MEAN if written is None else written.word(TAKES)


def _terms(terms: Terms) -> CompareTerms:
    assert isinstance(terms, CompareTerms)  # the book gives each kind the terms it read
    return terms


def _sided(rules: Sequence[tuple[int, Rule]]) -> list[tuple[int, Rule]]:
    """Return each rule twice, once for either side, which no other rule is called like."""
    return [
        (_SIDES * place + side, replace(rule, id=f"{rule.id}\0{side}", select=select))
        for place, rule in rules
        for side, select in enumerate((rule.select, _terms(rule.terms).against))
    ]


class ComparePass(GroupedPass):
    """The measure is the one side less the other, or their ratio."""

    def __init__(self, rules: Sequence[tuple[int, Rule]], population: Population) -> None:
        roll = Roll(rules)
        terms = [_terms(one) for one in roll.terms]
        members = Pairs(_sided(rules), population, population.everybody)
        grouping = [_terms(rule.terms).same for rule in roll.rules]
        groups = Groups(members, grouping, roll, [side // _SIDES for side in range(_SIDES * len(rules))])
        super().__init__("compare", members, groups)
        self._index = SeriesIndex(members, population.quantities)
        takes = np.array([one.takes for one in terms], dtype=np.str_).reshape(-1, _SIDES)
        self._gathering = Gathering("gathering", members, groups, members.rule % _SIDES, takes)
        self._memories, self._of_members = (self._gathering.clocks,), (self._gathering.members,)
        self._within_ns = np.array([one.within_ns for one in terms], dtype=np.int64)[groups.term]
        self._ratio = np.array([one.ratio for one in terms], dtype=np.bool_)[groups.term]

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Judge both sides of each place at every reading of either."""
        batch = arrivals.readings
        if not len(self._members) or not len(batch):
            return []
        found = self._gathering.read(batch, self._index, self._within_ns)
        if found is None:
            return []
        one, other = (side.value for side in found.sides)
        known = np.isfinite(one) & np.isfinite(other)
        ratio = self._ratio.take(found.group)
        known &= ~(ratio & (other == 0))
        at = np.flatnonzero(known)
        group, row = found.group.take(at), found.row.take(at)
        measure = self._measure(one.take(at), other.take(at), ratio.take(at))
        samples = Samples(
            group, row, found.time_ns.take(at), batch.arrival_ns.take(row), batch.quality.take(row), measure
        )
        return self._climb(samples, lambda element: self._evidence(batch, found, int(at[element])))

    def _measure(self, one: Floats, other: Floats, ratio: NDArray[np.bool_]) -> Floats:
        return exact(np.where(ratio, one / np.where(ratio, other, 1.0), one - other))

    def _evidence(self, batch: ReadingBatch, found: Gathered, element: int) -> dict[str, object]:
        sides = {
            name: {
                "value": float(side.value[element]),
                "sensors": int(side.sensors[element]),
                "oldest": iso(int(side.oldest_ns[element])),
            }
            for side, name in zip(found.sides, _SIDE_NAMES, strict=True)
        }
        row = int(found.row[element])
        member = int(np.flatnonzero(self._members.number == batch.sensor[row])[0])
        reading = {"sensor": self._members.target(member).id, **reading_seen(reading_at(batch, row))}
        return {"reading": reading, **sides, "within_s": int(self._within_ns[found.group[element]]) / SECOND_NS}

    def _measured(self, pair: int, now_ns: int) -> Measured:
        """Return both sides as they stand; no number while one of them has no value that is fresh."""
        within_ns, time_ns = int(self._within_ns[pair]), int(self._gathering.clocks["clock_ns"][pair])
        said = [self._gathering.said(pair, side, within_ns) for side in range(_SIDES)]
        value = np.array([[self._gathering.taken(pair, side, one)] for side, one in enumerate(said)])
        sides = {name: self._side(said[side], float(value[side, 0])) for side, name in enumerate(_SIDE_NAMES)}
        evidence = {**sides, "within_s": within_ns / SECOND_NS}
        ratio = self._ratio[[pair]]
        if time_ns == NEVER_NS or not np.isfinite(value).all() or (ratio & (value[1] == 0)).any():
            return Measured(None, evidence)
        return Measured(Decided(time_ns, time_ns, float(self._measure(value[0], value[1], ratio)[0])), evidence)

    def _side(self, said: Said, value: float) -> dict[str, object]:
        """Return one side as evidence shows it: what each sensor said last, and whether it is too old."""
        columns = zip(
            said.member.tolist(), said.value.tolist(), said.time_ns.tolist(), said.fresh.tolist(), strict=True
        )
        named = [
            {"sensor": self._members.target(member).id, "value": each, "time": iso(time_ns), "fresh": fresh}
            for member, each, time_ns, fresh in columns
        ]
        known = value if np.isfinite(value) else None
        return {"value": known, "sensors": int(np.count_nonzero(said.fresh)), "said": named[-_NAMED:]}
