"""The payload of Sparkplug B as it lies in Tahu's `sparkplug_b.proto`: metrics, values, properties."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from city.errors import UndecodableMessage
from ingest.decoders.protobuf_wire import chunk, fields, floating, text, whole
from ingest.decoders.sparkplug_dataset import cells, short_float
from ingest.reasons import Reason

#: Metrics of one message; the largest births of whole plants have some thousand.
MAX_METRICS = 20_000
#: Levels of templates within templates; Ignition's user-defined types rarely have more than four.
_DEEPEST = 8
#: Bytes of a compressed payload when it is open again; as `max_payload_bytes` by default.
_MAX_INFLATED = 2**20
#: `uuid` of a payload whose `body` is a compressed payload (Tahu's client libraries).
_COMPRESSED = "SPBV1.0_COMPRESSED"
#: zlib's own word for "gzip or zlib, whichever it is".
_EITHER = 47


class DataType(IntEnum):
    """The data types whose values can be readings (Sparkplug 3.0 §6.4.16)."""

    INT8 = 1
    INT16 = 2
    INT32 = 3
    INT64 = 4
    UINT8 = 5
    UINT16 = 6
    UINT32 = 7
    UINT64 = 8
    FLOAT = 9
    DOUBLE = 10
    BOOLEAN = 11


@dataclass(slots=True)
class Metric:
    """One metric as it was sent; None for what was left out.

    Attributes:
        whole: of `int_value` or `long_value`, still without a sign.
        real: of `float_value`, `double_value` or `boolean_value`.
        metrics: of a template's instance, or the values of a data set.
        is_cell: whether it is a value of a data set.
        properties: by key, the numbers and texts among them.
    """

    name: str | None = None
    alias: int | None = None
    time_ms: int | None = None
    datatype: int | None = None
    whole: int | None = None
    real: float | None = None
    is_historical: bool = False
    is_null: bool = False
    is_definition: bool = False
    is_cell: bool = False
    metrics: list["Metric"] = field(default_factory=list)
    properties: dict[str, int | float | str | None] = field(default_factory=dict)


@dataclass(slots=True)
class Payload:
    """One message."""

    time_ms: int | None = None
    sequence: int | None = None
    metrics: list[Metric] = field(default_factory=list)


def read_payload(data: bytes) -> Payload:
    """Return a message, opened if it was compressed.

    Raises:
        UndecodableMessage: the bytes are no such message, or one beyond all bounds.
    """
    payload, body = _payload(data)
    return payload if body is None else _payload(_inflated(body))[0]


def _payload(data: bytes) -> tuple[Payload, bytes | None]:
    payload, uuid, body = Payload(), "", None
    reader = _Reader()
    for number, value in fields(data):
        match number:
            case 1:
                payload.time_ms = whole(value)
            case 2:
                payload.metrics.append(reader.metric(chunk(value), 0))
            case 3:
                payload.sequence = whole(value)
            case 4:
                uuid = text(value)
            case 5:
                body = chunk(value)
    return payload, body if uuid == _COMPRESSED else None


def _inflated(body: bytes) -> bytes:
    inflater = zlib.decompressobj(_EITHER)
    try:
        data = inflater.decompress(body, _MAX_INFLATED)
    except zlib.error as error:
        raise UndecodableMessage(Reason.NOT_PROTOBUF, expected="a gzip body", got=str(error), at="body") from error
    if inflater.unconsumed_tail:
        raise UndecodableMessage(Reason.TOO_LARGE, expected=f"at most {_MAX_INFLATED} bytes", got="more", at="body")
    return data


class _Reader:
    """Reads the metrics of one message, and counts them."""

    def __init__(self) -> None:
        self._count = 0

    def metric(self, data: bytes, depth: int) -> Metric:
        self._count += 1
        if self._count > MAX_METRICS:
            raise UndecodableMessage(Reason.TOO_LARGE, expected=f"at most {MAX_METRICS} metrics", got="more", at="$")
        metric = Metric()
        for number, value in fields(data):
            if number == 17:
                self._data_set(metric, chunk(value))
            elif number == 18:
                self._template(metric, chunk(value), depth)
            elif number in _MEMBERS:
                name, read = _MEMBERS[number]
                setattr(metric, name, read(value))
        return metric

    def _data_set(self, metric: Metric, data: bytes) -> None:
        for cell in cells(data, at_most=MAX_METRICS - self._count):
            self._count += 1
            metric.metrics.append(
                Metric(
                    name=cell.path,
                    time_ms=cell.time_ms if cell.time_ms is not None else metric.time_ms,
                    datatype=cell.datatype,
                    whole=cell.whole,
                    real=cell.real,
                    is_historical=metric.is_historical,
                    is_cell=True,
                )
            )

    def _template(self, metric: Metric, data: bytes, depth: int) -> None:
        if depth >= _DEEPEST:
            raise UndecodableMessage(Reason.TOO_DEEP, expected=f"at most {_DEEPEST} templates", got="more", at="$")
        for number, value in fields(data):
            if number == 2:
                metric.metrics.append(self.metric(chunk(value), depth + 1))
            elif number == 5:
                metric.is_definition = bool(whole(value))


def _properties(value: int | bytes) -> dict[str, int | float | str | None]:
    keys: list[str] = []
    values: list[int | float | str | None] = []
    for number, one in fields(chunk(value)):
        if number == 1:
            keys.append(text(one))
        elif number == 2:
            values.append(_property(chunk(one)))
    return dict(zip(keys, values, strict=False))


def _property(data: bytes) -> int | float | str | None:
    found: int | float | str | None = None
    for number, value in fields(data):
        if number in _PROPERTY_VALUES:
            found = _PROPERTY_VALUES[number](value)
    return found


_Read = Callable[[int | bytes], Any]

_PROPERTY_VALUES: dict[int, _Read] = {
    3: whole,
    4: whole,
    5: short_float,
    6: lambda value: floating(value, "<d"),
    7: whole,
    8: text,
}
#: Field number of a metric -> its name here and how it is read.
_MEMBERS: dict[int, tuple[str, _Read]] = {
    1: ("name", text),
    2: ("alias", whole),
    3: ("time_ms", whole),
    4: ("datatype", whole),
    5: ("is_historical", lambda value: bool(whole(value))),
    7: ("is_null", lambda value: bool(whole(value))),
    9: ("properties", _properties),
    10: ("whole", whole),
    11: ("whole", whole),
    12: ("real", short_float),
    13: ("real", lambda value: floating(value, "<d")),
    14: ("real", lambda value: float(bool(whole(value)))),
}
