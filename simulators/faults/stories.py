"""The demo's scenarios as faults: what the stories of a flood and of a room that overheats ought to set off."""

from collections.abc import Sequence

import numpy as np

from simulators.faults.fault import CRITICAL, Bend, Fault, Label, Values
from simulators.faults.kind import FaultKind
from simulators.faults.scene import Scene
from simulators.scenarios import SCENARIOS
from simulators.scenarios.scenario import Bend as OneByOne
from simulators.scenarios.scenario import Story


def _column(bend: OneByOne) -> Bend:
    def bent(value: Values, at_s: Values) -> Values:
        return np.array([bend(one, at) for one, at in zip(value.tolist(), at_s.tolist(), strict=True)])

    return bent


def _told(scene: Scene, name: str, rule: str, kind: str) -> Fault:
    """Return a scenario as a fault that a rule about sensors of a kind ought to find.

    Raises:
        LookupError: the city lacks what the scenario plays with.
    """
    story: Story | None = SCENARIOS[name].tell(list(scene.fleet))
    if story is None:
        raise LookupError(name)
    ids = {sensor for sensor, _ in story.bends}
    played = [sensor for sensor in scene.fleet if sensor.id in ids]
    label = Label((rule,), frozenset(sensor.id for sensor in played if sensor.kind == kind), CRITICAL)
    places = frozenset({sensor.site for sensor in played if sensor.kind == kind})
    bends = {key: _column(bend) for key, bend in story.bends.items()}
    end_s = scene.start_s + round(story.lasts_s)
    return Fault(f"scenario {name}", scene.start_s, end_s, label, bends, reports=story.reports, around=places)


def _flood(scene: Scene) -> Fault:
    return _told(scene, "flood", "underpass-water", "underpass_level")


def _overheating(scene: Scene) -> Fault:
    return _told(scene, "overheating", "inlet-temperature", "inlet_probe")


KINDS: Sequence[FaultKind] = (
    FaultKind("scenario flood", _flood, 6, wide=True),
    FaultKind("scenario overheating", _overheating, 6, wide=True),
)
