"""Liandong's own topics: `city/<domain>/<sensor>/reading`, `…/event` and `…/status`."""

from typing import Any, NamedTuple

import msgspec

from city.errors import UndecodableMessage
from city.level import Domain
from city.measurement import Decoded, Measurement, Observation, Status
from city.quality import Quality
from ingest.decoders.json_body import parse_shape
from ingest.decoders.times import time_of
from ingest.decoders.values import checked_name, number
from ingest.reasons import Reason

#: What a device may say of its own reading; `good` is not said.
QUALITY_WORDS = {"bad": Quality.BAD, "stale": Quality.STALE, "simulated": Quality.SIMULATED}

_DOMAINS = frozenset(Domain)
_STATUSES = {"online": True, "offline": False}
#: The longest event name and text attribute, and the most attributes, that are kept.
_MAX_EVENT_NAME, _MAX_TEXT, _MAX_ATTRIBUTES = 64, 2048, 32


class NativeReading(msgspec.Struct, gc=False):
    """The body of a reading; members that it does not name are ignored.

    Attributes:
        time: RFC 3339 text, or seconds to nanoseconds since 1970; absent: the time of receipt.
        values: by quantity; true and false are 1 and 0, null says nothing.
        unit: by quantity, where it is not the quantity's own.
        quality: words of QUALITY_WORDS.
    """

    values: dict[str, float | bool | None]
    time: str | float | None = None
    unit: dict[str, str] | None = None
    quality: str | list[str] | None = None


class Address(NamedTuple):
    """What a native topic says."""

    sensor: str
    leaf: str


_READINGS = msgspec.json.Decoder(NativeReading | list[NativeReading])
_EVENT = msgspec.json.Decoder(dict[str, Any] | list[dict[str, Any]])


class NativeDecoder:
    """Decodes the three leaves of the native topic; a value without a unit is in the quantity's own."""

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return what the message says."""
        address = parse_topic(topic)
        if address.leaf == "reading":
            return Decoded([m for reading in parse_readings(payload) for m in _measurements(address.sensor, reading)])
        if address.leaf == "event":
            return Decoded(observations=_observations(address.sensor, payload))
        return Decoded(statuses=[Status(address.sensor, online=_is_online(payload))])


def parse_topic(topic: str) -> Address:
    """Return sensor and leaf of a native topic.

    Raises:
        UndecodableMessage: the domain is none of the four, or the sensor has no usable name.
    """
    parts = topic.split("/")
    if len(parts) != 4 or parts[1] not in _DOMAINS:
        raise UndecodableMessage(
            Reason.UNKNOWN_TOPIC,
            expected=f"city/{'|'.join(_DOMAINS)}/SENSOR/reading|event|status",
            got=topic,
            at="topic",
        )
    return Address(checked_name(parts[2], at="topic", reason=Reason.BAD_TOPIC), parts[3])


def parse_readings(payload: bytes) -> list[NativeReading]:
    """Return the readings of a body, which holds one or a buffered list of them.

    Raises:
        UndecodableMessage: the body is not that.
    """
    body = parse_shape(_READINGS, payload)
    return body if isinstance(body, list) else [body]


def quality_of(said: str | list[str] | None) -> Quality:
    """Return the flags that a device's own words stand for; words that we do not know are no flags."""
    quality = Quality.GOOD
    if said is not None:
        for word in [said] if isinstance(said, str) else said:
            quality |= QUALITY_WORDS.get(word, Quality.GOOD)
    return quality


def _measurements(sensor: str, reading: NativeReading) -> list[Measurement]:
    time_ns = time_of(reading.time)
    quality = quality_of(reading.quality)
    units = reading.unit if reading.unit is not None else {}
    return [
        Measurement(sensor, checked_name(key, at="$.values"), float(value), units.get(key), time_ns, quality)
        for key, value in reading.values.items()
        if value is not None
    ]


def _observations(sensor: str, payload: bytes) -> list[Observation]:
    body = parse_shape(_EVENT, payload)
    return [_observation(sensor, event) for event in (body if isinstance(body, list) else [body])]


def _observation(sensor: str, body: dict[str, Any]) -> Observation:
    name = checked_name(body.get("event"), at="$.event", reason=Reason.WRONG_SHAPE)
    attributes = {key: _attribute(key, value) for key, value in body.items() if key not in {"event", "time"}}
    if len(name) > _MAX_EVENT_NAME or len(attributes) > _MAX_ATTRIBUTES:
        raise UndecodableMessage(
            Reason.WRONG_SHAPE, expected=f"at most {_MAX_ATTRIBUTES} attributes", got=len(attributes), at="$"
        )
    return Observation(sensor, name, time_of(body.get("time")), attributes)


def _attribute(key: str, value: object) -> str | float | bool:
    checked_name(key, at="$")
    if isinstance(value, bool):
        return value
    amount = number(value, at=key)
    if amount is not None:
        return amount
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    if len(text) > _MAX_TEXT:
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected=f"at most {_MAX_TEXT} characters", got=len(text), at=key)
    return text


def _is_online(payload: bytes) -> bool:
    word = payload.strip().strip(b'"').lower()
    online = _STATUSES.get(word.decode("ascii", "replace"))
    if online is None:
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="online or offline", got=payload[:40], at="$")
    return online
