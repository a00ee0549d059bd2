"""How the city's days differ from one another: slow wandering of what every sensor says, alone and together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

#: What of a wandering is left an hour later: of the weather of the whole city, and of a sensor by itself.
_CITY_KEEPS, _OWN_KEEPS = 0.96, 0.85


@dataclass(frozen=True, slots=True)
class Wander:
    """Standard deviations, in the quantity's unit, or where `scaled` as a part of the value (of its logarithm)."""

    city: float = 0.0
    own: float = 0.0
    scaled: bool = False


#: By quantity and, where kinds differ, by kind. Made up, so that most days are unlike and none is a fault.
WANDERS: dict[tuple[str, str], Wander] = {
    ("", "speed"): Wander(0.015, 0.03, scaled=True),
    ("", "flow"): Wander(0.03, 0.06, scaled=True),
    ("", "occupancy"): Wander(0.03, 0.06, scaled=True),
    ("drain_level", "water_level"): Wander(2.0, 2.5),
    ("", "pm25"): Wander(0.13, 0.05, scaled=True),
    ("", "pm10"): Wander(0.13, 0.05, scaled=True),
    ("", "so2"): Wander(0.13, 0.05, scaled=True),
    ("", "no2"): Wander(0.10, 0.05, scaled=True),
    ("", "co"): Wander(0.10, 0.05, scaled=True),
    ("", "o3"): Wander(0.08, 0.03, scaled=True),
    ("air_station", "temperature"): Wander(1.5, 0.2),
    ("weather_station", "temperature"): Wander(1.5, 0.2),
    ("air_station", "humidity"): Wander(4.0, 1.0),
    ("weather_station", "humidity"): Wander(4.0, 1.0),
    ("", "atmospheric_pressure"): Wander(3.0, 0.1),
    ("", "wind_speed"): Wander(0.25, 0.1, scaled=True),
    ("", "wind_direction"): Wander(20.0, 6.0),
    ("", "noise_laeq"): Wander(0.3, 0.6),
    ("inlet_probe", "temperature"): Wander(0.15, 0.15),
    ("inlet_probe", "humidity"): Wander(0.6, 0.4),
    ("", "supply_air_temperature"): Wander(0.1, 0.15),
    ("", "outlet_temperature"): Wander(0.2, 0.2),
    ("", "load"): Wander(0.8, 0.8),
    ("", "input_voltage"): Wander(0.5, 0.4),
    ("", "battery_runtime"): Wander(0.2, 0.3),
    ("", "power"): Wander(0.02, 0.02, scaled=True),
    ("battery_probe", "temperature"): Wander(0.1, 0.2),
}


def wander_of(kind: str, quantity: str) -> Wander:
    """Return how a quantity wanders in sensors of a kind."""
    return WANDERS.get((kind, quantity), WANDERS.get(("", quantity), Wander()))


class Wandering:
    """One quantity's wandering in some sensors over so many hours; between full hours it goes straight."""

    def __init__(self, wander: Wander, sensors: int, hours: int, *, city: int, own: tuple[int, ...]) -> None:
        """Make it of two seeds: the city's, which all that share a quantity share, and the sensors' own."""
        together = _hourly(np.random.default_rng(city), wander.city, _CITY_KEEPS, hours + 2, 1)
        alone = _hourly(np.random.default_rng(own), wander.own, _OWN_KEEPS, hours + 2, sensors)
        self._at: Values = together + alone
        self._scaled = wander.scaled

    def bend(self, value: Values, hour: int, share: Values) -> Values:
        """Return values of one hour as they wandered; `share` is a column, how far in the hour each row is."""
        at: Values = self._at[hour] + (self._at[hour + 1] - self._at[hour]) * share
        moved: Values = value * np.exp(at) if self._scaled else value + at
        return moved


def _hourly(random: np.random.Generator, deviation: float, keeps: float, hours: int, sensors: int) -> Values:
    """Return a process that forgets, with this standard deviation at every hour; no more than three of it."""
    fresh = random.standard_normal((hours, sensors))
    at = np.empty((hours, sensors))
    at[0] = fresh[0]
    for hour in range(1, hours):
        at[hour] = keeps * at[hour - 1] + np.sqrt(1 - keeps**2) * fresh[hour]
    bounded: Values = deviation * np.clip(at, -3.0, 3.0)
    return bounded
