"""What a series usually does at this hour: by the hour alone, and by hours of working days and of days of rest."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.baseline.hours import Hours
from rules.baseline.levels import LONG, steps
from rules.baseline.windows import lately, pushed
from rules.table import Column, StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

HOURS = 24

#: One cell for each hour, and then one for each hour of working days and of days of rest.
CELLS = 3 * HOURS

#: A cell forgets in fifty readings five minutes apart, some four days; one with ten readings is half believed.
STEP, DOUBT = 0.02, 10.0

#: A cell's own spread is no less than this share of that of the whole day, or quiet nights would cry wolf.
LEAST_SPREAD = 0.3

#: A spread below this is none.
TINY = 1e-200

#: Lengths of windows over which departures are taken together, in readings.
_LENGTHS = (12, 24)

COLUMNS: dict[str, Column] = {
    "usual": (np.float32, 0, CELLS),
    "usual_apart": (np.float32, 0, CELLS),
    "cell_count": (np.uint16, 0, CELLS),
    "apart": (np.float64, 0, 2),
    "departures": (np.float32, 0, 4 * _LENGTHS[-1]),
}

#: Counts beyond this change nothing.
ENOUGH = 60_000


class Expected(NamedTuple):
    """What the two views expect: the place of a cell, its mean, and how far readings usually are from that."""

    at: Ints
    mean: Floats
    apart: Floats


def expected(table: StateTable, rows: Ints, hours: Hours) -> Expected:
    """Return what is usual at these hours, counted from the level of the long memory."""
    cell = np.stack([hours.hour, HOURS * (1 + hours.rest) + hours.hour], axis=1)
    at = rows[:, None] * CELLS + cell
    count = table["cell_count"].take(at).astype(np.float64)
    believed = count / (count + DOUBT)
    apart = believed * table["usual_apart"].take(at) + (1 - believed) * table["apart"].take(rows, axis=0)
    return Expected(at, believed * table["usual"].take(at), apart)


def statistics(table: StateTable, rows: Ints, value: Floats, usual: Expected, filled: Ints) -> Floats:
    """Return five departures from the hour's mean, four in shares of the hour's spread, and four spreads of them."""
    departure = (value - table["level"][rows, LONG])[:, None] - usual.mean
    spread = usual.apart + LEAST_SPREAD * table["apart"][rows]
    known = spread > TINY
    scaled = np.where(known, departure / np.where(known, spread, 1.0), 0.0)
    window = pushed(table, "departures", rows, np.concatenate([departure, scaled], axis=1))
    found = lately(window, _LENGTHS, filled, _SPREAD)
    mean = np.abs(found.mean)
    # Departures of both views come first in the windows, then both in shares of the spread.
    plain = mean[:, 0, 0], mean[:, 1, 0], mean[:, 0, 1], mean[:, 1, 1], np.abs(departure[:, 1])
    in_shares = mean[:, 2, 0], mean[:, 3, 0], mean[:, 2, 1], mean[:, 3, 1]
    spreads = found.deviation.reshape(len(rows), -1)
    return np.concatenate([np.stack([*plain, *in_shares], axis=1), spreads], axis=1)


#: Departures by working days and days of rest, whose spread is looked at too.
_SPREAD = slice(1, None, 2)


def learn(table: StateTable, rows: Ints, value: Floats, usual: Expected, moved: tuple[Floats, Ints]) -> None:
    """Move the cells towards what was read; `moved` is the pace and the count of readings before."""
    pace, seen = moved
    at = usual.at
    above = (value - table["level"][rows, LONG])[:, None]
    departure = np.abs(above - usual.mean)
    counts = table["cell_count"].reshape(-1)
    count = counts.take(at).astype(np.float64) + 1
    step = np.maximum(STEP * pace[:, None], 1.0 / count)
    for column, found in (("usual", above), ("usual_apart", departure)):
        cells = table[column].reshape(-1)
        kept = cells.take(at).astype(np.float64)
        cells[at] = kept + step * (found - kept)
    counts[at] = np.minimum(count, ENOUGH)
    kept = table["apart"][rows]
    table["apart"][rows] = kept + steps(pace, seen)[:, LONG, None] * (departure - kept)
