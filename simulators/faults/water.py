"""Faults of water: underpasses, roads, drains, and rain that is too much."""

from collections.abc import Sequence

from simulators.faults.fault import CRITICAL, MAJOR, Bend, Fault, Label, added, hill
from simulators.faults.kind import FaultKind
from simulators.faults.scene import Scene
from simulators.faults.traffic import slowed


def _underpass_wet(scene: Scene) -> Fault:
    gauge = scene.one("underpass_level")
    lasts_s = scene.minutes(12, 60)
    shape = hill(lasts_s, scene.minutes(2, 8), scene.minutes(2, 4))
    bends = {(gauge.id, "water_level"): added(scene.between(3.6, 11.0), shape)}
    label = Label(("underpass-wet",), frozenset({gauge.id}))
    return Fault("underpass wet", scene.start_s, scene.start_s + lasts_s, label, bends)


def _underpass_floods(scene: Scene) -> Fault:
    gauge = scene.one("underpass_level")
    depth_cm, level = scene.any(((scene.between(16.0, 25.0), MAJOR), (scene.between(28.5, 70.0), CRITICAL)))
    lasts_s = scene.minutes(15, 60)
    shape = hill(lasts_s, scene.minutes(2, 10), scene.minutes(3, 5))
    levels = scene.of("underpass_level", site=gauge.site)
    bends: dict[tuple[str, str], Bend] = {
        (one.id, "water_level"): added(depth_cm * (1.0 if one is gauge else scene.between(0.2, 0.6)), shape)
        for one in levels
    }
    for detector in scene.of("loop_detector", site=gauge.site):
        bends |= slowed(scene, detector, scene.between(9.5, 20.0), lasts_s)
    label = Label(("underpass-water",), frozenset({gauge.id}), level)
    place = frozenset({gauge.site})
    return Fault("underpass floods", scene.start_s, scene.start_s + lasts_s, label, bends, around=place)


def _road_floods(scene: Scene) -> Fault:
    gauge = scene.one("road_level")
    depth_cm, level = scene.severity((9.0, 14.0), (16.2, 27.0), (31.0, 55.0))
    lasts_s = scene.minutes(20, 90)
    shape = hill(lasts_s, scene.minutes(4, 15), scene.minutes(4, 6))
    bends = {(gauge.id, "water_level"): added(depth_cm - scene.quiet(gauge, "water_level"), shape)}
    label = Label(("road-water",), frozenset({gauge.id}), level)
    return Fault("road floods", scene.start_s, scene.start_s + lasts_s, label, bends)


def _road_rises(scene: Scene) -> Fault:
    gauge = scene.one("road_level")
    lasts_s = scene.minutes(25, 60)
    shape = hill(lasts_s, scene.minutes(3, 8), scene.minutes(6, 9))
    bends = {(gauge.id, "water_level"): added(scene.between(5.7, 7.0), shape)}
    label = Label(("road-water-rising",), frozenset({gauge.id}))
    return Fault("water rises on a road", scene.start_s, scene.start_s + lasts_s, label, bends)


def _drain_high(scene: Scene) -> Fault:
    drain = scene.one("drain_level")
    level_cm, level = scene.severity((157.0, 182.0), (198.0, 260.0))
    lasts_s = scene.minutes(40, 120)
    shape = hill(lasts_s, scene.minutes(8, 20), scene.minutes(5, 10))
    amount = level_cm - scene.quiet(drain, "water_level", lasts_s / 2)
    label = Label(("drain-level",), frozenset({drain.id}), level)
    return Fault(
        "drain high", scene.start_s, scene.start_s + lasts_s, label, {(drain.id, "water_level"): added(amount, shape)}
    )


def _district_drains(scene: Scene) -> Fault:
    district = scene.one("drain_level").district
    drains = [one for one in scene.of("drain_level") if one.district == district]
    count, level = scene.any(((6 + int(scene.random.integers(4)), 1), (13 + int(scene.random.integers(6)), MAJOR)))
    lasts_s = scene.minutes(50, 120)
    bends: dict[tuple[str, str], Bend] = {}
    for drain in scene.some(drains, count):
        shape = hill(lasts_s, scene.minutes(8, 15), scene.minutes(6, 10))
        amount = scene.between(158, 185) - scene.quiet(drain, "water_level", lasts_s / 2)
        bends[drain.id, "water_level"] = added(amount, shape)
    label = Label(("drains-of-district",), frozenset({district}), level)
    place = frozenset({district})
    return Fault("drains of a district", scene.start_s, scene.start_s + lasts_s, label, bends, around=place)


def _cloudburst(scene: Scene) -> Fault:
    gauge = scene.one("rain_gauge")
    intensity, level = scene.any(((scene.between(55, 95), MAJOR), (scene.between(106, 160), CRITICAL)))
    lasts_s = scene.minutes(10, 40)
    shape = hill(lasts_s, scene.minutes(1, 5), scene.minutes(1, 4))
    label = Label(("cloudburst",), frozenset({gauge.id}), level)
    bends = {(gauge.id, "rain_intensity"): added(intensity, shape)}
    return Fault("cloudburst", scene.start_s, scene.start_s + lasts_s, label, bends)


KINDS: Sequence[FaultKind] = (
    FaultKind("underpass wet", _underpass_wet),
    FaultKind("underpass floods", _underpass_floods, wide=True),
    FaultKind("road floods", _road_floods, 30),
    FaultKind("water rises on a road", _road_rises),
    FaultKind("drain high", _drain_high),
    FaultKind("drains of a district", _district_drains, 12, wide=True),
    FaultKind("cloudburst", _cloudburst),
)
