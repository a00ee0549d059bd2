"""Says what of the published messages is not in the history store, which is opened after the program has ended."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.ingest_messages import Floats, Ints, Plan

#: What each message tells, in the order of its values.
QUANTITIES = ("temperature", "humidity", "atmospheric_pressure")
#: What is kept of a quantity: keys of sensor and time in order, and their values.
Places = tuple[Ints, Floats]

_KEPT = """
SELECT CAST(substr(s.name, 7) AS BIGINT) AS sensor, r.time_ns // 1000000 AS time_ms, r.value AS value
FROM readings r JOIN sensors s ON r.sensor = s.number JOIN quantities q ON r.quantity = q.number
WHERE s.name LIKE 'bench-%' AND q.name = $quantity
"""


def lost(history: Path, plans: Sequence[Plan]) -> int:
    """Return how many published messages are not kept with all three values as they were sent."""
    with duckdb.connect(str(history), read_only=True) as connection:
        places = [_places(connection, quantity) for quantity in QUANTITIES]
    return sum(missing_of(plan, places) for plan in plans)


def missing_of(plan: Plan, places: Sequence[Places]) -> int:
    """Return how many messages of a plan are not among what is kept of each quantity."""
    number = plan.numbers
    key = key_of(plan.sensor(number), plan.time_ms(number))
    there = np.ones(plan.count, np.bool_)
    for (keys, values), sent in zip(places, plan.values(number), strict=True):
        at = np.searchsorted(keys, key).clip(max=max(0, len(keys) - 1))
        there &= (keys[at] == key) & np.isclose(values[at], sent, atol=1e-6) if len(keys) else False
    return int(np.count_nonzero(~there))


def _places(connection: duckdb.DuckDBPyConnection, quantity: str) -> Places:
    kept = connection.execute(_KEPT, {"quantity": quantity}).fetchnumpy()
    keys = key_of(kept["sensor"], kept["time_ms"])
    order = np.argsort(keys)
    return keys[order], kept["value"][order]


def key_of(sensor: Ints, time_ms: Ints) -> Ints:
    """Return one number for each sensor and time."""
    return time_ms << 21 | sensor
