"""Faults of which nothing is heard: a sensor that dies, and a gateway with all behind it."""

from collections.abc import Sequence
from functools import partial

from simulators.faults.fault import Fault, Label
from simulators.faults.kind import FaultKind
from simulators.faults.scene import Scene

#: Rule and missed intervals at which it tells, by domain.
_RULES = {
    "machine_room": ("machine-room-silent", 3),
    "environment": ("environment-silent", 10),
    "traffic": ("detector-silent", 10),
    "video": ("camera-silent", 5),
}


def _sensor_dies(scene: Scene, domain: str) -> Fault:
    rule, intervals = _RULES[domain]
    sensor = scene.any([one for one in scene.fleet if one.domain == domain])
    lasts_s = round(sensor.interval_s * (intervals + 2 + scene.between(0, 60)))
    label = Label((rule,), frozenset({sensor.id}))
    end_s = scene.start_s + lasts_s
    return Fault(f"silent, {domain}", scene.start_s, end_s, label, gone=frozenset({sensor.id}))


def _gateway_dies(scene: Scene) -> Fault:
    gateway = scene.any(sorted({one.upstream for one in scene.fleet if one.upstream}))
    behind = [one for one in scene.fleet if one.upstream == gateway]
    lasts_s = scene.minutes(8, 40)
    rules = tuple(sorted({_RULES[one.domain][0] for one in behind}))
    label = Label(rules, frozenset({gateway}))
    place = frozenset({gateway} | {one.site for one in behind})
    gone = frozenset(one.id for one in behind)
    return Fault("silent, gateway", scene.start_s, scene.start_s + lasts_s, label, gone=gone, around=place)


KINDS: Sequence[FaultKind] = (
    *(FaultKind(f"silent, {domain}", partial(_sensor_dies, domain=domain)) for domain in _RULES),
    FaultKind("silent, gateway", _gateway_dies, 12, wide=True),
)
