"""InfluxDB line protocol, as Telegraf and many gateways write it."""

from collections.abc import Iterable
from typing import NamedTuple, TypedDict

from line_protocol_parser import LineFormatError, parse_line

from city.catalogue import default_catalogue
from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement
from city.quality import Quality
from ingest.decoders.family import Body
from ingest.decoders.influx_names import IPMI_QUANTITIES, IPMI_SENSOR, NO_READING, PLUGINS, SENSOR_TAGS, Field, Plugin
from ingest.decoders.known import Known
from ingest.decoders.options import DecoderOptions
from ingest.decoders.plain_words import meaning as known_word
from ingest.decoders.times import parse_epoch
from ingest.decoders.ups_names import UPS_MIB
from ingest.decoders.values import checked_name
from ingest.reasons import Reason

#: IPMI's words for a sensor that gives no reading (`ns`) or cannot be asked (`na`).
_NO_VALUE_CODES = frozenset({"ns", "na"})


class Line(TypedDict):
    """One point as it is written; `time` is a count since 1970 of whatever unit, or None."""

    measurement: str
    tags: dict[str, str]
    fields: dict[str, float | int | bool | str]
    time: int | None


class _Point(NamedTuple):
    """One line, and the sensor that it is about."""

    line: Line
    sensor: str


class InfluxLineDecoder:
    """Decodes lines; one that is malformed spoils its message, and the reason names it."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of all lines."""
        return self.read(topic, parse_lines(payload))

    def read(self, topic: str, lines: Iterable[Line]) -> Decoded:
        """Return the readings of points; raises UndecodableMessage for one without a usable name."""
        found = [measurement for line in lines for measurement in self._measurements(topic, line)]
        return Decoded(self._options.told(found))

    def _measurements(self, topic: str, line: Line) -> list[Measurement]:
        tags = line["tags"]
        if self._options.sensor_tags:
            point = _Point(line, _joined(tuple((tag,) for tag in self._options.sensor_tags), tags, topic))
            return _known(point, PLUGINS.get(line["measurement"], Plugin(())))
        if line["measurement"] == "ipmi_sensor":
            return _ipmi(_Point(line, _joined(IPMI_SENSOR, tags, topic)))
        plugin = PLUGINS.get(line["measurement"])
        if _is_limit(line):
            return []
        if plugin is not None and not ("value" in line["fields"] and not plugin.fields.keys() & line["fields"].keys()):
            return _known(_Point(line, _joined(plugin.sensor, tags, topic)), plugin)
        return _known(_Point(line, _joined((_particular(tags),), tags, topic)), Plugin(()))


def _is_limit(line: Line) -> bool:
    """Return whether a line is a limit (`temp`: `sensor=coretemp_crit`) or a forecast (`openweathermap`)."""
    tags = line["tags"]
    if line["measurement"] == "temp":
        return NO_READING.search(tags.get("sensor", "")) is not None
    return line["measurement"] == "openweathermap" and tags.get("forecast", "*") != "*"


def bears(body: Body) -> bool:
    """Return whether a body may be lines; the parser decides. `temp=21 hum=40` is somebody's own, and names nothing."""
    payload = body.payload
    if body.first in {b"", b"{", b"[", b"<", b"\xff"} or b"=" not in payload or b" " not in payload:
        return False
    line = next((row for row in payload.lstrip().split(b"\n") if not row.startswith(b"#")), b"")
    return b"=" not in line.partition(b" ")[0].partition(b",")[0]


def parse_lines(payload: bytes) -> list[Line]:
    """Return the lines of a message, without empty ones and comments.

    Raises:
        UndecodableMessage: it is not UTF-8, or a line is none.
    """
    try:
        text = payload.decode()
    except UnicodeDecodeError as error:
        raise UndecodableMessage(Reason.NOT_UTF8, expected="UTF-8", got=error.reason, at=f"{error.start}") from error
    found: list[Line] = []
    for number, row in enumerate(text.split("\n"), 1):
        stripped = row.strip()
        if stripped and not stripped.startswith("#"):
            found.append(_parsed(stripped, number))
    if not found:
        raise UndecodableMessage(Reason.NOT_LINE_PROTOCOL, expected="a line", got="none", at="line 1")
    return found


def _parsed(row: str, number: int) -> Line:
    try:
        line: Line | None = parse_line(row)
    except (LineFormatError, ValueError, OverflowError) as error:
        raise _no_line(row, number) from error
    if line is None or not line["fields"]:
        raise _no_line(row, number)
    return line


def _no_line(row: str, number: int) -> UndecodableMessage:
    return UndecodableMessage(Reason.NOT_LINE_PROTOCOL, expected="line protocol", got=row, at=f"line {number}")


def _particular(tags: dict[str, str]) -> tuple[str, ...]:
    return tuple(tag for tag in SENSOR_TAGS if tags.get(tag))[:1]


def _joined(parts: tuple[tuple[str, ...], ...], tags: dict[str, str], topic: str) -> str:
    """Return the sensor's name, of the first tag of each part that is there; the topic where no tag is."""
    found = []
    for choices in parts:
        word = next(
            (tag[1:] if tag[0] == "=" else tags[tag] for tag in choices if tag[0] == "=" or tags.get(tag)), None
        )
        if word is not None:
            found.append(word)
    name = "/".join(found) if found else topic
    return checked_name(name, at="tags", reason=Reason.BAD_NAME if name else Reason.NO_SENSOR)


def _ipmi(point: _Point) -> list[Measurement]:
    unit = point.line["tags"].get("unit")
    value = point.line["fields"].get("value")
    if unit is None or isinstance(value, str) or value is None:  # without a unit it is a state of the board
        return []
    quantity = IPMI_QUANTITIES.get(unit, unit)
    return [_measurement(point, Field(quantity, {"degrees_c": "°C"}.get(unit, unit)), value)]


def _known(point: _Point, plugin: Plugin) -> list[Measurement]:
    found = []
    unit = point.line["tags"].get("unit")
    for key, value in point.line["fields"].items():
        meaning = plugin.fields.get(key)
        if meaning is None and not plugin.only and not NO_READING.search(key.lower()):
            meaning = _field(point.line, key, unit)
        if meaning is not None and not isinstance(value, str):
            found.append(_measurement(point, meaning, value))
    return found


def _field(line: Line, key: str, unit: str | None) -> Field:
    """Return what a field is that no plugin's documentation tells: an object of the UPS-MIB, a known word, its name."""
    known = UPS_MIB.get(key) or next(iter(known_word(key) or ()), None)
    if isinstance(known, Known) and not known.label:
        return Field(known.quantity, unit or known.unit)
    return Field(_quantity(line, key), unit)


def _quantity(line: Line, key: str) -> str:
    """Return a field's name; that of a field `value` is the measurement, or the end of the topic that it was."""
    if key != "value":
        return checked_name(key, at="field")
    topic = line["tags"].get("topic") if default_catalogue().find(line["measurement"]) is None else None
    return checked_name(topic.rpartition("/")[2] if topic is not None else line["measurement"], at="measurement")


def _measurement(point: _Point, meaning: Field, value: float) -> Measurement:
    time = point.line["time"]
    has_no_value = point.line["tags"].get("status_code") in _NO_VALUE_CODES
    return Measurement(
        point.sensor,
        meaning.quantity,
        float(value),
        meaning.unit,
        parse_epoch(time) if time is not None else None,
        Quality.BAD if has_no_value else Quality.GOOD,
    )
