"""Faults of cameras: a picture that stutters, and people where nobody ought to be."""

from collections.abc import Sequence

from simulators.faults.fault import Fault, Label, hill, times
from simulators.faults.kind import FaultKind
from simulators.faults.scene import Scene
from simulators.scenarios.scenario import CameraReport


def _frames(scene: Scene) -> Fault:
    camera = scene.one("camera")
    lasts_s = scene.minutes(12, 120)
    bends = {(camera.id, "video_fps"): times(scene.between(0.5, 8.5) / 25.0, hill(lasts_s, 1.0, 1.0))}
    label = Label(("camera-frames",), frozenset({camera.id}))
    return Fault("camera stutters", scene.start_s, scene.start_s + lasts_s, label, bends)


def _intrusions(scene: Scene) -> Fault:
    camera = scene.one("camera")
    lasts_s = scene.minutes(3, 9)
    moments = sorted(scene.between(0, lasts_s) for _ in range(3 + int(scene.random.integers(4))))
    reports = tuple(CameraReport(at_s, camera.id, "intrusion", scene.between(0.62, 0.99)) for at_s in moments)
    label = Label(("intrusions",), frozenset({camera.id}))
    return Fault("intrusions", scene.start_s, scene.start_s + lasts_s, label, reports=reports)


KINDS: Sequence[FaultKind] = (FaultKind("camera stutters", _frames), FaultKind("intrusions", _intrusions, 30))
