"""Units as devices spell them, and the straight line from one to another; what cannot be converted says so."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import pint

#: Units that pint lacks, or would confuse: a count, a bearing, a byte is no ratio, and a noise level or an
#: apparent power must never become anything else.
_DEFINITIONS = (
    "item = [item]",
    "sound_level = [sound_level]",
    "digital_level = [digital_level]",
    "power_level = [power_level]",
    "apparent_va = [apparent_power]",
    "apparent_kva = 1000 * apparent_va",
    "reactive_var = [reactive_power]",
    "reactive_kvar = 1000 * reactive_var",
    "part_per_billion = 1e-9",
    "arc_degree = [arc]",
    "arc_radian = 57.29577951308232 * arc_degree",
    "turn_per_minute = [turning]",
    "acidity = [acidity]",
    "turbidity_unit = [turbidity]",
    "data_bit = [data]",
    "link_quality_indicator = [link_quality]",
    "data_byte = 8 * data_bit",
)

#: The devices' spellings, exact: UN/CEFACT Recommendation 20 codes (NGSI-LD), SenML (RFC 8428 §12.1), and what
#: vendors print. Values are pint expressions.
_SPELLINGS = {
    "": "item",
    # temperature
    "°C": "degC", "℃": "degC", "Cel": "degC", "CEL": "degC", "ºC": "degC",
    "°F": "degF", "℉": "degF", "FAH": "degF", "ºF": "degF", "KEL": "kelvin", "K": "kelvin",
    # ratios
    "1": "dimensionless", "/": "dimensionless", "fraction": "dimensionless", "ratio": "dimensionless",
    "%": "percent", "P1": "percent", "%RH": "percent", "%EL": "percent", "％": "percent", "pct": "percent",
    "‰": "permille", "ppm": "ppm", "59": "ppm", "ppb": "part_per_billion", "61": "part_per_billion",
    # counts
    "veh": "item", "C62": "item", "H87": "item", "count": "item", "pcs": "item", "persons": "item", "people": "item",
    "1/h": "item/hour", "1/min": "item/minute", "1/s": "item/second", "fps": "item/second", "FPS": "item/second",
    # length and volume
    "MTR": "m", "DMT": "dm", "CMT": "cm", "MMT": "mm", "KMT": "km", "KTM": "km", "FOT": "ft", "INH": "inch",
    "LTR": "L", "MTQ": "m**3", "MTK": "m**2", "MQS": "m**3/s", "MQH": "m**3/hour", "L2": "L/minute",
    # speed and time
    "KMH": "km/hour", "kmh": "km/hour", "kph": "km/hour", "MTS": "m/s", "KNT": "knot", "kn": "knot", "kt": "knot",
    "HM": "mile/hour", "mph": "mile/hour", "SEC": "s", "MIN": "minute", "min": "minute", "HUR": "hour", "h": "hour",
    "DAY": "day", "C26": "ms", "HTZ": "Hz", "RPM": "turn_per_minute",
    "rpm": "turn_per_minute", "H67": "mm/hour",
    # concentration
    "GQ": "ug/m**3", "GP": "mg/m**3", "ug/m3": "ug/m**3", "mg/m3": "mg/m**3", "M1": "mg/L", "23": "g/cm**3",
    "lqi": "link_quality_indicator",
    "pH": "acidity", "NTU": "turbidity_unit", "FNU": "turbidity_unit",
    # pressure
    "PAL": "Pa", "A97": "hPa", "HPA": "hPa", "KPA": "kPa", "BAR": "bar", "MBR": "mbar", "HN": "mmHg", "mmHg": "mmHg",
    # electricity and energy
    "VLT": "V", "2Z": "mV", "AMP": "A", "4K": "mA", "WTT": "W", "KWT": "kW", "MAW": "MW", "WHR": "Wh", "KWH": "kWh",
    "MWH": "MWh", "JOU": "J", "VA": "apparent_va", "D46": "apparent_va", "kVA": "apparent_kva",
    "KVA": "apparent_kva", "var": "reactive_var", "D44": "reactive_var", "kvar": "reactive_kvar",
    "KVR": "reactive_kvar",
    # levels on a logarithm
    "dB(A)": "sound_level", "dBA": "sound_level", "2N": "sound_level", "dB": "sound_level", "dB SPL": "sound_level",
    "dB(C)": "sound_level", "dBFS": "digital_level", "dBm": "power_level",
    # light, radiation, angle
    "LUX": "lux", "lx": "lux", "Lux": "lux", "D54": "W/m**2", "uSv/h": "uSv/hour", "µSv/h": "uSv/hour",
    "µmol/m²/s": "umol/m**2/s", "W.h": "Wh", "kW.h": "kWh",
    "DD": "arc_degree", "°": "arc_degree", "deg": "arc_degree", "rad": "arc_radian", "C81": "arc_radian",
    # data
    "AD": "data_byte", "B": "data_byte", "kB": "kilodata_byte", "KB": "kilodata_byte", "4L": "megadata_byte",
    "MB": "megadata_byte", "E34": "gigadata_byte", "GB": "gigadata_byte", "TB": "teradata_byte",
    "bit/s": "data_bit/s", "bps": "data_bit/s", "kbit/s": "kilodata_bit/s", "kbps": "kilodata_bit/s",
    "Mbit/s": "megadata_bit/s", "Mbps": "megadata_bit/s", "B/s": "data_byte/s", "MB/s": "megadata_byte/s",
}  # fmt: skip

#: Words that devices write out, whatever their case.
_WORDS = {
    "celsius": "degC", "degrees celsius": "degC", "degc": "degC", "deg c": "degC", "centigrade": "degC",
    "fahrenheit": "degF", "degrees fahrenheit": "degF", "degf": "degF", "deg f": "degF", "percent": "percent",
    "volts": "V", "volt": "V", "amps": "A", "amp": "A", "amperes": "A", "watts": "W", "watt": "W", "lux": "lux",
    "vehicle": "item", "vehicles": "item", "items": "item", "degrees": "arc_degree", "seconds": "s",
    "minutes": "minute", "hours": "hour", "hertz": "Hz", "millivolts": "mV", "bool": "item", "boolean": "item",
    "decibel": "sound_level",
}  # fmt: skip

#: Letters that mean a temperature only where a temperature is wanted: SenML's `C` is a coulomb, its `F` a farad.
_TEMPERATURE_LETTERS = {"C": "degC", "F": "degF"}
_TEMPERATURES = frozenset({"degC", "degF", "kelvin"})

#: One atom of a compound unit: letters and a small power. Bounded, since pint parses it and devices write it.
_ATOM = re.compile(r"([A-Za-zµμΩ°%]{1,16})(?:\^|\*\*)?([-⁻]?[123¹²³])?")
_SUPERSCRIPTS = str.maketrans("¹²³⁻", "123-")
_MAX_LENGTH, _MAX_ATOMS = 32, 4


class Conversion(NamedTuple):
    """The line `value * factor + offset` from one unit to another."""

    factor: float
    offset: float

    def apply(self, value: float) -> float:
        """Return `value` in the other unit."""
        return value * self.factor + self.offset


@dataclass(frozen=True, slots=True)
class NoConversion:
    """Why there is no line between two units: one is `unknown`, or their dimensions are `different`."""

    source: str
    target: str
    reason: str


IDENTITY = Conversion(1.0, 0.0)


def conversion(source: str, target: str) -> Conversion | NoConversion:
    """Return how a value in `source` becomes one in `target`, or why it cannot."""
    if len(source) > _MAX_LENGTH or len(target) > _MAX_LENGTH:  # nothing that a sender makes long is remembered
        return NoConversion(source, target, "unknown")
    return _conversion(source, target)


@lru_cache(maxsize=4096)
def _conversion(source: str, target: str) -> Conversion | NoConversion:
    if source == target:
        return IDENTITY
    wanted = _expression(target)
    given = _TEMPERATURE_LETTERS.get(source) if wanted in _TEMPERATURES else None
    given = given if given is not None else _expression(source)
    if wanted is None or given is None:
        return NoConversion(source, target, "unknown")
    if {given, wanted} == {"item", "dimensionless"}:  # "one" of something: a bare number either way
        return IDENTITY
    return _line(given, wanted) or NoConversion(source, target, "different")


def is_known(unit: str) -> bool:
    """Return whether `unit` is one that can be converted at all."""
    return len(unit) <= _MAX_LENGTH and _expression(unit) is not None


def _line(given: str, wanted: str) -> Conversion | None:
    registry = _registry()
    try:
        points = [registry.Quantity(x, given).to(wanted).magnitude for x in (0.0, 1.0, 1000.0)]
    except (pint.PintError, ArithmeticError):
        return None
    zero, one, thousand = points
    factor = float(f"{(thousand - zero) / 1000.0:.14g}")  # floating point makes 999.9999999999999 of 1000
    is_straight = abs(one - zero - factor) <= abs(factor) * 1e-6  # a logarithm is not
    return Conversion(factor, float(f"{zero:.14g}")) if is_straight else None


@lru_cache(maxsize=4096)
def _expression(unit: str) -> str | None:
    """Return the pint expression of a device's spelling; None for one that nobody knows."""
    known = _SPELLINGS.get(unit)
    if known is None:
        known = _WORDS.get(unit.strip().lower())
    return known if known is not None else _compound(unit)


def _compound(unit: str) -> str | None:
    if len(unit) > _MAX_LENGTH:
        return None
    over = [_product(part) for part in unit.split("/")]
    if len(over) > 2 or not all(over):
        return None
    expression = "/".join(f"({part})" for part in over)
    try:
        _registry().parse_units(expression)
    except (pint.PintError, ValueError, TypeError, AttributeError):
        return None
    return expression


def _product(text: str) -> str | None:
    atoms = re.split(r"[·⋅*. ]", text)  # a middle dot, and the dot operator that LoRaWAN codecs write
    found = [_atom(atom) for atom in atoms]
    return "*".join(atom for atom in found if atom) if len(found) <= _MAX_ATOMS and all(found) else None


def _atom(text: str) -> str | None:
    matched = _ATOM.fullmatch(text)
    if matched is None:
        return None
    name, power = matched.group(1), matched.group(2)
    base = _SPELLINGS.get(name)
    base = base if base is not None else name.replace("μ", "µ")
    return f"({base})**({power.translate(_SUPERSCRIPTS)})" if power else f"({base})"


@cache
def _registry() -> "pint.UnitRegistry[float]":
    registry: pint.UnitRegistry[float] = pint.UnitRegistry()
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry
