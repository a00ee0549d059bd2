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


class _Word(NamedTuple):
    """What a word is beside readings: of each set `least` quantities must be told; what it can amount to.

    Attributes:
        needs: a member that must be there, too.
    """

    known: Known
    company: tuple[frozenset[str], ...]
    least: int
    lowest: float
    highest: float
    needs: str = ""


#: A level of noise is never so low that it may be a flag, and a share of time is told by its letter and number.
_WORDS = {
    "noise": _Word(Known("noise_level"), (_OF_AIR,), 2, 20, 140),
    "sound": _Word(Known("noise_level"), (_OF_AIR,), 2, 20, 140),
    "do": _Word(Known("dissolved_oxygen"), (_OF_WATER,), 2, 0, 200),
    "flow": _Word(Known("water_flow"), (_OF_PIPES,), 1, 0, 1e6),
    "flowrate": _Word(Known("water_flow"), (_OF_PIPES,), 1, 0, 1e6),
    "load": _Word(Known("load"), (_OF_BATTERIES, _OF_MAINS), 1, 0, 150),
    "heading": _Word(Known("heading", "°"), (frozenset({"speed"}),), 1, 0, 360),
    "bearing": _Word(Known("heading", "°"), (frozenset({"speed"}),), 1, 0, 360),
    "floor": _Word(Known("elevator_floor", ""), (_OF_LIFTS,), 1, -20, 200, "direction"),
}
_WORDS |= {
    name: _Word(Known(f"noise_{name}", "dB(A)"), (_OF_LEVELS,), 1, 0, 140)
    for name in ("l5", "l10", "l50", "l90", "l95")
}


def of_company(folded: Mapping[str, Any], quantities: set[str]) -> Iterator[tuple[str, Known]]:
    """Yield the members that mean something beside the quantities that others tell, by their folded names."""
    for name in folded.keys() & _WORDS.keys():
        word = _WORDS[name]
        is_among = all(len(quantities & those) >= word.least for those in word.company)
        if is_among and (not word.needs or word.needs in folded) and _is_within(word, folded[name]):
            yield name, word.known


def _is_within(word: _Word, value: object) -> bool:
    parsed = number_with_unit(value, at="$") if not isinstance(value, bool) else None
    return parsed is not None and word.lowest <= parsed[0] <= word.highest
