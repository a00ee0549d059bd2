"""The last few values of many series, the newest last, and means over them."""

import numpy as np
from numpy.typing import NDArray

from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Single precision holds no more than 3.4e38; what is larger than this is taken as this.
_LARGEST = 1e30


def pushed(table: StateTable, column: str, rows: Ints, value: Floats) -> Floats:
    """Put values at the end of the windows of some rows, whose oldest go; return them in double precision.

    A row has one window, or as many as there are values for it, one behind the other in the column.
    """
    kept = table[column][rows].reshape(*value.shape, -1)
    kept[..., :-1] = kept[..., 1:]
    kept[..., -1] = np.clip(value, -_LARGEST, _LARGEST)
    table[column][rows] = kept.reshape(len(rows), -1)
    return kept.astype(np.float64)


def recent_mean(window: Floats, length: int, filled: Ints) -> Floats:
    """Return the mean of the last `length` values, of those that there are while fewer were `filled`; others are 0."""
    count = np.minimum(filled, length).reshape(-1, *(1,) * (window.ndim - 2))
    mean: Floats = np.ascontiguousarray(window[..., -length:]).sum(axis=-1) / count
    return mean


def recent_deviation(window: Floats, length: int, filled: Ints) -> Floats:
    """Return the standard deviation of the last `length` values, of those that there are while fewer were `filled`."""
    count = np.minimum(filled, length)
    last = np.ascontiguousarray(window[:, -length:])
    mean = last.sum(axis=-1) / count
    apart = last - mean[:, None]
    apart[np.arange(length) < (length - count)[:, None]] = 0.0
    deviation: Floats = np.sqrt((apart * apart).sum(axis=-1) / count)
    return deviation
