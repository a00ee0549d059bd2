"""oneM2M (TS-0004): content instances, created by a device (request) or told to a subscriber (notification)."""

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
#: Levels of a resource's name before the application's own: the service provider, the node and its base.
_BASE_LEVELS = 2
_EXPECTED = "`m2m:cin`"


class OneM2mDecoder:
    """Decodes the content where it is JSON of known words, or one value in a container that is called by its word."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of an instance; the sensor is the application's name, else the whole resource's."""
        body = parse_object(payload)
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
    return any(isinstance(at_path(body.members, path), dict) for path in (*_NOTIFIED, *_CREATED))


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
    levels = [level for level in where.split("/") if level]
    own = levels[_BASE_LEVELS:] if len(levels) > _BASE_LEVELS else levels[-1:]
    word = own[-1] if own and meaning(own[-1]) is not None else ""
    return "/".join(own[:-1] if word else own[:1]), word


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
