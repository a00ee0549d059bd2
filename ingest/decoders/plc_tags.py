"""Points that somebody named in a gateway to controllers: EMQX Neuron's two formats, and Advantech's ADAM and WISE.

Neuron: https://docs.emqx.com/en/neuron/latest/configuration/north-apps/mqtt/api.html; Advantech: ADAM MQTT Manual 1.0.
"""

import re
from collections.abc import Iterator
from typing import Any

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement
from city.quality import Quality
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.metric_path import named
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.decoders.values import checked_name, number
from ingest.reasons import Reason

TOPICS = re.compile(r"(?:.+/)?Advantech/(?P<mac>[0-9A-Fa-f]{12})/(?:data|Device_Status|ctl/.+|ack|cfgack|.*cfg)")
#: `di1`, `do2`, `ai_3`, `ai 3`: what it is, and which.
_CHANNEL = re.compile(r"(di|do|ai|ao)[ _]?(\d{1,2})")
_CHANNELS = {"di": "digital_input", "do": "switch_state", "ai": "analog_input", "ao": "analog_output"}
#: OPC's word for a good value, which Advantech sends as `q`.
_GOOD = 192


class PlcTagsDecoder:
    """Decodes named points; their units stand in the gateway's configuration, and are told by the route."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of a gateway's message."""
        device = TOPICS.fullmatch(topic)
        if device is not None:
            said = parse_object(payload) if topic.endswith("/data") else {}
            return Decoded(self._options.told(list(_channels(device["mac"], said))))
        body = parse_object(payload)
        if not _is_neuron(body):
            raise UndecodableMessage(
                Reason.WRONG_SHAPE, expected="`node`, `group` and values", got=", ".join(body), at="$"
            )
        return Decoded(self._options.told(list(_tags(body))))


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    return _is_neuron(body.members)


def _is_neuron(body: dict[str, Any]) -> bool:
    named_by = isinstance(body.get("node"), str) and isinstance(body.get("group"), str)
    return (
        named_by
        and "timestamp" in body
        and (isinstance(body.get("values"), dict) or isinstance(body.get("tags"), list))
    )


def _tags(body: dict[str, Any]) -> Iterator[Measurement]:
    """Yield the points that were read; those with an error say nothing."""
    sensor = checked_name(f"{body['node']}/{body['group']}", at="$.node")
    time_ns = time_of(body["timestamp"])
    tags, values = body.get("tags"), body.get("values")
    objects = [one for one in tags if isinstance(one, dict)] if isinstance(tags, list) else []
    listed = [(one.get("name"), one.get("value")) for one in objects]
    for name, value in [*(values.items() if isinstance(values, dict) else ()), *listed]:
        amount = number(value, at=f"$.{name}")
        if isinstance(name, str) and amount is not None:
            what = named(checked_name(name, at="$.name"))
            yield Measurement(sensor, what.quantity, amount, None, time_ns, label=what.label)


def _channels(mac: str, body: dict[str, Any]) -> Iterator[Measurement]:
    quality = Quality.BAD if body.get("q", _GOOD) != _GOOD else Quality.GOOD
    time_ns = time_of(body.get("t"))
    for key, value in body.items():
        found = _CHANNEL.fullmatch(key)
        amount = number(value, at=f"$.{key}")
        if found is not None and amount is not None:
            unit = "" if found[1] in {"di", "do"} else None
            yield Measurement(mac, _CHANNELS[found[1]], amount, unit, time_ns, quality, found[2])
