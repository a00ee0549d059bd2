"""What a series usually does at this hour: by the hour alone, and by hours of working days and of days of rest."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.baseline.hours import Hours
from rules.baseline.levels import LONG, steps
from rules.baseline.windows import pushed, recent_deviation, recent_mean
from rules.table import Column, StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_HOURS = 24

#: One cell for each hour, and then one for each hour of working days and of days of rest.
_CELLS = 3 * _HOURS

#: A cell forgets in fifty readings five minutes apart, some four days; one with ten readings is half believed.
_STEP, _DOUBT = 0.02, 10.0

#: A cell's own spread is no less than this share of that of the whole day, or quiet nights would cry wolf.
_LEAST_SPREAD = 0.3

#: Windows over which departures are taken together, in readings.
_SHORT, _WINDOW = 12, 24

COLUMNS: dict[str, Column] = {
    "usual": (np.float32, 0, _CELLS),
    "usual_apart": (np.float32, 0, _CELLS),
    "cell_count": (np.uint16, 0, _CELLS),
    "apart": (np.float64, 0, 2),
    "departures": (np.float32, 0, 4 * _WINDOW),
}

#: Counts beyond this change nothing.
_ENOUGH = 60_000


class Expected(NamedTuple):
    """What the two views expect: cells, the mean of each, and how far readings usually are from it."""

    cell: Ints
    mean: Floats
    apart: Floats
    believed: Floats


def expected(table: StateTable, rows: Ints, hours: Hours) -> Expected:
    """Return what is usual at these hours, counted from the level of the long memory."""
    cell = np.stack([hours.hour, _HOURS * (1 + hours.rest) + hours.hour], axis=1)
    at = rows[:, None], cell
    count = table["cell_count"][at].astype(np.float64)
    believed = count / (count + _DOUBT)
    apart = believed * table["usual_apart"][at] + (1 - believed) * table["apart"][rows]
    return Expected(cell, believed * table["usual"][at], apart, believed)


def statistics(table: StateTable, rows: Ints, value: Floats, usual: Expected, filled: Ints) -> Floats:
    """Return five departures from the hour's mean, four in shares of the hour's spread, and four spreads of them."""
    departure = (value - table["level"][rows, LONG])[:, None] - usual.mean
    spread = usual.apart + _LEAST_SPREAD * table["apart"][rows]
    scaled = np.divide(departure, spread, out=np.zeros_like(departure), where=spread > 0)
    window = pushed(table, "departures", rows, np.concatenate([departure, scaled], axis=1))
    means = [np.abs(recent_mean(window, length, filled)) for length in (_SHORT, _WINDOW)]
    plain, in_shares = (np.stack([mean[:, view] for mean in means for view in views], axis=1) for views in _VIEWS)
    spreads = [recent_deviation(window[:, view], length, filled) for view in _SPREAD for length in (_SHORT, _WINDOW)]
    return np.concatenate([plain, np.abs(departure[:, 1:]), in_shares, np.stack(spreads, axis=1)], axis=1)


#: Departures of both views, and both in shares of the spread, as they lie in the windows.
_VIEWS = (0, 1), (2, 3)

#: Those by working days and days of rest, whose spread is looked at too.
_SPREAD = (1, 3)


def learn(table: StateTable, rows: Ints, value: Floats, usual: Expected, moved: tuple[Floats, Ints]) -> None:
    """Move the cells towards what was read; `moved` is the pace and the count of readings before."""
    pace, seen = moved
    at = rows[:, None], usual.cell
    above = (value - table["level"][rows, LONG])[:, None]
    departure = np.abs(above - usual.mean)
    count = table["cell_count"][at]
    step = np.maximum(_STEP * pace[:, None], 1.0 / (count.astype(np.float64) + 1))
    for column, found in (("usual", above), ("usual_apart", departure)):
        kept = table[column][at].astype(np.float64)
        table[column][at] = kept + step * (found - kept)
    table["cell_count"][at] = np.minimum(count.astype(np.int64) + 1, _ENOUGH)
    kept = table["apart"][rows]
    table["apart"][rows] = kept + steps(pace, seen)[:, LONG, None] * (departure - kept)
