"""What a ladder's compiled pass works on: the state of pairs, the readings that move them, and the steps they make."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.gates import Windows

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Levels = NDArray[np.int8]

#: Within which open interval of values, and until when, the state of a pair stays as it is: side by side, one look into
#: memory for all.
CALM = np.dtype([("low", np.float64), ("high", np.float64), ("due_ns", np.int64)])


class Stand(NamedTuple):
    """The state of all pairs.

    Attributes:
        term: what each is judged by.
        level: on which it stands, counted from 1; 0 for none.
        since_ns: for each level of the deepest rule, since when it has been met; those of a pair lie side by side.
        calm: rows of `CALM`.
    """

    term: Ints
    level: Levels
    since_ns: Ints
    calm: NDArray[np.void]


class Reach(NamedTuple):
    """How far the readings of each of some series reach: from the least to the greatest value, until a time."""

    least: Floats
    most: Floats
    latest_ns: Ints


class Runs(NamedTuple):
    """Pairs, and the first and the last of the readings that each is judged by."""

    pair: Ints
    first: Ints
    last: Ints


class Taken(NamedTuple):
    """Readings to judge: what a level is reached and kept by, the time, and the windows around it, if any."""

    value: Floats
    keeping: Floats
    time_ns: Ints
    windows: Windows


class Steps(NamedTuple):
    """The readings at which the level of a pair changed.

    Attributes:
        element: which of the readings given.
        pair: whose level it was.
        before, after: the level, counted from 1; 0 for none.
        since_ns: a row for each, since when every level of the deepest rule had been met, NEVER_NS where it was not.
    """

    element: Ints
    pair: Ints
    before: Levels
    after: Levels
    since_ns: Ints

    @classmethod
    def room(cls, count: int, depth: int) -> "Steps":
        """Return room for so many steps along so many levels; nothing is set."""
        element, pair = np.empty((2, count), np.int64)
        before, after = np.empty((2, count), np.int8)
        return cls(element, pair, before, after, np.empty((count, depth), np.int64))

    def first(self, count: int) -> "Steps":
        """Return so many of them."""
        element, pair, before, after, since_ns = self
        return Steps(element[:count], pair[:count], before[:count], after[:count], since_ns[:count])
