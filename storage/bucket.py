"""How readings become a minute's bucket and minutes an hour's, in Python: each quantity by its own mean.

The same as storage/duckdb_bucket.py says in SQL; the contract suite holds the two together.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from city.catalogue import Aggregation

#: The least power of a level whose logarithm is taken, and the greatest.
_LEAST, _MOST = 1e-300, 1e300


@dataclass(frozen=True, slots=True)
class Point:
    """One reading."""

    time_ns: int
    value: float
    quality: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is known of a minute or an hour.

    Attributes:
        steadiness: length of the mean vector of directions, 1 for all the same; 0 of every other quantity.
    """

    time_ns: int
    count: int
    minimum: float
    maximum: float
    value: float
    last: float
    quality: int
    steadiness: float = 0.0


def minute_of(start_ns: int, points: Sequence[Point], aggregation: Aggregation) -> Bucket:
    """Return the bucket of a minute's readings, each once and in order of time; at least one."""
    values = [point.value for point in points]
    value, steadiness = _mean(values, [1.0] * len(values), [1.0] * len(values), aggregation)
    quality = 0
    for point in points:
        quality |= point.quality
    return Bucket(start_ns, len(points), min(values), max(values), value, values[-1], quality, steadiness)


def hour_of(start_ns: int, minutes: Sequence[Bucket], aggregation: Aggregation) -> Bucket:
    """Return the bucket of an hour's minutes, in order of time; at least one."""
    values = [each.value for each in minutes]
    weights, lengths = [float(each.count) for each in minutes], [each.steadiness for each in minutes]
    value, steadiness = _mean(values, weights, lengths, aggregation)
    quality = 0
    for each in minutes:
        quality |= each.quality
    return Bucket(
        start_ns,
        sum(each.count for each in minutes),
        min(each.minimum for each in minutes),
        max(each.maximum for each in minutes),
        value,
        minutes[-1].last,
        quality,
        steadiness,
    )


def fuller(fresh: Bucket, kept: Bucket | None) -> Bucket:
    """Return the one with more readings, the fresh one of equals: of the other, readings are forgotten already."""
    return kept if kept is not None and kept.count > fresh.count else fresh


def _mean(
    values: list[float], weights: list[float], lengths: list[float], aggregation: Aggregation
) -> tuple[float, float]:
    """Return the mean and, of directions, how steady they were."""
    total = sum(weights)
    match aggregation:
        case Aggregation.SUM:
            return sum(values), 0.0
        case Aggregation.LAST:
            return values[-1], 0.0
        case Aggregation.ENERGETIC:
            power = sum(_power(value) * weight for value, weight in zip(values, weights, strict=True)) / total
            return 10 * math.log10(min(max(power, _LEAST), _MOST)), 0.0
        case Aggregation.CIRCULAR:
            parts = list(zip(values, weights, lengths, strict=True))
            east = sum(math.sin(math.radians(value)) * weight * length for value, weight, length in parts) / total
            north = sum(math.cos(math.radians(value)) * weight * length for value, weight, length in parts) / total
            return math.degrees(math.atan2(east, north)) % 360, math.hypot(east, north)
        case _:
            return sum(value * weight for value, weight in zip(values, weights, strict=True)) / total, 0.0


def _power(level: float) -> float:
    return 10 ** min(max(level / 10, -300.0), 300.0)
