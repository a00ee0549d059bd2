"""The last few values of many series, the newest last, and means and spreads over them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Window = NDArray[np.float32]

#: Single precision holds no more than 3.4e38; what is larger than this is taken as this.
LARGEST = 1e30

_ALL = slice(None)


class Lately(NamedTuple):
    """What the last values of each window come to, a column for each of some lengths.

    Attributes:
        mean: of the last values, of those that there are while fewer came.
        deviation: their standard deviation, of the windows that are asked for; of a flat line it is exactly 0.
    """

    mean: Floats
    deviation: Floats


def pushed(table: StateTable, column: str, rows: Ints, value: Floats) -> Window:
    """Put values at the end of the windows of some rows, whose oldest go; return them.

    A row has one window, or as many as there are values for it, one behind the other in the column.
    """
    kept = table[column].take(rows, axis=0)
    # All windows of a row move as one; what comes over from the next one is where the newest value goes.
    kept[:, :-1] = kept[:, 1:]
    windows = kept.reshape(*value.shape, -1)
    windows[..., -1] = np.minimum(np.maximum(value, -LARGEST), LARGEST)
    table[column][rows] = kept
    return windows


def lately(window: Window, lengths: tuple[int, ...], filled: Ints, spread_of: slice = _ALL) -> Lately:
    """Return means and deviations over the last values, for rising `lengths`; `filled` says how many values came.

    `spread_of` says of which windows of a row deviations are asked for, where it has several.
    """
    newest = window[..., -1].astype(np.float64)
    # Counted from the newest value, so that neither large numbers nor what has left the window leave a trace.
    apart = window - newest[..., None]
    count = np.minimum(filled[:, None], lengths)
    if filled.min(initial=lengths[-1]) < lengths[-1]:
        unfilled = np.arange(apart.shape[-1])[::-1] >= filled[:, None]
        apart[np.broadcast_to(unfilled.reshape(len(filled), *(1,) * (apart.ndim - 2), -1), apart.shape)] = 0.0
    count = count.reshape(len(filled), *(1,) * (apart.ndim - 2), -1)
    mean = _sums(apart, lengths) / count
    apart, own = apart[:, spread_of], mean[:, spread_of]
    squares = _sums(apart * apart, lengths) / count
    return Lately(newest[..., None] + mean, np.sqrt(np.maximum(squares - own * own, 0.0)))


def _sums(values: Floats, lengths: tuple[int, ...]) -> Floats:
    """Return the sums over the last values; each row is added up in the same order, whatever lies beside it."""
    starts = [values.shape[-1] - length for length in reversed(lengths)]
    sums: Floats = np.add.reduceat(values, starts, axis=-1)[..., ::-1].cumsum(axis=-1)
    return sums
