"""The levels of a threshold rule: beyond which values each is reached, after what hold, and when it is left."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import NamedTuple

from city.level import Level
from city.yaml_lines import Located
from rules.duration import read_duration_ns, shown_duration
from rules.faults import Faults
from rules.kind import read_levels
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
    """One level: reached while the value is outside `limit` for `hold_ns`, left when it is inside `clear`."""

    level: Level
    limit: Span
    clear: Span
    hold_ns: int = 0


_SIDES: dict[str, Callable[[Located, Scale], Span]] = {
    "above": lambda written, scale: Span(-inf, scale.read(written)),
    "below": lambda written, scale: Span(scale.read(written), inf),
    "outside": lambda written, scale: _read_range(written, scale),
}


def read_bands(levels: Located, scale: Scale, faults: Faults) -> tuple[Band, ...]:
    """Return the bands written under `levels`, the mildest first; notes every mistake in `faults`."""
    bands: list[tuple[Located, Band]] = []
    for level, written in read_levels(levels, faults):
        with faults:
            bands.append((written, _read_band(level, written, scale)))
    for (_, milder), (written, worse) in pairwise(bands):
        with faults:
            _check_order(milder, worse, written)
    return tuple(band for _, band in bands)


def _read_band(level: Level, written: Located, scale: Scale) -> Band:
    fields = written.fields((), (*_SIDES, "clear", "hold"))
    sides = [side for side in _SIDES if side in fields]
    if len(sides) != 1:
        raise written.wrong(expected="one of `above`, `below`, `outside`", got=" and ".join(sides) or "none of them")
    read = _SIDES[sides[0]]
    limit = read(fields[sides[0]], scale)
    clear = read(fields["clear"], scale) if "clear" in fields else limit
    if not limit.holds(clear):
        raise fields["clear"].wrong(expected=f"a `clear` that is not {sides[0]} the limit")
    hold_ns = read_duration_ns(fields["hold"]) if "hold" in fields else 0
    return Band(level, limit, clear, hold_ns)


def _read_range(written: Located, scale: Scale) -> Span:
    ends = written.items()
    if len(ends) != 2:
        raise written.wrong(expected="two numbers, `[low, high]`")
    low, high = (scale.read(end) for end in ends)
    if not low < high:
        raise written.wrong(expected="the lower number first", got=f"{low:g}, {high:g}")
    return Span(low, high)


def _check_order(milder: Band, worse: Band, written: Located) -> None:
    """A worse level is reached later and left sooner: whoever is critical is major too."""
    one_sided = (milder.limit.low == worse.limit.low == -inf) or (milder.limit.high == worse.limit.high == inf)
    both_sided = -inf < min(milder.limit.low, worse.limit.low) and max(milder.limit.high, worse.limit.high) < inf
    if not (one_sided or both_sided):
        raise written.wrong(expected=f"the same side as `{milder.level.word}`", got=worse.limit.shown())
    if not worse.limit.holds(milder.limit) or worse.limit == milder.limit:
        expected = f"a limit beyond that of `{milder.level.word}`, {milder.limit.shown()}"
        raise written.wrong(expected=expected, got=worse.limit.shown())
    if not worse.clear.holds(milder.clear):
        expected = f"to clear no later than `{milder.level.word}`, {milder.clear.shown()}"
        raise written.wrong(expected=expected, got=worse.clear.shown())


def described(band: Band, unit: str) -> str:
    """Return one level in words, as the rule page shows it."""
    words = f"{band.limit.shown()} {unit}".rstrip()
    if band.hold_ns:
        words += f" for {shown_duration(band.hold_ns)}"
    if band.clear != band.limit:
        words += f", until not {band.clear.shown()} {unit}".rstrip()
    return words
