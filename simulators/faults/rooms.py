"""Faults of the machine rooms: heat, cold, moisture, water and smoke."""

from collections.abc import Sequence

import numpy as np

from simulators.faults.fault import CRITICAL, MAJOR, Bend, Fault, Label, Shape, added, fixed, hill, times
from simulators.faults.kind import FaultKind
from simulators.faults.scene import Scene
from simulators.fleet import SimulatedSensor

#: Warmer air holds more water: relative humidity falls by about six percent of itself a degree (Magnus at 24 °C).
_RH_A_DEGREE = 0.06


def _warmer(rack: SimulatedSensor, degrees: float, shape: Shape) -> dict[tuple[str, str], Bend]:
    """Return how a rack's inlet warms, or cools, with as much water in the air as before."""

    def drier(value: np.ndarray, at_s: np.ndarray) -> np.ndarray:
        found: np.ndarray = value * np.exp(-_RH_A_DEGREE * degrees * shape(at_s))
        return found

    return {(rack.id, "temperature"): added(degrees, shape), (rack.id, "humidity"): drier}


def _rack_overheats(scene: Scene) -> Fault:
    rack = scene.one("inlet_probe")
    to, level = scene.severity((27.7, 29.6), (30.5, 31.7), (32.5, 38.0))
    lasts_s = scene.minutes(20, 60)
    shape = hill(lasts_s, scene.minutes(4, 14), scene.minutes(2, 5))
    bends = _warmer(rack, to - scene.quiet(rack, "temperature"), shape)
    label = Label(("inlet-temperature",), frozenset({rack.id}), level)
    return Fault("rack overheats", scene.start_s, scene.start_s + lasts_s, label, bends)


def _room_overheats(scene: Scene) -> Fault:
    crac = scene.one("crac")
    racks = scene.some(scene.of("inlet_probe", site=crac.site), 48)
    lasts_s = scene.minutes(25, 50)
    shape = hill(lasts_s, scene.minutes(5, 12), scene.minutes(3, 6))
    hot = scene.some(racks, 6 + int(scene.random.integers(12)))
    bends = {key: bend for rack in racks for key, bend in _warmer(rack, scene.between(0.5, 1.5), shape).items()}
    for rack in hot:
        bends |= _warmer(rack, scene.between(31.0, 36.0) - scene.quiet(rack, "temperature"), shape)
    bends[crac.id, "supply_air_temperature"] = added(scene.between(10, 13), shape)
    label = Label(("inlet-temperature",), frozenset({crac.site} | {rack.id for rack in hot}), MAJOR)
    place = frozenset({crac.site, crac.upstream})
    return Fault("room overheats", scene.start_s, scene.start_s + lasts_s, label, bends, around=place)


def _rack_cold(scene: Scene) -> Fault:
    rack = scene.one("inlet_probe")
    to, level = scene.severity((15.6, 17.2), (11.0, 14.3))
    lasts_s = scene.minutes(25, 60)
    shape = hill(lasts_s, scene.minutes(3, 8), scene.minutes(2, 5))
    bends = {(rack.id, "temperature"): added(to - scene.quiet(rack, "temperature"), shape)}
    label = Label(("inlet-cold",), frozenset({rack.id}), level)
    return Fault("rack cold", scene.start_s, scene.start_s + lasts_s, label, bends)


def _rack_humidity(scene: Scene) -> Fault:
    rack = scene.one("inlet_probe")
    moist, dry = scene.severity((63, 77), (83.5, 92)), scene.severity((11, 17), (3, 6))
    to, level = scene.any((moist, dry))
    lasts_s = scene.minutes(30, 80)
    shape = hill(lasts_s, scene.minutes(3, 10), scene.minutes(2, 6))
    bends = {(rack.id, "humidity"): added(to - scene.quiet(rack, "humidity"), shape)}
    label = Label(("inlet-humidity",), frozenset({rack.id}), level)
    return Fault("rack humidity", scene.start_s, scene.start_s + lasts_s, label, bends)


def _dew_point(scene: Scene, *probes: SimulatedSensor) -> float:
    """Return the dew point of the mean of some probes' air, °C (Magnus over water, WMO-No. 8 annex 4.B)."""
    degrees = float(np.mean([scene.quiet(probe, "temperature") for probe in probes]))
    moisture = float(np.mean([scene.quiet(probe, "humidity") for probe in probes]))
    gamma = np.log(moisture / 100) + 17.62 * degrees / (243.12 + degrees)
    return float(243.12 * gamma / (17.62 - gamma))


def _rack_dew_point(scene: Scene) -> Fault:
    rack = scene.one("inlet_probe")
    dew, level = scene.severity((15.6, 16.5), (17.7, 19.0))
    degrees = scene.quiet(rack, "temperature")
    moisture = 100 * np.exp(17.62 * dew / (243.12 + dew) - 17.62 * degrees / (243.12 + degrees))
    lasts_s = scene.minutes(30, 70)
    shape = hill(lasts_s, scene.minutes(4, 10), scene.minutes(2, 6))
    bends = {(rack.id, "humidity"): times(float(moisture) / scene.quiet(rack, "humidity"), shape)}
    label = Label(("inlet-dew-point",), frozenset({rack.id}), level)
    return Fault("rack dew point", scene.start_s, scene.start_s + lasts_s, label, bends)


def _condensation(scene: Scene) -> Fault:
    crac = scene.one("crac")
    dew = _dew_point(scene, *scene.of("inlet_probe", site=crac.site))
    below, level = scene.severity((0.5, 1.4), (-3.0, -0.6))
    lasts_s = scene.minutes(25, 60)
    shape = hill(lasts_s, scene.minutes(3, 8), scene.minutes(3, 6))
    amount = dew + below - scene.quiet(crac, "supply_air_temperature")
    bends = {(crac.id, "supply_air_temperature"): added(amount, shape)}
    label = Label(("room-condensation",), frozenset({crac.site}), level)
    place = frozenset({crac.site})
    return Fault("condensation", scene.start_s, scene.start_s + lasts_s, label, bends, around=place)


def _crac_weak(scene: Scene) -> Fault:
    crac = scene.one("crac")
    blows, takes = scene.quiet(crac, "supply_air_temperature"), scene.quiet(crac, "outlet_temperature")
    lasts_s = scene.minutes(15, 90)
    shape = hill(lasts_s, scene.minutes(2, 10), scene.minutes(1, 5))
    bends: dict[tuple[str, str], Bend] = {
        (crac.id, "supply_air_temperature"): added(takes - blows - scene.between(0.5, 4.5), shape)
    }
    for rack in scene.some(scene.of("inlet_probe", site=crac.site), 8):
        bends |= _warmer(rack, scene.between(0.2, 1.0), shape)
    label = Label(("crac-not-cooling",), frozenset({crac.id}))
    return Fault("air conditioner weak", scene.start_s, scene.start_s + lasts_s, label, bends)


def _leak(scene: Scene) -> Fault:
    rope = scene.one("leak_rope")
    label = Label(("water-leak",), frozenset({rope.id}), MAJOR)
    end_s = scene.start_s + scene.minutes(3, 120)
    return Fault("water leak", scene.start_s, end_s, label, {(rope.id, "water_leak"): fixed(1.0)})


def _smoke(scene: Scene) -> Fault:
    detector = scene.one("smoke_detector")
    label = Label(("smoke",), frozenset({detector.id}), CRITICAL)
    end_s = scene.start_s + scene.minutes(2, 30)
    return Fault("smoke", scene.start_s, end_s, label, {(detector.id, "smoke"): fixed(1.0)})


def _fire(scene: Scene) -> Fault:
    rack = scene.one("inlet_probe")
    detectors = scene.some(scene.of("smoke_detector", site=rack.site), 1 + int(scene.random.integers(3)))
    lasts_s = scene.minutes(20, 40)
    hot_s = scene.minutes(2, 6)
    smoke_s = hot_s + scene.minutes(0.5, 6)
    shape = hill(lasts_s, hot_s, 60)
    bends = _warmer(rack, scene.between(34, 42) - scene.quiet(rack, "temperature"), shape)
    bends |= {(one.id, "smoke"): _from(smoke_s + place * 40.0) for place, one in enumerate(detectors)}
    label = Label(("fire-near-racks",), frozenset({rack.site}), CRITICAL)
    place = frozenset({rack.site, rack.upstream})
    return Fault("smoke after heat", scene.start_s, scene.start_s + lasts_s, label, bends, around=place)


def _from(after_s: float) -> Bend:
    return lambda value, at_s: np.where(at_s >= after_s, 1.0, value)


KINDS: Sequence[FaultKind] = (
    FaultKind("rack overheats", _rack_overheats, 40),
    FaultKind("room overheats", _room_overheats, 12, wide=True),
    FaultKind("rack cold", _rack_cold),
    FaultKind("rack humidity", _rack_humidity, 30),
    FaultKind("rack dew point", _rack_dew_point),
    FaultKind("condensation", _condensation, wide=True),
    FaultKind("air conditioner weak", _crac_weak),
    FaultKind("water leak", _leak),
    FaultKind("smoke", _smoke),
    FaultKind("smoke after heat", _fire, 12, wide=True),
)
