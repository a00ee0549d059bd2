"""The units of SenML's registry (RFC 8428 §12.1, RFC 8798): what they tell, in our words."""

from city.catalogue import default_catalogue
from ingest.decoders.unit_quantities import BY_UNIT

#: Units that tell the quantity, beyond those that tell it anywhere.
_TELLING = {
    "m/s2": ("acceleration", "m/s²"),
    "g": ("mass", "g"),
    "cm": ("distance", "cm"),
    "km": ("distance", "km"),
    "ms": ("duration", "ms"),
    "min": ("duration", "min"),
    "h": ("duration", "h"),
    "MHz": ("frequency", "MHz"),
    "J": ("energy", "J"),
    "MJ": ("energy", "MJ"),
    "mm/h": ("rain_intensity", "mm/h"),
    "S/m": ("conductivity", "S/m"),
    "/100": ("ratio", "%"),
}
#: Units that leave the quantity to the record's name, and how we write them.
_SPELLED = {
    "m2": "m²", "m3": "m³", "l": "L", "deg": "°", "Ohm": "Ω", "ug/m3": "µg/m³", "kg/m3": "kg/m³", "/1000": "‰",
    "cd/m2": "cd/m²", "W/m2/nm": "W/m²/nm",
}  # fmt: skip
#: What a bare share is called where its name says nothing.
_SHARE = "ratio"


def meaning(unit: str | None, name: str) -> tuple[str, str | None]:
    """Return quantity and unit of a record; `name` is the last part of its own.

    A share (`%`, `/`) is what its name says where the catalogue knows that.
    """
    if unit is None:
        return name, None
    told = BY_UNIT.get(unit) or _TELLING.get(unit)
    if told is None:
        return name, _SPELLED.get(unit, unit)
    if told[0] == _SHARE:
        known = default_catalogue().find(name)
        return (name, told[1]) if known is not None and known.unit == "%" else told
    return told
