"""LwM2M's resources as servers tell them in JSON: each value by its path, `/3303/0/5700`."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from city.measurement import Decoded, Measurement
from city.units import is_known
from ingest.decoders import lwm2m_names
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.options import DecoderOptions
from ingest.decoders.paths import at_path, first_time, refuse
from ingest.decoders.topic_names import known_sensor
from ingest.decoders.values import number_with_unit

_PATH = re.compile(r"/?(\d{1,5}(?:/\d{1,5}){1,2})/?", re.ASCII)
#: What a body has that holds such a path, as a member's name or as a text; others are not looked through.
_HINT = re.compile(rb'"/?3(?:[34]\d\d)?/\d{1,5}(?:/\d{1,5})?"')
#: Members by which servers name the path of a value (Leshan, EMQX, Coiote), and the value.
_PATHS, _VALUES = ("res", "path", "resource", "resourcePath", "uri"), ("value", "val", "v")
#: Members that say whose they are: at the top, or one level below.
_WHO = ("ep", "endpoint", "endpointName", "endpoint_name", "deviceId", "device_id", "imei")
_TIMES = ("timestamp", "ts", "time", "at")
#: The level of a server's topics after which the device's name stands.
_TOPIC = re.compile(r"(?:.+/)?lwm2m/([^/]+)/.+")
#: Of a device itself: the voltage of its power sources, its battery, how well it hears its network (objects 3 and 4).
_OWN = {"3/0/7": ("battery_voltage", "mV"), "3/0/9": ("battery_level", "%"), "4/0/2": ("rssi", "dBm")}
#: The unit of the values of an instance (OMA registry, resource 5701).
_UNIT = "5701"
_DEEPEST, _MOST = 8, 1000
_EXPECTED = "a resource's path"


class _Found(NamedTuple):
    """A resource by its path without slashes around it, and what was said."""

    path: str
    said: object


class Lwm2mDecoder:
    """Decodes the values of sensors' objects; a device's own are its battery and its signal."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings; the sensor is the endpoint, which the body or the topic names."""
        body = parse_object(payload)
        found = list(_found(body))[:_MOST]
        if not found:
            raise refuse(_EXPECTED, body)
        by_topic = _TOPIC.fullmatch(topic)
        said = [at_path(body, path) for name in _WHO for path in (name, f"data.{name}", f"payload.{name}")]
        sensor = known_sensor(*said, by_topic and by_topic[1], topic=topic)
        return Decoded(self._options.told(list(_measured(sensor, found, first_time(body, _TIMES)))))


def bears(body: Body) -> bool:
    """Return whether a body tells resources by their path."""
    return (
        body.first == b"{" and _HINT.search(body.payload) is not None and next(_found(body.members), None) is not None
    )


def _measured(sensor: str, found: list[_Found], time_ns: int | None) -> Iterator[Measurement]:
    units = {path.rpartition("/")[0]: said for path, said in found if path.endswith(f"/{_UNIT}")}
    for path, said in found:
        known = _OWN.get(path) or lwm2m_names.meant(path)
        parsed = number_with_unit(said, at=path) if known is not None else None
        if known is None or parsed is None:
            continue
        instance = path.rpartition("/")[0]
        told = units.get(instance)
        unit = told if isinstance(told, str) and is_known(told) else known[1]
        number = instance.partition("/")[2]
        yield Measurement(sensor, known[0], parsed[0], unit, time_ns, label=number if number != "0" else "")


def _found(value: object, depth: int = 0) -> Iterator[_Found]:
    """Yield the resources that a body tells, by a member's name or beside their path, and those below an instance."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            yield from _found(one, depth + 1)
    if not isinstance(value, dict):
        return
    path = next((text for key in _PATHS if (text := _path(value.get(key)))), "")
    if path:
        yield from _below(path, next((value[key] for key in _VALUES if key in value), None))
        return
    for key, inner in value.items():
        path = _path(key)
        yield from _below(path, inner) if path else _found(inner, depth + 1)


def _below(path: str, said: object) -> Iterator[_Found]:
    """Yield a resource's value, however it is wrapped, or those of an instance's resources."""
    inner = said.get("resources", said) if isinstance(said, dict) else None
    if isinstance(inner, dict) and path.count("/") == 1:
        for key, one in inner.items():
            if key.isdecimal():
                yield from _below(f"{path}/{key}", one)
    elif isinstance(said, dict):
        yield _Found(path, next((said[key] for key in _VALUES if key in said), None))
    elif path.count("/") > 1:
        yield _Found(path, said)


def _path(text: Any) -> str:  # noqa: ANN401 - any JSON
    found = _PATH.fullmatch(text) if isinstance(text, str) else None
    return found[1] if found is not None else ""
