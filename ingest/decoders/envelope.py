"""Messages within messages: what brokers' rules, flows and loggers make of a message that they pass on."""

from typing import Any, NamedTuple

import msgspec

from ingest.decoders.family import Body
from ingest.decoders.times import time_of

#: Members beside `topic` and `payload` by which EMQX's rules, Node-RED and `mosquitto_sub -F %J` describe a message.
_BESIDE = frozenset(
    {
        "qos", "retain", "retained", "tst", "timestamp", "ts", "time", "_msgid", "payloadlen", "mid", "id", "clientid",
        "client_id", "username", "from_clientid", "from_username", "peerhost", "peername", "node", "event", "flags",
        "publish_received_at", "broker", "properties", "pub_props", "client_attrs", "metadata", "dup",
    }
)  # fmt: skip
_TIMES = ("publish_received_at", "tst", "timestamp", "ts", "time")
_NO_TOPIC = frozenset("+#\0")
_LONGEST_TOPIC = 1024


class Opened(NamedTuple):
    """What was within; `time_ns` is when the message was passed on, for what tells no time itself."""

    topic: str
    payload: bytes
    time_ns: int | None


def opened(body: Body) -> Opened | None:
    """Return the message within a message; None for a body that is no envelope. Raises as `Body.json`."""
    members = body.members
    topic, payload = members.get("topic"), members.get("payload")
    if not isinstance(topic, str) or payload is None or not members.keys() - {"topic", "payload"} <= _BESIDE:
        return None
    if not 0 < len(topic) <= _LONGEST_TOPIC or not _NO_TOPIC.isdisjoint(topic):
        return None
    return Opened(topic, _bytes(payload), _time_ns(members))


def _bytes(payload: object) -> bytes:
    return payload.encode() if isinstance(payload, str) else msgspec.json.encode(payload)


def _time_ns(members: dict[str, Any]) -> int | None:
    return next((found for key in _TIMES if (found := time_of(members.get(key))) is not None), None)
