"""Words that mean too much alone, and one thing beside others: `noise` of an air station, `load` of a UPS, `L90`."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ingest.decoders.known import Known
from ingest.decoders.values import number_with_unit

_OF_AIR = frozenset(
    {
        "temperature", "humidity", "pm25", "pm10", "pm1", "tsp", "co2", "tvoc", "wind_speed", "wind_direction",
        "atmospheric_pressure", "no2", "so2", "o3", "co", "illuminance", "dew_point",
    }
)  # fmt: skip
_OF_WATER = frozenset({"ph", "redox_potential", "turbidity", "conductivity", "dissolved_solids", "water_temperature"})
_OF_PIPES = _OF_WATER | {"water_level", "water_volume"}
_OF_BATTERIES = frozenset({"battery_level", "battery_runtime", "battery_voltage"})
_OF_MAINS = frozenset({"input_voltage", "output_voltage", "voltage", "battery_runtime"})
_OF_LEVELS = frozenset({"noise_laeq", "noise_lafmax", "noise_lamax", "noise_lamin"})
_OF_LIFTS = frozenset({"door_open", "load", "people_count"})
_OF_POLLUTION = _OF_WATER | {"dissolved_oxygen", "ammonia_nitrogen"}
#: Members of who tells where it is: else a `direction` is a lift's, and an `angle` anything's.
_PLACED, _FOUND = frozenset({"latitude", "lat"}), frozenset({"satellites", "sats"})


class _Word(NamedTuple):
    """What a word is beside readings: of each set `least` quantities must be told; what it can amount to.

    Attributes:
        needs: members of which one must be there, too.
    """

    known: Known
    company: tuple[frozenset[str], ...]
    least: int
    lowest: float
    highest: float
    needs: frozenset[str] = frozenset()


#: A level of noise is never so low that it may be a flag, and a share of time is told by its letter and number.
_WORDS = {
    "noise": _Word(Known("noise_level"), (_OF_AIR,), 2, 20, 140),
    "sound": _Word(Known("noise_level"), (_OF_AIR,), 2, 20, 140),
    "do": _Word(Known("dissolved_oxygen"), (_OF_WATER,), 2, 0, 200),
    "flow": _Word(Known("water_flow"), (_OF_PIPES,), 1, 0, 1e6),
    "flowrate": _Word(Known("water_flow"), (_OF_PIPES,), 1, 0, 1e6),
    "load": _Word(Known("load"), (_OF_BATTERIES, _OF_MAINS), 1, 0, 150),
    "floor": _Word(Known("elevator_floor", ""), (_OF_LIFTS,), 1, -20, 200, frozenset({"direction"})),
    "tmp": _Word(Known("temperature"), (frozenset({"humidity"}),), 1, -60, 90),
}
_WORDS |= {
    name: _Word(Known(f"noise_{name}", "dB(A)"), (_OF_LEVELS,), 1, 0, 140)
    for name in ("l5", "l10", "l50", "l90", "l95")
}


_WORDS |= {
    name: _Word(Known("heading", "°"), (frozenset({"speed"}),), 1, 0, 360, needs)
    for needs, names in (
        (frozenset[str](), ("heading", "bearing", "headingdeg", "bearingdeg")),
        (_PLACED, ("direction", "course", "coursedeg", "azimuth")),
        (_FOUND, ("angle",)),
    )
    for name in names
}
_WORDS |= {
    name: _Word(Known(quantity), (_OF_POLLUTION,), 2, 0, 1e5)
    for name, quantity in (
        ("cod", "cod"), ("codcr", "cod"), ("codmn", "permanganate_index"), ("tp", "total_phosphorus"),
        ("tn", "total_nitrogen"),
    )
}  # fmt: skip

#: An inverter's members as those of several makers are called, of which several stand together or none is one of these.
_OF_INVERTERS = {
    f"{letter}{where}{number}": Known(quantity, None, f"{where}{number}")
    for letter, quantity in (("u", "voltage"), ("v", "voltage"), ("i", "current"), ("f", "frequency"), ("p", "power"))
    for where in ("ac", "pv", "dc")
    for number in ("", *"1234")
    if (letter, where) != ("f", "pv")
} | {
    f"{letter}{where}": Known(quantity, None, where)
    for letter, quantity in (("u", "voltage"), ("v", "voltage"), ("i", "current"), ("p", "power"))
    for where in ("grid", "load", "akku", "bat", "batt")
} | {
    "pac": Known("power", None, "ac"), "fac": Known("frequency", None, "ac"), "ppv": Known("power", None, "pv"),
    "eday": Known("energy_today"), "etoday": Known("energy_today"), "etotal": Known("energy"),
}  # fmt: skip
_LEAST_OF_INVERTERS = 3

#: What opens, by the id that it has; what such a thing's `status` says is whether it is open.
_OPENS = frozenset({"doorid", "gateid", "hatchid", "lidid", "coverid", "manholeid"})
_OPENED = frozenset({"open", "opened", "closed"})


def of_company(folded: Mapping[str, Any], quantities: set[str]) -> Iterator[tuple[str, Known]]:
    """Yield the members that mean something beside the quantities that others tell, by their folded names."""
    for name in folded.keys() & _WORDS.keys():
        word = _WORDS[name]
        is_among = all(len(quantities & those) >= word.least for those in word.company)
        if is_among and (not word.needs or not word.needs.isdisjoint(folded)) and _is_within(word, folded[name]):
            yield name, word.known
    if not _OPENS.isdisjoint(folded):
        told = (name for name in ("status", "state") if str(folded.get(name)).strip().lower() in _OPENED)
        yield from ((name, Known("door_open", "")) for name in told)
    inverters = folded.keys() & _OF_INVERTERS.keys()
    if len(inverters) >= _LEAST_OF_INVERTERS:
        yield from ((name, _OF_INVERTERS[name]) for name in inverters if _is_number(folded[name]))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def _is_within(word: _Word, value: object) -> bool:
    parsed = number_with_unit(value, at="$") if not isinstance(value, bool) else None
    return parsed is not None and word.lowest <= parsed[0] <= word.highest
