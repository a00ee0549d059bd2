"""Telegraf's JSON serializer: single metrics, batches, and the flat form that its documented transformations give."""

from typing import Any

from city.catalogue import default_catalogue
from city.errors import UndecodableMessage
from city.measurement import Decoded
from ingest.decoders.family import Body
from ingest.decoders.influx_line import InfluxLineDecoder, Line
from ingest.decoders.influx_names import SENSOR_TAGS
from ingest.decoders.json_body import parse_json
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.decoders.values import number, number_with_unit
from ingest.reasons import Reason

#: A batch is one message of Telegraf's `metric_batch_size`, whose default is 1,000.
_MAX_METRICS = 100_000
_TIMES = ("time", "timestamp")


class TelegrafJsonDecoder:
    """Decodes metrics as the lines that they would be."""

    def __init__(self, options: DecoderOptions) -> None:
        self._lines = InfluxLineDecoder(options)

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of all metrics."""
        body = parse_json(payload)
        metrics = body.get("metrics", [body]) if isinstance(body, dict) else body
        if not isinstance(metrics, list) or len(metrics) > _MAX_METRICS:
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="metrics", got=type(metrics).__name__, at="$")
        return self._lines.read(topic, [_line(metric) for metric in metrics])


class TelegrafDecoder:
    """Decodes whichever of its forms Telegraf was told to write."""

    def __init__(self, options: DecoderOptions) -> None:
        self._lines, self._json = InfluxLineDecoder(options), TelegrafJsonDecoder(options)

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of the message."""
        is_json = payload.lstrip()[:1] in {b"{", b"["}
        return (self._json if is_json else self._lines).decode(topic, payload)


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    metrics = body.members.get("metrics", body.json)
    first = metrics[0] if isinstance(metrics, list) and metrics else metrics
    return isinstance(first, dict) and {"fields", "name", "tags"} <= first.keys() and isinstance(first["fields"], dict)


def _line(metric: object) -> Line:
    if not isinstance(metric, dict):
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="a metric", got=type(metric).__name__, at="$")
    fields, tags = metric.get("fields"), metric.get("tags", {})
    if not isinstance(fields, dict):
        return _flat(metric)
    if not isinstance(tags, dict):
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="`tags`", got=type(tags).__name__, at="$.tags")
    name, time_ns = metric.get("name"), time_of(metric.get("timestamp"))
    return {"measurement": str(name or ""), "tags": _texts(tags), "fields": _values(fields), "time": time_ns}


def _flat(metric: dict[str, Any]) -> Line:
    """Return a metric whose tags and fields lie side by side: texts are tags, numbers are fields.

    `name` is the measurement beside a `host`; a text that stands alone says whose all of it is.
    """
    times = (time_of(metric.get(name)) for name in _TIMES)
    rest = {key: value for key, value in metric.items() if key not in _TIMES}
    tags = _texts(rest)
    fields = _values({key: value for key, value in rest.items() if key not in tags})
    if not tags:
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="`fields` or tags", got=", ".join(metric), at="$")
    time_ns = next((time_ns for time_ns in times if time_ns is not None), None)
    measurement = tags.get("name", "")
    if "host" in tags:
        tags.pop("name", None)
    elif len(tags) == 1 and tags.keys().isdisjoint(SENSOR_TAGS):
        tags = {"sensor": next(iter(tags.values()))}
    return {"measurement": measurement, "tags": tags, "fields": fields, "time": time_ns}


def _texts(values: dict[str, Any]) -> dict[str, str]:
    return {key: value for key, value in values.items() if isinstance(value, str)}


def _values(values: dict[str, Any]) -> dict[str, float | int | bool | str]:
    plain = {
        key: _number(key, value) if isinstance(value, str) else number(value, at=key) for key, value in values.items()
    }
    return {key: value for key, value in plain.items() if value is not None}


def _number(key: str, text: str) -> float | str:
    """Return the number that a text is, where its field says what it measures; `04.10` may as well be a version."""
    if key != "value" and default_catalogue().find(key) is None:
        return text
    parsed = number_with_unit(text, at=key)
    return parsed[0] if parsed is not None and parsed[1] is None else text
