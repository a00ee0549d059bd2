"""The alarm stage of `rules.baseline.stage`, one score after the other, compiled."""

from math import isnan, nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.compiled import compiled, unsigned

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: An alarm lowers the next scores by this much, which is forgotten over so many readings; one that follows missing
#: ones stands for these too, as far as `rules.baseline.kernel_numbers` says.
HABIT, FORGOTTEN = 0.2, 5000.0

#: What keeps an alarm is the highest score so far, less a fiftieth for each reading since: gone after some fifty.
FADES = 0.98


class Stands(NamedTuple):
    """Of each row how used it is to alarms, its fading peak, whether one stands, and where one is raised and left."""

    habit: Floats
    peak: Floats
    raised: NDArray[np.int8]
    reached: Floats
    left: Floats


@compiled
def stage_all(stands: Stands, rows: Ints, score: Floats, slots: Ints, staged: tuple[Floats, Floats]) -> None:
    """Write what levels are reached and kept by at each score; what is not a number is passed over."""
    reaching, keeping = staged
    for place in range(len(rows)):
        now, row = score[place], unsigned(rows[place])
        if isnan(now):
            reaching[place] = keeping[place] = nan
            continue
        habit = stands.habit[row] * (1.0 - slots[place] / FORGOTTEN)
        peak = max(stands.peak[row] * FADES, now)
        stood = stands.raised[row] > 0 and peak > stands.left[row]
        reached = max(now - habit, 0.0)
        raised = not stood and reached > stands.reached[row]
        stands.habit[row] = habit + HABIT if raised else habit
        stands.peak[row], stands.raised[row] = peak, 1 if stood or raised else 0
        reaching[place], keeping[place] = reached, peak
