"""Bodies of shapes that nobody described: readings where sensor, quantity and unit are beyond doubt, else a reason."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from city.errors import UndecodableMessage
from city.measurement import Decoded, Observation
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json
from ingest.decoders.options import DecoderOptions
from ingest.decoders.plain_body import Plain, Reader
from ingest.decoders.plain_probes import of_probe
from ingest.decoders.plain_scope import NAMES, Scope, fold
from ingest.decoders.plain_states import of_truth
from ingest.decoders.plain_wishes import is_wish
from ingest.decoders.plain_words import is_name, meaning
from ingest.decoders.values import checked_name
from ingest.reasons import Reason

#: Where platforms write the device into the topic: AWS shadows, Alibaba, OneNET, Tencent, Huawei, IBM, Losant, Tuya.
_PLATFORMS = re.compile(
    r"\$aws/things/(?P<aws>[^/]+)/shadow/.+|(?:.*/)?\$?sys/[^/]+/(?P<sys>[^/]+)/thing/.+"
    r"|/[^/]+/[^/]+/child/(?P<child>[^/]+)/(?:properties|event)/.+|/[^/]+/(?P<jetlinks>[^/]+)/(?:properties|event)/.+"
    r"|\$thing/up/property/[^/]+/(?P<tencent>[^/]+)|\$oc/devices/(?P<huawei>[^/]+)/sys/.+"
    r"|iot-2/type/[^/]+/id/(?P<ibm>[^/]+)/.+|losant/(?P<losant>[^/]+)/state|tylink/(?P<tuya>[^/]+)/thing/.+"
    r"|/?v(?:1\.6|2\.0)/devices/(?P<ubidots>[^/]+)(?:/.+)?|/?devices/(?P<cloud>[^/]+)/(?:events(?:/.+)?|state|messages/.+)"
    r"|\$dg/device/[^/]+/(?P<dgiot>[^/]+)/.+|v1/[^/]+/things/(?P<cayenne>[^/]+)/data/.+"
    r"|\$hw/events/device/(?P<kubeedge>[^/]+)/.+"
    r"|(?P<ditto>[^/]+/[^/]+)/things/(?:twin|live)/(?:events|commands)/.+"
)
#: Levels at either end of a topic that say what is sent, and never by whom.
_GENERIC = frozenset(
    {
        "", "v1", "v2", "api", "data", "json", "sensor", "sensors", "device", "devices", "telemetry", "status", "state",
        "stat", "tele", "measurement", "measurements", "readings", "reading", "values", "value", "events", "event",
        "up", "uplink", "update", "report", "publish", "loop", "live", "raw", "attributes", "properties",
        "property", "messages", "message", "me", "iot", "mqtt", "node", "nodes", "things", "thing", "feeds", "fmt",
        "post", "info", "metrics", "gateway", "payload", "measure", "measures", "controls", "heartbeat", "all",
        "product", "products", "osd",
    }
)  # fmt: skip
#: Last levels of topics of wishes and questions, and of what was not taken.
_NO_REPORT = frozenset(
    {
        "set", "get", "cmd", "cmnd", "command", "commands", "config", "configuration", "settings", "desired", "control",
        "request", "write", "delta", "rejected", "rpc", "log", "logs", "debug", "forecast", "schedule", "ack", "limit",
        "limits", "threshold", "thresholds", "max", "min", "target", "setpoint", "program", "plan", "scene", "query",
        "hourly", "history",
    }
)  # fmt: skip
#: Levels below which things are told to do something, or are described.
_TOLD_TO = frozenset(
    {
        "actuator", "actuators", "cmd", "cmnd", "command", "commands", "control", "set", "config", "configuration",
        "settings", "setpoint", "setpoints", "desired", "threshold", "thresholds", "limits", "forecast", "meta", "rpc",
    }
)  # fmt: skip
#: What makers number radios, boards and modems by: nothing else of a city is called so, wherever it hangs.
_NUMBERED = re.compile(
    r"(?=.*\d)(?=.*[A-Fa-f])(?:0x)?(?:[0-9A-Fa-f]{12}|[0-9A-Fa-f]{16})|(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}"
    r"|[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
)
#: A unit behind its value and a space.
_AFTER = r"(?: (?:[CF]|%RH|hPa|mbar|ppm|ppb|lux|lx|V|mV|A|W|kWh|mm|cm|m/s|km/h|dB)(?=[\s,;|&]|$))?"
_PAIR = re.compile(rf"([A-Za-z][\w.\-]{{0,40}})\s*[=:]\s*([^\s,;|&]{{1,40}}(?: ?(?:°[CF]|%))?{_AFTER})[\s,;|&]*")
#: Cayenne's `type,unit=value`.
_CAYENNE = re.compile(r"([a-z_]{2,20}),([a-z0-9_/%]{1,10})=(-?\d{1,15}(?:\.\d{1,15})?)")
#: A value behind its moment, as collectd writes them, and behind a path and before it, as carbon's lines have them.
_STAMPED = re.compile(r"(1\d{9}(?:\.\d{1,9})?):(-?\d{1,15}(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?)")
_CARBON = re.compile(r"([\w\-]+(?:\.[\w\-]+)*)\.([\w\-]+) (-?\d{1,15}(?:\.\d{1,15})?) (1\d{9})", re.ASCII)
_CAYENNE_WORDS = {"temp": "temperature", "rel_hum": "humidity", "bp": "atmospheric_pressure", "lum": "illuminance"}
_CAYENNE_UNITS = {"c": "°C", "f": "°F", "k": "K", "p": "%", "hpa": "hPa", "pa": "Pa", "lux": "lux", "v": "V"}
#: Last levels of topics of alarms, whose records are none of values.
_ALARMS = frozenset({"alarm", "alarms", "alert", "alerts"})
#: Members that name a person.
_PEOPLE = frozenset({"userid", "username", "employeeno", "employeeid", "personid", "patientid", "player", "phonemodel"})
_LONGEST_TEXT, _LONGEST_TOPIC = 4096, 1024


class PlainDecoder:
    """Decodes what nobody described; a known word alone is no reading where nothing says whose it is."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of a message in which each is beyond doubt.

        Raises:
            UndecodableMessage: it is a wish or a question, no known word stands before a number, or nobody is named.
        """
        levels = topic.lower().split("/")
        if levels[-1] in _NO_REPORT or not _TOLD_TO.isdisjoint(levels):
            raise _unrecognised(payload)
        reader = Reader(self._options.zone)
        found = list(_found(reader, topic, payload))
        if not any(one.telling for one in found) and not reader.heard and not reader.places:
            raise _unrecognised(payload)
        quantities = frozenset(one.measurement.quantity for one in found)
        named: dict[tuple[str, str, str], str] = {}
        for one in found:
            whose = (one.measurement.sensor, one.scope.own, one.scope.faint)
            if whose not in named:
                named[whose] = _named(*whose, topic, quantities)
            one.measurement.sensor = named[whose]
        places = [
            Observation(_named(at.sensor, at.own, at.faint, topic, quantities), "position", at.time_ns, dict(place))
            for at, place in reader.places
        ]
        return Decoded(self._options.told([one.measurement for one in found]), places)


def bears(body: Body) -> bool:
    """Return whether a body may be one of these: short text or JSON; the decoder says what is not."""
    if body.first in {b"", b"<"}:
        return False
    return body.first in {b"{", b"["} or (len(body.payload) <= _LONGEST_TEXT and _is_text(body.payload))


def _found(reader: Reader, topic: str, payload: bytes) -> Iterator[Plain]:
    if payload.lstrip()[:1] in {b"{", b"["}:
        body = parse_json(payload)
        return (
            iter(())
            if is_wish(body) or _is_somebodys(body)
            else reader.read(
                body, _twin(body) or Scope(word=_word(topic) or _probe(topic), alarmed=_is_of_alarms(topic))
            )
        )
    return _in_text(reader, topic, _text(payload))


def _in_text(reader: Reader, topic: str, text: str) -> Iterator[Plain]:
    pairs = _pairs(text)
    if pairs:
        return reader.read(pairs, Scope())
    stamped, carbon = _STAMPED.fullmatch(text), _carbon(text)
    if stamped is not None:
        return reader.read({_word(topic): stamped[2], "time": stamped[1]}, Scope())
    if carbon:
        return (one for path, record in carbon for one in reader.read(record, Scope(sensor=path)))
    leaf = topic.rpartition("/")[2]
    cayenne = _CAYENNE.fullmatch(text)
    if cayenne is not None:
        word, unit, value = cayenne.groups()
        record = {"name": _CAYENNE_WORDS.get(word, word), "value": value, "unit": _CAYENNE_UNITS.get(unit, unit)}
        return reader.read(record, Scope(label=leaf))
    if of_truth(leaf, text) is not None or (not _word(topic) and _probe(topic)):
        return reader.read({leaf: text}, Scope(sensor=_trimmed(topic.split("/")[:-1])))
    return reader.read({_word(topic): text}, Scope())


def _carbon(text: str) -> list[tuple[str, dict[str, str]]]:
    """Return the paths and records of lines like `servers.host1.temperature 23.4 1532385129`; none of another text."""
    found = [_CARBON.fullmatch(line) for line in text.splitlines()] if text[-1:].isdigit() else []
    told = [(one[1], {one[2]: one[3], "time": one[4]}) for one in found if one is not None]
    return told if len(told) == len(found) else []


def _twin(body: Any) -> Scope | None:  # noqa: ANN401 - any JSON
    """Return whose change a message of Eclipse Ditto tells, which has its topic within; None for another."""
    told = body.get("topic") if isinstance(body, dict) and isinstance(body.get("path"), str) else None
    sensor = _of_platform(told).replace("/", ":") if isinstance(told, str) else ""
    return Scope(sensor=sensor, word=_word(body["path"])) if sensor else None


def _is_somebodys(body: Any) -> bool:  # noqa: ANN401 - any JSON
    """Return whether a body tells of who carries a device, and of no device."""
    folded = {fold(key) for key in body} if isinstance(body, dict) else set()
    return not folded.isdisjoint(_PEOPLE) and folded.isdisjoint(NAMES)


def _is_of_alarms(topic: str) -> bool:
    return topic.rpartition("/")[2].lower() in _ALARMS


def _is_text(payload: bytes) -> bool:
    try:
        return payload.decode().isprintable() or payload.isascii()
    except UnicodeDecodeError:
        return False


def _text(payload: bytes) -> str:
    try:
        return payload.decode().strip().strip('"')
    except UnicodeDecodeError as error:
        raise UndecodableMessage(Reason.NOT_UTF8, expected="UTF-8", got=error.reason, at=f"{error.start}") from error


def _pairs(text: str) -> dict[str, str]:
    """Return the pairs of `temp=21.5 hum=40`, `temp:21.5;hum:40` or `temp=21.5&hum=40`; empty for another text."""
    if "&" in text and "=" in text and " " not in text:
        return dict(parse_qsl(text, max_num_fields=200)) if text.count("&") < 200 else {}
    found = list(_PAIR.finditer(text))
    if not found or "".join(one.group() for one in found) != text:
        return {}
    return {one.group(1): one.group(2) for one in found}


def _named(sensor: str, own: str, faint: str, topic: str, quantities: frozenset[str]) -> str:
    """Return whose something is: what the body says surely, else the topic, else what the body says faintly."""
    sensor = sensor or _of_platform(topic) or own or _of_topic(topic, quantities) or faint
    if not sensor:
        raise UndecodableMessage(Reason.NO_SENSOR, expected="a sensor in topic or body", got="neither", at="topic")
    return checked_name(sensor, at="sensor")


def _of_platform(topic: str) -> str:
    found = _PLATFORMS.fullmatch(topic)
    return next((name for name in found.groups() if name), "") if found is not None else ""


def _word(topic: str) -> str:
    """Return the quantity's word in a topic: the last level that is one, with the level before where both are one."""
    return _word_and_rest(topic)[0]


def _probe(topic: str) -> str:
    """Return the last level of a topic if it is a thing's name and a quantity: `boiler_temp`."""
    leaf = topic.rpartition("/")[2]
    return leaf if of_probe(leaf) is not None else ""


def _word_and_rest(topic: str) -> tuple[str, tuple[str, ...]]:
    """Return a topic's word and its other levels; of kilobytes nobody's, and they are not remembered."""
    return _parted(topic) if len(topic) <= _LONGEST_TOPIC else ("", tuple(topic.split("/")))


@lru_cache(maxsize=4096)
def _parted(topic: str) -> tuple[str, tuple[str, ...]]:
    levels = topic.split("/")
    for place in range(len(levels) - 1, -1, -1):
        alone = meaning(levels[place]) if not is_name(levels[place]) else None
        both = f"{levels[place - 1]}_{levels[place]}" if place else ""
        together = meaning(both) if both else None
        if together is not None and (alone is None or alone[0].quantity != together[0].quantity):
            return both, (*levels[: place - 1], *levels[place + 1 :])
        if alone is not None:
            return levels[place], (*levels[:place], *levels[place + 1 :])
    return "", tuple(levels)


def _of_topic(topic: str, quantities: frozenset[str]) -> str:
    """Return what is left of a topic without generic levels at either end, and without a quantity's word.

    A word of none of the quantities that were told is a name: a meter `pm1` measures no dust.
    """
    word, rest = _word_and_rest(topic)
    meant = meaning(word) if word else None
    return _trimmed(list(rest) if meant is None or meant[0].quantity in quantities else topic.split("/"))


def _trimmed(levels: list[str]) -> str:
    while levels and levels[-1].lower() in _GENERIC:
        levels.pop()
    while levels and levels[0].lower() in _GENERIC:
        levels.pop(0)
    numbered = max((place for place, level in enumerate(levels) if _NUMBERED.fullmatch(level)), default=0)
    return "/".join(levels[numbered:])


def _unrecognised(payload: bytes) -> UndecodableMessage:
    expected = "a body of a known family, or known words with numbers"
    return UndecodableMessage(Reason.UNRECOGNISED, expected=expected, got=payload[:60], at="$")
