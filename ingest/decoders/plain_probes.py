"""Members that name what they are of before the quantity: `boiler_temperature`, `oil_pressure_kpa`, `集水井液位`."""

import re
from functools import lru_cache

from ingest.decoders.known import Known
from ingest.decoders.plain_shapes import NO_VALUE
from ingest.decoders.plain_words import meaning

_BETWEEN = re.compile(r"[_\-. ]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
#: Which of several, beside a thing's name.
_SIDES = frozenset(
    {
        "upper", "lower", "left", "right", "front", "rear", "inner", "outer", "north", "south", "east", "west", "main",
        "aux", "primary", "secondary", "in", "out", "inlet", "outlet", "supply", "return", "hot", "cold", "a", "b", "c",
    }
)  # fmt: skip
#: What has a temperature or a humidity that somebody measures: machines, their liquids, rooms, stores, ground.
_WARM = frozenset(
    {
        "boiler", "tank", "motor", "engine", "oil", "coolant", "radiator", "pump", "compressor", "condenser",
        "evaporator", "exhaust", "intake", "flue", "chimney", "stove", "oven", "kiln", "furnace", "burner", "fridge",
        "refrigerator", "freezer", "cooler", "chiller", "heater", "hotwater", "dhw", "brine", "glycol", "supplyline",
        "returnline", "flowline", "pipe", "collector", "panel", "module", "inverter", "heatsink", "controller",
        "transformer", "winding", "bearing", "gearbox", "hydraulic", "cabinet", "box", "enclosure", "casing", "rack",
        "server", "room", "hall", "office", "kitchen", "bathroom", "bedroom", "cellar", "basement", "attic", "garage",
        "garden", "greenhouse", "roof", "wall", "ceiling", "corridor", "lobby", "tunnel", "warehouse", "storage",
        "store", "lab", "workshop", "stable", "barn", "pool", "pond", "river", "lake", "well", "reservoir", "cistern",
        "sump", "manhole", "sewer", "pack", "core", "cpu", "gpu", "pcb", "mosfet", "esp", "disk", "hdd", "ssd", "nvme",
        "psu", "aisle", "steam", "suction", "chw", "cw", "leaf", "canopy", "hive", "brood", "compost", "incubator",
        "fermenter", "vaccine", "container", "cabin", "busbar", "switchgear", "breaker", "feeder", "hydrant", "tower",
        "ahu", "duct", "coil", "mixed", "inv", "nacelle", "gun", "connector", "plug", "cable",
        "generator", "stator", "rotor",
    }
)  # fmt: skip
_DRIVEN = frozenset(
    {
        "motor", "pump", "fan", "compressor", "heater", "lamp", "led", "panel", "module", "generator", "alternator",
        "rectifier", "feeder", "breaker", "busbar", "transformer", "blower", "mixer", "valve", "actuator", "starter",
    }
)  # fmt: skip
_PRESSED = frozenset(
    {
        "oil", "fuel", "tank", "pump", "pipe", "hydraulic", "boiler", "system", "suction", "steam", "gas", "compressor",
        "line", "filter", "hydrant", "network", "well", "sprinkler", "duct", "brine", "pipeline",
    }
)  # fmt: skip
_THINGS = {
    "temperature": _WARM,
    "humidity": _WARM,
    "voltage": _DRIVEN,
    "current": _DRIVEN,
    "pressure": _PRESSED,
    "frequency": _DRIVEN,
}
#: With its unit, power: bare it is as often a switch.
_THINGS["power"] = _DRIVEN
#: A unit written out, behind the space and the name that a monitoring program has for what measures (Prometheus' base
#: units); and names of what nobody measured.
_WRITTEN_OUT = re.compile(r"([a-z0-9]+_[a-z0-9_]{2,50})_(celsius|volts|amperes|watts)", re.ASCII)
_UNITS = {
    "celsius": ("temperature", "°C"),
    "volts": ("voltage", "V"),
    "amperes": ("current", "A"),
    "watts": ("power", "W"),
}
_UNMEASURED = re.compile(
    NO_VALUE.pattern + r"|crit|hyst|high|low|over|under|set|cutoff|shutdown|trip|fault|diff|rise|avg|mean|colou?r|feels"
    r"|apparent|perceived|dew|wet|chill|index|humidex|sum$|count$|total$|capacity|bucket|peak|emergency|throttl|safe|fuse"
    r"|(?:^|_)(?:on|off|start|stop|full|empty|float|bulk|absorption|eco|day|night|frost|away|boost|sp|heating|cooling)(?:_|$)"
)
_MOST, _LONGEST = 3, 60
#: A point's name in Chinese, which ends with what is measured there; and what makes a wish or a limit of it.
_POINT = re.compile(r"(.{1,24}?)(温度|湿度|液位|水位|压力|电压|电流)")
_WISHED = re.compile(
    r"设定|设置|目标|给定|上限|下限|阈值|报警|告警|额定|最[大小高低]|平均|露点|体感|湿球|人体|体表|额|差|漏|剩余|零序|故障|预测|历史|昨"
    r"|允许|过|欠|[高低]$|启动|停止|切换|保护|恢复|开启|关闭|补偿|校准|浮充|均充"
)


def of_probe(word: str) -> tuple[Known, bool] | None:
    """Return what a word means behind the name of a thing, which is its label; None for another word."""
    return _of_probe(word) if len(word) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _of_probe(word: str) -> tuple[Known, bool] | None:
    if not word.isascii():
        return _chinese(word)
    around, _, word = word.rpartition("/")  # a point's path: `Plant/Boiler1/SteamPressure`
    parts = [part for part in _BETWEEN.split(word) if part]
    for place in range(1, min(len(parts), _MOST + 1)):
        found = meaning("_".join(parts[place:]))
        if found is not None:
            head = parts[:place]
            label = "_".join([*head, found[0].label] if found[0].label else head)
            label = f"{around}/{label}" if around else label
            if _is_thing(head, found[0].quantity) and (found[0].quantity != "power" or found[0].unit):
                return found[0]._replace(label=label), True
            break
    return _written_out(word) if not around else None


def _written_out(word: str) -> tuple[Known, bool] | None:
    """Return what a metric is that has its unit written out behind its name: `node_hwmon_temp_celsius`."""
    found = _WRITTEN_OUT.fullmatch(word)
    if found is None or _UNMEASURED.search(found[1]):
        return None
    quantity, unit = _UNITS[found[2]]
    return Known(quantity, unit, found[1]), True


def _chinese(word: str) -> tuple[Known, bool] | None:
    point = _POINT.fullmatch(word.strip())
    said = meaning(point[2]) if point is not None and not _WISHED.search(point[1]) else None
    return (said[0]._replace(label=point[1]), said[1]) if point is not None and said is not None else None


def _is_thing(head: list[str], quantity: str) -> bool:
    words = [bare for part in head if (bare := part.lower().rstrip("0123456789"))]
    things = _THINGS.get(quantity, frozenset())
    return any(one in things for one in words) and all(one in things or one in _SIDES for one in words)
