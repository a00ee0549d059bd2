"""From scores to alarms: an alarm lasts until all has been quiet for a while, and each one makes the next a bit harder.

Every series has its own idea of what is unusual, and some are unusual often: without this a few would
raise most alarms.
"""

from importlib import import_module
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.table import Column, StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Where an alarm is raised, in scores, and cleared, as a share of that; how they were chosen: docs/detection.md.
RAISED, CLEARED = 1.6, 0.6

COLUMNS: dict[str, Column] = {"habit": (np.float64, 0), "peak": (np.float64, 0), "raised": (np.int8, 0)}


class Staged(NamedTuple):
    """What an alarm is reached by, and what it is kept by; not a number where nothing was judged."""

    reaching: Floats
    keeping: Floats


class Stage:
    """Remembers for each row how used it is to alarms, and the fading peak of its scores."""

    def __init__(self, name: str, keys: Ints, raised: Floats, cleared: Floats) -> None:
        """Take for each row where its lowest level is reached, and at what share of that it is left."""
        self.table = StateTable(name, keys, COLUMNS)
        self._stage = (
            import_module("rules.baseline.kernel").stager(self.table, (raised, cleared)) if len(keys) else None
        )

    def push(self, rows: Ints, score: Floats, slots: Ints) -> Staged:
        """Take scores, those of a row in their order; `slots` is for how many readings each stands.

        What is not a number is passed over.
        """
        staged = Staged(*np.empty((2, len(rows))))
        if self._stage is not None:
            self._stage(rows, score, slots, staged)
        self.table.touch(rows)
        return staged
