"""What a LoRaWAN codec made of an uplink: its measurements, flat or in parts, and where the device is."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from city.measurement import Decoded, Measurement, Observation
from city.units import is_known
from ingest.decoders.codec_names import MEASUREMENT_IDS, NO_PART, NO_READING, PARTS, STATES, UNITS
from ingest.decoders.codec_places import is_place, position
from ingest.decoders.codec_values import amount_of, by_value, in_unit, is_absent, meant
from ingest.decoders.codec_words import is_no_reading, named
from ingest.decoders.known import Known
from ingest.decoders.sentinels import is_no_value
from ingest.decoders.times import time_of
from ingest.decoders.values import MAX_NAME_LENGTH
from ingest.telemetry import METRICS_DROPPED

#: Parts within parts that are looked into, and members of a list; values of one quantity in a list.
_MAX_DEPTH, _MAX_LIST, _MAX_SEVERAL = 4, 512, 16
#: Members that say a part's value, its unit, its name, which of several it is, and when.
_VALUE = ("value", "v", "measurementValue")
_UNIT = ("unit", "u", "units")
_NAME = ("measurementId", "name", "channelName", "sensorName", "variable", "label", "type", "quantity", "n")
_IDS = ("measurementId",)  # a number there is a name too
_INDEX = ("index", "channel", "id", "line", "region")
_TIME = ("timestamp", "time", "datetime", "date", "ts", "t", "at", "eventTime")
#: Members of a part that are of its own quantity, and say which: `power: {l1: 120, l2: 80}`. What is least and greatest
#: may as well be a limit.
_WHICH = frozenset(
    {"l1", "l2", "l3", "avg", "average", "mean", "internal", "external", "indoor", "outdoor", "inside", "outside"}
)
#: Members of a point in a list that its part names: `temperature: [{v: 30, t: 1552289676}]`.
_POINT = frozenset({*_VALUE, *_UNIT, *_TIME})
#: ChirpStack's own reading of CayenneLPP: kind -> channel -> value.
_CHANNELS = {
    "temperatureSensor": Known("temperature", "°C"),
    "humiditySensor": Known("humidity", "%"),
    "barometer": Known("atmospheric_pressure", "hPa"),
    "illuminanceSensor": Known("illuminance", "lux"),
    "presenceSensor": Known("occupied", ""),
    "digitalInput": Known("digital_input", ""),
    "analogInput": Known("analog_input", None),
}


class _Part(NamedTuple):
    """Where in a codec's output we are.

    Attributes:
        name: of the part, empty at the top.
        label: which of several parts.
        time_ns: of the part, where it says one of its own.
        units: members that say the unit of others (`temperature_unit`), in lower case.
    """

    sensor: str
    at: str
    depth: int = _MAX_DEPTH
    name: str = ""
    label: str = ""
    time_ns: int | None = None
    units: Mapping[str, str] = MappingProxyType({})

    def within(self, name: str) -> "_Part":
        return self._replace(name=name, at=f"{self.at}.{name}", depth=self.depth - 1)


class _Read(NamedTuple):
    """A measurement with the name that its codec has for it."""

    key: str
    measurement: Measurement


def read_codec(sensor: str, values: object, *, at: str, time_ns: int | None) -> Decoded:
    """Return what a codec told of a device: measurements, and a position as an event.

    Raises:
        UndecodableMessage: a number that no float holds.
    """
    if not isinstance(values, Mapping | list):
        return Decoded()
    found = list(_told_apart(_walk(_Part(sensor, at), values)))
    for measurement in found:
        measurement.time_ns = measurement.time_ns if measurement.time_ns is not None else time_ns
    place = position(values)
    return Decoded(found, [Observation(sensor, "position", time_ns, place)] if place else [])


def _told_apart(found: Iterator[_Read]) -> Iterator[Measurement]:
    """Yield what was read; two of one quantity that no label parts are parted by the codec's own names."""
    seen: dict[tuple[str, str, int | None], float] = {}
    for key, measurement in found:
        series = (measurement.quantity, measurement.label, measurement.time_ns)
        if series in seen:
            if measurement.quantity in STATES and seen[series] == measurement.value:
                continue
            measurement.label = key
        seen[series] = measurement.value
        names = measurement.quantity + measurement.label
        if measurement.quantity and names.isprintable() and len(names) <= MAX_NAME_LENGTH:
            yield measurement


def _walk(part: _Part, values: Mapping[str, Any] | list[Any]) -> Iterator[_Read]:
    if isinstance(values, list):
        yield from _listed(part, values)
        return
    has_place = bool(position(values))
    if part.units or "nit" in " ".join(values):  # `Unit` and `unit`; asked of every part, so in one look
        part = part._replace(units=_units(values))
    for key, value in values.items():
        if has_place and is_place(key):
            continue
        if isinstance(value, Mapping):
            yield from _part(part, key, value)
        elif isinstance(value, list):
            yield from _listed(part.within(key), value) if key.lower() not in NO_PART else ()
        else:
            yield from _single(part, key, value, values)


def _units(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the units that members say of others; `unit` alone is that of the only number beside it."""
    said = {key.lower(): value for key, value in values.items() if "unit" in key.lower() and isinstance(value, str)}
    alone = said.pop("unit", said.pop("units", None))
    if alone is not None:
        numbers = [key for key, value in values.items() if type(value) in (int, float)]
        if len(numbers) == 1:
            said[f"{numbers[0].lower()}_unit"] = alone
    return said


def _part(part: _Part, key: str, inner: Mapping[str, Any]) -> Iterator[_Read]:
    """Yield what a part holds: one value with its unit, channels, or more values."""
    lower = key.lower()
    if key in _CHANNELS:
        for channel, value in inner.items():
            if channel.isdecimal():
                yield from _read(part._replace(label=channel), key, _CHANNELS[key], value)
    elif part.depth > 0 and lower not in NO_PART and (lower in PARTS or lower not in NO_READING):
        said = _first(inner, _VALUE)
        if said is not None and not isinstance(said, Mapping | list):
            yield from _valued(part._replace(time_ns=_time_ns(part, inner)), key, said, inner)
        else:
            yield from _walk(part.within(key)._replace(label=key if key.isdecimal() else part.label), inner)


def _listed(part: _Part, values: list[Any]) -> Iterator[_Read]:
    """Yield what a list holds: named values, records with a time of their own, or several of one quantity."""
    several = named(part.name) is not None and len(values) <= _MAX_SEVERAL
    for place, one in enumerate(values[:_MAX_LIST] if part.depth > 0 else ()):
        if isinstance(one, list):
            yield from _listed(part._replace(depth=part.depth - 1), one)
        elif isinstance(one, Mapping):
            yield from _entry(part, one)
        elif several:
            yield from _single(part._replace(label=str(place)), part.name, one, {})


def _entry(part: _Part, entry: Mapping[str, Any]) -> Iterator[_Read]:
    said, index = _first(entry, _VALUE), _first(entry, _INDEX)
    name = next(
        (one for key in _NAME if isinstance(one := entry.get(key), str) or (key in _IDS and one is not None)), None
    )
    if name is None and part.name and entry.keys() <= _POINT:
        name = part.name
    here = part._replace(time_ns=_time_ns(part, entry), depth=part.depth - 1)
    if said is not None and name is not None and not isinstance(said, Mapping | list):
        yield from _valued(here, MEASUREMENT_IDS.get(str(name), str(name)), said, entry)
    elif index is not None and "count" in entry:
        yield from _single(here._replace(label=str(index)), "count", entry["count"], entry)
    else:
        yield from _walk(here, entry)


def _time_ns(part: _Part, told: Mapping[str, Any]) -> int | None:
    return next((ns for key in _TIME if (ns := time_of(told.get(key))) is not None), part.time_ns)


def _valued(part: _Part, key: str, said: object, told: Mapping[str, Any]) -> Iterator[_Read]:
    """Yield a value that stands with its unit: whoever says both means a measurement, by whatever name."""
    known = meant(part.name, key, said, told) or _of_list(part, key)
    unit = _first(told, _UNIT)
    if known is None and not is_no_reading(key) and not isinstance(said, bool | str):
        known = by_value(key, said) or Known(key.strip(), None)
    if known is not None and isinstance(unit, str) and is_known(unit):
        known = in_unit(known, unit)
    yield from _read(part, key, known, said)


def _of_list(part: _Part, key: str) -> Known | None:
    """Return what an entry is by the list that it is in: `temperatures: [{name: internal, …}]`."""
    known = named(part.name)
    return known._replace(label=key if key != part.name else "") if known is not None else None


def _single(part: _Part, key: str, value: object, beside: Mapping[str, Any]) -> Iterator[_Read]:
    """Yield a member's value; one that nobody knows only at the top, where codecs put what they measure."""
    known = meant(part.name, key, value, beside)
    if known is None and part.name and key.lower() in _WHICH and (whole := named(part.name)) is not None:
        known = whole._replace(label=key)
    if known is None and not part.name and not is_no_reading(key) and _may_measure(key, value):
        known = Known(key, None)
    if part.units and known is not None:
        lower = key.lower()
        unit = part.units.get(f"{lower}_unit", part.units.get(f"{lower}unit", part.units.get(f"{lower}_units")))
        unit = UNITS.get(unit.lower(), unit) if unit is not None else None
        known = in_unit(known, unit) if unit is not None and is_known(unit) else known
    yield from _read(part, key, known, value)


def _read(part: _Part, key: str, known: Known | None, value: object) -> Iterator[_Read]:
    said = amount_of(known, value, at=f"{part.at}.{key}") if known is not None else None
    if known is None or said is None or is_absent(known, key, value):
        return
    known = said.known
    if is_no_value(known.quantity, said.amount, known.unit):
        METRICS_DROPPED.labels("sentinel").inc()
        return
    label = "-".join(one for one in (known.label, part.label) if one)
    yield _Read(key, Measurement(part.sensor, known.quantity, said.amount, known.unit, part.time_ns, label=label))


def _may_measure(key: str, value: object) -> bool:
    """Return whether a value under an unknown name is one: a number that is no time, or such a text with a unit."""
    if key.lower() in _TIME and time_of(value) is not None:
        return False
    if isinstance(value, str):
        said = amount_of(Known(key, None), value, at=key)
        return said is not None and bool(said.known.unit) and is_known(str(said.known.unit))
    return not isinstance(value, bool)


def _first(members: Mapping[str, Any], names: tuple[str, ...]) -> object:
    return next((members[name] for name in names if members.get(name) is not None), None)
