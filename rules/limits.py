"""The parameters of all threshold rules in columns: one row per level, one column per rule."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.bands import Band

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Levels = NDArray[np.int8]

#: Later than every reading.
ENDLESS_NS = 1 << 62


class Bounds(NamedTuple):
    """What values and times are held against: rows of levels, columns of rules.

    Attributes:
        middle: of each rule, above it a value is on the upper side.
        steady_low, steady_high: by rule, count of levels met, level open and side, the open interval of values in which
            neither changes.
    """

    low: Floats
    high: Floats
    clear_low: Floats
    clear_high: Floats
    hold_ns: Ints
    middle: Floats
    steady_low: Floats
    steady_high: Floats


class Limits:
    """Answers for many (rule, value) at once which levels are met, kept, and what would change that.

    A level that a rule does not have is never met and never kept. One row more than there are levels stands for
    "beyond the highest".
    """

    def __init__(self, rules: Sequence[tuple[Band, ...]]) -> None:
        self.depth = max((len(bands) for bands in rules), default=0)
        shape = (self.depth + 1, len(rules))
        self._high, self._clear_high = np.full(shape, np.inf), np.full(shape, np.inf)
        self._low, self._clear_low = np.full(shape, -np.inf), np.full(shape, -np.inf)
        self.hold_ns = np.zeros(shape, dtype=np.int64)
        for rule, bands in enumerate(rules):
            for rank, band in enumerate(bands):
                self._low[rank, rule], self._high[rank, rule] = band.limit
                self._clear_low[rank, rule], self._clear_high[rank, rule] = band.clear
                self.hold_ns[rank, rule] = band.hold_ns
        #: What is kept above this is kept by an upper limit; a rule with one side has the infinity of the other.
        self._middle = (self._clear_low[0] + self._clear_high[0]) / 2
        self.bounds = Bounds(
            self._low,
            self._high,
            self._clear_low,
            self._clear_high,
            self.hold_ns,
            self._middle,
            *self._steady_intervals(),
        )

    def met(self, rank: int, rule: Ints, value: Floats) -> Flags:
        """Return whether the values are beyond the limit of level `rank` (counted from 0)."""
        met: Flags = value > self._high[rank].take(rule)
        met |= value < self._low[rank].take(rule)
        return met

    def kept(self, rank: int, rule: Ints, value: Floats) -> Flags:
        """Return whether the values are not yet back within the clearing value of level `rank`."""
        kept: Flags = value > self._clear_high[rank].take(rule)
        kept |= value < self._clear_low[rank].take(rule)
        return kept

    def limit(self, rank: int, rule: int, value: float) -> float:
        """Return the limit of level `rank` on the side where `value` is."""
        return float((self._high if value > self._middle[rule] else self._low)[rank, rule])

    def clear(self, rank: int, rule: int, value: float) -> float:
        """Return the clearing value of level `rank` on the side where `value` is."""
        return float((self._clear_high if value > self._middle[rule] else self._clear_low)[rank, rule])

    def calm(self, rule: Ints) -> tuple[Floats, Floats]:
        """Return the open interval of values that change nothing while no level is open or met."""
        return self._low[0].take(rule), self._high[0].take(rule)

    def _steady_intervals(self) -> tuple[Floats, Floats]:
        """Return the steady interval of each rule, count of levels met, level open and side, in that order."""
        counts = self.depth + 1
        rule, met, level, upper = np.indices((len(self._middle), counts, counts, 2)).reshape(4, -1)
        met_high, met_low = _shifted(self._high, -np.inf)[met, rule], _shifted(self._low, np.inf)[met, rule]
        kept_high = _shifted(self._clear_high, -np.inf)[level, rule]
        kept_low = _shifted(self._clear_low, np.inf)[level, rule]
        active = (met > 0) | (level > 0)
        low = np.where(active & (upper == 1), np.maximum(met_high, kept_high), self._low[met, rule])
        high = np.where(active & (upper == 0), np.minimum(met_low, kept_low), self._high[met, rule])
        shape = (len(self._middle), counts, counts, 2)
        return low.reshape(shape), high.reshape(shape)


def _shifted(columns: Floats, none: float) -> Floats:
    """Return what holds the present state when 0, 1, 2… levels are reached; nothing does when none is."""
    return np.vstack([np.full((1, columns.shape[1]), none), columns[:-1]])
