"""What a known word is not, for what stands beside it: a radio's guess, a flag, a wish, what a camera follows."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from ingest.decoders.known import Known
from ingest.decoders.plain_scope import fold
from ingest.decoders.plain_words import meaning

#: Words of gases and dust that a counted channel is called, too: `ch4` after `ch3`.
_FORMULA = re.compile(r"([a-z]+)(\d{1,2})")
#: What a picture or a radar shows is not measured: members of an object that was seen, and where in the picture.
_SEEN = frozenset({"class", "label", "bbox", "box"})
_TRACKED, _AXES = frozenset({"class", "classid", "objectclass", "trackid", "objectid"}), {"x", "y"}
#: A hardware address, and a battery's flag among a console's members: `batt2`, `wh65batt`.
_ADDRESS = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|[0-9A-Fa-f]{12}")
_FLAG = re.compile(r"[a-z]{0,4}\d{0,3}batt?\d{0,2}")
#: Members beside the frequency of a radio.
_OF_A_RADIO = frozenset(
    {"datr", "codr", "modu", "modulation", "datarate", "spreadingfactor", "sf", "lsnr", "rfch", "rssi"}
)
#: A cell's voltage, where no charge of a hundred parts is told to a fraction; and in millivolts.
_OF_A_CELL, _OF_A_CELL_MV = (1.5, 4.5), (1500, 4500)
#: Beside a room's temperature and a mode, the bare word is what was asked for.
_ROOM = frozenset({"roomtemperature", "roomtemp", "currenttemperature", "currenttemp", "actualtemperature"})
#: Members of a meter and of a vehicle, whose nothing is a value.
_OF_A_METER = re.compile(r"volt|current|energy|freq|soc|lat|lon|lng|rpm|kwh")
_ASKED, _MOST_STAGES = frozenset({"cool", "heat", "dry", "fan", "fan_only", "heat_cool", "auto"}), 10
_MODES = frozenset({"mode", "action", "fan", "vane", "hvacmode", "fanspeed"})
#: Where somebody is, who tells it in parts of a degree: then how fast is in parts of its unit, too.
_PLACES, _MOST_DEGREES = ("latitude", "lat", "longitude", "lon", "lng"), 180
#: What somebody did wrong, which is told of one driver.
_OFFENCES = frozenset({"violation", "violationtype", "violationcode", "offence", "offencetype"})
#: A condition's words; whose network a modem is in is told as an `operator`, too.
_COMPARES = ("operator", "comparator", "comparison", "op")
_COMPARED = frozenset(
    {">", "<", ">=", "<=", "==", "=", "!=", "gt", "lt", "gte", "lte", "ge", "le", "eq", "ne", "between"}
)
#: Members of an order, which a charger names with every value, and what ends one: then its power is what was sold.
_ORDERS, _PAID = frozenset({"orderno", "orderid", "tradeno", "billno"}), frozenset({"amount", "fee", "paid", "price"})
_TAXED = frozenset({"tax", "vat", "taxes"})
_OF_A_LETTER = frozenset({"text", "subject", "template"})
_OF_NO_REPORT = frozenset({"to", *_COMPARES}) | _OFFENCES | _ORDERS
_ENDS = frozenset({"totalfee", "stopreason", "endreason"})


def is_no_report(folded: Mapping[str, Any]) -> bool:
    """Return whether an object tells of a rule, of who broke one or of what was paid for, and not what is measured.

    What an alarm tells beside its kind is: the value that crossed a limit is the last that may be lost.
    """
    if _OF_NO_REPORT.isdisjoint(folded):
        return False
    is_condition = any(isinstance(said := folded.get(key), str) and said.lower() in _COMPARED for key in _COMPARES)
    is_letter = "to" in folded and not _OF_A_LETTER.isdisjoint(folded)
    return is_condition or is_letter or _is_bill(folded) or not _OFFENCES.isdisjoint(folded)


def _is_bill(folded: Mapping[str, Any]) -> bool:
    if _ORDERS.isdisjoint(folded):
        return False
    is_charging = any("voltage" in key or "current" in key for key in folded)
    return not _ENDS.isdisjoint(folded) or (not _PAID.isdisjoint(folded) and not is_charging)


def is_seen(folded: Mapping[str, Any]) -> bool:
    """Return whether an object tells of a thing that a camera or a radar follows, and of no place's values."""
    if "confidence" in folded and not _SEEN.isdisjoint(folded):
        return True
    return folded.keys() >= _AXES and not _TRACKED.isdisjoint(folded)


def is_guess(quantity: str, key: str, body: Mapping[str, Any]) -> bool:
    """Return whether a member is a listener's guess, or a flag: how far a radio seems to be, whether a cell is low."""
    if quantity == "frequency" and not _OF_A_RADIO.isdisjoint(map(fold, body)):
        return True
    if _is_a_cameras(quantity, body) or _is_scaled(quantity, body) or _is_a_stage(quantity, key, body):
        return True
    if fold(key) in {"temperature", "temp"}:
        beside = set(map(fold, body))
        return not beside.isdisjoint(_ROOM) and not beside.isdisjoint(_MODES)
    if quantity == "energy" and _is_of_no_meter(body):
        return True
    if quantity in {"distance", "speed"}:
        return "rssi" in body and any(isinstance(one, str) and _ADDRESS.fullmatch(one) for one in body.values())
    return quantity == "battery_level" and _FLAG.fullmatch(fold(key)) is not None and str(body[key]) in {"0", "1"}


def _is_of_no_meter(body: Mapping[str, Any]) -> bool:
    """Return whether an energy is a flash's, which the chip tells without a unit, or what a kilowatt-hour costs."""
    folded = set(map(fold, body))
    return not _TAXED.isdisjoint(folded) or any("strike" in one or "lightning" in one for one in folded)


def _is_a_cameras(quantity: str, body: Mapping[str, Any]) -> bool:
    """Return whether a tilt is where a camera looks, which it tells with its pan."""
    return quantity == "tilt" and any(fold(one).startswith("pan") for one in body)


def _is_a_stage(quantity: str, key: str, body: Mapping[str, Any]) -> bool:
    """Return whether a small whole number beside a mode is a switch or a stage, and a warm one what was asked for."""
    value = body[key]
    if not isinstance(value, int) or _MODES.isdisjoint(map(fold, body)):
        return False
    if quantity in {"power", "speed"}:
        return abs(value) <= _MOST_STAGES and not any(_OF_A_METER.search(fold(one)) for one in body)
    return quantity == "temperature" and str(body.get("mode")).lower() in _ASKED and "power" in body


def _is_scaled(quantity: str, body: Mapping[str, Any]) -> bool:
    """Return whether how fast somebody is may be in parts of a unit, as the place beside it is in parts of a degree."""
    return quantity in {"speed", "heading"} and any(_is_in_parts(body.get(name)) for name in _PLACES)


def _is_in_parts(said: object) -> bool:
    return isinstance(said, int) and abs(said) > _MOST_DEGREES


def is_flag(value: object, known: Known, others: Collection[tuple[Known, bool]]) -> bool:
    """Return whether a 1 or a 0 only says that there is something, whose amount another member tells in a unit."""
    if value not in (0, 1) or known.unit is not None:
        return False
    return any(one.quantity == known.quantity and one.unit and one.label == known.label for one, _ in others)


def is_counted(key: str, folded: Mapping[str, Any]) -> bool:
    """Return whether a word that is a formula is one of several that are counted."""
    found = _FORMULA.fullmatch(fold(key))
    if found is None:
        return False
    stem, number = found[1], int(found[2])
    return any(f"{stem}{other}" in folded and meaning(f"{stem}{other}") is None for other in (number - 1, number + 1))


def of_cell(quantity: str, amount: float, unit: str | None) -> tuple[str, str | None]:
    """Return what a battery's number without a unit is: per cent, or its cell's voltage."""
    if quantity != "battery_level" or unit is not None:
        return quantity, unit
    if not amount.is_integer() and _OF_A_CELL[0] < amount < _OF_A_CELL[1]:
        return "battery_voltage", "V"
    return ("battery_voltage", "mV") if _OF_A_CELL_MV[0] < amount < _OF_A_CELL_MV[1] else (quantity, unit)
