"""The parameters of all threshold rules in columns: one row per level, one column per rule."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rules.bands import Band

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: Later than every reading.
ENDLESS_NS = 1 << 62


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
        self._met_high, self._kept_high = _shifted(self._high, -np.inf), _shifted(self._clear_high, -np.inf)
        self._met_low, self._kept_low = _shifted(self._low, np.inf), _shifted(self._clear_low, np.inf)

    def met(self, rank: int, rule: Ints, value: Floats) -> Flags:
        """Return whether the values are beyond the limit of level `rank` (counted from 0)."""
        met: Flags = (value > self._high[rank][rule]) | (value < self._low[rank][rule])
        return met

    def kept(self, rank: int, rule: Ints, value: Floats) -> Flags:
        """Return whether the values are not yet back within the clearing value of level `rank`."""
        kept: Flags = (value > self._clear_high[rank][rule]) | (value < self._clear_low[rank][rule])
        return kept

    def limit(self, rank: int, rule: int, value: float) -> float:
        """Return the limit of level `rank` on the side where `value` is."""
        low, high = float(self._low[rank, rule]), float(self._high[rank, rule])
        return low if value < low or high == np.inf else high

    def clear(self, rank: int, rule: int, value: float) -> float:
        """Return the clearing value of level `rank` on the side where `value` is nearer to it."""
        low, high = float(self._clear_low[rank, rule]), float(self._clear_high[rank, rule])
        return low if value - low < high - value else high

    def calm(self, rule: Ints) -> tuple[Floats, Floats]:
        """Return the open interval of values that change nothing while no level is open or met."""
        return self._low[0][rule], self._high[0][rule]

    def steady(self, rule: Ints, value: Floats, met: Ints, level: Ints) -> tuple[Floats, Floats]:
        """Return the open interval around each value in which neither the levels met nor the level kept change.

        `met` and `level` count levels, 0 for none. The interval may be smaller than it could be, never larger.
        """
        next_low, next_high = self._low[met, rule], self._high[met, rule]
        hold_high = np.maximum(self._met_high[met, rule], self._kept_high[level, rule])
        hold_low = np.minimum(self._met_low[met, rule], self._kept_low[level, rule])
        active = (met > 0) | (level > 0)
        low = np.where(active & (value > hold_high), hold_high, next_low)
        high = np.where(active & (value < hold_low), hold_low, next_high)
        return low, high


def _shifted(columns: Floats, none: float) -> Floats:
    """Return what holds the present state when 0, 1, 2… levels are reached; nothing does when none is."""
    return np.vstack([np.full((1, columns.shape[1]), none), columns[:-1]])
