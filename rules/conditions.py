"""The conditions of a rule's levels as evidence shows them: the number against each limit, and how long it has held."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from city.clock import SECOND_NS, iso
from rules.alarms import NEVER_NS
from rules.bands import Band


class Decided(NamedTuple):
    """What a step was decided by: the number that was judged, and the flags of the reading that it comes from.

    `keeping` is what a level is kept by, where that is another number than the one it is reached by.
    """

    time_ns: int
    arrival_ns: int
    value: float
    quality: int = 0
    keeping: float | None = None


class Measured(NamedTuple):
    """What a target was last judged by (None: by nothing yet), and what the kind says of it."""

    decided: Decided | None
    evidence: Mapping[str, object]


def conditions_of(bands: Sequence[Band], decided: Decided | None, since: Sequence[int]) -> list[dict[str, object]]:
    """Return each level's condition with the number against its limit, and how long it has held, in seconds.

    `met` and `kept` are None where nothing was judged yet; `left_s`, what its hold lacks, where it is not met.
    """
    return [_condition(band, decided, since_ns) for band, since_ns in zip(bands, since, strict=False)]


def _condition(band: Band, decided: Decided | None, since_ns: int) -> dict[str, object]:
    met = kept = None
    held_s = 0.0
    if decided is not None:
        keeping = decided.value if decided.keeping is None else decided.keeping
        met = not band.limit.low <= decided.value <= band.limit.high
        kept = not band.clear.low <= keeping <= band.clear.high
        held_s = (decided.time_ns - since_ns) / SECOND_NS if since_ns != NEVER_NS else 0.0
    hold_s = band.hold_ns / SECOND_NS
    return {
        "level": band.level.word,
        "limit": band.shown,
        "clear": band.shown_clear,
        "met": met,
        "kept": kept,
        "hold_s": hold_s,
        "since": iso(since_ns) if since_ns != NEVER_NS else None,
        "held_s": held_s,
        "left_s": max(0.0, hold_s - held_s) if met else None,
    }
