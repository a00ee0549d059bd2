"""Faults of power and doors in the machine rooms."""

from collections.abc import Sequence

from simulators.faults.fault import CRITICAL, MAJOR, Bend, Fault, Label, added, fixed, hill, pulses
from simulators.faults.kind import FaultKind, evening
from simulators.faults.scene import Scene

#: A door that opens for a minute, and again: a contact told every minute sees each opening once.
_OPEN_S, _AGAIN_S = 60, 120


def _overload(scene: Scene) -> Fault:
    ups = scene.one("ups")
    to, level = scene.severity((73.0, 78.0), (83.5, 92.0), (98.5, 110.0))
    lasts_s = scene.minutes(8, 60)
    shape = hill(lasts_s, scene.minutes(0.2, 3), 60)
    bends = {(ups.id, "load"): added(to - scene.quiet(ups, "load", lasts_s / 2), shape)}
    label = Label(("ups-load",), frozenset({ups.id}), level)
    return Fault("UPS overload", scene.start_s, scene.start_s + lasts_s, label, bends)


def _mains_fail(scene: Scene) -> Fault:
    ups = scene.one("ups")
    left_min, level = scene.any(((scene.between(8.5, 13.5), MAJOR), (scene.between(1.0, 6.0), CRITICAL)))
    full_min = scene.quiet(ups, "battery_runtime")
    lasts_s = round((full_min - left_min) * 60)  # minutes left fall by one a minute

    def running_down(amount: float) -> Bend:
        return lambda value, at_s: value - amount * at_s / lasts_s

    bends: dict[tuple[str, str], Bend] = {
        (ups.id, "battery_runtime"): running_down(full_min - left_min),
        (ups.id, "battery_level"): running_down(100.0 * (1 - left_min / full_min)),
        (ups.id, "input_voltage"): fixed(0.0),
    }
    label = Label(("ups-battery",), frozenset({ups.id}), level)
    return Fault("UPS on battery", scene.start_s, scene.start_s + lasts_s, label, bends)


def _battery_room(scene: Scene) -> Fault:
    probe = scene.one("battery_probe")
    to, level = scene.severity((28.5, 29.5), (30.8, 34.0), (35.8, 42.0))
    lasts_s = scene.minutes(40, 120)
    shape = hill(lasts_s, scene.minutes(10, 25), scene.minutes(5, 10))
    bends = {(probe.id, "temperature"): added(to - scene.quiet(probe, "temperature"), shape)}
    label = Label(("battery-room",), frozenset({probe.id}), level)
    return Fault("battery room warm", scene.start_s, scene.start_s + lasts_s, label, bends)


def _doors(scene: Scene) -> Fault:
    door = scene.one("door_contact")
    openings = 3 + int(scene.random.integers(4))
    lasts_s = openings * _AGAIN_S
    bends = {(door.id, "door_open"): pulses(_AGAIN_S, _OPEN_S)}
    label = Label(("doors-off-hours",), frozenset({door.site}))
    end_s = scene.start_s + lasts_s
    return Fault("doors off hours", scene.start_s, end_s, label, bends, around=frozenset({door.site}))


KINDS: Sequence[FaultKind] = (
    FaultKind("UPS overload", _overload, 30),
    FaultKind("UPS on battery", _mains_fail),
    FaultKind("battery room warm", _battery_room),
    FaultKind("doors off hours", _doors, hours=evening, wide=True),
)
