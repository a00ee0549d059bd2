"""A machine room overheats: one air conditioner stops and the racks before it warm up by a degree every few seconds."""

from simulators.fleet import SimulatedSensor
from simulators.scenarios.scenario import Bend, Scenario, Story, rise_and_fall

_LASTS_S = 900.0
_RISE = (0.0, 70.0)
_FALL = (660.0, 860.0)


def _warmer(degrees: float) -> Bend:
    return lambda value, at_s: value + degrees * rise_and_fall(_RISE, _FALL, at_s)


def _tell(fleet: list[SimulatedSensor]) -> Story | None:
    room = next((sensor.site for sensor in fleet if sensor.kind == "crac"), None)
    inside = [sensor for sensor in fleet if sensor.site == room]
    failed = next((sensor.id for sensor in inside if sensor.kind == "crac"), None)
    racks = sorted(sensor.id for sensor in inside if sensor.kind == "inlet_probe")
    if failed is None or len(racks) < 3:
        return None
    bends = {(rack, "temperature"): _warmer(degrees) for rack, degrees in zip(racks, (15.0, 11.5, 7.5), strict=False)}
    bends |= {(rack, "temperature"): _warmer(1.5) for rack in racks[3:8]}
    bends[failed, "supply_air_temperature"] = _warmer(12.0)
    return Story(bends, _LASTS_S)


SCENARIO = Scenario("overheating", {"zh": "机房空调故障升温", "en": "Machine room overheating"}, _tell)
