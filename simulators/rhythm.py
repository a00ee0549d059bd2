"""How each quantity runs through a normal day; one row of the table makes the values of many sensors at once.

The shapes are made up to look like a city on a quiet day; in them no rule of the example city fires.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Moment:
    """What a rhythm may look at: one moment, or many of them in a column above a row of sensors.

    Attributes:
        hour: local hour of the day, with its fraction.
        trait: each sensor's own number in [0, 1).
        noise: a fresh standard normal number for each sensor and moment.
        rest: 1 on a day of rest, when fewer people go to work; 0 on a working day.
    """

    hour: float | Values
    trait: Values
    noise: Values
    rest: float | Values = 0.0

    def wave(self, peak_hour: float) -> Values:
        """Return a wave of one day in [-1, 1] that is highest at `peak_hour`."""
        found: Values = np.cos((np.asarray(self.hour) - peak_hour) / 24 * 2 * np.pi)
        return found

    def bump(self, at_hour: float, width_h: float) -> Values:
        """Return a hill in [0, 1] around `at_hour`."""
        found: Values = np.exp(-(((np.asarray(self.hour) - at_hour) / width_h) ** 2))
        return found

    @property
    def rush(self) -> Values:
        """Return how much of a rush hour it is, in [0, 1]."""
        return np.maximum(self.bump(8.2, 1.2), self.bump(17.9, 1.5)) * (1.0 - 0.6 * np.asarray(self.rest))

    @property
    def awake(self) -> Values:
        """Return how awake the city is, in [0, 1]."""
        awake: Values = 0.12 + 0.88 * np.maximum(self.rush, 0.7 * self.bump(13.0, 6.0))
        return awake


Rhythm = Callable[[Moment], Values]

#: Free-flow speed in km/h and capacity in vehicles an hour of a lane group, by road class.
_ROADS = {"expressway": (82.0, 3600.0), "main": (52.0, 1500.0), "secondary": (38.0, 700.0)}


def _speed(free_kmh: float) -> Rhythm:
    return lambda now: free_kmh * (1 - 0.28 * now.rush - 0.10 * now.trait) + 2.0 * now.noise


def _flow(capacity: float) -> Rhythm:
    return lambda now: np.maximum(0, capacity * now.awake * (0.55 + 0.4 * now.trait) + 0.04 * capacity * now.noise)


def _occupancy(now: Moment) -> Values:
    return np.clip(3 + 16 * now.awake * (0.6 + 0.4 * now.trait) + now.noise, 0, 100)


def _steady(base: float, trait: float = 0.0, noise: float = 0.0, low: float | None = None) -> Rhythm:
    def value(now: Moment) -> Values:
        made = base + trait * now.trait + noise * now.noise
        return made if low is None else np.maximum(low, made)

    return value


def _daily(base: float, swing: float, peak_hour: float, trait: float = 0.0, noise: float = 0.0) -> Rhythm:
    return lambda now: np.maximum(0.1, base + swing * now.wave(peak_hour) + trait * now.trait + noise * now.noise)


def _never(now: Moment) -> Values:
    return np.zeros_like(now.trait)


#: (kind, quantity) -> rhythm; units are those of the catalogue.
RHYTHMS: dict[tuple[str, str], Rhythm] = {
    ("loop_detector", "occupancy"): _occupancy,
    ("underpass_level", "water_level"): _steady(0.4, 0.5, 0.15, low=0.0),
    ("road_level", "water_level"): _steady(0.3, 0.4, 0.1, low=0.0),
    ("drain_level", "water_level"): _daily(42.0, 9.0, 9.0, 30.0, 1.0),
    ("rain_gauge", "rain_intensity"): _never,
    ("air_station", "pm25"): _daily(34.0, 8.0, 8.0, 12.0, 1.5),
    ("air_station", "pm10"): _daily(58.0, 12.0, 8.0, 18.0, 2.5),
    ("air_station", "so2"): _daily(9.0, 2.0, 10.0, 4.0, 0.4),
    ("air_station", "no2"): _daily(32.0, 12.0, 8.5, 12.0, 1.2),
    ("air_station", "co"): _daily(0.7, 0.2, 8.5, 0.3, 0.02),
    ("air_station", "o3"): _daily(70.0, 45.0, 15.0, 15.0, 2.0),
    ("air_station", "temperature"): _daily(17.0, 4.5, 15.0, 1.5, 0.1),
    ("air_station", "humidity"): _daily(63.0, -12.0, 15.0, 6.0, 0.5),
    ("weather_station", "temperature"): _daily(17.0, 4.5, 15.0, 1.0, 0.1),
    ("weather_station", "humidity"): _daily(63.0, -12.0, 15.0, 6.0, 0.5),
    ("weather_station", "atmospheric_pressure"): _daily(1015.0, 1.2, 10.0, 1.0, 0.05),
    ("weather_station", "wind_speed"): _daily(3.4, 1.2, 15.0, 1.5, 0.3),
    ("weather_station", "wind_direction"): _steady(130.0, 25.0, 6.0),
    ("noise_meter", "noise_laeq"): _daily(51.0, 5.0, 14.0, 5.0, 1.0),
    ("inlet_probe", "temperature"): _steady(21.6, 2.4, 0.08),
    ("inlet_probe", "humidity"): _steady(44.0, 6.0, 0.2),
    ("crac", "supply_air_temperature"): _steady(17.2, 1.0, 0.05),
    ("crac", "outlet_temperature"): _steady(29.0, 2.0, 0.1),
    ("leak_rope", "water_leak"): _never,
    ("smoke_detector", "smoke"): _never,
    ("ups", "load"): _daily(42.0, 5.0, 14.0, 12.0, 0.2),
    ("ups", "battery_level"): _steady(100.0),
    ("ups", "input_voltage"): _steady(229.0, 3.0, 0.6),
    ("ups", "battery_runtime"): _steady(34.0, 8.0, 0.1),
    ("pdu", "power"): _daily(28_000.0, 3_000.0, 14.0, 14_000.0, 300.0),
    ("battery_probe", "temperature"): _steady(23.0, 1.5, 0.05),
    ("door_contact", "door_open"): _never,
    ("camera", "video_fps"): _steady(25.0, 0.0, 0.1),
}


def rhythm_of(kind: str, quantity: str, tags: frozenset[str]) -> Rhythm | None:
    """Return the rhythm of a sensor's quantity; None for one that nobody plays."""
    if kind == "loop_detector" and quantity != "occupancy":
        free, capacity = next((_ROADS[tag] for tag in _ROADS if tag in tags), _ROADS["secondary"])
        return {"speed": _speed(free), "flow": _flow(capacity)}.get(quantity)
    return RHYTHMS.get((kind, quantity))
