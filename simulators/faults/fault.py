"""What a fault is: values that go wrong in some sensors for a while, and a label that says who ought to notice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulators.scenarios.scenario import CameraReport

Values = NDArray[np.float64]

#: (values of a quiet time, seconds since the fault began) -> values; both are columns of one length.
Bend = Callable[[Values, Values], Values]
#: Seconds since the fault began -> how much of it there is, from 0 to 1.
Shape = Callable[[Values], Values]

#: Levels as rules have them.
NOTICE, MAJOR, CRITICAL = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Label:
    """Who ought to notice a fault.

    Attributes:
        rules: any of these finds it.
        targets: about any of these sensors or places.
        level: at this level or above.
        grace_s: so long after its end it may still be found: means of an hour come when the hour is over.
    """

    rules: tuple[str, ...]
    targets: frozenset[str]
    level: int = NOTICE
    grace_s: int = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault at its time and place; one without a label is harmless, and ought to be noticed by nobody.

    Attributes:
        kind: what it is.
        start_s, end_s: seconds since 1970; before and from then on everything is as usual.
        bends: (sensor, quantity) -> how its values go.
        gone: sensors that say nothing meanwhile.
        around: places that it concerns, besides the sensors that it touches.
        echo_s: so long after its end what is said of its place may still be about it: levels are held, and means of
            some minutes or an hour are told when these are over.
    """

    kind: str
    start_s: int
    end_s: int
    label: Label | None = None
    bends: Mapping[tuple[str, str], Bend] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    reports: tuple[CameraReport, ...] = ()
    around: frozenset[str] = frozenset()
    echo_s: int = 900

    @property
    def touches(self) -> frozenset[str]:
        """Return the sensors that say something else because of it."""
        return frozenset({sensor for sensor, _ in self.bends} | self.gone | {one.sensor for one in self.reports})

    @property
    def lasts_s(self) -> int:
        """Return how long it lasts."""
        return self.end_s - self.start_s


def smooth(at_s: Values, from_s: float, to_s: float) -> Values:
    """Return 0 before `from_s`, 1 after `to_s`, and smoothly rising between."""
    share = np.clip((at_s - from_s) / max(to_s - from_s, 1e-9), 0.0, 1.0)
    found: Values = share * share * (3 - 2 * share)
    return found


def hill(lasts_s: float, rise_s: float, fall_s: float) -> Shape:
    """Return the shape of what rises, stays, and has fallen when it is over."""
    return lambda at_s: smooth(at_s, 0.0, rise_s) - smooth(at_s, lasts_s - fall_s, lasts_s)


def added(amount: float, shape: Shape) -> Bend:
    """Return a bend that adds."""
    return lambda value, at_s: value + amount * shape(at_s)


def times(factor: float, shape: Shape) -> Bend:
    """Return a bend that multiplies by what lies between 1 and a factor."""
    return lambda value, at_s: value * (1.0 + (factor - 1.0) * shape(at_s))


def fixed(value: float) -> Bend:
    """Return a bend to one value."""
    return lambda before, _: np.full_like(before, value)


def pulses(every_s: float, lasts_s: float) -> Bend:
    """Return a bend to 1 for the first part of every so many seconds; the rest is as it was."""
    return lambda value, at_s: np.maximum(value, at_s % every_s < lasts_s)
