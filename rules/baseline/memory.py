"""How what is remembered of a series lies in memory: as one row, in which what is read together lies together.

A processor reads memory by lines of 64 bytes. Of a row the first six lines and the windows are needed at each reading,
of the habits the line of the hour, of the bins those blocks into which the numbers fall.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.alarms import NEVER_NS
from rules.baseline.scale import BLOCK, BLOCKS, NOWHERE
from rules.table import Column, StateTable

#: Numbers of a reading, and a round room for one of each.
NUMBERS, ROOM = 23, 24

#: Means of the level; values of a window, and what lies unused before them; windows of departures, values of each.
MEANS, WINDOW, BEFORE, KINDS, DEPARTURES = 3, 50, 6, 4, 24

#: Habits of an hour: means of all days, of working days and of days of rest, spreads of them, counts of the last two.
HOURS, HABITS = 24, 8

#: What is remembered of a series, 5.4 kB. Sums are those of each number's blocks of bins; sums and bins go by block and
#: then by number, departures by time and then by window.
COLUMNS: dict[str, Column] = {
    "count": (np.int32, 0),
    "score": (np.float32, 0),
    "began_ns": (np.int64, NEVER_NS),
    "time_ns": (np.int64, NEVER_NS),
    "interval_s": (np.float64, 0),
    "origin": (np.float64, 0),
    "level": (np.float64, 0, MEANS),
    "apart": (np.float64, 0, 2),
    "first_bin": (np.int16, NOWHERE, ROOM),
    "sums": (np.uint16, 0, BLOCKS * ROOM + 8),
    "habits": (np.float32, 0, HOURS * HABITS),
    "bins": (np.uint16, 0, BLOCKS * NUMBERS * BLOCK),
    "window": (np.float32, 0, BEFORE + WINDOW),
    "departures": (np.float32, 0, DEPARTURES * KINDS),
}

_RECORD = np.dtype([(name, kind, *width) for name, (kind, _, *width) in COLUMNS.items()])


def _at(column: str) -> int:
    """Return where a column begins in a row, counted in values of its kind."""
    fields = _RECORD.fields
    assert fields is not None  # it was made of columns
    return int(fields[column][1] // fields[column][0].base.itemsize)


#: Bytes of a row.
ROW = _RECORD.itemsize

#: Where columns begin, each counted in values of its own kind; the bins also in words of four.
COUNT, SCORE, BEGAN, TIME, INTERVAL, ORIGIN = (_at(name) for name in list(COLUMNS)[:6])
LEVEL, APART, FIRST_BIN, SUMS, HABIT, BINS_AT, WINDOW_AT, DEPARTURES_AT = (_at(name) for name in list(COLUMNS)[6:])


class Memory(NamedTuple):
    """The rows of a table, all as one line, as numbers of each kind."""

    halves: NDArray[np.int16]
    counts: NDArray[np.uint16]
    wholes: NDArray[np.int32]
    singles: NDArray[np.float32]
    moments: NDArray[np.int64]
    doubles: NDArray[np.float64]
    words: NDArray[np.uint64]


def memory_of(table: StateTable) -> Memory:
    """Return the memory of a table of `COLUMNS` whose rows lie together."""
    line = table.memory
    return Memory(
        line.view(np.int16),
        line.view(np.uint16),
        line.view(np.int32),
        line.view(np.float32),
        line.view(np.int64),
        line.view(np.float64),
        line.view(np.uint64),
    )
