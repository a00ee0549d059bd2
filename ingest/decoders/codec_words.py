"""Which quantity a codec's name stands for, taken word by word: the unit at its end, the probe, what it is really."""

import re
from functools import lru_cache

from city.units import Conversion, conversion
from ingest.decoders.codec_names import (
    AXES,
    FILLERS,
    LABELS,
    NAMES,
    NO_NAME,
    NO_READING,
    STATE_FILLERS,
    STATES,
    UNITS,
)
from ingest.decoders.known import Known
from ingest.decoders.values import MAX_NAME_LENGTH

#: Longer names have no more words than these; each word may be taken off at either end.
_MAX_WORDS = 6
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")  # batteryVoltage, TempC_SHT
_BETWEEN = re.compile(r"[^\w%]+|_+")
_PROBE = re.compile(r"\d{1,3}|(?:ch|chn|lane|line|region|zone|probe)\d{1,3}")
#: Words that stand before the number of a place: `line_1_total_in`, `region_2_count`.
_PLACES = frozenset({"line", "region", "zone", "channel", "ch", "chn", "probe", "lane"})
#: A number at a name's end without a line before it: `TempC1`, `externalTemperature2`.
_NUMBERED = re.compile(r"(.*[A-Za-z])(\d{1,2})")
#: What is driven and not measured: `digital_out_7`, `gpio_output_1`.
_WIRES, _OUTPUT = frozenset({"digital", "analog", "gpio"}), frozenset({"out", "output"})
#: Of which a level is the amount itself; a wind's is Beaufort's.
_LEVELLED = frozenset(
    {"co2", "tvoc", "pm1", "pm25", "pm10", "no2", "so2", "o3", "co", "h2s", "nh3", "ch4", "battery_level"}
)
_BATTERY = frozenset({"battery_level", "battery_voltage"})


def named(key: str) -> Known | None:
    """Return what a name stands for, and as label which of several it is; None for one that nobody knows."""
    return _named(key) if len(key) <= MAX_NAME_LENGTH else None  # nothing that a sender makes long is remembered


@lru_cache(maxsize=4096)
def _named(key: str) -> Known | None:
    for text in (key, _HUMP.sub("_", key)):
        words = tuple(word for word in _BETWEEN.split(text) if word)
        is_output = not _OUTPUT.isdisjoint(word.lower() for word in words) and not _WIRES.isdisjoint(
            map(str.lower, words)
        )
        found = _known(words) if 0 < len(words) <= _MAX_WORDS and not is_output else None
        if found is not None:
            return found
    return None


def is_no_reading(key: str) -> bool:
    """Return whether a name that nobody knows has a word of a setting, an identity or the device's own matters."""
    return len(key) > MAX_NAME_LENGTH or _is_no_reading(key)


@lru_cache(maxsize=4096)
def _is_no_reading(key: str) -> bool:
    words = {word.lower() for text in (key, _HUMP.sub("_", key)) for word in _BETWEEN.split(text)}
    return (
        not key.isprintable()
        or key.lower() in NO_NAME
        or _BETWEEN.split(_HUMP.sub("_", key))[-1].lower() in AXES
        or bool(NO_READING & (words | {word.rstrip("0123456789") for word in words}))
    )


def _known(words: tuple[str, ...]) -> Known | None:
    exact = NAMES.get("_".join(words).lower())
    if exact is not None:
        return exact
    if len(words) > 1:
        return _without_last(words[:-1], words[-1]) or _without_first(words[0], words[1:])
    numbered = _NUMBERED.fullmatch(words[0])
    return _labelled(_known((numbered.group(1),)), numbered.group(2)) if numbered is not None else None


def _without_last(rest: tuple[str, ...], last: str) -> Known | None:
    lower = last.lower()
    unit = UNITS.get(lower)
    if unit is not None:
        found = _in_unit(_known(rest), unit)
        if found is not None:
            return found
    if lower in LABELS or _PROBE.fullmatch(lower):
        return _labelled(_known(rest), last)
    if lower in STATE_FILLERS:
        found = _known(rest)
        return found if found is not None and found.quantity in STATES else None
    numbered = _NUMBERED.fullmatch(last)
    if numbered is not None:
        return _labelled(_known((*rest, numbered.group(1))), numbered.group(2))
    found = _known(rest)
    is_filler = lower in FILLERS or (lower in {"level", "lvl"} and found is not None and found.quantity in _LEVELLED)
    return found if is_filler else None


def _without_first(first: str, rest: tuple[str, ...]) -> Known | None:
    lower = first.lower()
    if lower in FILLERS:
        return _known(rest)
    if lower in _PLACES and len(rest) > 1 and rest[0].isdecimal():
        found = _known(rest[1:])
        if found is not None and found.quantity == "count" and lower == "region":  # Milesight counts people there
            found = NAMES["people_count"]
        return _labelled(found, rest[0])
    if lower in NO_READING or lower in NO_NAME:
        return None
    known = _known(rest)
    is_label = lower in LABELS or _PROBE.fullmatch(lower) is not None
    # one word that nobody knows is what the device calls its probe: `ble0_humidity`
    return _labelled(known, first) if is_label or (known is not None and not known.label) else None


def _labelled(known: Known | None, label: str) -> Known | None:
    if known is None:
        return None
    return known._replace(label=f"{known.label}-{label}" if known.label else label)


def _in_unit(known: Known | None, unit: str) -> Known | None:
    """Return what is known with the unit that its name says; None where it cannot be in that unit."""
    if known is None:
        return None
    if known.quantity in _BATTERY:
        quantity = "battery_level" if unit == "%" else "battery_voltage" if unit in {"V", "mV"} else None
        return known._replace(quantity=quantity, unit=unit) if quantity is not None else None
    fits = known.unit is None or isinstance(conversion(unit, known.unit), Conversion)
    return known._replace(unit=unit) if fits else None
