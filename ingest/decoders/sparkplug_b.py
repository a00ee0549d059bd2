"""Sparkplug B: births that name metrics, data by alias, deaths; the protocol of plants and pumping stations."""

import re
from collections.abc import Iterator
from math import isfinite
from typing import NamedTuple

from city.clock import MILLISECOND_NS
from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement, Status
from city.quality import Quality
from ingest.decoders.memory import Memory
from ingest.decoders.metric_path import named
from ingest.decoders.options import DecoderOptions
from ingest.decoders.sparkplug_json import read_json_payload
from ingest.decoders.sparkplug_payload import DataType, Metric, Payload, read_payload
from ingest.decoders.sparkplug_state import Birth, Known, NodeState
from ingest.decoders.times import parse_epoch
from ingest.decoders.values import checked_name
from ingest.reasons import Reason
from ingest.telemetry import DEATHS_IGNORED, METRICS_DROPPED, REBIRTHS_NEEDED

#: A topic below whatever a bridge puts before it.
TOPIC = re.compile(r".+/(spBv1\.0/[^/]+/[ND](?:BIRTH|DEATH|DATA|CMD)/.+)", re.DOTALL)
#: Messages that say nothing of the city: commands, and whether the host application is there.
_SILENT = frozenset({"NCMD", "DCMD", "STATE"})
_OF_DEVICES = frozenset({"DBIRTH", "DDEATH", "DDATA"})
_TYPES = frozenset({"NBIRTH", "NDEATH", "NDATA", *_OF_DEVICES})

#: Folders of a birth that hold commands and static facts, and the number that ties a death to its birth.
_NO_READING_FOLDERS = ("Node Control/", "Device Control/", "Node Info/", "Device Info/", "Properties/")
_BIRTH_NUMBER = "bdSeq"
#: Property keys that hold the unit; the first is Ignition's.
_UNIT_KEYS = ("engUnit", "engUnits", "engineeringUnits", "unit", "units")
#: OPC DA's good values (192 with its substatus) and Ignition's word for an old value.
_GOOD_QUALITIES, _STALE_QUALITY = range(192, 220), 500
#: Bits of the signed types, whose values travel as unsigned two's complement.
_SIGNED = {DataType.INT8: 8, DataType.INT16: 16, DataType.INT32: 32, DataType.INT64: 64}
_NUMBERS = frozenset(DataType)


class _Address(NamedTuple):
    """What a topic says; no device: the edge node itself."""

    kind: str
    node: str
    device: str

    @property
    def sensor(self) -> str:
        return f"{self.node}/{self.device}" if self.device else self.node


class SparkplugDecoder:
    """Decodes births, data and deaths; what it learned of a node lies in the memory until the node dies."""

    def __init__(self, options: DecoderOptions, memory: Memory) -> None:
        self._options, self._memory = options, memory

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of births and data, and as statuses who was born and who died."""
        address = _address(topic)
        if address is None:
            return Decoded()
        # No protobuf message begins with this byte: it would be a field 15 of a kind that is not used.
        message = read_json_payload(payload) if payload[:1] == b"{" else read_payload(payload)
        node = NodeState(self._memory, address.node)
        match address.kind:
            case "NDEATH":
                return _node_death(node, address, message)
            case "DDEATH":
                node.bury(address.device)
                return Decoded(statuses=[Status(address.sensor, online=False)])
            case "NBIRTH" | "DBIRTH":
                return self._birth(node, address, message)
        return self._data(node, address, message)

    def _birth(self, node: NodeState, address: _Address, message: Payload) -> Decoded:
        metrics = list(_flat(message.metrics, None))
        known = [_known(name, metric) for name, metric in metrics if name is not None and not metric.is_cell]
        if address.device:
            _in_order(node, message)
            node.bear(address.device, known)
        else:
            node.be_born(_birth_number(message), known)
            node.begin(message.sequence or 0)
        found = self._readings(address, message, Birth(known))
        return Decoded(found, statuses=[Status(address.sensor, online=True)])

    def _data(self, node: NodeState, address: _Address, message: Payload) -> Decoded:
        in_order = _in_order(node, message) if node.is_born else True
        birth = node.birth(address.device)
        if birth is None:
            REBIRTHS_NEEDED.labels("no_birth").inc()
        elif not in_order:
            REBIRTHS_NEEDED.labels("sequence_gap").inc()
        return Decoded(self._readings(address, message, birth if birth is not None else Birth([])))

    def _readings(self, address: _Address, message: Payload, birth: Birth) -> list[Measurement]:
        found: list[Measurement] = []
        nameless = 0
        for name, metric in _flat(message.metrics, birth):
            if name is None:
                nameless += 1
            elif _measures(name):
                measurement = _measurement(address.sensor, name, metric, birth.by_name.get(name))
                if measurement is not None:
                    measurement.time_ns = _time_ns(metric, message)
                    found.append(measurement)
        if nameless:
            METRICS_DROPPED.labels("unknown_alias").inc(nameless)
            REBIRTHS_NEEDED.labels("unknown_alias").inc()
            if not found:
                raise UndecodableMessage(
                    Reason.NEEDS_BIRTH, expected="a birth that names the aliases", got=nameless, at=address.sensor
                )
        return self._options.told(found)


def _address(topic: str) -> _Address | None:
    """Return what a topic says; None for one whose messages say nothing of the city.

    Raises:
        UndecodableMessage: it is none of this family's.
    """
    bridged = TOPIC.fullmatch(topic) if not topic.startswith("spBv1.0/") else None
    parts = (bridged.group(1) if bridged is not None else topic).split("/")
    if len(parts) > 2 and (parts[1] in _SILENT or parts[2] in _SILENT):
        return None
    kind = parts[2] if len(parts) > 2 else ""
    if kind not in _TYPES or len(parts) != (5 if kind in _OF_DEVICES else 4):
        expected = "spBv1.0/GROUP/NBIRTH|NDATA|NDEATH/NODE or spBv1.0/GROUP/DBIRTH|DDATA|DDEATH/NODE/DEVICE"
        raise UndecodableMessage(Reason.BAD_TOPIC, expected=expected, got=topic, at="topic")
    for part in (parts[1], *parts[3:]):
        checked_name(part, at="topic", reason=Reason.BAD_TOPIC)
    node = checked_name(f"{parts[1]}/{parts[3]}", at="topic", reason=Reason.BAD_TOPIC)
    address = _Address(kind, node, parts[4] if kind in _OF_DEVICES else "")
    checked_name(address.sensor, at="topic", reason=Reason.BAD_TOPIC)
    return address


def _in_order(node: NodeState, message: Payload) -> bool:
    return message.sequence is None or node.follows(message.sequence)


def _node_death(node: NodeState, address: _Address, message: Payload) -> Decoded:
    """Return that the node and its devices are gone, unless it is the death of an earlier session."""
    if not node.is_of_this_session(_birth_number(message)):
        DEATHS_IGNORED.labels("earlier_session").inc()
        return Decoded()
    gone = [address.sensor, *(f"{address.node}/{device}" for device in node.devices())]
    node.die()
    return Decoded(statuses=[Status(sensor, online=False) for sensor in gone])


def _birth_number(message: Payload) -> int | None:
    return next((metric.whole for metric in message.metrics if metric.name == _BIRTH_NUMBER), None)


def _flat(metrics: list[Metric], birth: Birth | None, above: str = "") -> Iterator[tuple[str | None, Metric]]:
    """Yield every metric with its full name, those of templates under their instance's; None for an unknown alias."""
    for metric in metrics:
        name = f"{above}/{metric.name}" if above and metric.name else metric.name
        if not name and birth is not None and metric.alias is not None:
            known = birth.by_alias.get(metric.alias)
            name = known.name if known is not None else None
        if metric.is_definition:
            continue
        if metric.metrics and name:
            yield from _flat(metric.metrics, birth, name)
        yield name or None, metric


def _known(name: str, metric: Metric) -> Known:
    checked_name(name, at="metric")
    return Known(name, metric.alias, metric.datatype, _unit(metric))


def _measures(name: str) -> bool:
    return name != _BIRTH_NUMBER and not name.startswith(_NO_READING_FOLDERS)


def _measurement(sensor: str, name: str, metric: Metric, known: Known | None) -> Measurement | None:
    datatype = metric.datatype if metric.datatype is not None else known.datatype if known is not None else None
    value = _value(metric, datatype)
    if value is None:
        return None
    unit = _unit(metric) or (known.unit if known is not None else None)
    if unit is None and datatype == DataType.BOOLEAN:
        unit = ""
    quantity, label = named(checked_name(name, at="metric"), unit)
    return Measurement(sensor, quantity, value, unit, quality=_quality(metric), label=label)


def _value(metric: Metric, datatype: int | None) -> float | None:
    """Return a metric's number; None where it has none, or one whose type or value nobody can tell."""
    if metric.is_null or (datatype is not None and datatype not in _NUMBERS):
        return None
    if metric.real is not None:
        if not isfinite(metric.real):
            METRICS_DROPPED.labels("not_finite").inc()
            return None
        return metric.real
    if metric.whole is None:
        return None
    if datatype is None and metric.whole >= 2**31:  # it may be a negative number, and may not
        METRICS_DROPPED.labels("unknown_type").inc()
        return None
    return float(_signed(metric.whole, datatype))


def _signed(whole: int, datatype: int | None) -> int:
    bits = _SIGNED.get(DataType(datatype)) if datatype is not None else None
    if bits is None:
        return whole
    wide = 64 if bits == 64 else 32 if whole < 2**32 else 64
    for width in (bits, wide):  # a small type is sign-extended by some libraries, and cut by others
        if 1 << (width - 1) <= whole < 1 << width:
            return whole - (1 << width)
    return whole


def _quality(metric: Metric) -> Quality:
    quality = Quality.STALE if metric.is_historical else Quality.GOOD
    said = metric.properties.get("Quality", metric.properties.get("quality"))
    if not isinstance(said, int) or said in _GOOD_QUALITIES:
        return quality
    return quality | (Quality.STALE if said == _STALE_QUALITY else Quality.BAD)


def _unit(metric: Metric) -> str | None:
    for key in _UNIT_KEYS:
        unit = metric.properties.get(key)
        if isinstance(unit, str) and unit:
            return checked_name(unit, at=key)
    return None


def _time_ns(metric: Metric, message: Payload) -> int | None:
    said_ms = metric.time_ms if metric.time_ms is not None else message.time_ms
    if said_ms is None or said_ms >= 2**63 // MILLISECOND_NS:
        return None
    return parse_epoch(said_ms)
