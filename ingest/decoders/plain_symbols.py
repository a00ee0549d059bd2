"""Symbols that stand for quantities where they stand together: `Ua`, `Ib` and `PF` of a meter, spaces of a car park."""

import re
from collections.abc import Mapping
from functools import lru_cache

from ingest.decoders.known import Known

_SYMBOL = re.compile(
    r"(?P<upper>U|V|I|P|Q|S|PF|F)_?(?P<which>a|b|c|ab|bc|ca|[ABC]N?|AB|BC|CA|[123nN]|L[123]N?|[RYB]N?|RY|YB|BR|AC[123]?|DC[12]?)?"
    r"|(?P<lower>u|i|p|q|pf)_?(?P<of>a|b|c|ab|bc|ca|[123])|(?P<factor>pf)"
    r"|(?P<phased>v|u|i|p|q|s|pf)(?P<line>[RSTYB]|RS|ST|RT|TR|RY|YB|BR)"
)
_QUANTITIES = {
    "U": "voltage", "V": "voltage", "I": "current", "P": "power", "Q": "reactive_power", "S": "apparent_power",
    "PF": "power_factor", "F": "frequency",
}  # fmt: skip
#: Of a circuit at least a voltage and a current are told, and a third value: `u` and `v` are those of a vector, too.
_LEAST, _LONGEST = 3, 8
#: The letters of one circuit, which are that where the power is what the others make of it.
_LETTERS = {"v": "voltage", "u": "voltage", "i": "current", "p": "power", "s": "apparent_power", "pf": "power_factor"}
_OFF_BY, _MOST = 0.05, 1e9
#: Elements of SL 651-2014, as converters of its frames name them, and columns of SL 323-2011, both of which fix the
#: units; two of them are anybody's, unless a station and a time stand beside as in the tables of the latter.
_ELEMENTS = {
    "Z": Known("water_level", "m"), "Q": Known("water_discharge", "m³/s"), "PJ": Known("precipitation", "mm"),
    "PT": Known("precipitation_total", "mm"), "PD": Known("precipitation_today", "mm"), "VT": Known("voltage", "V"),
    "DRP": Known("precipitation", "mm"), "DYP": Known("precipitation_today", "mm"),
}  # fmt: skip
_OF_RAIN, _OF_TABLES = frozenset({"PJ", "PT", "PD"}), ({"STCD", "TM"}, {"stcd", "tm"})
#: Members of a car park's count, where `occupied` is no state; `free` alone is a memory's.
_MAY_TAKE = re.compile("occupied|taken", re.IGNORECASE)
_TAKEN, _LEFT = ("occupied", "occupiedspaces", "taken"), ("available", "free", "vacant", "freespaces")


def of_symbols(members: Mapping[str, object]) -> dict[str, Known]:
    """Return what members mean that are symbols of one circuit, or counts of one car park; mostly nothing."""
    said = (
        {key: known for key in members if len(key) <= _LONGEST and (known := _symbol(key)) is not None}
        if len(members) >= _LEAST
        else {}
    )
    for alone, beside in (("Pa", "Pb"), ("pa", "pb")):  # of all three phases to some, and a pressure to others
        if beside not in said:
            said.pop(alone, None)
    if any(key.startswith("U") for key in said) and "VA" in said:  # who writes U for voltages means volt-amperes
        said["VA"] = Known("apparent_power", "VA")
    quantities = {known.quantity for known in said.values()}
    if len(said) >= _LEAST and {"voltage", "current"} <= quantities:
        return said
    if _is_circuit(members):
        return {key: Known(name, "" if key == "pf" else None) for key, name in _LETTERS.items() if key in members}
    if any(columns <= members.keys() for columns in _OF_TABLES):
        return {key: _ELEMENTS[key.upper()] for key in members if key.upper() in _ELEMENTS}
    elements = {key: _ELEMENTS[key] for key in members if key in _ELEMENTS}
    if len(elements) >= _LEAST and "VT" in elements and not _OF_RAIN.isdisjoint(elements):
        return elements
    return _of_spaces(members)


@lru_cache(maxsize=4096)
def _symbol(key: str) -> Known | None:
    found = _SYMBOL.fullmatch(key)
    if found is None:
        return None
    symbol = (found["upper"] or found["lower"] or found["factor"] or found["phased"]).upper()
    return Known(
        _QUANTITIES[symbol], "" if symbol == "PF" else None, found["which"] or found["of"] or found["line"] or ""
    )


def _is_circuit(members: Mapping[str, object]) -> bool:
    voltage = members.get("v", members.get("u"))
    values = (voltage, members.get("i"), members.get("p"), members.get("pf"))
    amounts = [float(one) for one in values if isinstance(one, int | float) and _is_amount(one)]
    if len(amounts) < len(values):
        return False
    volts, amperes, watts, factor = amounts
    return watts != 0 and abs(abs(volts * amperes * factor) - abs(watts)) <= _OFF_BY * abs(watts)


def _is_amount(value: float) -> bool:
    return not isinstance(value, bool) and abs(value) < _MOST


def _of_spaces(members: Mapping[str, object]) -> dict[str, Known]:
    if not _MAY_TAKE.search(" ".join(members)):
        return {}
    folded = {key.replace("_", "").lower(): key for key in members}
    taken = next((folded[key] for key in _TAKEN if key in folded and _is_count(members[folded[key]])), None)
    left = next((folded[key] for key in _LEFT if key in folded and _is_count(members[folded[key]])), None)
    if taken is None or left is None:
        return {}
    return {taken: Known("occupied_spots", ""), left: Known("available_spots", "")}


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
