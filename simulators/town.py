"""All sensors of a simulated city in columns: who speaks at a moment, and what."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulators.fleet import SimulatedSensor
from simulators.rhythm import Moment, Rhythm, rhythm_of
from simulators.scenarios.scenario import CameraReport, Story


@dataclass(slots=True)
class _Group:
    """Sensors that share the rhythm of one quantity."""

    quantity: str
    rhythm: Rhythm
    members: NDArray[np.int64]


@dataclass(slots=True)
class _Running:
    story: Story
    began_s: float
    told: set[CameraReport] = field(default_factory=set)


class Town:
    """Makes readings for whoever is due; each sensor speaks at its own phase of its interval."""

    def __init__(self, fleet: list[SimulatedSensor], *, seed: int = 1) -> None:
        self.fleet = fleet
        self._random = np.random.default_rng(seed)
        self._interval = np.array([sensor.interval_s for sensor in fleet], dtype=np.int64)
        self._phase = np.array([int(sensor.trait * 7919) for sensor in fleet], dtype=np.int64) % self._interval
        self._trait = np.array([sensor.trait for sensor in fleet])
        self._groups = self._grouped()
        self._running: list[_Running] = []

    def _grouped(self) -> list[_Group]:
        members: dict[tuple[str, str, frozenset[str]], list[int]] = {}
        for index, sensor in enumerate(self.fleet):
            for quantity in sensor.quantities:
                members.setdefault((sensor.kind, quantity, sensor.tags), []).append(index)
        played = ((quantity, rhythm_of(kind, quantity, tags), who) for (kind, quantity, tags), who in members.items())
        return [_Group(quantity, rhythm, np.array(who)) for quantity, rhythm, who in played if rhythm is not None]

    def begin(self, story: Story, at_s: float) -> None:
        """Let a story run from `at_s` (seconds on the town's clock)."""
        self._running.append(_Running(story, at_s))

    def readings(self, second: int, hour: float) -> dict[SimulatedSensor, dict[str, float]]:
        """Return what the sensors that are due in this second say, by sensor and quantity."""
        due = (second + self._phase) % self._interval == 0
        said: dict[SimulatedSensor, dict[str, float]] = {}
        for group in self._groups:
            speaking = group.members[due[group.members]]
            if len(speaking) == 0:
                continue
            now = Moment(hour, self._trait[speaking], self._random.standard_normal(len(speaking)))
            for index, value in zip(speaking.tolist(), group.rhythm(now).tolist(), strict=True):
                sensor = self.fleet[index]
                said.setdefault(sensor, {})[group.quantity] = round(
                    self._bent(sensor.id, group.quantity, value, second), 3
                )
        return said

    def reports(self, second: int) -> list[CameraReport]:
        """Return the camera events that are due and were not told yet; stories that are over end here."""
        self._running = [run for run in self._running if second - run.began_s <= run.story.lasts_s]
        due: list[CameraReport] = []
        for run in self._running:
            new = [report for report in run.story.reports if second - run.began_s >= report.after_s]
            due.extend(report for report in new if report not in run.told)
            run.told.update(new)
        return due

    def _bent(self, sensor: str, quantity: str, value: float, second: int) -> float:
        for run in self._running:
            bend = run.story.bends.get((sensor, quantity))
            value = value if bend is None else bend(value, second - run.began_s)
        return value
