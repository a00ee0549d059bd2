"""Where a stranger's message says the unit of a value: in its text, beside it, in a member of its record."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from city.errors import UndecodableMessage
from city.units import is_known
from ingest.decoders.known import Known
from ingest.decoders.plain_scope import fold
from ingest.decoders.plain_shapes import NO_VALUE, TELLING
from ingest.decoders.plain_words import is_of, unit_of, with_unit
from ingest.decoders.unit_quantities import BY_UNIT
from ingest.decoders.values import number_with_unit

UNITS = (
    "unit",
    "u",
    "units",
    "uom",
    "unitofmeasurement",
    "unitofmeasure",
    "engunit",
    "unitcode",
    "unidad",
    "unidade",
    "unite",
    "einheit",
    "eenheid",
    "unita",
    "单位",
)

_MONEY = re.compile(r"(?:^|[^A-Za-z])(?:EUR|USD|CNY|RMB|GBP|JPY|KRW|CHF|ct)(?:$|[^A-Za-z])|[€$£¥￥元]")

_ANY_UNIT = frozenset(UNITS)
#: What begins the name of what was asked for.
_ASKED = re.compile(r"^(?:set|sp$|want|goal)|cutoff|trip|crit|high|low|price|cost|tariff|rate|capacity")
#: Members in which some write the unit where others write a remark.
_REMARKS = ("description", "label")


def is_money(unit: str) -> bool:
    """Return whether a unit is of a price, be it of a kilowatt-hour."""
    return _MONEY.search(unit) is not None


def with_written(key: str, value: object) -> tuple[Known, bool] | None:
    """Return what a word means of which only the unit says it, where the value carries one: `"83.20W"`."""
    try:
        written = number_with_unit(value, at="$") if isinstance(value, str) else None
    except UndecodableMessage:  # an id like `1E554` is a number that no float holds, and no value
        return None
    return with_unit(key, written[1]) if written is not None and written[1] is not None else None


def of_record(folded: Mapping[str, Any], word: str) -> str | None:
    """Return a record's unit: of a member for it, else of a label that is nothing but one."""
    told = next(
        (one for key in (*UNITS, f"{fold(word)}unit", "tempunit") if isinstance(one := folded.get(key), str)), None
    )
    if told is None:
        told = next((unit for key in _REMARKS if (unit := _only_a_unit(folded, key))), None)
    if told == "C":  # of nothing that a city measures coulombs are told
        return "°C"
    return unit_of(told) if told is not None and told not in BY_UNIT else told


def _only_a_unit(folded: Mapping[str, Any], key: str) -> str | None:
    """Return a remark that is nothing but a unit; a label is one only where the member for units holds a number."""
    said = folded.get(key)
    if not isinstance(said, str) or (key == "label" and not any(unit in folded for unit in UNITS)):
        return None
    unit = unit_of(unescape(said))
    return unit if unit and is_known(unit) else None


def by_units(body: Mapping[str, Any], folded: Mapping[str, Any]) -> Iterator[tuple[str, Known]]:
    """Yield the members of which another one tells a unit that stands for one quantity: `u1` beside `u1unit`."""
    if "unit" not in " ".join(folded):
        return
    for key in body:
        name = fold(key)
        unit = folded.get(f"{name}unit")
        if isinstance(unit, str) and unit in TELLING and not NO_VALUE.search(name) and not _ASKED.search(name):
            yield key, Known(BY_UNIT[unit][0], None, key)


def of_only(found: Mapping[str, tuple[Known, bool]], folded: Mapping[str, Any]) -> str:
    """Return the one word of several that a body's `unit` may be of; empty where it is of none, or of more."""
    units = UNITS if not _ANY_UNIT.isdisjoint(folded) else ()
    told = next((unit_of(one) for name in units if isinstance(one := folded.get(name), str)), None)
    if told is None or not is_known(told):
        return next(iter(found)) if len(found) == 1 else ""
    fitting = [key for key, (known, _) in found.items() if known.unit is None and is_of(known.quantity, told)]
    if not fitting and sum(isinstance(one, int | float) for one in folded.values()) == len(found) == 1:
        return next(iter(found))  # no other number that the unit may be of
    return fitting[0] if len(fitting) == 1 else ""


def beside(key: str, folded: Mapping[str, Any], *, alone: bool) -> object:
    """Return the unit that another member tells of this one: `temperature_unit`, `units`, or `unit` of the only one."""
    told = folded.get(f"{fold(key)}unit")
    units = folded.get("units")
    if told is None and isinstance(units, dict):
        told = units.get(key)
    if told is None and alone:
        told = next((folded[name] for name in UNITS if isinstance(folded.get(name), str)), None)
    return told
