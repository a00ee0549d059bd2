"""Faults of sensors themselves: they stand still, jump, drift away, or say what they never said."""

from collections.abc import Sequence

import numpy as np

from simulators.faults.fault import Fault, Label, added, fixed, hill, smooth, times
from simulators.faults.kind import FaultKind, daytime
from simulators.faults.scene import Scene

_HOUR_S = 3_600


def _thermometer_stuck(scene: Scene) -> Fault:
    station = scene.one("weather_station")
    hours, level = scene.severity((1.4, 5.0), (6.5, 10.0))
    end_s = scene.start_s + round(hours * _HOUR_S)
    value = round(scene.quiet(station, "temperature"), 1)
    label = Label(("weather-flat",), frozenset({station.id}), level)
    return Fault("thermometer stuck", scene.start_s, end_s, label, {(station.id, "temperature"): fixed(value)})


def _thermometer_jumps(scene: Scene) -> Fault:
    station = scene.one("weather_station")
    step, level = scene.severity((4.5, 8.5), (12.0, 20.0))
    end_s = scene.start_s + scene.minutes(20, 120)
    bend = added(scene.any((step, -step)), np.ones_like)
    label = Label(("weather-jump",), frozenset({station.id}), level)
    return Fault("thermometer jumps", scene.start_s, end_s, label, {(station.id, "temperature"): bend})


def _drain_stuck(scene: Scene) -> Fault:
    drain = scene.one("drain_level")
    end_s = scene.start_s + round(scene.between(13.5, 20.0) * _HOUR_S)
    value = round(scene.quiet(drain, "water_level"), 1)
    label = Label(("drain-flat",), frozenset({drain.id}))
    return Fault("drain gauge stuck", scene.start_s, end_s, label, {(drain.id, "water_level"): fixed(value)})


def _humidity_drifts(scene: Scene) -> Fault:
    probe = scene.one("inlet_probe")
    amount, level = scene.severity((7.0, 9.0), (13.0, 20.0))
    lasts_s = round(scene.between(14.0, 20.0) * _HOUR_S)
    rise_s = scene.between(2.0, 8.0) * _HOUR_S
    label = Label(("inlet-humidity-drift",), frozenset({probe.id}), level)
    bend = added(scene.any((amount, -amount)), lambda at_s: smooth(at_s, 0.0, rise_s))
    return Fault("humidity drifts", scene.start_s, scene.start_s + lasts_s, label, {(probe.id, "humidity"): bend})


def _loop_miscounts(scene: Scene) -> Fault:
    loop = scene.one("loop_detector")
    lasts_s = scene.minutes(60, 240)
    share = scene.any((scene.between(0.05, 0.35), scene.between(1.9, 2.6)))
    label = Label(("flow-unusual",), frozenset({loop.id}))
    bends = {(loop.id, "flow"): times(share, hill(lasts_s, 1.0, 1.0))}
    return Fault("loop miscounts", scene.start_s, scene.start_s + lasts_s, label, bends)


def _rack_unlike_others(scene: Scene) -> Fault:
    rack = scene.one("inlet_probe")
    amount = scene.any((scene.between(1.6, 2.6), -scene.between(1.6, 3.2)))
    lasts_s = scene.minutes(60, 180)
    shape = hill(lasts_s, scene.minutes(1, 10), scene.minutes(2, 5))
    label = Label(("inlet-temperature-unlike-others",), frozenset({rack.id}))
    bends = {(rack.id, "temperature"): added(amount, shape)}
    return Fault("rack unlike others", scene.start_s, scene.start_s + lasts_s, label, bends)


KINDS: Sequence[FaultKind] = (
    FaultKind("thermometer stuck", _thermometer_stuck),
    FaultKind("thermometer jumps", _thermometer_jumps),
    FaultKind("drain gauge stuck", _drain_stuck),
    FaultKind("humidity drifts", _humidity_drifts, learns_s=16 * _HOUR_S),
    FaultKind("loop miscounts", _loop_miscounts, hours=daytime, learns_s=72 * _HOUR_S),
    FaultKind("rack unlike others", _rack_unlike_others, learns_s=72 * _HOUR_S),
)
