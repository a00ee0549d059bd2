"""Expression rules: a formula over named quantities of one sensor or of a place, where no other kind fits.

Judged like a comparison, at every reading of any of its values, by the newest that are not too old; while one has none,
nothing is judged. A formula without a result at a reading (a division by 0) is not judged there, and counted.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

from city.units import IDENTITY, Conversion
from city.yaml_lines import Located
from rules.bands import VALUE_SIDES, Levelled, level_schema, read_bands
from rules.duration import DURATION, read_span_ns, shown_duration
from rules.dying import ON_DEATH, OnDeath, on_death_of
from rules.formula import FUNCTIONS, LONGEST, RESERVED, BadFormula, read_formula
from rules.groups import GROUPING, Grouping, read_grouping
from rules.kind import Written
from rules.measure import read_scale
from rules.population import Population
from rules.reckoning import MOST_VALUES, ExpressionPass, NamedValue
from rules.rule import Rule, Terms
from rules.selection import SELECTION, Selection, read_selection
from rules.sides import MEAN, TAKES

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,31}")
_TEXT = {"type": "string", "minLength": 1}

#: The JSON Schema of a named value: a selection, what several sensors are taken as, and the unit it is read in.
_VALUE = {
    **SELECTION,
    "properties": {**SELECTION["properties"], "take": {"enum": list(TAKES)}, "unit": _TEXT},
    "required": ["quantity"],
}


@dataclass(frozen=True, slots=True)
class ExpressionTerms(Levelled):
    """Bands of what a formula makes of named values of the `same` place that are not older than `within_ns`.

    `on_death` says what it means that a sensor dies while a level is pending; None for nothing.
    """

    formula: str
    values: tuple[NamedValue, ...]
    same: Grouping
    within_ns: int
    on_death: OnDeath | None = None

    @property
    def quantities(self) -> tuple[str, ...]:
        """Return the series that it reads."""
        return tuple(value.select.quantity for value in self.values)

    @property
    def measured(self) -> str:
        """Return in words what the number is."""
        of = f"{self.same.described()} within {shown_duration(self.within_ns)}"
        return f"{' '.join(self.formula.split())} {of}"


class Expression:
    """The kind `expression`."""

    name: ClassVar[str] = "expression"
    of_quantity: ClassVar[bool | None] = False
    own: ClassVar[Mapping[str, Any]] = {
        "values": {
            "type": "object",
            "additionalProperties": False,
            "patternProperties": {f"^{_NAME.pattern}$": _VALUE},
            "minProperties": 1,
            "maxProperties": MOST_VALUES,
        },
        "expression": {
            **_TEXT,
            "maxLength": LONGEST,
            "description": f"+ - * / ^, comparisons, and, or, not, {', '.join(FUNCTIONS)}",
        },
        "same": GROUPING,
        "within": DURATION,
        "unit": {"type": "string", "description": "the unit of what comes out, empty for a number without one"},
        "on_death": ON_DEATH,
    }
    required: ClassVar[tuple[str, ...]] = ("values", "expression", "same", "within")

    def read(self, written: Written) -> ExpressionTerms:
        """Return the terms of a rule; notes every mistake in the faults."""
        values: tuple[NamedValue, ...] = ()
        same, within_ns, unit, formula = Grouping(), 0, "", "0"
        with written.faults:
            values = tuple(_read_values(written))
            formula = _read_formula(written.own["expression"], written.own["values"].entries())
        with written.faults:
            same = read_grouping(written.own["same"])
        with written.faults:
            within_ns = read_span_ns(written.own["within"])
        with written.faults:
            unit = _unit(written.own["unit"]) if "unit" in written.own else ""
        bands = read_bands(written)
        return ExpressionTerms(bands, unit, formula, values, same, within_ns, on_death_of(written))

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of one level."""
        return level_schema(*VALUE_SIDES)

    def compile(self, rules: Sequence[tuple[int, Rule]], population: Population) -> ExpressionPass:
        """Return the pass over these rules and the groups of the sensors they match."""
        sided = [
            (MOST_VALUES * place + side, replace(rule, id=f"{rule.id}\0{side}", select=merged(rule, value.select)))
            for place, rule in rules
            for side, value in enumerate(_terms(rule.terms).values)
        ]
        return ExpressionPass(rules, sided, population)


def _unit(written: Located) -> str:
    """Return the unit of what comes out; a ratio has none."""
    return "" if written.value == "" else written.text()


def _read_values(written: Written) -> Iterator[NamedValue]:
    if written.quantity:
        expected = "no `quantity` in `select`: each of the `values` has its own"
        raise written.own["values"].wrong(expected=expected, got=written.quantity)
    entries = written.own["values"].entries()
    if not 1 <= len(entries) <= MOST_VALUES:
        raise written.own["values"].wrong(expected=f"1 to {MOST_VALUES} values", got=str(len(entries)))
    for name, value in entries.items():
        with written.faults:
            yield _read_value(name, value, written)


def _read_value(name: str, written: Located, of: Written) -> NamedValue:
    if _NAME.fullmatch(name) is None or name in RESERVED:
        raise written.wrong(expected="a name of letters, digits and `_` that is no function", got=name)
    own = written.entries()
    chosen = {key: one for key, one in own.items() if key not in {"take", "unit"}}
    select = read_selection(Located(chosen, written.file, written.line))
    if not select.quantity:
        raise written.wrong(expected="`quantity`", got="nothing")
    line = read_scale(own["quantity"], own.get("unit"), of.catalogue).line
    return NamedValue(name, select, own["take"].word(TAKES) if "take" in own else MEAN, _turned(line))


def _turned(line: Conversion) -> Conversion:
    """Return the line from the quantity's own unit to the one that the rule is written in."""
    return line if line == IDENTITY else Conversion(1 / line.factor, -line.offset / line.factor)


def _read_formula(written: Located, names: Mapping[str, Located]) -> str:
    text = written.text()
    try:
        used = read_formula(text).names
    except BadFormula as error:
        raise written.wrong(expected=error.expected, got=_placed(error.got, error.line, error.column)) from error
    for one in used:
        if one.name not in names:
            expected = f"one of {', '.join(f'`{name}`' for name in names)}"
            raise written.wrong(expected=expected, got=_placed(f"`{one.name}`", one.line, one.column))
    unused = [name for name in names if name not in {one.name for one in used}]
    if unused:
        raise written.wrong(expected=f"`{unused[0]}`, one of the `values`, in the expression", got=text)
    return text


def _placed(got: str, line: int, column: int) -> str:
    return f"{got} in line {line}, column {column} of the expression"


def merged(rule: Rule, own: Selection) -> Selection:
    """Return the rule's selection, narrowed or changed by what a value says itself."""
    said = {field.name: getattr(own, field.name) for field in fields(own) if getattr(own, field.name)}
    return replace(rule.select, **said)


def _terms(terms: Terms) -> ExpressionTerms:
    assert isinstance(terms, ExpressionTerms)  # the book gives each kind the terms it read
    return terms
