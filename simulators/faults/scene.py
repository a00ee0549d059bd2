"""What those who make faults may look at: the fleet by kind and place, and what a sensor says on a quiet day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from simulators.faults.fault import CRITICAL, MAJOR, NOTICE
from simulators.fleet import SimulatedSensor
from simulators.local import Local
from simulators.rhythm import Moment, rhythm_of

One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Scene:
    """One fault's surroundings: where it may be, when it begins, and its own luck."""

    fleet: Sequence[SimulatedSensor]
    local: Local
    start_s: int
    random: np.random.Generator

    def of(self, *kinds: str, site: str = "", tags: Iterable[str] = ()) -> list[SimulatedSensor]:
        """Return the sensors of some kinds, at a site or with one of some tags where that is asked."""
        wanted = frozenset(tags)
        return [
            sensor
            for sensor in self.fleet
            if sensor.kind in kinds and (not site or sensor.site == site) and (not wanted or wanted & sensor.tags)
        ]

    def one(self, *kinds: str, tags: Iterable[str] = ()) -> SimulatedSensor:
        """Return any sensor of some kinds."""
        return self.any(self.of(*kinds, tags=tags))

    def any(self, some: Sequence[One]) -> One:
        """Return any of these."""
        return some[int(self.random.integers(len(some)))]

    def some(self, many: Sequence[One], count: int) -> list[One]:
        """Return so many different ones, in their order; all of them where they are fewer."""
        rows = self.random.permutation(len(many))[:count]
        return [many[row] for row in sorted(rows.tolist())]

    def between(self, low: float, high: float) -> float:
        """Return any number between two."""
        return float(self.random.uniform(low, high))

    def minutes(self, low: float, high: float) -> int:
        """Return any number of seconds between two numbers of minutes."""
        return round(self.between(low, high) * 60)

    def severity(self, *bands: tuple[float, float]) -> tuple[float, int]:
        """Return a value out of any of the bands, and its level: the first band's is notice, the last critical."""
        place = int(self.random.integers(len(bands)))
        return self.between(*bands[place]), (NOTICE, MAJOR, CRITICAL)[place]

    def quiet(self, sensor: SimulatedSensor, quantity: str, after_s: float = 0.0) -> float:
        """Return what a sensor says on a quiet day, so long after the beginning.

        Raises:
            LookupError: nobody plays this quantity of it.
        """
        rhythm = rhythm_of(sensor.kind, quantity, sensor.tags)
        if rhythm is None:
            raise LookupError(quantity)
        at_s = self.start_s + round(after_s)
        now = Moment(self.local.hour(at_s), np.array([sensor.trait]), np.zeros(1), float(self.local.is_rest(at_s)))
        return float(np.broadcast_to(rhythm(now), (1,))[0])
