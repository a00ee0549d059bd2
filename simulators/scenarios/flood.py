"""A cloudburst floods an underpass: rain first, then water on the road, then traffic stops and the camera sees it."""

from simulators.fleet import SimulatedSensor
from simulators.scenarios.scenario import Bend, CameraReport, Scenario, Story, rise_and_fall

_LASTS_S = 1200.0
_RAIN_MMH = 118.0
_DEPTH_CM = 46.0
_QUEUE_KMH = 4.0


def _rain(value: float, at_s: float) -> float:
    return value + _RAIN_MMH * rise_and_fall((0, 40), (420, 600), at_s)


def _water(depth_cm: float) -> Bend:
    return lambda value, at_s: value + depth_cm * rise_and_fall((5, 80), (800, 1150), at_s)


def _slower(value: float, at_s: float) -> float:
    return value + (_QUEUE_KMH - value) * rise_and_fall((30, 90), (900, 1180), at_s)


def _fuller(value: float, at_s: float) -> float:
    return value + (72.0 - value) * rise_and_fall((30, 90), (900, 1180), at_s)


def _tell(fleet: list[SimulatedSensor]) -> Story | None:
    levels = sorted((sensor for sensor in fleet if sensor.kind == "underpass_level"), key=lambda sensor: sensor.id)
    gauges = [sensor for sensor in fleet if sensor.kind == "rain_gauge"]
    if not levels or not gauges:
        return None
    lowest = levels[0]
    beside = [sensor for sensor in fleet if sensor.site == lowest.site]
    bends: dict[tuple[str, str], Bend] = {(_nearest(gauges, lowest).id, "rain_intensity"): _rain}
    for share, level in zip(
        (1.0, 0.45), (sensor for sensor in beside if sensor.kind == "underpass_level"), strict=False
    ):
        bends[level.id, "water_level"] = _water(_DEPTH_CM * share)
    for detector in (sensor for sensor in beside if sensor.kind == "loop_detector"):
        bends[detector.id, "speed"] = _slower
        bends[detector.id, "occupancy"] = _fuller
    cameras = [sensor.id for sensor in beside if sensor.kind == "camera"]
    return Story(bends, _LASTS_S, tuple(CameraReport(70.0, camera, "road_water", 0.91) for camera in cameras))


def _nearest(gauges: list[SimulatedSensor], to: SimulatedSensor) -> SimulatedSensor:
    return min(gauges, key=lambda gauge: (gauge.longitude - to.longitude) ** 2 + (gauge.latitude - to.latitude) ** 2)


SCENARIO = Scenario("flood", {"zh": "暴雨下穿通道积水", "en": "Underpass flooding in a cloudburst"}, _tell)
