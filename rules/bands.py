"""The levels of a threshold rule: beyond which values each is reached, after what hold, and when it is left."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from math import inf, nextafter
from sys import float_info
from typing import Any, NamedTuple

from city.level import Level
from city.units import IDENTITY
from city.yaml_lines import Located
from rules.duration import DURATION, read_duration_ns, shown_duration
from rules.kind import Written, read_levels
from rules.measure import Scale


class Span(NamedTuple):
    """An interval of values; infinite where it has no end."""

    low: float
    high: float

    def holds(self, other: "Span") -> bool:
        """Return whether `other` lies within this, ends included."""
        return self.low <= other.low and other.high <= self.high

    def shown(self) -> str:
        """Return the values outside this interval, in words."""
        if self.low == -inf:
            return f"above {self.high:g}"
        return f"below {self.low:g}" if self.high == inf else f"outside {self.low:g} to {self.high:g}"


@dataclass(frozen=True, slots=True)
class Band:
    """One level: reached while the value is outside `limit` for `hold_ns`, left when it is inside `clear`.

    `at_least` says that the limit itself counts: a number of things, of which that many are enough.
    """

    level: Level
    limit: Span
    clear: Span
    hold_ns: int = 0
    at_least: bool = False

    @property
    def shown(self) -> str:
        """Return in words when it is reached."""
        return f"at least {self.limit.high:g}" if self.at_least else self.limit.shown()

    @property
    def shown_clear(self) -> str:
        """Return in words what it is kept by."""
        return self.shown if self.clear == self.limit else self.clear.shown()


@dataclass(frozen=True, slots=True)
class Levelled:
    """Terms of levels that a number climbs: bands, the mildest first, in `unit`."""

    bands: tuple[Band, ...]
    unit: str

    @property
    def levels(self) -> tuple[Level, ...]:
        """Return the levels that the rule has, the mildest first."""
        return tuple(band.level for band in self.bands)

    @property
    def quantities(self) -> tuple[str, ...]:
        """Return the series that it reads besides the one that the rule selects."""
        return ()

    @property
    def looks_back_ns(self) -> int:
        """Return for how long back what was read may still decide: the longest hold, and every while that is named."""
        whiles = [int(getattr(self, one.name)) for one in fields(self) if one.name.endswith("_ns")]
        return max([0, *(band.hold_ns for band in self.bands)]) + sum(whiles)

    @property
    def measured(self) -> str:
        """Return in words what the number is, if it is not the reading itself."""
        return ""

    def described(self) -> dict[str, str]:
        """Return in words, for each level, when it is reached and left."""
        return {band.level.word: f"{self.measured} {described(band, self.unit)}".strip() for band in self.bands}


#: How each side of a level is read; `rises` and `falls` are of a change over a window, counted from 0.
Sides = Mapping[str, Callable[[Located, Scale], Span]]

#: How a number of things is written: that many, or a share of them in percent.
AT_LEAST, SHARE = "at_least", "share"
_WHOLE = 100
COUNT_SIDES: Sides = {
    AT_LEAST: lambda written, _: Span(-inf, nextafter(_positive(written), -inf)),
    SHARE: lambda written, _: Span(-inf, nextafter(_percent(written), -inf)),
}

#: What `clear` is called against the limit, where it is no value that is above, below or outside.
_CLEARS = {AT_LEAST: "below", SHARE: "below"}

VALUE_SIDES: Sides = {
    "above": lambda written, scale: Span(-inf, scale.read(written)),
    "below": lambda written, scale: Span(scale.read(written), inf),
    "outside": lambda written, scale: _read_range(written, scale),
}


def read_bands(written: Written, sides: Sides = VALUE_SIDES) -> tuple[Band, ...]:
    """Return the bands written under the levels, the mildest first; notes every mistake in the faults."""
    bands: list[tuple[Located, Band]] = []
    for level, of_level in read_levels(written.levels, written.faults):
        with written.faults:
            bands.append((of_level, read_band(level, of_level, written.scale, sides)))
    for (_, milder), (of_worse, worse) in pairwise(bands):
        with written.faults:
            _check_order(milder, worse, of_worse, written.scale)
    return tuple(band for _, band in bands)


#: A band that no number is beyond; it also stands for one that could not be read.
NO_BAND = Band(Level.NOTICE, *(Span(-inf, float_info.max),) * 2)


def read_counts(written: Written, *, shares: bool = True) -> tuple[tuple[Band, ...], bool]:
    """Return the bands of a number of things, and whether it is counted as a share of them, in percent."""
    if not shares:
        return read_bands(written, {AT_LEAST: COUNT_SIDES[AT_LEAST]}), False
    levels = [level for level in written.levels.entries().values() if isinstance(level.value, dict)]
    sides = sorted({side for level in levels for side in level.entries() if side in COUNT_SIDES})
    with written.faults:
        if len(sides) > 1:
            raise written.levels.wrong(
                expected="all levels with `at_least` or all with `share`", got=" and ".join(sides)
            )
    return read_bands(written, COUNT_SIDES), sides == [SHARE]


def read_band(level: Level, written: Located, scale: Scale, sides: Sides = VALUE_SIDES) -> Band:
    """Return one band; raises BadCityFile."""
    fields = written.fields((), (*sides, "clear", "hold"))
    given = [side for side in sides if side in fields]
    if len(given) != 1:
        expected = f"one of {', '.join(f'`{side}`' for side in sides)}" if len(sides) > 1 else f"`{next(iter(sides))}`"
        raise written.wrong(expected=expected, got=" and ".join(given) or "none of them")
    read = sides[given[0]]
    limit = read(fields[given[0]], scale)
    counts = given[0] in COUNT_SIDES
    read_clear = _read_fewest if counts else read
    clear = read_clear(fields["clear"], scale) if "clear" in fields else limit
    if not limit.holds(clear):
        than = f"not {given[0]}" if given[0] in VALUE_SIDES else _CLEARS.get(given[0], "not above")
        raise fields["clear"].wrong(expected=f"a `clear` that is {than} the limit")
    hold_ns = read_duration_ns(fields["hold"]) if "hold" in fields else 0
    return Band(level, limit, clear, hold_ns, at_least=counts)


def _positive(written: Located) -> float:
    if written.number() <= 0:
        raise written.wrong(expected="a number above 0")
    return written.number()


def _percent(written: Located) -> float:
    if _positive(written) > _WHOLE:
        raise written.wrong(expected=f"a share of at most {_WHOLE} %")
    return written.number()


def _read_fewest(written: Located, _: Scale) -> Span:
    """Return what a number of things is left at: there are never fewer than none."""
    return Span(-inf, least_zero(written))


def least_zero(written: Located) -> float:
    """Return a written number that is not below 0; raises BadCityFile."""
    if written.number() < 0:
        raise written.wrong(expected="0 or more")
    return written.number()


def _read_range(written: Located, scale: Scale) -> Span:
    ends = written.items()
    if len(ends) != 2:
        raise written.wrong(expected="two numbers, `[low, high]`")
    low, high = (scale.read(end) for end in ends)
    if not low < high:
        raise written.wrong(expected="the lower number first", got=f"{low:g}, {high:g}")
    return Span(low, high)


def _check_order(milder: Band, worse: Band, written: Located, scale: Scale) -> None:
    """A worse level is reached later and left sooner: whoever is critical is major too."""
    # Numbers are converted by now: that they are other than written is said by their unit.
    unit = "" if worse.at_least or scale.line == IDENTITY else f" {scale.unit}"
    one_sided = (milder.limit.low == worse.limit.low == -inf) or (milder.limit.high == worse.limit.high == inf)
    both_sided = -inf < min(milder.limit.low, worse.limit.low) and max(milder.limit.high, worse.limit.high) < inf
    if not (one_sided or both_sided):
        raise written.wrong(expected=f"the same side as `{milder.level.word}`", got=worse.limit.shown())
    if not worse.limit.holds(milder.limit) or worse.limit == milder.limit:
        expected = f"a limit beyond that of `{milder.level.word}`, {milder.shown}{unit}"
        raise written.wrong(expected=expected, got=worse.shown + unit)
    if not worse.clear.holds(milder.clear):
        expected = f"to clear no later than `{milder.level.word}`, {milder.shown_clear}{unit}"
        raise written.wrong(expected=expected, got=worse.shown_clear + unit)


def described(band: Band, unit: str) -> str:
    """Return one level in words, as the rule page shows it."""
    words = f"{band.shown} {unit}".rstrip()
    if band.hold_ns:
        words += f" for {shown_duration(band.hold_ns)}"
    if band.clear != band.limit:
        words += f", until not {band.clear.shown()} {unit}".rstrip()
    return words


def level_schema(*sides: str) -> dict[str, Any]:
    """Return the JSON Schema of one level with one of these sides."""
    number, pair = {"type": "number"}, {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **{side: pair if side == "outside" else number for side in sides},
            "clear": {"oneOf": [number, pair]},
            "hold": DURATION,
        },
        "oneOf": [{"required": [side]} for side in sides],
    }
