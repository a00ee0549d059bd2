"""Stuck rules: a sensor whose value does not move any more, or jumps further than what it measures can.

Both are about the sensor. A *flat line* is a value that stays within a tolerance although readings keep coming; an
impossible *step* is a change between two readings beyond what the thing measured can do in that time (QARTOD tests 9,
"flat line", and 7, "rate of change": US IOOS, Manual for Real-Time Quality Control, 2020).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, nextafter
from typing import Any, ClassVar

from city.catalogue import QuantityKind
from city.clock import SECOND_NS
from city.yaml_lines import Located
from rules.bands import Band, Levelled, Span, least_zero
from rules.duration import DURATION, read_span_ns, shown_duration
from rules.flatness import FlatPass
from rules.kind import Written, read_levels
from rules.leaps import LeapPass
from rules.measure import Scale
from rules.pairs import Pairs
from rules.population import Population
from rules.rule import Rule, Terms
from rules.together import Together

FLAT, STEP = "flat", "steps"

#: How long after a step it is still told unless the rule says otherwise: until somebody can have looked.
_REMEMBERED = SECOND_NS * 3600

_NUMBER = {"type": "number"}
_NUMBERS = {"oneOf": [_NUMBER, {"type": "array", "items": _NUMBER, "minItems": 1}]}

#: What only flat lines have, and what only steps have.
_OF_FLAT, _OF_STEP = ("tolerance", "except_at"), ("per", "remembered")


@dataclass(frozen=True, slots=True)
class FlatTerms(Levelled):
    """Bands of the seconds for which the value has stayed within `tolerance`; `except_at` are values that may stay."""

    tolerance: float
    except_at: tuple[float, ...]

    def described(self) -> dict[str, str]:
        """Return in words, for each level, when it is reached."""
        flat = f"within {self.tolerance:g}" if self.tolerance else "unchanged"
        spans = {band.level.word: shown_duration(round(band.limit.high * SECOND_NS)) for band in self.bands}
        return {word: f"value {flat} for {span} while readings keep coming" for word, span in spans.items()}


@dataclass(frozen=True, slots=True)
class LeapTerms(Levelled):
    """Bands of the change between two readings, in `per_ns`; told until `remembered_ns` after it."""

    per_ns: int
    remembered_ns: int

    def described(self) -> dict[str, str]:
        """Return in words, for each level, when it is reached and left."""
        per, remembered = shown_duration(self.per_ns), shown_duration(self.remembered_ns)
        return {
            band.level.word: f"a step of more than {band.limit.high:g} {self.unit} in {per}, until {remembered} after"
            for band in self.bands
        }


class Stuck:
    """The kind `stuck`."""

    name: ClassVar[str] = "stuck"
    of_quantity: ClassVar[bool | None] = True
    own: ClassVar[Mapping[str, Any]] = {
        "tolerance": {
            **_NUMBER,
            "minimum": 0,
            "description": "what stays within so much is flat; 0 unless said",
        },
        "except_at": {**_NUMBERS, "description": "values that may well stay: no rain, a closed door"},
        "per": {**DURATION, "description": "the time in which so large a step is impossible"},
        "remembered": {**DURATION, "description": "how long a step is told; 1h unless said"},
    }
    required: ClassVar[tuple[str, ...]] = ()

    def read(self, written: Written) -> Terms:
        """Return the terms of a rule; notes every mistake in the faults."""
        with written.faults:
            if _side(written) == STEP:
                return _read_leap(written)
        return _read_flat(written)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of one level."""
        flat = {"type": "object", "additionalProperties": False, "properties": {FLAT: DURATION}, "required": [FLAT]}
        leap = {"type": "object", "additionalProperties": False, "properties": {STEP: _NUMBER}, "required": [STEP]}
        return {"oneOf": [flat, leap]}

    def compile(self, rules: Sequence[tuple[int, Rule]], population: Population) -> Together:
        """Return the pass over these rules and the sensors they match."""
        parts = (
            (lambda rule: isinstance(rule.terms, FlatTerms), _flat_pass),
            (lambda rule: isinstance(rule.terms, LeapTerms), _leap_pass),
        )
        return Together.compiled(parts, rules, population)


def _side(written: Written) -> str:
    """Return whether the levels are of flat lines or of steps; all must be of one."""
    levels = [level for level in written.levels.entries().values() if isinstance(level.value, dict)]
    sides = sorted({side for level in levels for side in level.entries() if side in {FLAT, STEP}})
    if len(sides) > 1:
        raise written.levels.wrong(expected="all levels with `flat` or all with `steps`", got=" and ".join(sides))
    side = sides[0] if sides else FLAT
    for key in _OF_STEP if side == FLAT else _OF_FLAT:
        if key in written.own:
            raise written.own[key].wrong(expected=f"no `{key}` in a rule whose levels say `{side}`", got=key)
    return side


def _read_flat(written: Written) -> FlatTerms:
    tolerance = 0.0
    except_at: tuple[float, ...] = ()
    with written.faults:
        _check_moves(written)
    with written.faults:
        tolerance = _least_zero(written.own.get("tolerance"), written.scale.of_differences)
    with written.faults:
        except_at = _numbers(written.own.get("except_at"), written.scale)
    bands = _read_bands(written, FLAT, lambda field: nextafter(read_span_ns(field) / SECOND_NS, -inf))
    return FlatTerms(bands, "s", tolerance, except_at)


def _check_moves(written: Written) -> None:
    """Raise for a quantity that is a state: it holds until the next one, for ever if need be."""
    known = written.catalogue.of_series(written.quantity)
    if known is not None and known.kind is QuantityKind.STATE and "except_at" not in written.own:
        expected = "a quantity that moves, or `except_at` with the states that may stay"
        raise written.levels.wrong(expected=expected, got=f"{known.name}, a state")


def _read_leap(written: Written) -> LeapTerms:
    per_ns, remembered_ns = SECOND_NS, _REMEMBERED
    with written.faults:
        if "per" not in written.own:
            raise written.levels.wrong(expected="`per`, the time in which such a step is impossible", got="nothing")
        per_ns = read_span_ns(written.own["per"])
    with written.faults:
        remembered_ns = read_span_ns(written.own["remembered"]) if "remembered" in written.own else _REMEMBERED
    bands = _read_bands(written, STEP, lambda field: _above_zero(field, written.scale.of_differences))
    return LeapTerms(bands, written.scale.unit, per_ns, remembered_ns)


def _read_bands(written: Written, side: str, limit_of: Callable[[Located], float]) -> tuple[Band, ...]:
    """Return the bands, the mildest first, each with a limit above the one before; none has hold or clearing value."""
    bands: list[Band] = []
    for level, of_level in read_levels(written.levels, written.faults):
        with written.faults:
            field = of_level.fields((side,))[side]
            limit = Span(-inf, limit_of(field))
            if bands and limit.high <= bands[-1].limit.high:
                raise field.wrong(expected=f"more than `{bands[-1].level.word}` has")
            bands.append(Band(level, limit, limit, at_least=side == FLAT))
    return tuple(bands)


def _above_zero(written: Located, scale: Scale) -> float:
    if written.number() <= 0:
        raise written.wrong(expected="a step above 0")
    return scale.read(written)


def _least_zero(written: Located | None, scale: Scale) -> float:
    if written is None:
        return 0.0
    least_zero(written)
    return scale.read(written)


def _numbers(written: Located | None, scale: Scale) -> tuple[float, ...]:
    if written is None:
        return ()
    numbers = written.items() if isinstance(written.value, tuple) else (written,)
    if not numbers:
        raise written.wrong(expected="at least one number", got="an empty list")
    return tuple(map(scale.read, numbers))


def _flat_pass(rules: Sequence[tuple[int, Rule]], population: Population) -> FlatPass:
    pairs = Pairs(rules, population, population.everybody)
    terms = [one for one in pairs.roll.terms if isinstance(one, FlatTerms)]
    return FlatPass(pairs, population, [one.tolerance for one in terms], [one.except_at for one in terms])


def _leap_pass(rules: Sequence[tuple[int, Rule]], population: Population) -> LeapPass:
    pairs = Pairs(rules, population, population.everybody)
    terms = [one for one in pairs.roll.terms if isinstance(one, LeapTerms)]
    return LeapPass(pairs, population, [one.per_ns for one in terms], [one.remembered_ns for one in terms])
