"""What a scenario is: a story that bends the values of some sensors for a while, and lets cameras report it."""

from collections.abc import Callable
from dataclasses import dataclass

from simulators.fleet import SimulatedSensor

#: (value of a quiet day, seconds since the scenario began) -> value.
Bend = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class CameraReport:
    """An event that a camera reports `after_s` seconds into the scenario."""

    after_s: float
    sensor: str
    event: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Story:
    """A scenario told about the sensors of one city.

    Attributes:
        bends: (sensor, quantity) -> how its values go.
        lasts_s: afterwards everything is normal again.
    """

    bends: dict[tuple[str, str], Bend]
    lasts_s: float
    reports: tuple[CameraReport, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named scenario; `tell` makes its story for a fleet, or None when the fleet has not what it needs."""

    name: str
    title: dict[str, str]
    tell: Callable[[list[SimulatedSensor]], Story | None]


def ramp(start_s: float, end_s: float, at_s: float) -> float:
    """Return 0 before `start_s`, 1 after `end_s`, and smoothly rising between."""
    share = min(1.0, max(0.0, (at_s - start_s) / (end_s - start_s)))
    return share * share * (3 - 2 * share)


def rise_and_fall(rise: tuple[float, float], fall: tuple[float, float], at_s: float) -> float:
    """Return how far a thing that rises and later falls has come, in [0, 1]."""
    return ramp(*rise, at_s) - ramp(*fall, at_s)
