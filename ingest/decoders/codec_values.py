"""What a codec's value is, where its name alone does not tell: states in words, batteries, pressures, no probe."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ingest.decoders.codec_names import NAMES, STATE_WORDS, STATES
from ingest.decoders.codec_words import named
from ingest.decoders.known import Known
from ingest.decoders.values import number_with_unit
from ingest.telemetry import METRICS_DROPPED

#: Beside which a voltage is a circuit's, and not the battery's.
_MAINS = frozenset({"current", "power", "reactive_power", "apparent_power", "power_factor", "energy", "frequency"})
_PRESSURES = frozenset({"pressure", "barometric_pressure", "atmospheric_pressure", "air_pressure", "barometer", "pres"})
#: Parts whose `count` is of people.
_OF_PEOPLE = frozenset({"regions", "lines", "people", "people_counting"})
#: Of a counter of people, this interval's.
_IN_AND_OUT = frozenset({"in", "out"})
#: Sixteen bits that are all set but the sign, in tenths and hundredths: Dragino's and Milesight's word for no probe.
_NO_PROBE = frozenset({327.67, -327.68, 3276.7, -3276.8, 655.35, 6553.5, -409.6, -3276.9})
#: States of which a number other than these is a word that only its maker knows; more than one motion is a count.
_PLAIN_STATES, _TRUTHS = STATES - {"motion"}, (0.0, 1.0)
_VOLTS = frozenset({"v", "mv", "volt", "volts"})


class Said(NamedTuple):
    """An amount, and what it is after a look at it."""

    amount: float
    known: Known


def meant(part: str, key: str, value: object, beside: Mapping[str, Any]) -> Known | None:
    """Return what a member means, by its name, what stands beside it and its part; None where nobody knows."""
    by_others = _by_others(part.lower(), key.lower(), value, beside)
    if by_others is not None:
        return by_others
    known = named(key)
    if known is None:
        return by_value(key, value)
    is_batterys = known.quantity == "voltage" and not known.label.strip("0123456789")
    if is_batterys and not any(_is_mains(name) for name in beside):
        return known._replace(quantity="battery_voltage")
    return known


def _by_others(part: str, lower: str, value: object, beside: Mapping[str, Any]) -> Known | None:
    """Return what a member means by its part, its kind or what stands beside it."""
    if lower == "count" and part in _OF_PEOPLE:
        return Known("people_count", "")
    if lower == "count" and any(beside.get(name) == "motion" for name in ("events", "event", "type")):
        return Known("motion_count", "")
    if lower in _IN_AND_OUT and beside.keys() >= _IN_AND_OUT and any("people" in name.lower() for name in beside):
        return Known(f"people_{lower}", "")
    return NAMES["occupied"] if lower == "occupancy" and isinstance(value, bool | str) else None


def by_value(key: str, value: object) -> Known | None:
    """Return what only the amount tells: a pressure is in the unit in which the air can have it."""
    base, line, label = key.lower().rpartition("_")
    base, label = (base, label) if line and label.isdecimal() else (key.lower(), "")
    parsed = number_with_unit(value, at=key) if base in _PRESSURES else None
    return Known("atmospheric_pressure", pressure_unit(parsed[0]), label) if parsed is not None else None


def amount_of(known: Known, value: object, *, at: str) -> Said | None:
    """Return the amount of a value and what it is then; None for what is neither number nor state.

    Raises:
        UndecodableMessage: a number that no float holds.
    """
    if known.quantity in STATES and isinstance(value, str):
        state = STATE_WORDS.get(value.strip().lower())
        if state is not None:
            return Said(state, known)
    if isinstance(value, bool) and known.quantity not in STATES:
        return None
    parsed = number_with_unit(value, at=at)
    if parsed is None:
        return None
    amount, unit = parsed
    if amount not in _TRUTHS and known.quantity in _PLAIN_STATES:
        return None
    if known.quantity == "motion" and not isinstance(value, bool) and amount > 1:
        known = known._replace(quantity="motion_count")
    if unit is None:
        return Said(amount, _by_amount(known, amount))
    return Said(amount, in_unit(known, unit))


def in_unit(known: Known, unit: str) -> Known:
    """Return what is known in the unit that is told with it: of a battery, volts tell the other thing."""
    is_battery = known.quantity == "battery_level" and unit.strip().lower() in _VOLTS
    return known._replace(unit=unit, quantity="battery_voltage" if is_battery else known.quantity)


def is_absent(known: Known, key: str, value: object) -> bool:
    """Return whether a value stands for a probe that is not there (counted as a sentinel)."""
    parsed = number_with_unit(value, at=key) if "temperature" in known.quantity else None
    if parsed is None:
        return False
    # a DS18B20 counts in sixteenths: that it hits 0 exactly is rare, that it is not plugged in is not
    absent = parsed[0] in _NO_PROBE or (parsed[0] == 0 and "ds18b20" in key.lower())
    if absent:
        METRICS_DROPPED.labels("sentinel").inc()
    return absent


def pressure_unit(value: float) -> str | None:
    """Return the unit in which air pressure is plausible: the ranges (500 to 1080 hPa, WMO-No. 8) never overlap."""
    for unit, hpa in (("hPa", 1.0), ("kPa", 10.0), ("Pa", 0.01)):
        if 500 <= value * hpa <= 1080:
            return unit
    return None


def _is_mains(name: str) -> bool:
    known = named(name)
    return known is not None and known.quantity in _MAINS


def _by_amount(known: Known, amount: float) -> Known:
    """Return whether a battery's number is its voltage or its charge: no cell has 90 V, no charge 3.6 %."""
    bare = known._replace(label="")
    if bare == NAMES["battery"] and 1.5 < amount < 4.5 and not amount.is_integer():
        return NAMES["bat"]._replace(label=known.label)
    if bare == NAMES["bat"] and amount > 1000:
        return known._replace(unit="mV")
    if bare == NAMES["bat"] and 25 < amount <= 100:
        return NAMES["battery"]._replace(label=known.label)
    if bare == NAMES["battery"] and 1500 <= amount <= 20_000:
        return NAMES["bat_mv"]._replace(label=known.label)
    if known.quantity == "power_factor" and 1 < amount <= 100:  # no cosine is above one
        return known._replace(unit="%")
    return known
