"""SenML (RFC 8428), JSON and CBOR: packs of records that take names, times and units from the records before."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from city.clock import SECOND_NS
from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement, Observation
from ingest.decoders import lwm2m_names
from ingest.decoders.cbor_body import parse_cbor
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json
from ingest.decoders.options import DecoderOptions
from ingest.decoders.senml_units import meaning
from ingest.decoders.times import parse_epoch
from ingest.decoders.topic_names import sensor_of
from ingest.decoders.values import checked_name, number, number_with_unit
from ingest.reasons import Reason

#: RFC 8428 §6, table 4.
_LABELS = {
    -6: "bs", -5: "bv", -4: "bu", -3: "bt", -2: "bn", -1: "bver",
    0: "n", 1: "u", 2: "v", 3: "vs", 4: "vb", 5: "s", 6: "t", 7: "ut", 8: "vd",
}  # fmt: skip
_VALUES = ("v", "vs", "vb", "vd", "s")
#: Earlier is relative to now (RFC 8428 §4.5.3).
_RELATIVE_S = 2**28
#: The version of RFC 8428; a pack of a later one may mean something else (§4.4).
_VERSION = 10
#: What is no measurement of an uplink in a pack.
_ENVELOPE = frozenset({"payload", "port", "timeOrigin", "fcnt", "seq", "FCntUp"})
#: Base fields of the drafts (their version said nothing that we need), and what values were called then.
_DRAFT_BASE, _DRAFT = frozenset({"bn", "bt", "bu"}), {"sv": "vs", "bv": "vb"}
#: Characters of a number that is written as a text.
_LONGEST_NUMBER = 32
#: Characters of a text that an event keeps.
_MAX_TEXT = 2048


@dataclass(slots=True)
class _Base:
    """What the records so far have set for those that follow."""

    name: str = ""
    time_s: float = 0.0
    unit: str | None = None
    value: float = 0.0
    sum: float = 0.0

    def take(self, record: dict[str, Any]) -> None:
        """Take over a record's base fields."""
        self.name = _text(record.get("bn", self.name), "bn")
        self.unit = _text(record["bu"], "bu") if "bu" in record else self.unit
        self.time_s = _number(record.get("bt", self.time_s), "bt")
        self.value = _number(record.get("bv", self.value), "bv")
        self.sum = _number(record.get("bs", self.sum), "bs")
        if _number(record.get("bver", _VERSION), "bver") > _VERSION:
            got = record["bver"]
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected=f"`bver` up to {_VERSION}", got=got, at="bver")


@dataclass(slots=True)
class _Record:
    """One record with all that the base gives it."""

    name: str
    unit: str | None
    time_s: float
    fields: dict[str, Any]

    @property
    def time_ns(self) -> int | None:
        return None if self.time_s < _RELATIVE_S else parse_epoch(self.time_s)

    @property
    def age_ns(self) -> int:
        """Return how long before receipt; a time to come is that of receipt, since nobody measures the future."""
        return round(max(-self.time_s, 0.0) * SECOND_NS) if self.time_s < _RELATIVE_S else 0


class SenmlDecoder:
    """Decodes packs; the sensor is the record's whole name, and its unit says what it measures."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of a pack; a text is an event, and binary data is nothing to us."""
        is_json = payload.lstrip()[:1] in {b"[", b"{"}
        decoded = Decoded()
        for pack in _packs(parse_json(payload)) if is_json else [_labelled(parse_cbor(payload))]:
            for record in _records(pack):
                _take(topic, record, decoded)
        self._options.told(decoded.measurements)
        return decoded


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    if body.payload[:1] and 0x80 < body.payload[0] < 0xA0:
        return 0xA0 <= (body.payload[1:2] or b"\0")[0] < 0xC0
    if body.has("e", "bn") and isinstance(body.members["e"], list):
        return True
    is_one = isinstance(body.members.get("bn"), str)  # a pack of one record, without its list
    if is_one and any(field in body.members for field in _VALUES):
        return True
    if not isinstance(body.json, list) or not body.json or not all(isinstance(one, dict) for one in body.json):
        return False
    if "bn" in body.json[0] and isinstance(body.json[0].get("e"), list):
        return True
    named = "n" in body.json[0] or "bn" in body.json[0]
    return named and any(field in record for record in body.json for field in _VALUES)


def _packs(body: object) -> list[object]:
    """Return the packs of a message: one, or several of the drafts' form, of which none takes from another."""
    if isinstance(body, list) and any(isinstance(one, dict) and isinstance(one.get("e"), list) for one in body):
        return [_unfolded(one) for one in body]
    return [_unfolded(body)]


def _unfolded(pack: object) -> object:
    """Return a pack of the drafts before RFC 8428, which held its records in `e`, as the list that it is now."""
    if not isinstance(pack, dict) or not isinstance(pack.get("e"), list):
        return pack
    base = {name: value for name, value in pack.items() if name in _DRAFT_BASE}
    return [
        base,
        *({_DRAFT.get(k, k): v for k, v in one.items()} if isinstance(one, dict) else one for one in pack["e"]),
    ]


def _labelled(pack: object) -> object:
    """Return a CBOR pack with JSON's names for its integer labels."""
    return [
        {_LABELS.get(key, str(key)) if isinstance(key, int) else str(key): value for key, value in record.items()}
        if isinstance(record, dict)
        else record
        for record in (pack if isinstance(pack, list) else [pack])
    ]


def _records(pack: object) -> Iterator[_Record]:
    base = _Base()
    for place, record in enumerate(pack if isinstance(pack, list) else [pack]):
        if not isinstance(record, dict):
            got = type(record).__name__
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="records", got=got, at=f"$[{place}]")
        must = next((name for name in record if name.endswith("_")), None)
        if must is not None:  # RFC 8428 §4.4: who does not understand it must not process the pack
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="fields that we know", got=must, at=f"$[{place}]")
        base.take(record)
        if any(field in record for field in _VALUES) and not _is_envelope(base.name, record):
            fields = {**record}
            if "v" in record:
                fields["v"] = base.value + _number(record["v"], "v")
            unit = _text(record["u"], "u") if "u" in record else base.unit
            counted = _as_text(record, unit)
            if counted is not None:
                fields = {**fields, "v": base.value + counted, "vs": None}
            if "s" in record:
                fields["s"] = base.sum + _number(record["s"], "s")
            name = base.name + _text(record.get("n", ""), "n")
            yield _Record(name, unit, base.time_s + _number(record.get("t", 0.0), "t"), fields)


def _as_text(record: dict[str, Any], unit: str | None) -> float | None:
    """Return the number that a record tells as a text beside a unit, which is no text (KPN's server does)."""
    said = record.get("vs")
    if unit is None or "v" in record or not isinstance(said, str) or len(said) > _LONGEST_NUMBER:
        return None
    parsed = number_with_unit(said, at="vs")
    return parsed[0] if parsed is not None and parsed[1] is None else None


def _is_envelope(base: str, record: dict[str, Any]) -> bool:
    """Return whether a record is an uplink's port, bytes or counter, which KPN's server puts beside the readings."""
    name = record.get("n")
    return base.startswith("urn:dev:DEVEUI:") and isinstance(name, str) and name in _ENVELOPE


def _take(topic: str, record: _Record, decoded: Decoded) -> None:
    name = record.name
    resource = lwm2m_names.meant(name)
    if resource is None and lwm2m_names.is_resource(name):  # extremes, ranges and units of what is measured
        return
    if resource is not None and name.startswith("/"):  # the object's path alone: whose it is says the topic
        name = f"{sensor_of(topic)}{name}" if sensor_of(topic) else ""
    sensor = checked_name(name, at="n", reason=Reason.BAD_NAME if name else Reason.NO_SENSOR)
    quantity, unit = meaning(record.unit, _last(sensor))
    if resource is not None:
        quantity, unit = resource[0], unit if record.unit else resource[1]
    fields = record.fields
    told: list[tuple[str, float, str | None]] = []
    if "v" in fields:
        told.append((quantity, fields["v"], unit))
    if "s" in fields:
        told.append((f"{quantity}_sum", fields["s"], unit))
    if isinstance(fields.get("vb"), bool):
        told.append(("boolean_state", float(fields["vb"]), ""))
    for name, value, own_unit in told:
        measurement = Measurement(sensor, name, value, own_unit, record.time_ns)
        measurement.age_ns = record.age_ns
        decoded.measurements.append(measurement)
    if isinstance(fields.get("vs"), str):
        text: dict[str, str | float | bool] = {"text": fields["vs"][:_MAX_TEXT]}
        decoded.observations.append(Observation(sensor, "text", record.time_ns, text))


def _last(name: str) -> str:
    """Return the last part of a name, which tells the quantity where no unit does (RFC 8428 §4.5.1)."""
    part = name.replace(":", "/").rpartition("/")[2]
    return part if part else name


def _number(value: object, at: str) -> float:
    plain = number(value, at=at) if not isinstance(value, bool) else None
    if plain is None:
        plain = _decimal(value)
    if plain is None:
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="a number", got=value, at=at)
    if not -1e300 < plain < 1e300:
        raise UndecodableMessage(Reason.BAD_NUMBER, expected="a number that a float holds", got=value, at=at)
    return plain


def _decimal(value: object) -> float | None:
    """Return a CBOR decimal fraction as float."""
    try:
        return float(value) if type(value).__name__ in {"Decimal", "Fraction"} else None  # type: ignore[arg-type]
    except (ArithmeticError, ValueError):
        return None


def _text(value: object, at: str) -> str:
    if isinstance(value, str):
        return value
    raise UndecodableMessage(Reason.WRONG_SHAPE, expected="a text", got=type(value).__name__, at=at)
