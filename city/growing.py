"""Columns that grow: what is not filled yet lies in pages that nobody touched, and takes no memory."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Kind = TypeVar("Kind", bound=np.generic)

#: Rows from which on a column grows by a quarter and not to double its size: room that waits has addresses then too.
_MANY = 1 << 20


def grown(column: NDArray[Kind], used: int, size: int) -> NDArray[Kind]:
    """Return a column of `size` rows that begins with the `used` first ones of another; the others are zero."""
    longer = np.zeros((size, *column.shape[1:]), column.dtype)
    longer[:used] = column[:used]
    return longer


def room_for(rows: int) -> int:
    """Return how many rows a column should have that needs `rows` of them now, so that it seldom grows."""
    return rows + rows // (1 if rows < _MANY else 4)
