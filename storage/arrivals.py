"""What a history store writes of some journal entries: each reading and event once, the last position's word."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from prometheus_client import Counter

from city.entry import Arrivals, SensorEvent
from city.quality import Quality
from city.reading import ReadingBatch

REFUSED = Counter("storage_readings_refused", "Readings that the history store cannot keep", ["reason"])
REPEATED = Counter(
    "storage_readings_repeated", "Readings that were said before, and are in the history as they came then"
)

_DUPLICATE = np.uint16(Quality.DUPLICATE)

#: Odd multipliers that spread sensor and quantity over 64 bits (the fractions of the golden ratio and of √2).
_SENSOR_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_QUANTITY_SPREAD = np.uint64(0x6A09E667F3BCC909)


@dataclass(frozen=True, slots=True)
class Kept:
    """Readings with the position of each, and events with theirs; none is there twice."""

    readings: ReadingBatch
    position: NDArray[np.int64]
    events: list[tuple[int, SensorEvent]]


def kept_of(arrivals: Sequence[tuple[int, Arrivals]]) -> Kept:
    """Return what is to be kept of (position, arrivals) pairs in rising order; count the values that are no numbers.

    A repeated reading has the value of the first one: in its place it would say another arrival, and that it was not
    judged.
    """
    batches = [each.readings for _, each in arrivals]
    readings = ReadingBatch.concatenate(batches)
    position = np.repeat(np.array([at for at, _ in arrivals], np.int64), [len(batch) for batch in batches])
    fresh = readings.quality & _DUPLICATE == 0
    if not fresh.all():
        REPEATED.inc(int((~fresh).sum()))
        readings, position = readings.take(fresh), position[fresh]
    finite = np.isfinite(readings.value)
    if not finite.all():
        REFUSED.labels("not_finite").inc(int((~finite).sum()))
        readings, position = readings.take(finite), position[finite]
    if _may_repeat(readings):
        last = _last_of_each(readings)
        readings, position = readings.take(last), position[last]
    events = {(event.sensor, event.event, event.time_ns): (at, event) for at, each in arrivals for event in each.events}
    return Kept(readings, position, list(events.values()))


def _may_repeat(readings: ReadingBatch) -> bool:
    """Tell whether two readings may be the same one, by a hash: cheap, and never wrong when it says no."""
    key = readings.time_ns.astype(np.uint64)
    key ^= readings.sensor.astype(np.uint64) * _SENSOR_SPREAD
    key ^= readings.quantity.astype(np.uint64) * _QUANTITY_SPREAD
    key.sort()  # ten times faster than np.unique, which hashes
    return bool((key[1:] == key[:-1]).any())


def _last_of_each(readings: ReadingBatch) -> NDArray[np.int64]:
    """Return where the last reading of each (sensor, quantity, time) stands, in order of arrival."""
    order = np.lexsort((readings.time_ns, readings.quantity, readings.sensor))  # stable: arrival order within equals
    keys = (readings.sensor[order], readings.quantity[order], readings.time_ns[order])
    last = np.ones(len(order), bool)
    last[:-1] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return np.sort(order[last])
