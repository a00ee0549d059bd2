"""Finds what is beyond doubt in a document of a shape that nobody described: known words with numbers, and whose."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from city.measurement import Measurement
from city.units import is_known
from ingest.decoders.known import Known
from ingest.decoders.plain_words import is_place, is_state, meaning, unit_of
from ingest.decoders.times import time_of
from ingest.decoders.unit_quantities import BY_UNIT
from ingest.decoders.values import MAX_NAME_LENGTH, number_with_unit
from ingest.templates.value import NOTHING

#: Members that name who measured, the surest first; and those that may as well name a message, a place or a program.
_NAMES = (
    "sensorid", "deviceid", "deveui", "deviceeui", "stationid", "nodeid", "meterid", "thingid", "assetid",
    "devid", "sensorname", "devicename", "stationname", "nodename", "sensor", "device", "station", "node", "thing",
    "meter", "serialnumber", "serialno", "serial", "sn", "imei", "eui", "macaddress", "mac", "devsn", "clientid",
)  # fmt: skip
_FAINT_NAMES = ("name", "hostname", "host", "source", "location", "room", "site")
_TIMES = (
    "timestamp", "time", "ts", "timestampms", "timems", "datetime", "measuredat", "recordedat", "observedat",
    "eventtime", "observationtime", "phenomenontime", "sampletime", "dateobserved", "createdat", "unixtime", "epoch",
    "utc", "dateutc", "devicetime", "date", "dt", "t",
)  # fmt: skip
#: In a record of one value: what names the quantity, the value and the unit.
_WORDS = (
    "quantity", "parameter", "param", "metric", "measurement", "observedproperty", "property", "sensortype", "type",
    "kind", "name", "n", "key", "tag", "tagname", "variable", "field", "channel", "label", "sensor", "code", "id",
)  # fmt: skip
_VALUES = ("value", "v", "val", "reading", "result", "currentvalue", "measuredvalue")
_UNITS = ("unit", "u", "units", "uom", "unitofmeasurement", "unitofmeasure", "engunit", "unitcode")
#: Members around values that tell nothing of whose they are.
_AROUND = frozenset(
    {
        "data", "values", "value", "readings", "reading", "payload", "measurements", "measurement", "params", "fields",
        "state", "reported", "current", "properties", "telemetry", "metrics", "body", "d", "attributes", "content",
        "message", "msg", "object", "decoded", "decodedpayload", "uplinkmessage", "observations", "items", "records",
        "services", "result", "results", "sensordata", "sensors", "devices", "nodes", "stations", "meters", "event",
        "report", "status", "environment", "env", "weather", "air", "airquality", "climate",
    }
)  # fmt: skip
#: Those whose members are named by who measured.
_MANY = frozenset({"sensors", "devices", "nodes", "stations", "meters", "rooms", "zones"})
#: Members in which numbers are no measurements of now: wishes, limits, other times, the way that the message took.
_PASSED_OVER = re.compile(
    r"desired|delta|previous|config|setting|threshold|limit|target|setpoint|forecast|hourly|daily|history|calib"
    r"|meta|location|position|gateway|rxinfo|txinfo|command|request|min|max|average|statistic|alarm|offset|schedule"
)
_STATES = {"true": 1.0, "false": 0.0, "on": 1.0, "off": 0.0, "open": 1.0, "closed": 0.0, "1": 1.0, "0": 0.0}
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
#: Units that stand for one quantity wherever they stand.
_TELLING = frozenset({"°C", "Cel", "degC", "%RH", "lx", "lux", "V", "mV", "W", "kW", "kWh", "Hz", "pH"})
#: Told as whole percents or as a fraction; only what is above 1 says which.
_PERCENTS = frozenset({"humidity", "soil_moisture"})
_DEEPEST, _MOST = 8, 2000


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known at a place of a document: whose it is, since when, and which of several.

    Attributes:
        sensor: by a member that is there for it; `own` by an `id`, `faint` by a name of something around it.
        before: the member in which this place lies, which may be the first half of a word (`wind`, `speed`).
        word: the quantity's word in the topic, for a body that is one value.
    """

    sensor: str = ""
    own: str = ""
    faint: str = ""
    time_ns: int | None = None
    label: str = ""
    before: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Plain:
    """A measurement, and whether it alone makes a message one of measurements; the sensor may still be unknown."""

    measurement: Measurement
    scope: Scope
    telling: bool


class Reader:
    """Walks one document; belongs to one message.

    Attributes:
        heard: whether a word was known, be it that it said that there is no value.
    """

    def __init__(self, zone: tzinfo | None) -> None:
        self._zone = zone
        self._left = _MOST
        self.heard = False

    def read(self, body: Any, scope: Scope, depth: int = 0) -> Iterator[Plain]:  # noqa: ANN401 - any JSON
        """Yield what a document says beyond doubt."""
        if depth > _DEEPEST or self._left <= 0:
            return
        if isinstance(body, list):
            for item in body:
                if isinstance(item, dict):
                    yield from self.read(item, scope, depth + 1)
        elif isinstance(body, dict):
            self._left -= 1
            folded = {_folded(key): value for key, value in body.items()}
            here = self._within(folded, scope if depth == 0 else replace(scope, word=""))
            record = self._record(folded, here)
            yield from [record] if record is not None else self._flat(body, folded, here)
            for key, inner in body.items():
                if isinstance(inner, dict | list) and not _PASSED_OVER.search(_folded(key)):
                    yield from self._inner(key, inner, here, depth + 1)

    def _inner(self, key: str, inner: Any, here: Scope, depth: int) -> Iterator[Plain]:  # noqa: ANN401 - any JSON
        folded = _folded(key)
        if folded in _MANY:
            yield from self._several(inner, here, depth)
        elif folded in _AROUND or folded in _NAMES:
            yield from self.read(inner, replace(here, before=""), depth)
        elif isinstance(inner, list) and not here.sensor and _is_gateways(inner):
            yield from self.read(inner, replace(here, sensor=_name(key)), depth)
        elif meaning(key) is None or not _is_told(inner):
            yield from self.read(inner, replace(here, label=_joined(here.label, key), before=key), depth)

    def _several(self, inner: Any, here: Scope, depth: int) -> Iterator[Plain]:  # noqa: ANN401 - any JSON
        """Yield what sensors said that a body holds together, by name or in a list."""
        named = inner.items() if isinstance(inner, dict) else [(_own_name(one), one) for one in inner]
        for name, one in named:
            word = str(name)
            if is_place(word):
                there = replace(here, label=_joined(here.label, word), before="")
            else:
                there = replace(here, sensor=_joined(here.sensor, word) if name else here.sensor, before="")
            yield from self.read(one, there, depth)

    def _within(self, folded: Mapping[str, Any], scope: Scope) -> Scope:
        sensor = next((name for key in _NAMES if (name := _name(folded.get(key)))), scope.sensor)
        faint = next((name for key in _FAINT_NAMES if (name := _name(folded.get(key)))), scope.faint)
        times = (_time(folded.get(key), self._zone) for key in _TIMES)
        time_ns = next((one for one in times if one is not None), scope.time_ns)
        return replace(scope, sensor=sensor, own=_id(folded.get("id")) or scope.own, faint=faint, time_ns=time_ns)

    def _record(self, folded: Mapping[str, Any], here: Scope) -> Plain | None:
        """Return the value of a record like `{"name": "temp", "value": 21, "unit": "C"}`; None for no record."""
        value = _value(folded)
        if value is None:
            return None
        unit = next((folded[key] for key in _UNITS if isinstance(folded.get(key), str)), None)
        words = [folded[key] for key in _WORDS if isinstance(folded.get(key), str)]
        found = next((known for word in (*words, here.word) if (known := meaning(word))), None)
        if found is None and unit in _TELLING:
            label = next((word.strip() for word in words if word.strip() not in {here.sensor, here.own}), "")
            found = Known(BY_UNIT[unit][0], unit, label), True
        return self._plain(found, value, unit, here) if found is not None else None

    def _flat(self, body: Mapping[str, Any], folded: Mapping[str, Any], here: Scope) -> Iterator[Plain]:
        """Yield the values of an object's members that are known words; of two for one quantity the first."""
        found = {key: meant for key in body if (meant := _meant(here.before, key)) is not None}
        seen: set[tuple[str, str]] = set()
        for key, (known, telling) in found.items():
            there = _without_last(here) if meaning(key) != (known, telling) else here
            if (known.quantity, known.label) in seen:
                continue
            unit = _unit_beside(key, folded, alone=len(found) == 1)
            for one, value in _spread(known, body[key]):
                plain = self._member((one, telling), value, unit, there)
                if plain is not None:
                    seen.add((known.quantity, known.label))
                    yield plain

    def _member(self, found: tuple[Known, bool], value: object, unit: object, here: Scope) -> Plain | None:
        """Return a member's value, which may lie in an object with its unit and time."""
        if not isinstance(value, dict):
            return self._plain(found, value, unit, here)
        inner = {_folded(name): one for name, one in value.items()}
        if not any(name in inner for name in _VALUES):
            return None
        unit = next((inner[name] for name in _UNITS if isinstance(inner.get(name), str)), unit)
        return self._plain(found, _value(inner), unit, replace(here, time_ns=self._within(inner, here).time_ns))

    def _plain(self, found: tuple[Known, bool], value: object, unit: object, here: Scope) -> Plain | None:
        known, telling = found
        self.heard |= telling and _says_nothing(value)
        parsed = _amount(known.quantity, value)
        if parsed is None or self._left <= 0:
            return None
        self._left -= 1
        amount, written = parsed
        told = next((one for one in (written, unit, known.unit) if isinstance(one, str) and one.strip()), known.unit)
        told = unit_of(told) if told is not None else None
        if told is None and known.quantity in _PERCENTS and 1 < amount <= 100:
            told = "%"
        label = _joined(here.label, known.label)[:100].strip()
        one = Measurement(here.sensor, known.quantity, amount, told, here.time_ns, label=label)
        return Plain(one, here, telling)


def _meant(before: str, key: str) -> tuple[Known, bool] | None:
    """Return what a member's word means, perhaps together with the word before it: `wind`, `speed`."""
    together = meaning(f"{before}_{key}") if before else None
    return together if together is not None else meaning(key)


def _without_last(here: Scope) -> Scope:
    """Return a place without the label that was half of a word."""
    return replace(here, label=here.label.rpartition("/")[0])


def _spread(known: Known, value: object) -> Iterator[tuple[Known, object]]:
    """Yield a value, or each of several that are told apart by a place: `{"l1": 230, "l2": 231}`."""
    places = [name for name in value if is_place(str(name))] if isinstance(value, dict) else []
    if not isinstance(value, dict) or not places:
        yield known, value
        return
    for place in places:
        yield Known(known.quantity, known.unit, _joined(known.label, str(place))), value[place]


def _unit_beside(key: str, folded: Mapping[str, Any], *, alone: bool) -> object:
    """Return the unit that another member tells of this one: `temperature_unit`, `units`, or `unit` of the only one."""
    beside = folded.get(f"{_folded(key)}unit")
    units = folded.get("units")
    if beside is None and isinstance(units, dict):
        beside = units.get(key)
    if beside is None and alone:
        beside = next((folded[name] for name in _UNITS if isinstance(folded.get(name), str)), None)
    return beside


def _is_told(inner: object) -> bool:
    """Return whether an object under a known word holds its value or values, and nothing else is to be looked for."""
    return isinstance(inner, dict) and (_value(inner) is not None or any(is_place(str(name)) for name in inner))


def _value(folded: Mapping[str, Any]) -> object:
    return next((folded[key] for key in _VALUES if not isinstance(folded.get(key), dict | list | None)), None)


def _says_nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.strip().casefold() in NOTHING)


def _is_gateways(inner: list[Any]) -> bool:
    """Return whether this is a device's list of values and times, as a gateway of ThingsBoard tells them."""
    return bool(inner) and isinstance(inner[0], dict) and isinstance(inner[0].get("values"), dict)


def _own_name(one: object) -> str:
    said = {_folded(key): value for key, value in one.items()} if isinstance(one, dict) else {}
    return next((name for key in (*_NAMES, "id", "name") if (name := _name(said.get(key)))), "")


def _amount(quantity: str, value: object) -> tuple[float, str | None] | None:
    if is_state(quantity):
        amount = _STATES.get(str(value).strip().lower())
        return (amount, None) if amount is not None else None
    if isinstance(value, bool):
        return None
    parsed = number_with_unit(value, at=f"$.{quantity}")
    return parsed if parsed is not None and (parsed[1] is None or is_known(parsed[1])) else None


def _name(said: object) -> str:
    """Return what can be a sensor's name; empty for what cannot, or is the word of a quantity."""
    if isinstance(said, dict):
        inner = {_folded(name): one for name, one in said.items()}
        return next((name for word in ("id", "eui", *_NAMES, "name") if (name := _name(inner.get(word)))), "")
    if isinstance(said, bool) or not isinstance(said, str | int):
        return ""
    text = str(said).strip()
    if not text or len(text) > MAX_NAME_LENGTH or not text.isprintable() or meaning(text) is not None:
        return ""
    return text


def _id(said: object) -> str:
    """Return an `id` that may be a sensor's; numbers alone and UUIDs are mostly the message's own."""
    text = _name(said)
    return "" if not text or text.isdecimal() or _UUID.fullmatch(text) else text


def _time(said: object, zone: tzinfo | None) -> int | None:
    if isinstance(said, dict):
        said = said.get("$date")
    if isinstance(said, str) and said.strip().isdecimal() and len(said) < 20:
        said = int(said)
    return time_of(said, zone)


def _joined(*parts: str) -> str:
    return "/".join(part.strip() for part in parts if part and part.strip())


def _folded(key: object) -> str:
    return str(key).replace("_", "").replace("-", "").replace(" ", "").lower()
