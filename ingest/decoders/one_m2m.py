"""oneM2M (TS-0004): content instances, created by a device (request) or told to a subscriber (notification)."""

import re
from collections.abc import Iterator
from typing import Any

from city.measurement import Decoded, Measurement
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json, parse_object
from ingest.decoders.options import DecoderOptions
from ingest.decoders.paths import at_path, refuse
from ingest.decoders.plain_body import Reader
from ingest.decoders.plain_scope import Scope
from ingest.decoders.plain_words import meaning
from ingest.decoders.times import parse_time
from ingest.decoders.values import checked_name
from ingest.reasons import Reason

#: A notification within what carries it, a response's envelope or nothing.
_NOTIFIED = ("pc.m2m:sgn", "m2m:sgn", "pc.sgn")
_CREATED = ("pc.m2m:cin", "m2m:cin")
#: A request and a response within their own name, as servers before release 2a write them, members with a prefix too.
_PRIMITIVES = ("m2m:rqp", "m2m:rsp")
_PREFIX = "m2m:"
#: Operations that ask for a resource or end it, and resources that only hold or tell others (TS-0004 §6.3.4.2.5).
_ASKS = (2, 4)
_HOLDERS = frozenset({"m2m:ae", "m2m:cnt", "m2m:sub", "m2m:acp", "m2m:grp", "m2m:nod", "m2m:csr"})
#: Names that a node's base has in the servers that are about; before it the node's own id may stand (TS-0001 §7.2).
_BASE = re.compile(r"(?i)mobius\d*|[a-z0-9]*cse(?:base)?\d*|cse-[a-z0-9]+|(?:in|mn|asn)-name", re.ASCII)
#: Levels of a whole name that begins with the node's id: that, the base, the application, the container.
_WHOLE = 4
#: A node's answer that it created what it was told (TS-0004 §6.6.3.3).
_WAS_CREATED = 2001
_EXPECTED = "`m2m:cin`"


class OneM2mDecoder:
    """Decodes the content where it is JSON of known words, or one value in a container that is called by its word."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of an instance; the sensor is the application's name, else the whole resource's."""
        body = _primitive(parse_object(payload))
        if body.get("rsc") == _WAS_CREATED or _says_nothing(body):
            return Decoded()
        where, instance = _instance(body)
        if not isinstance(instance, dict):
            if any(isinstance(at_path(body, path), dict) for path in _NOTIFIED):  # a subscription is verified or ends
                return Decoded()
            raise refuse(_EXPECTED, body)
        return Decoded(self._options.told(list(self._measured(where, instance))))

    def _measured(self, where: str, instance: dict[str, Any]) -> Iterator[Measurement]:
        sensor, word = _named(where)
        said = instance.get("con")
        content = parse_json(said.encode()) if isinstance(said, str) and said.lstrip()[:1] in {"{", "["} else said
        time_ns = parse_time(f"{instance.get('ct', '')}".removesuffix("Z") + "Z")
        scope = Scope(sensor=sensor, time_ns=time_ns, word=word)
        if not isinstance(content, dict | list):
            content = {word: content}
        for plain in Reader(self._options.zone).read(content, scope):
            checked_name(plain.measurement.sensor, at="$.sur", reason=Reason.NO_SENSOR)
            yield plain.measurement


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    return any(isinstance(at_path(body.members, path), dict) for path in (*_NOTIFIED, *_CREATED, *_PRIMITIVES))


def _primitive(body: dict[str, Any]) -> dict[str, Any]:
    """Return a request or a response out of its own name; another body as it is."""
    inner = next((body[name] for name in _PRIMITIVES if isinstance(body.get(name), dict)), None)
    return {key.removeprefix(_PREFIX): value for key, value in inner.items()} if inner is not None else body


def _says_nothing(body: dict[str, Any]) -> bool:
    """Return whether a request asks for something, or founds what others are to be told in."""
    content = body.get("pc")
    founds = isinstance(content, dict) and bool(content) and content.keys() <= _HOLDERS
    return founds or str(body.get("op")) in map(str, _ASKS)


def _instance(body: dict[str, Any]) -> tuple[str, object]:
    """Return the resource's name, and the instance."""
    for path in _NOTIFIED:
        told = at_path(body, path)
        if isinstance(told, dict):
            return _text(told.get("sur")).rpartition("/")[0], at_path(told, "nev.rep.m2m:cin")
    found = next((at_path(body, path) for path in _CREATED if isinstance(at_path(body, path), dict)), None)
    return _text(body.get("to")), found


def _named(where: str) -> tuple[str, str]:
    """Return the application and the word of the container, which names a quantity, or else a part of it."""
    own = _own_levels(where)
    word = own[-1] if own and meaning(own[-1]) is not None else ""
    return "/".join(own[:-1] if word else own[:1]), word


def _own_levels(where: str) -> list[str]:
    """Return the levels of a resource's name from the application on: without the node's id and its base."""
    levels = [level for level in where.split("/") if level not in {"", "~"}]
    place = next((place for place in (1, 0) if len(levels) > place + 1 and _BASE.fullmatch(levels[place])), None)
    if place is None:
        place = 1 if where.startswith("/") and len(levels) >= _WHOLE else 0
    return levels[place + 1 :] if len(levels) > 1 else levels


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
