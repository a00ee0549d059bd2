"""Sparkplug's payload as JSON, as some servers send it (`Sparkplug_B_v1_0_JSON` of Cirrus Link)."""

from typing import Any

from city.errors import UndecodableMessage
from ingest.decoders.json_body import parse_object
from ingest.decoders.sparkplug_payload import MAX_METRICS, DataType, Metric, Payload
from ingest.decoders.values import number
from ingest.reasons import Reason

#: Names of data types that say something beyond the JSON value.
_TYPES = {"boolean": DataType.BOOLEAN}
_NO_NUMBERS = frozenset({"string", "text", "uuid", "datetime", "dataset", "bytes", "file", "template"})


def read_json_payload(data: bytes) -> Payload:
    """Return a message.

    Raises:
        UndecodableMessage: it is no such JSON, or one beyond all bounds.
    """
    body = parse_object(data)
    metrics = body.get("metrics", [])
    if not isinstance(metrics, list) or len(metrics) > MAX_METRICS:
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="`metrics`", got=type(metrics).__name__, at="$.metrics")
    found = [_metric(one) for one in metrics if isinstance(one, dict)]
    return Payload(_whole(body.get("timestamp")), _whole(body.get("seq")), found)


def _metric(said: dict[str, Any]) -> Metric:
    kind = str(said.get("dataType", said.get("datatype", ""))).lower()
    name = said.get("name")
    value = said.get("value") if kind not in _NO_NUMBERS else None
    return Metric(
        name=name if isinstance(name, str) else None,
        alias=_whole(said.get("alias")),
        time_ms=_whole(said.get("timestamp")),
        datatype=_TYPES.get(kind),
        whole=_whole(value),
        real=number(value, at="$.value"),
        is_historical=said.get("is_historical", said.get("isHistorical")) is True,
        properties=_properties(said.get("properties")),
    )


def _properties(said: object) -> dict[str, int | float | str | None]:
    """Return properties, which are values or objects with one."""
    found: dict[str, int | float | str | None] = {}
    for key, value in said.items() if isinstance(said, dict) else ():
        inner = value.get("value") if isinstance(value, dict) else value
        if isinstance(inner, int | float | str) and not isinstance(inner, bool):
            found[str(key)] = inner
    return found


def _whole(said: object) -> int | None:
    return said if isinstance(said, int) and not isinstance(said, bool) and 0 <= said < 2**64 else None
