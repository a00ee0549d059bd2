"""Dew point of moist air over water."""

import numpy as np
from numpy.typing import NDArray

#: Magnus' formula: a number, and degrees Celsius (WMO-No. 8, annex 4.B, over water, -45 to 60 °C).
_B, _C = 17.62, 243.12


def dew_point(temperature: NDArray[np.float64], humidity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the dew point, °C, of air at `temperature`, °C, and relative `humidity`, %; NaN where nothing is moist."""
    moist = np.where(humidity > 0, humidity, np.nan)
    gamma = np.log(moist / 100) + _B * temperature / (_C + temperature)
    found: NDArray[np.float64] = _C * gamma / (_B - gamma)
    return found
