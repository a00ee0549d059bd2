"""Which events their members told before, compiled: each is looked for among the newest of its member."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rules import compiled as compiling
from rules.compiled import kept, made_of

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

Look = Callable[[Ints, Ints, Ints, Flags], int]


def looker() -> Look:
    """Return what writes which of some events were told before, given their members, marks and what is remembered.

    Others it remembers, each in place of its member's oldest if that is older. Compiles it, unless an earlier start
    kept it.
    """
    none = np.zeros(0, np.int64)
    look(none, none, np.zeros((0, 1), np.int64), np.zeros(0, np.bool_))
    return look


def _entry(files: int) -> Look:
    """Return the pass; `files` tells whether others have changed that were compiled into it."""

    def look(member: Ints, mark: Ints, known: Ints, again: Flags) -> int:
        for one in range(len(member)):
            row, oldest, told = member[one], 0, False
            for place in range(known.shape[1]):
                told |= known[row, place] == mark[one]
                if known[row, place] < known[row, oldest]:
                    oldest = place
            again[one] = told
            if not told and known[row, oldest] < mark[one]:
                known[row, oldest] = mark[one]
        return files

    return kept(look)


look = _entry(made_of(compiling))
