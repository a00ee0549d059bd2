"""How long a battery lasts: by its charge, its load, and the time that it was rated for."""

import numpy as np
from numpy.typing import NDArray

#: Peukert's exponent of lead-acid batteries, 1.1 to 1.3; a city sets that of its own. 1 is no loss at high currents.
PEUKERT = 1.2
#: Below this part of the rated load, %, the formula would promise days: the time at this load is told instead.
_LEAST_LOAD = 1.0


def minutes_left(
    charge: NDArray[np.float64], load: NDArray[np.float64], full_load_min: float, exponent: float = PEUKERT
) -> NDArray[np.float64]:
    """Return minutes on battery: rated minutes x charge x (100 % / load) ** exponent (Peukert's law).

    Args:
        charge: of the battery, % of full.
        load: % of rated load.
        full_load_min: minutes that a full battery carries the rated load, by its data sheet or last discharge test.
        exponent: Peukert's, at least 1.
    """
    found: NDArray[np.float64] = full_load_min * charge / 100 * (100 / np.maximum(load, _LEAST_LOAD)) ** exponent
    return found
