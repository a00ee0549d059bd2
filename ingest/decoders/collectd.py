"""collectd's JSON (write_mqtt, write_http): lists of values whose types tell what they are.

Types and their units: collectd's types.db, https://github.com/collectd/collectd/blob/main/src/types.db.
"""

from collections.abc import Iterator
from typing import Any

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json
from ingest.decoders.known import Known
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.decoders.values import checked_name, number
from ingest.reasons import Reason

#: Type -> what its only value is, or by the name of each; others are the host's own affairs and say nothing.
_TYPES: dict[str, Known | dict[str, Known]] = {
    "temperature": Known("temperature", "°C"),
    "humidity": Known("humidity", "%"),
    "voltage": Known("voltage", "V"),
    "current": Known("current", "A"),
    "power": Known("power", "W"),
    "fanspeed": Known("fan_speed", "rpm"),
    "frequency": Known("frequency", "Hz"),
    "pressure": Known("pressure", None),
    "uptime": Known("uptime", "s"),
    "ping": Known("response_time", "ms"),
    "timeleft": Known("battery_runtime", "s"),
    "charge": Known("charge", "Ah"),
    "if_octets": {"rx": Known("in_octets", "B"), "tx": Known("out_octets", "B")},
}
_MEMBERS = frozenset({"values", "dstypes", "dsnames", "plugin", "type", "host"})
_MOST = 100_000


class CollectdDecoder:
    """Decodes value lists; the sensor is the host with the plugin's instance, the label the type's instance."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of all value lists."""
        body = parse_json(payload)
        lists = body if isinstance(body, list) else [body]
        if not all(isinstance(one, dict) and one.keys() >= _MEMBERS for one in lists) or len(lists) > _MOST:
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="value lists", got=type(body).__name__, at="$")
        return Decoded(self._options.told([one for said in lists for one in _read(said)]))


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    first = body.json[0] if isinstance(body.json, list) and body.json else body.json
    return isinstance(first, dict) and first.keys() >= _MEMBERS


def _read(said: dict[str, Any]) -> Iterator[Measurement]:
    kind = _TYPES.get(said["type"]) if isinstance(said["type"], str) else None
    values, names, types = said["values"], said["dsnames"], said["dstypes"]
    if kind is None or not (isinstance(values, list) and isinstance(names, list) and isinstance(types, list)):
        return
    parts = [said["host"], said["plugin"], said.get("plugin_instance")]
    sensor = checked_name("/".join(part for part in parts if isinstance(part, str) and part), at="$.host")
    label = said.get("type_instance")
    label = checked_name(label, at="$.type_instance") if isinstance(label, str) and label else ""
    for name, value in zip(names, values, strict=False):
        known = kind if isinstance(kind, Known) else kind.get(name) if isinstance(name, str) else None
        amount = number(value, at="$.values") if not isinstance(value, bool) else None
        if known is not None and amount is not None:
            yield Measurement(sensor, known.quantity, amount, known.unit, time_of(said.get("time")), label=label)
