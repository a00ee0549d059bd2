"""When silence may change: the moment at which somebody has not been heard for long enough, or is heard again."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.entry import Arrivals
from rules.hearing import words_of
from rules.limits import ENDLESS_NS

Ints = NDArray[np.int64]


class Awaited(NamedTuple):
    """Of each sensor that is listened to: what its silence means.

    Attributes:
        over_ns: the moment at which going on being silent changes something.
        anew_ns: the least silence that changes something once it was heard again.
        silent: it counts as silent, so that being heard changes something.
    """

    over_ns: Ints
    anew_ns: Ints
    silent: NDArray[np.bool_]


def first_change_ns(awaited: Awaited, arrivals: Arrivals, row_of: Ints) -> int:
    """Return the first moment at which silence may change, given that `arrivals` come; ENDLESS_NS for none.

    `row_of` has the row of each permanent number, less than 0 for nobody's; its last place is nobody's.
    """
    unheard_ns = int(awaited.over_ns.min(initial=ENDLESS_NS))
    if unheard_ns > _last_ns(arrivals) and not awaited.silent.any():
        return unheard_ns  # whoever is heard is silent later still
    row, came_ns = _heard(arrivals, row_of)
    begins = np.diff(row, prepend=-1) != 0
    over_ns = np.where(begins, awaited.over_ns[row], np.roll(came_ns, 1) + awaited.anew_ns[row])
    over_ns = np.where(awaited.silent[row] & begins, np.minimum(over_ns, came_ns), over_ns)
    left_ns = awaited.over_ns.copy()
    left_ns[row] = came_ns + awaited.anew_ns[row]  # in order of time: the last one stays
    return int(over_ns[over_ns <= came_ns].min(initial=int(left_ns.min(initial=ENDLESS_NS))))


def _last_ns(arrivals: Arrivals) -> int:
    return int(max([*arrivals.readings.arrival_ns[-1:], *(one.arrival_ns for one in arrivals.events[-1:])], default=0))


def _heard(arrivals: Arrivals, row_of: Ints) -> tuple[Ints, Ints]:
    """Return the rows of the sensors that arrivals are from and when each came, in order of row and then of time."""
    events = arrivals.events
    numbers, came_ns = words_of(arrivals.readings)
    if events:
        numbers = np.concatenate([numbers, np.array([one.sensor for one in events], dtype=np.int32)])
        came_ns = np.concatenate([came_ns, np.array([one.arrival_ns for one in events], dtype=np.int64)])
        in_time = np.argsort(came_ns, kind="stable")
        numbers, came_ns = numbers[in_time], came_ns[in_time]
    row = row_of[np.minimum(numbers, len(row_of) - 1)]
    known = np.flatnonzero(row >= 0)
    order = known[np.argsort(row[known].astype(np.int32), kind="stable")]
    return row[order], came_ns[order]
