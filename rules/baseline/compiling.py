"""Whether series are learned by the compiled pass: where numba is installed, and there are enough of them."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from rules.table import StateTable

#: Fewer series cost less as columns than numba's 70 MB and its half a second of start are worth: at one reading a
#: minute, 500 of them take 3 % of a core (docs/decisions/0172-baselines-are-compiled-where-numba-is.md).
WORTH = 500

#: Scores and learns readings in their order, and writes what is found at each.
Learn = Callable[..., None]

#: Returns the pass over a table of baselines and the sums of its ranks.
Learner = Callable[[StateTable, NDArray[np.uint16]], Learn]


def is_compiled(series: int) -> bool:
    """Return whether so many series are learned by the compiled pass."""
    return series >= WORTH and find_spec("numba") is not None


@cache
def _learner() -> Learner:
    return vars(import_module("rules.baseline.kernel"))["learner"]  # type: ignore[no-any-return]


def compiled(table: StateTable, sums: NDArray[np.uint16]) -> Learn | None:
    """Return the pass over a table of baselines and the sums of its ranks; None where columns are as good.

    Compiles it, some seconds once for each processor and version, so that the stream does not wait for that.
    """
    return _learner()(table, sums) if is_compiled(len(table)) else None
