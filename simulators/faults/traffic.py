"""Faults of traffic: roads on which it hardly moves, by their class."""

from collections.abc import Sequence

from simulators.faults.fault import MAJOR, NOTICE, Bend, Fault, Label, added, hill, times
from simulators.faults.kind import FaultKind
from simulators.faults.scene import Scene
from simulators.fleet import SimulatedSensor


def slowed(scene: Scene, detector: SimulatedSensor, to_kmh: float, lasts_s: int) -> dict[tuple[str, str], Bend]:
    """Return how a detector sees a queue: slow, dense, and less of it."""
    shape = hill(lasts_s, scene.minutes(1, 6), scene.minutes(1, 4))
    share = to_kmh / scene.quiet(detector, "speed", lasts_s / 2)
    return {
        (detector.id, "speed"): times(share, shape),
        (detector.id, "flow"): times(scene.between(0.3, 0.6), shape),
        (detector.id, "occupancy"): added(scene.between(25, 50), shape),
    }


def _jam(scene: Scene, road: str, rule: str, to_kmh: float, level: int) -> Fault:
    detector = scene.one("loop_detector", tags=(road,))
    lasts_s = scene.minutes(22, 90)
    label = Label((rule,), frozenset({detector.id}), level, grace_s=180)
    end_s = scene.start_s + lasts_s
    return Fault(f"jam, {road} road", scene.start_s, end_s, label, slowed(scene, detector, to_kmh, lasts_s))


def _expressway(scene: Scene) -> Fault:
    slow = scene.any(((scene.between(23.5, 29.0), NOTICE), (scene.between(5.0, 14.0), MAJOR)))
    return _jam(scene, "expressway", "congestion-expressway", *slow)


def _main(scene: Scene) -> Fault:
    slow = scene.any(((scene.between(9.0, 11.0), NOTICE), (scene.between(1.5, 4.0), MAJOR)))
    return _jam(scene, "main", "congestion-main", *slow)


def _secondary(scene: Scene) -> Fault:
    return _jam(scene, "secondary", "congestion-secondary", scene.between(2.0, 7.5), NOTICE)


KINDS: Sequence[FaultKind] = (
    FaultKind("jam, expressway road", _expressway, 30),
    FaultKind("jam, main road", _main, 40),
    FaultKind("jam, secondary road", _secondary, 30),
)
