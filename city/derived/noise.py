"""Sound levels: means by energy, and the limits of GB 3096-2008 by zone and time of day."""

import numpy as np
from numpy.typing import NDArray

#: Limits of LAeq, dB(A), by day and by night (GB 3096-2008, table 1): 0 convalescent; 1 housing, schools, hospitals;
#: 2 mixed; 3 industry; 4a main roads, metro at grade, waterways; 4b railways.
LIMITS: dict[str, tuple[float, float]] = {
    "0": (50, 40),
    "1": (55, 45),
    "2": (60, 50),
    "3": (65, 55),
    "4a": (70, 55),
    "4b": (70, 60),
}
#: Hours of local time at which day and night begin, unless the city says otherwise.
DAY_BEGINS, NIGHT_BEGINS = 6, 22


def energy(level: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the energy of levels in dB, relative to that of 0 dB."""
    found: NDArray[np.float64] = 10.0 ** (level / 10)
    return found


def level(energy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the level, dB, of energies relative to 0 dB; NaN where there is none."""
    found: NDArray[np.float64] = 10 * np.log10(np.where(energy > 0, energy, np.nan))
    return found


def limit(zone: str, *, night: bool) -> float:
    """Return the limit of a zone; raises KeyError for one that GB 3096 does not have."""
    return LIMITS[zone][night]
