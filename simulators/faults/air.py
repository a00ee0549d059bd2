"""Faults of air and noise: what is in the air for hours, and what is louder than a zone may be."""

from collections.abc import Sequence

from simulators.faults.fault import Fault, Label, added, hill
from simulators.faults.kind import FaultKind, any_time, by_day, by_day_or_night, by_night
from simulators.faults.scene import Scene
from simulators.local import Local

#: An index is told some minutes after the hour that it is about.
_INDEX_S = 3_600 + 300

#: Limits of GB 3096-2008, dB(A), by the tag of a zone: by day and by night.
_LIMITS = {"zone-1": (55.0, 45.0), "zone-2": (60.0, 50.0), "zone-3": (65.0, 55.0), "zone-4a": (70.0, 55.0)}


def _pm25(scene: Scene) -> Fault:
    station = scene.one("air_station")
    level_ugm3, level = scene.severity((124.0, 143.0), (162.0, 238.0), (268.0, 450.0))
    lasts_s = scene.minutes(35, 50)
    shape = hill(lasts_s, scene.minutes(3, 8), scene.minutes(3, 6))
    amount = level_ugm3 - scene.quiet(station, "pm25", lasts_s / 2)
    bends = {(station.id, "pm25"): added(amount, shape), (station.id, "pm10"): added(amount * 1.2, shape)}
    label = Label(("pm25-high",), frozenset({station.id}), level)
    return Fault("PM2.5 high", scene.start_s, scene.start_s + lasts_s, label, bends, echo_s=_INDEX_S)


def _o3(scene: Scene) -> Fault:
    station = scene.one("air_station")
    level_ugm3, level = scene.severity((220.0, 280.0), (325.0, 380.0), (430.0, 600.0))
    lasts_s = scene.minutes(35, 120)
    shape = hill(lasts_s, scene.minutes(5, 10), scene.minutes(3, 6))
    bends = {(station.id, "o3"): added(level_ugm3 - scene.quiet(station, "o3", lasts_s / 2), shape)}
    label = Label(("o3-high",), frozenset({station.id}), level)
    return Fault("ozone high", scene.start_s, scene.start_s + lasts_s, label, bends, echo_s=_INDEX_S)


def _haze(scene: Scene) -> Fault:
    station = scene.one("air_station")
    level_ugm3, level = scene.severity((124.0, 142.0), (165.0, 235.0), (275.0, 450.0))
    lasts_s = scene.minutes(170, 320)
    shape = hill(lasts_s, scene.minutes(10, 20), scene.minutes(10, 20))
    amount = level_ugm3 - scene.quiet(station, "pm25", lasts_s / 2)
    bends = {(station.id, "pm25"): added(amount, shape), (station.id, "pm10"): added(amount * 1.2, shape)}
    label = Label(("air-polluted",), frozenset({station.id}), level, grace_s=_INDEX_S)
    return Fault("haze", scene.start_s, scene.start_s + lasts_s, label, bends, echo_s=_INDEX_S)


def _louder(scene: Scene, kind: str, tags: Sequence[str], to_dba: float, rule: str) -> Fault:
    meter = scene.one("noise_meter", tags=tags)
    lasts_s = scene.minutes(36, 80)
    shape = hill(lasts_s, 60.0, 60.0)
    bends = {(meter.id, "noise_laeq"): added(to_dba - scene.quiet(meter, "noise_laeq", lasts_s / 2), shape)}
    label = Label((rule,), frozenset({meter.id}), grace_s=180)
    return Fault(kind, scene.start_s, scene.start_s + lasts_s, label, bends)


def _noise_in_zone(scene: Scene) -> Fault:
    zone = scene.any(tuple(_LIMITS))
    limit_dba = _LIMITS[zone][by_night(scene.local, scene.start_s)]
    return _louder(scene, "noise in a zone", (zone,), limit_dba + scene.between(15.5, 24.0), "noise-beyond-limit")


def _noise_at_home(scene: Scene) -> Fault:
    return _louder(scene, "noise at home by day", ("zone-1",), scene.between(74.5, 88.0), "noise-residential")


def _noise_at_night(scene: Scene) -> Fault:
    return _louder(scene, "noise at home by night", ("zone-1",), scene.between(64.5, 80.0), "noise-residential-night")


def _ozone_hours(local: Local, at_s: int) -> bool:
    """Ozone is high by day only."""
    return any_time(local, at_s) and 10 <= local.hour(at_s) < 18


KINDS: Sequence[FaultKind] = (
    FaultKind("PM2.5 high", _pm25, 30),
    FaultKind("ozone high", _o3, hours=_ozone_hours),
    FaultKind("haze", _haze),
    FaultKind("noise in a zone", _noise_in_zone, hours=by_day_or_night),
    FaultKind("noise at home by day", _noise_at_home, hours=by_day),
    FaultKind("noise at home by night", _noise_at_night, hours=by_night),
)
