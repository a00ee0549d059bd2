"""A registry entry for a sensor that nobody registered, as far as what it sent tells one."""

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from city.clock import SECOND_NS
from city.level import Domain
from city.place import Place
from city.sensor import Sensor
from ingest.introduction import Introduction

#: Intervals that people set; a learned one within a fifth of such is that.
_USUAL_S = (
    1,
    2,
    5,
    10,
    15,
    20,
    30,
    60,
    120,
    180,
    300,
    600,
    900,
    1200,
    1800,
    3600,
    7200,
    10_800,
    21_600,
    43_200,
    86_400,
)
_TOLERANCE = 0.2
#: Gaps between messages from which an interval is told, at least: two may be chance.
_FEWEST_GAPS = 3
#: A sensor whose gaps differ more than this from their median, as a rule, speaks on change.
_STEADY = 0.5


class _Guise(NamedTuple):
    """What somebody is who sends one of these quantities."""

    domain: Domain
    kind: str
    quantities: frozenset[str]


def _guise(domain: Domain, kind: str, *quantities: str) -> _Guise:
    return _Guise(domain, kind, frozenset(quantities))


#: The more telling come first: a station of the air measures temperature too.
_GUISES = (
    _guise(Domain.TRAFFIC, "loop_detector", "flow", "occupancy", "vehicle_count", "headway_time", "gap_distance"),
    _guise(Domain.TRAFFIC, "queue_detector", "queue_length", "travel_time", "congestion_index"),
    _guise(Domain.TRAFFIC, "parking", "available_spots", "occupied_spots", "occupied"),
    _guise(Domain.TRAFFIC, "speed_detector", "speed", "max_speed", "min_speed", "vehicle_length"),
    _guise(Domain.TRAFFIC, "signal", "signal_fault"),
    _guise(Domain.VIDEO, "camera", "video_fps", "video_bitrate", "video_lost", "detection_fps", "process_fps",
           "object_count", "people_count", "people_in", "people_out", "people_in_total", "people_out_total",
           "crossing_count_total", "people_passed_total", "object_count_active"),
    _guise(Domain.ENVIRONMENT, "air_station", "pm25", "pm10", "pm1", "so2", "no2", "o3", "co", "air_quality_index"),
    _guise(Domain.ENVIRONMENT, "noise_meter", "noise_laeq", "noise_level", "noise_laf", "noise_las", "noise_lafmax"),
    _guise(Domain.ENVIRONMENT, "water_gauge", "water_level", "water_height", "stream_gauge", "water_table"),
    _guise(Domain.ENVIRONMENT, "water_station", "ph", "turbidity", "dissolved_oxygen", "cod", "ammonia_nitrogen"),
    _guise(Domain.ENVIRONMENT, "rain_gauge", "rain_intensity", "precipitation"),
    _guise(Domain.ENVIRONMENT, "weather_station", "wind_speed", "wind_gust", "wind_direction", "solar_radiation"),
    _guise(Domain.ENVIRONMENT, "soil_probe", "soil_moisture", "soil_temperature"),
    _guise(Domain.MACHINE_ROOM, "ups", "battery_runtime", "on_battery", "load", "input_voltage", "output_voltage"),
    _guise(Domain.MACHINE_ROOM, "crac", "supply_air_temperature", "cooling_power", "outlet_temperature"),
    _guise(Domain.MACHINE_ROOM, "pdu", "apparent_power", "power_factor", "power", "energy", "current"),
    _guise(Domain.MACHINE_ROOM, "server", "cpu_usage", "memory_usage", "disk_usage", "fan_speed", "uptime"),
    _guise(Domain.MACHINE_ROOM, "leak_rope", "water_leak"),
    _guise(Domain.MACHINE_ROOM, "smoke_detector", "smoke"),
    _guise(Domain.MACHINE_ROOM, "door_contact", "door_open"),
)  # fmt: skip
_ANYTHING = _guise(Domain.ENVIRONMENT, "sensor")
#: A sensor of a domain that the topic names, and whose quantities tell no more.
_PLAIN_KINDS = {Domain.VIDEO: "camera"}

_NATIVE_LEVELS = 4


def proposal(
    sensor: str, topic: str, quantities: Iterable[str], arrivals_ns: Sequence[int], told: Introduction
) -> Sensor:
    """Return the entry: the domain by a native topic, else by the quantities; what nothing tells is empty.

    `arrivals_ns` are the times at which its last messages came, in order.
    """
    names = tuple(dict.fromkeys(name.partition("/")[0] for name in quantities if "[" not in name))
    guise = _fitting(names)
    domain = _domain_of(topic)
    if domain is not None and domain is not guise.domain:
        guise = _Guise(domain, _PLAIN_KINDS.get(domain, _ANYTHING.kind), frozenset())
    return Sensor(
        id=sensor,
        name=told.name if told.name else sensor,
        domain=guise.domain,
        kind=guise.kind,
        place=_place(told),
        interval_s=interval(arrivals_ns),
        quantities=names,
    )


def interval(arrivals_ns: Sequence[int]) -> float | None:
    """Return the seconds that usually lie between two of these times; None for too few of them, or no usual one."""
    gaps = [(later - earlier) / SECOND_NS for earlier, later in pairwise(arrivals_ns)]
    gaps = [gap for gap in gaps if gap > 0]
    if len(gaps) < _FEWEST_GAPS:
        return None
    middle = median(gaps)
    if median(abs(gap - middle) for gap in gaps) > _STEADY * middle:
        return None
    usual = min(_USUAL_S, key=lambda seconds: abs(seconds - middle) / seconds)
    return float(usual) if abs(usual - middle) <= _TOLERANCE * usual else float(max(1, round(middle)))


def _fitting(names: Collection[str]) -> _Guise:
    return next((guise for guise in _GUISES if not guise.quantities.isdisjoint(names)), _ANYTHING)


def _domain_of(topic: str) -> Domain | None:
    levels = topic.split("/")
    if len(levels) != _NATIVE_LEVELS or levels[0] != "city":
        return None
    return next((domain for domain in Domain if domain == levels[1]), None)


def _place(told: Introduction) -> Place | None:
    if told.longitude is None or told.latitude is None:
        return None
    return Place(told.longitude, told.latitude)
