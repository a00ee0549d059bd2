"""OPC UA over MQTT: JSON messages of its PubSub (OPC 10000-14, §7.2.5), and samples of Microsoft's publisher."""

from collections.abc import Iterator
from typing import Any

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement
from city.quality import Quality
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json
from ingest.decoders.metric_path import named
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.decoders.values import checked_name, number
from ingest.reasons import Reason

#: The two highest bits of a status code are its severity (OPC 10000-4, §7.39); from this on a value is bad.
_BAD = 0x8000_0000
#: Kinds of messages that carry no values.
_NO_DATA = ("ua-metadata", "ua-keepalive", "ua-status", "ua-connection", "ua-application", "ua-endpoints", "ua-event")


class OpcUaDecoder:
    """Decodes the fields of data set messages; what a field measures is told by its name, its unit by nobody."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of all messages; the sensor is the publisher and the writer of the data set."""
        found = [one for message in _messages(parse_json(payload)) for one in _read(topic, message)]
        return Decoded(self._options.told(found))


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    first = next(_messages(body.json), None)
    if first is None:
        return False
    kind = first.get("MessageType")
    return (isinstance(kind, str) and kind.startswith("ua-")) or _is_sample(first)


def _messages(body: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - any JSON
    """Yield network messages and samples, which may come in lists and, from a cloud, in a `body`."""
    for one in body if isinstance(body, list) else [body]:
        if isinstance(one, dict):
            inner = one.get("body")
            yield from _messages(inner) if isinstance(inner, dict | list) else iter([one])


def _is_sample(body: dict[str, Any]) -> bool:
    return "NodeId" in body and "Value" in body and bool({"ApplicationUri", "EndpointUrl", "DisplayName"} & body.keys())


def _read(topic: str, message: dict[str, Any]) -> Iterator[Measurement]:
    if _is_sample(message):
        source = message.get("ApplicationUri") or message.get("EndpointUrl") or topic
        name = message.get("DisplayName") or message["NodeId"]
        yield from _field(_sensor(topic, source), name, message["Value"], message)
        return
    kind = message.get("MessageType")
    sets = message.get("Messages")
    if isinstance(kind, str) and kind.startswith(_NO_DATA):
        return
    for one in sets if isinstance(sets, list) else [sets if isinstance(sets, dict) else message]:
        fields = one.get("Payload") if isinstance(one, dict) else None
        if isinstance(fields, dict):
            writer = one.get("DataSetWriterName") or one.get("DataSetWriterId")
            sensor = _sensor(topic, message.get("PublisherId"), writer)
            for name, value in fields.items():
                yield from _field(sensor, name, value, one)


def _sensor(topic: str, *said: object) -> str:
    parts = [str(part) for part in said if isinstance(part, str | int) and not isinstance(part, bool) and part != ""]
    name = "/".join(parts) or topic
    return checked_name(name, at="$.PublisherId", reason=Reason.BAD_NAME if name else Reason.NO_SENSOR)


def _field(sensor: str, name: object, said: object, around: dict[str, Any]) -> Iterator[Measurement]:
    """Yield a field's value, be it raw or with its times and status; texts and structures are none."""
    whole = said if isinstance(said, dict) else {"Value": said}
    if not isinstance(name, str):
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="a field's name", got=type(name).__name__, at="$")
    value = number(whole.get("Value"), at=f"$.{name}")
    if value is None:
        return
    times = (whole.get("SourceTimestamp"), around.get("SourceTimestamp"), around.get("Timestamp"))
    time_ns = next((one for one in map(time_of, times) if one is not None), None)
    quality = Quality.BAD if _is_bad(whole.get("StatusCode", around.get("StatusCode"))) else Quality.GOOD
    what = named(checked_name(name, at="$.Payload"))
    yield Measurement(sensor, what.quantity, value, None, time_ns, quality, what.label)


def _is_bad(status: object) -> bool:
    code = status.get("Code", status.get("Symbol")) if isinstance(status, dict) else status
    if isinstance(code, str):
        return code.startswith("Bad")
    return isinstance(code, int) and code >= _BAD
