"""What looks like a fault for a moment and is none: rules that hold their breath ought to say nothing."""

from collections.abc import Sequence

import numpy as np

from simulators.faults.fault import Bend, Fault, added, fixed, hill, pulses, times
from simulators.faults.kind import FaultKind, evening
from simulators.faults.scene import Scene
from simulators.scenarios.scenario import CameraReport


def _shower(scene: Scene) -> Fault:
    """Rain over the whole city, that drains and roads can take."""
    lasts_s = scene.minutes(25, 90)
    strength = scene.between(0.3, 1.0)
    shape = hill(lasts_s, scene.minutes(4, 10), scene.minutes(6, 15))
    most = {"rain_gauge": 38.0, "drain_level": 18.0, "road_level": 3.0, "underpass_level": 1.2}
    bends: dict[tuple[str, str], Bend] = {}
    for kind, amount in most.items():
        for sensor in scene.of(kind):
            part = amount * strength * scene.between(0.4, 1.0)
            bends[sensor.id, sensor.quantities[0]] = added(part, shape)
    for detector in scene.of("loop_detector"):
        bends[detector.id, "speed"] = times(1.0 - 0.08 * strength, shape)
    return Fault("shower", scene.start_s, scene.start_s + lasts_s, bends=bends)


def _cold_front(scene: Scene) -> Fault:
    """It gets colder by some degrees within half an hour, and warmer again over hours."""
    lasts_s = scene.minutes(180, 420)
    shape = hill(lasts_s, scene.minutes(20, 40), scene.minutes(90, 150))
    degrees = -scene.between(2.0, 5.0)
    bends: dict[tuple[str, str], Bend] = {
        (one.id, "temperature"): added(degrees, shape) for one in scene.of("weather_station", "air_station")
    }
    return Fault("cold front", scene.start_s, scene.start_s + lasts_s, bends=bends)


def _rack_opened(scene: Scene) -> Fault:
    """Somebody opens a rack: warm air for one reading."""
    rack = scene.one("inlet_probe")
    bends = {(rack.id, "temperature"): added(scene.between(5, 9), np.ones_like)}
    return Fault("rack opened", scene.start_s, scene.start_s + rack.interval_s - 1, bends=bends)


def _lorry(scene: Scene) -> Fault:
    """A lorry drives a wave past a gauge."""
    gauge = scene.one("underpass_level", "road_level")
    bends = {(gauge.id, "water_level"): added(scene.between(3, 4.4), np.ones_like)}
    return Fault("lorry's wave", scene.start_s, scene.start_s + 30, bends=bends)


def _dust(scene: Scene) -> Fault:
    station = scene.one("air_station")
    lasts_s = scene.minutes(2, 7)
    shape = hill(lasts_s, 60.0, 60.0)
    bends = {(station.id, "pm25"): added(scene.between(80, 250), shape), (station.id, "pm10"): added(400.0, shape)}
    return Fault("gust of dust", scene.start_s, scene.start_s + lasts_s, bends=bends)


def _siren(scene: Scene) -> Fault:
    meter = scene.one("noise_meter")
    bends = {(meter.id, "noise_laeq"): added(scene.between(8, 16), np.ones_like)}
    return Fault("siren", scene.start_s, scene.start_s + scene.minutes(1, 3), bends=bends)


def _patrol(scene: Scene) -> Fault:
    """A guard goes in and comes out, in the evening."""
    door = scene.one("door_contact")
    bends = {(door.id, "door_open"): pulses(240, 60)}
    return Fault("patrol", scene.start_s, scene.start_s + 480, bends=bends, around=frozenset({door.site}))


def _slow_lorry(scene: Scene) -> Fault:
    loop = scene.one("loop_detector")
    bends = {(loop.id, "speed"): times(0.3, np.ones_like)}
    return Fault("slow vehicle", scene.start_s, scene.start_s + scene.minutes(0.5, 2), bends=bends)


def _start_current(scene: Scene) -> Fault:
    ups = scene.one("ups")
    bends = {(ups.id, "load"): added(scene.between(15, 30), np.ones_like)}
    return Fault("starting current", scene.start_s, scene.start_s + 40, bends=bends)


def _picture_lost(scene: Scene) -> Fault:
    camera = scene.one("camera")
    bends = {(camera.id, "video_fps"): fixed(3.0)}
    return Fault("picture lost for a moment", scene.start_s, scene.start_s + scene.minutes(1, 4), bends=bends)


def _cat(scene: Scene) -> Fault:
    """A cat walks past once or twice, and a bush many times, of which the camera is not sure."""
    camera = scene.one("camera")
    sure = [CameraReport(60.0 * at, camera.id, "intrusion", 0.8) for at in range(1 + int(scene.random.integers(2)))]
    unsure = [CameraReport(30.0 + 45.0 * at, camera.id, "intrusion", 0.4) for at in range(4)]
    return Fault("cat", scene.start_s, scene.start_s + 600, reports=(*sure, *unsure))


def _short_gap(scene: Scene) -> Fault:
    """A sensor is started anew: one reading is missing in a machine room, up to three elsewhere."""
    sensor = scene.any(list(scene.fleet))
    missed = 1 if sensor.domain == "machine_room" else 1 + int(scene.random.integers(3))
    end_s = scene.start_s + sensor.interval_s * missed
    return Fault("short gap", scene.start_s, end_s, gone=frozenset({sensor.id}))


KINDS: Sequence[FaultKind] = (
    FaultKind("shower", _shower, 8),
    FaultKind("cold front", _cold_front, 4),
    FaultKind("rack opened", _rack_opened, 60),
    FaultKind("lorry's wave", _lorry, 60),
    FaultKind("gust of dust", _dust, 30),
    FaultKind("siren", _siren, 60),
    FaultKind("patrol", _patrol, 20, hours=evening),
    FaultKind("slow vehicle", _slow_lorry, 120),
    FaultKind("starting current", _start_current, 20),
    FaultKind("picture lost for a moment", _picture_lost, 30),
    FaultKind("cat", _cat, 60),
    FaultKind("short gap", _short_gap, 300),
)
