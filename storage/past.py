"""What all ways to read the past have in common: the order of what arrived, and the names of its numbers."""

import numpy as np
from numpy.typing import NDArray

from city.entry import Arrivals, SensorEvent
from city.quality import Quality
from city.reading import ReadingBatch

#: A stretch of the past is about so many readings: whoever reads it out is held up by a few milliseconds.
ROWS = 250_000

_LATE, _DUPLICATE = int(Quality.LATE), int(Quality.DUPLICATE)


def in_order(readings: ReadingBatch, events: list[SensorEvent]) -> Arrivals:
    """Return what arrived in order of its arrival; of one moment what is late stands behind what it came after.

    A reading that is marked as a repetition of one that is not here was kept in the place of that, and is it.
    """
    late = readings.quality & _LATE != 0
    by_time = np.argsort(readings.arrival_ns, kind="stable")
    order = np.lexsort((late, readings.arrival_ns)) if late.any() else by_time
    taken = readings.take(order)
    repeated = np.flatnonzero((taken.quality & _DUPLICATE != 0) & (taken.quality & _LATE == 0))
    if len(repeated):
        alone = repeated[~_said_before(taken, repeated)]
        taken.quality[alone] &= np.uint16(~_DUPLICATE & 0xFFFF)
    return Arrivals(taken, tuple(sorted(events, key=lambda event: event.arrival_ns)))


def _said_before(readings: ReadingBatch, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which of these readings an earlier one has the sensor, quantity and time of."""
    same = np.isin(readings.time_ns, readings.time_ns[rows])
    first: dict[tuple[int, int, int], int] = {}
    for row in np.flatnonzero(same).tolist():
        key = int(readings.sensor[row]), int(readings.quantity[row]), int(readings.time_ns[row])
        first.setdefault(key, row)
    columns = (column[rows].tolist() for column in (readings.sensor, readings.quantity, readings.time_ns))
    keys = zip(*columns, strict=True)
    return np.array([first[key] < row for key, row in zip(keys, rows.tolist(), strict=True)], dtype=np.bool_)
