"""From scores to alarms: an alarm lasts until all has been quiet for a while, and each one makes the next a bit harder.

Every series has its own idea of what is unusual, and some are unusual often: without this a few would
raise most alarms.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.table import Column, StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Where an alarm is raised, in scores, and cleared, as a share of that; how they were chosen: docs/detection.md.
RAISED, CLEARED = 1.6, 0.6

#: An alarm lowers the next scores by this much, which is forgotten over so many readings; one that follows missing
#: ones stands for these too, as far as `rules.baseline.scoring` says.
_HABIT, _FORGOTTEN = 0.2, 5000.0

#: What keeps an alarm is the highest score so far, less a fiftieth for each reading since: gone after some fifty.
_FADES = 0.98

COLUMNS: dict[str, Column] = {"habit": (np.float64, 0), "peak": (np.float64, 0), "raised": (np.int8, 0)}


class Staged(NamedTuple):
    """What an alarm is reached by, and what it is kept by."""

    reaching: Floats
    keeping: Floats


class Stage:
    """Remembers for each row how used it is to alarms, and the fading peak of its scores."""

    def __init__(self, name: str, keys: Ints, raised: Floats, cleared: Floats) -> None:
        """Take for each row where its lowest level is reached, and at what share of that it is left."""
        self.table = StateTable(name, keys, COLUMNS)
        self._raised, self._cleared = raised, cleared

    def push(self, rows: Ints, score: Floats, slots: Ints) -> Staged:
        """Take one score of each of `rows`, which are distinct; `slots` is for how many readings it stands."""
        table = self.table
        habit = table["habit"][rows] * (1 - slots / _FORGOTTEN)
        peak = np.maximum(table["peak"][rows] * _FADES, score)
        stands = (table["raised"][rows] > 0) & (peak > self._cleared[rows])
        reaching = np.maximum(score - habit, 0.0)
        raised = ~stands & (reaching > self._raised[rows])
        table["habit"][rows] = habit + _HABIT * raised
        table["peak"][rows] = peak
        table["raised"][rows] = stands | raised
        table.touch(rows)
        return Staged(reaching, peak)
