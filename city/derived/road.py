"""How freely traffic flows, in five states: by the class of the road, or against its free flow (GB/T 33171-2016)."""

import numpy as np
from numpy.typing import NDArray

#: States: 畅通 free, 基本畅通 mostly free, 轻度拥堵 light, 中度拥堵 moderate and 严重拥堵 severe congestion.
FREE, MOSTLY_FREE, LIGHT, MODERATE, SEVERE = 1, 2, 3, 4, 5

#: Mean speeds, km/h, down to which each state reaches, from free to moderate: the five-level table of Beijing
#: (DB11/T 785). `secondary` are secondary roads and side roads.
SPEEDS: dict[str, tuple[float, float, float, float]] = {
    "expressway": (65, 50, 35, 20),
    "main": (40, 30, 20, 15),
    "secondary": (35, 25, 15, 10),
}
#: Parts of the free-flow speed, likewise (GB/T 33171-2016).
_PARTS = (0.7, 0.5, 0.4, 0.3)
#: Traffic performance index at each delay ratio; straight lines between (GB/T 33171-2016).
_DELAYS, _INDEX = (0.0, 0.3, 0.5, 0.6, 0.7, 1.0), (0.0, 2.0, 4.0, 6.0, 8.0, 10.0)


def state_by_class(speed: NDArray[np.float64], road: str) -> NDArray[np.float64]:
    """Return the state 1 to 5 of a road at a mean `speed`, km/h; raises KeyError for a class that there is not."""
    return _state(speed, SPEEDS[road])


def state_by_free_flow(speed: NDArray[np.float64], free_flow: float) -> NDArray[np.float64]:
    """Return the state 1 to 5 of a road at a mean `speed` whose `free_flow` speed is known, both km/h."""
    return _state(speed / free_flow, _PARTS)


def performance_index(speed: NDArray[np.float64], free_flow: float) -> NDArray[np.float64]:
    """Return the TPI, 0 to 10, by the delay ratio 1 - speed / free flow; both km/h."""
    return np.interp(1 - speed / free_flow, _DELAYS, _INDEX)


def _state(value: NDArray[np.float64], limits: tuple[float, ...]) -> NDArray[np.float64]:
    """Return 1 and one more for each limit that the value is not above."""
    found: NDArray[np.float64] = 1.0 + (value[..., np.newaxis] <= np.array(limits)).sum(axis=-1)
    return np.where(np.isnan(value), np.nan, found)
