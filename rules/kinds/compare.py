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
from city.yaml_lines import Located
from rules.alarms import NEVER_NS
from rules.bands import VALUE_SIDES, Levelled, level_schema, read_bands
from rules.conditions import Decided, Measured
from rules.duration import DURATION, read_span_ns, shown_duration
from rules.dying import ON_DEATH, OnDeath, on_death_of
from rules.gathering import Said
from rules.groups import GROUPING, Grouping, Groups, read_grouping
from rules.kind import Written
from rules.levelled import reading_seen
from rules.lost_members import OnDeaths
from rules.measure import Scale
from rules.metered import exact, reading_at
from rules.pairs import Pairs, Roll
from rules.population import Population
from rules.rule import Rule, Terms
from rules.selection import SELECTION, Selection, read_selection
from rules.sided import Judged, SidedPass, Sides
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
        on_death: what it means that a sensor dies while a level is pending; None for nothing.
    """

    against: Selection
    takes: tuple[str, str]
    ratio: bool
    same: Grouping
    within_ns: int
    on_death: OnDeath | None = None

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
        "on_death": ON_DEATH,
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
        return CompareTerms(bands, scale.unit, against, takes, ratio, same, within_ns, on_death_of(written))

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


class ComparePass(SidedPass):
    """The measure is the one side less the other, or their ratio."""

    def __init__(self, rules: Sequence[tuple[int, Rule]], population: Population) -> None:
        roll = Roll(rules)
        terms = [_terms(one) for one in roll.terms]
        members = Pairs(_sided(rules), population, population.everybody)
        grouping = [_terms(rule.terms).same for rule in roll.rules]
        groups = Groups(members, grouping, roll, [side // _SIDES for side in range(_SIDES * len(rules))])
        sides = Sides(members.rule % _SIDES, np.array([one.takes for one in terms], dtype=np.str_).reshape(-1, _SIDES))
        deaths = OnDeaths([_terms(one).on_death for one in members.roll.terms], [one.on_death for one in terms])
        super().__init__(("compare", "gathering"), members, groups, sides, deaths)
        self._looks_back([one.within_ns for one in terms])
        self._ratio = np.array([one.ratio for one in terms], dtype=np.bool_)[groups.term]

    def _numbers(self, group: Ints, sides: Sequence[Floats]) -> Floats:
        """Return the difference or the ratio of the sides, NaN where one has no value or is divided by 0."""
        one, other = sides
        ratio = self._ratio.take(group)
        known = np.isfinite(one) & np.isfinite(other) & ~(ratio & (other == 0))
        at = np.flatnonzero(known)
        number = np.full(len(group), np.nan)
        number[at] = self._measure(one.take(at), other.take(at), ratio.take(at))
        return number

    def _measure(self, one: Floats, other: Floats, ratio: NDArray[np.bool_]) -> Floats:
        return exact(np.where(ratio, one / np.where(ratio, other, 1.0), one - other))

    def _evidence(self, judged: Judged, element: int) -> dict[str, object]:
        """Return the reading, and both sides at it."""
        batch, found, _ = judged
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
        evidence, value = self._standing_sides(pair)
        evidence |= self._doubt_of(pair)
        time_ns, ratio = int(self._gathering.clocks["clock_ns"][pair]), self._ratio[[pair]]
        if time_ns == NEVER_NS or not np.isfinite(value).all() or (ratio & (value[1] == 0)).any():
            return Measured(None, evidence)
        return Measured(Decided(time_ns, time_ns, float(self._measure(value[0], value[1], ratio)[0])), evidence)

    def _seen_last(self, target: int, now_ns: int) -> Mapping[str, object]:
        """Return both sides as they stand."""
        return self._standing_sides(target)[0]

    def _standing_sides(self, pair: int) -> tuple[dict[str, object], Floats]:
        """Return both sides as evidence shows them, and their values, NaN for none."""
        within_ns = int(self._within_ns[pair])
        said = [self._gathering.said(pair, side, within_ns) for side in range(_SIDES)]
        value = np.array([[self._gathering.taken(pair, side, one)] for side, one in enumerate(said)])
        sides = {name: self._side(said[side], float(value[side, 0])) for side, name in enumerate(_SIDE_NAMES)}
        return {**sides, "within_s": within_ns / SECOND_NS}, value

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
