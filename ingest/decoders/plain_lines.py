"""Several values under one word: of a circuit's lines, of places, the sum of them, what came in and what went out."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.decoders.known import Known
from ingest.decoders.plain_scope import fold, joined
from ingest.decoders.plain_words import is_place

#: Two conductors between which is measured, or all of them.
_OF_LINES = re.compile(r"line_?(?:ab|bc|ca)|l[123]_?l[123]|total", re.IGNORECASE)
#: Quantities whose `total` is of all lines now, and not since some day; of energy it is that of its register.
_SUMMED = frozenset({"power", "current", "energy", "apparent_power", "reactive_power", "power_factor"})
_ELECTRIC = _SUMMED | {"voltage", "frequency", "battery_level", "battery_voltage"}
#: Members that hold what is now.
_NOW = frozenset({"current", "now", "latest", "present"})
_SUMS, _WAYS = frozenset({"total", "sum"}), {"import": "energy", "imported": "energy", "export": "energy_returned"}
_WAYS |= {"exported": "energy_returned"}


def is_of_lines(inner: Mapping[str, Any]) -> bool:
    """Return whether members are the phases or lines of a circuit."""
    return bool(inner) and all(is_place(str(name)) or _OF_LINES.fullmatch(str(name)) for name in inner)


def is_summed(quantity: str, inner: Mapping[str, Any]) -> bool:
    """Return whether members are a circuit's sum, or an energy's two ways, perhaps with its lines."""
    names = {fold(name) for name in inner} - {"unit"}
    ways = _WAYS.keys() if quantity == "energy" else frozenset[str]()
    return (
        quantity in _SUMMED
        and bool(names & (_SUMS | ways))
        and all(name in _SUMS or name in ways or is_place(name) for name in names)
    )


def now_of(quantity: str, inner: Mapping[str, Any]) -> str:
    """Return the member that tells what is now, beside what was: `{"current": 34, "max": 41}`; empty for none."""
    if quantity in _ELECTRIC:  # whose `current` is in amperes
        return ""
    return next((name for name, one in inner.items() if fold(name) in _NOW and _is_number(one)), "")


def spread(known: Known, value: Mapping[str, Any]) -> Iterator[tuple[Known, object]]:
    """Yield an object's value, or each of several that a place tells apart: `{"l1": 230, "l2": 231}`."""
    lines = value.get("value")
    if isinstance(lines, dict) and is_of_lines(lines):
        yield from ((_of_line(known, line), {**value, "value": one}) for line, one in lines.items())
    elif is_summed(known.quantity, value):
        known = known._replace(unit=value.get("unit", known.unit))
        for name, one in value.items():
            way = _WAYS.get(fold(name))
            yield (known._replace(quantity=way) if way is not None else _of_line(known, name)), one
    elif places := [name for name in value if is_place(str(name))]:
        yield from ((known, {name: one}) for name, one in value.items() if fold(name) == "actual")
        yield from ((_of_line(known, place), value[place]) for place in places)
    elif now := now_of(known.quantity, value):
        yield known._replace(unit=value.get("unit", known.unit)), value[now]
    else:
        yield known, value


def _of_line(known: Known, line: object) -> Known:
    return Known(known.quantity, known.unit, joined(known.label, str(line)))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
