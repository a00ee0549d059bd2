"""How far series depart from what they usually do: twenty-three numbers in five families, ranked and taken together."""

from importlib import import_module
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.baseline.memory import COLUMNS
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: The families in the order of their numbers, and how many each has.
FAMILIES = {"level": 6, "season": 5, "scaled season": 4, "scaled spread": 4, "spread": 4}

#: Nothing is scored before so many readings: ranks among fewer mean nothing.
LEAST = 50

#: What follows a score above this is remembered by half: a departure must not hide the next one of its kind.
RARE = 2.0

FARTHEST = 1e30


class Scored(NamedTuple):
    """What is known of each of some readings.

    Attributes:
        score: 0 to `scale.MOST`; not a number while too little was learned.
        families: how rare what each family saw is, on the same scale.
        expected, spread: what is usual at this hour, and how far readings usually are from it.
        readings, began_ns: how many were learned before, and since when.
        slots: for how many usual intervals a reading stands.
    """

    score: Floats
    families: Floats
    expected: Floats
    spread: Floats
    readings: Ints
    began_ns: Ints
    slots: Ints


class Readings(NamedTuple):
    """Finite readings in the order in which they are learned: rows that rise, each any number of times.

    `hour` and `rest` are those of `Hours`.
    """

    row: Ints
    value: Floats
    time_ns: Ints
    hour: Ints
    rest: Ints

    def of(self, places: Ints) -> "Readings":
        """Return some of the readings."""
        return Readings(
            self.row[places], self.value[places], self.time_ns[places], self.hour[places], self.rest[places]
        )


def blank(count: int) -> Scored:
    """Return room for what is found at so many readings; nothing is set."""
    score, expected, spread = np.empty((3, count))
    readings, began_ns, slots = np.empty((3, count), np.int64)
    return Scored(score, np.empty((count, len(FAMILIES))), expected, spread, readings, began_ns, slots)


class Detector:
    """Learns series, a row of `table` each, and scores every reading before it is learned."""

    def __init__(self, name: str, keys: Ints) -> None:
        # A row is wide and changes alone, so each is written by itself.
        self.table = StateTable(name, keys, COLUMNS, rows_a_chunk_bits=0, rows_together=True)
        # numba is read only where there is something to learn.
        self._learn = import_module("rules.baseline.kernel").learner(self.table) if len(keys) else None

    def push(self, readings: Readings) -> Scored:
        """Score readings and learn them, those of one row in their order."""
        found = blank(len(readings.row))
        if self._learn is not None:
            self._learn(readings, found)
        self.table.touch(readings.row)
        return found
