"""The nearest sensors of each sensor under the same rule: of one field's word, or within a radius."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from city.place import EARTH_RADIUS_M
from rules.groups import Grouping
from rules.pairs import Pairs

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: So many neighbours are looked at: their median stands three that are wrong themselves.
MOST = 8

#: In a crowd larger than this, neighbours are looked for in each half of it, and so on: all in good time.
_CROWD = 4_096

#: Distances of so many sensors are computed at once, which fits the processor's cache.
_AT_ONCE = 256

#: Farther than everything: a sensor without a place is a neighbour by its word, after those that have one.
_FAR_M = 1e9


def nearest(pairs: Pairs, grouping: Sequence[Grouping]) -> Ints:
    """Return the pairs of each pair's nearest neighbours, nearest first, -1 where there are no more."""
    found = np.full((len(pairs), MOST), -1, dtype=np.int64)
    longitude, latitude = pairs.population.places[pairs.sensor].T
    middle = np.nanmean(latitude) if np.isfinite(latitude).any() else 0.0
    metres = np.radians(np.stack([longitude * np.cos(np.radians(middle)), latitude], axis=1)) * EARTH_RADIUS_M
    for rule, how in enumerate(grouping):
        for rows in _crowds(pairs, np.flatnonzero(pairs.rule == rule), how):
            for crowd in _halved(rows, metres):
                _pick(found, crowd, metres, how.radius_m)
    return found


def _crowds(pairs: Pairs, rows: Ints, how: Grouping) -> Iterator[Ints]:
    """Yield the pairs of one rule among which neighbours are; with a radius, all that have a place."""
    if how.radius_m:
        yield rows[np.isfinite(pairs.population.places[pairs.sensor[rows]]).all(axis=1)]
        return
    codes, words = pairs.population.words_of(how.field)
    code = codes[pairs.sensor[rows]]
    order = np.argsort(code, kind="stable")
    starts = np.flatnonzero(np.diff(code[order], prepend=-1))
    yield from (
        one for one in np.split(rows[order], starts[1:]) if len(one) and words[int(codes[pairs.sensor[one[0]]])]
    )


def _halved(rows: Ints, metres: Floats) -> Iterator[Ints]:
    """Yield a crowd in parts that are small enough, each cut across its longer side."""
    if len(rows) <= _CROWD:
        yield rows
        return
    places = np.nan_to_num(metres[rows], nan=_FAR_M)
    order = np.argsort(places[:, int(np.argmax(np.ptp(places, axis=0)))], kind="stable")
    for half in np.array_split(rows[order], 2):
        yield from _halved(np.sort(half), metres)


def _pick(found: Ints, crowd: Ints, metres: Floats, radius_m: float) -> None:
    if len(crowd) < 2:
        return
    most = min(MOST, len(crowd) - 1)
    for begin in range(0, len(crowd), _AT_ONCE):
        some = crowd[begin : begin + _AT_ONCE]
        apart_m = np.hypot(*(metres[some, axis][:, None] - metres[crowd, axis] for axis in (0, 1)))
        apart_m = np.nan_to_num(apart_m, nan=_FAR_M)
        apart_m[np.arange(len(some)), begin + np.arange(len(some))] = np.inf
        near = np.argsort(apart_m, axis=1, kind="stable")[:, :most]
        within = np.take_along_axis(apart_m, near, axis=1) <= (radius_m or np.finfo(np.float64).max)
        found[some, :most] = np.where(within, crowd[near], -1)
