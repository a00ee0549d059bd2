"""Which places come first in a sort order of several columns, without sorting them all: from arrays to arrays."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.int64]
Places = NDArray[np.intp]


def first(key: Sequence[Column], places: Places, most: int) -> Places:
    """Return the `most` of `places` that come first by the columns of `key`, in their order.

    Each column in turn settles which are in for certain and leaves those that tie at its limit to the next.
    """
    certain, missing = [], most
    for column in key:
        if len(places) <= missing:
            break
        values = column[places]
        limit = np.partition(values, missing - 1)[missing - 1]
        certain.append(places[values < limit])
        missing -= len(certain[-1])
        places = places[values == limit]
    found = np.concatenate([*certain, places])
    return found[np.lexsort([column[found] for column in reversed(key)])][:most]


def after(key: Sequence[Column], places: Places, start: Sequence[int]) -> Places:
    """Return those of `places` that come after `start`, which holds one value for each column of `key`."""
    later, tied = np.zeros(len(places), np.bool_), np.ones(len(places), np.bool_)
    for column, value in zip(key, start, strict=True):
        values = column[places]
        later |= tied & (values > value)
        tied &= values == value
    return places[later]
