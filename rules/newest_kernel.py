"""What pairs had said by each reading of a batch, compiled: the last word of each in it, or the newest from before."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rules import alarms, newest
from rules import compiled as compiling
from rules.alarms import NEVER_NS
from rules.compiled import compiled, kept, made_of
from rules.newest import Known, Spoken

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Pairs, some for each of some rows.
Asked = tuple[Ints, Ints]

Look = Callable[[Spoken, Asked, Ints, Floats], None]


def looker(known: Known) -> Look:
    """Return what writes time and value of the newest reading that each of some pairs had before a row.

    Compiles it, unless an earlier start kept it.
    """

    def look(spoken: Spoken, asked: Asked, time_ns: Ints, value: Floats) -> None:
        before(known, spoken, asked, time_ns, value)

    none, nothing = np.zeros((0, 1), np.int64), np.zeros((0, 1))
    look(Spoken(*(none[:, 0],) * 4, nothing[:, 0]), (none, none[:, 0]), none, nothing)
    return look


@compiled
def _last_before(spoken: Spoken, series: int, row: int) -> int:
    """Return the place of the last reading of a series before a row; -1 where the batch has none."""
    low, high = spoken.begin[series], spoken.end[series]
    while low < high:
        middle = (low + high) // 2
        if spoken.row[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low - 1 if low > spoken.begin[series] else -1


def _entry(files: int) -> Callable[[Known, Spoken, Asked, Ints, Floats], int]:
    """Return the pass; `files` tells whether others have changed that were compiled into it."""

    def before(known: Known, spoken: Spoken, asked: Asked, time_ns: Ints, value: Floats) -> int:
        pairs, rows = asked
        for one in range(len(rows)):
            for other in range(pairs.shape[1]):
                pair = pairs[one, other]
                time_ns[one, other], value[one, other] = NEVER_NS, 0.0
                if pair < 0:
                    continue
                place = _last_before(spoken, known.series[pair], rows[one])
                if place >= 0:
                    time_ns[one, other], value[one, other] = spoken.time_ns[place], spoken.value[place]
                else:
                    time_ns[one, other], value[one, other] = known.time_ns[pair], known.value[pair]
        return files

    return kept(before)


before = _entry(made_of(alarms, newest, compiling))
