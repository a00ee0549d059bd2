"""Where a series has been of late: weighted means of three memories, and how far short means and spreads are off."""

import numpy as np
from numpy.typing import NDArray

from rules.baseline.windows import pushed, recent_deviation, recent_mean
from rules.table import Column, StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Memories of the weighted means, in readings five minutes apart: three and a half days, one and a half, a week.
MEMORIES = (1000.0, 400.0, 2000.0)
MIDDLE, SHORT, LONG = 0, 1, 2

#: Windows of the means that are held against the middle and the short memory, and of the spreads, in readings.
_MEANS = ((MIDDLE, 6), (MIDDLE, 12), (MIDDLE, 24), (MIDDLE, 48), (SHORT, 12), (SHORT, 24))
_SPREADS = (6, 12, 24, 50)

COLUMNS: dict[str, Column] = {
    "level": (np.float64, 0, len(MEMORIES)),
    "window": (np.float32, 0, max(_SPREADS)),
}


def statistics(table: StateTable, rows: Ints, value: Floats, filled: Ints) -> Floats:
    """Take values (counted from each series' first) and return six departures of the level and four spreads."""
    window, level = pushed(table, "window", rows, value), table["level"][rows]
    apart = [np.abs(recent_mean(window, length, filled) - level[:, memory]) for memory, length in _MEANS]
    spreads = [recent_deviation(window, length, filled) for length in _SPREADS]
    return np.stack([*apart, *spreads], axis=1)


def learn(table: StateTable, rows: Ints, value: Floats, pace: Floats, count: Ints) -> None:
    """Move the means towards values; `pace` is how much of five minutes lies between readings."""
    level = table["level"][rows]
    table["level"][rows] = level + steps(pace, count) * (value[:, None] - level)


def steps(pace: Floats, count: Ints) -> Floats:
    """Return by how much each mean moves towards a value: all values count alike until the memory is full."""
    stepped: Floats = np.maximum(pace[:, None] / np.array(MEMORIES), (1.0 / (count + 1))[:, None])
    return stepped
