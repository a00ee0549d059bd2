"""Where a series has been of late: weighted means of three memories, and how far short means and spreads are off."""

import numpy as np
from numpy.typing import NDArray

from rules.baseline.windows import lately, pushed
from rules.table import Column, StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Memories of the weighted means, in readings five minutes apart: three and a half days, one and a half, a week.
MEMORIES = (1000.0, 400.0, 2000.0)
MIDDLE, SHORT, LONG = 0, 1, 2

#: Lengths of windows in readings; means over which of them are held against the middle memory and against the short
#: one, and over which of them spreads are looked at.
_LENGTHS = (6, 12, 24, 48, 50)
_OF_MIDDLE, _OF_SHORT, _OF_SPREAD = [0, 1, 2, 3], [1, 2], [0, 1, 2, 4]

COLUMNS: dict[str, Column] = {
    "level": (np.float64, 0, len(MEMORIES)),
    "window": (np.float32, 0, _LENGTHS[-1]),
}


def statistics(table: StateTable, rows: Ints, value: Floats, filled: Ints) -> Floats:
    """Take values (counted from each series' first) and return six departures of the level and four spreads."""
    level = table["level"][rows]
    found = lately(pushed(table, "window", rows, value), _LENGTHS, filled)
    of_middle = found.mean[:, _OF_MIDDLE] - level[:, MIDDLE, None]
    of_short = found.mean[:, _OF_SHORT] - level[:, SHORT, None]
    return np.concatenate([np.abs(of_middle), np.abs(of_short), found.deviation[:, _OF_SPREAD]], axis=1)


def learn(table: StateTable, rows: Ints, value: Floats, pace: Floats, count: Ints) -> None:
    """Move the means towards values; `pace` is how much of five minutes lies between readings."""
    level = table["level"][rows]
    table["level"][rows] = level + steps(pace, count) * (value[:, None] - level)


def steps(pace: Floats, count: Ints) -> Floats:
    """Return by how much each mean moves towards a value: all values count alike until the memory is full."""
    stepped: Floats = np.maximum(pace[:, None] / np.array(MEMORIES), (1.0 / (count + 1))[:, None])
    return stepped
