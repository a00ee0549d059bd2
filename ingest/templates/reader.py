"""Reads the messages of one template."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from zoneinfo import ZoneInfo

from city.errors import UndecodableMessage
from city.measurement import Decoded, Status
from ingest.decoders.influx_line import InfluxLineDecoder
from ingest.decoders.json_body import parse_json
from ingest.decoders.options import DecoderOptions
from ingest.decoders.values import checked_name
from ingest.reasons import Reason
from ingest.templates.finding import ReadingFinder, find_events
from ingest.templates.item import Item
from ingest.templates.moment import moment_of
from ingest.templates.path import Path
from ingest.templates.rule import ReadingRule, Template
from ingest.templates.text import Text
from ingest.templates.topic import TopicPattern
from ingest.templates.value import NOTHING


class TemplateReader:
    """A template, ready to read."""

    def __init__(self, template: Template, options: DecoderOptions) -> None:
        self.template = template
        self.topic = TopicPattern.parse(template.topic)
        self._zone: tzinfo | None = ZoneInfo(template.timezone) if template.timezone is not None else options.zone
        self._sensor = Text.parse(template.sensor)
        self._times = [Text.parse("{" + text + "}" if text.startswith("$") else text) for text in template.time]
        self._finders = [ReadingFinder(template, rule) for rule in _all_rules(template)]
        self._anywhere = [finder for finder in self._finders if finder.path.member is None]
        self._by_member: dict[str, list[ReadingFinder]] = {}
        for finder in self._finders:
            if finder.path.member is not None:
                self._by_member.setdefault(finder.path.member, []).append(finder)
        self._each = [Path.parse(path) for path in template.each]
        self._requires = [Path.parse(path) for path in template.requires]
        self._lines = InfluxLineDecoder(options.model_copy(update={"sensor_tags": template.sensor_tags}))

    def read(self, names: Mapping[str, str], topic: str, payload: bytes) -> Decoded | None:
        """Return what a message says whose topic gave `names`; None where it lacks what the template requires.

        Raises:
            UndecodableMessage: the body is not what the template describes.
        """
        if self.template.body == "nothing":
            return Decoded()
        if self.template.body == "lines":
            return self._lines.decode(topic, payload)
        is_json = self.template.body == "json" or (self.template.body == "either" and payload.lstrip()[:1] == b"{")
        root = Item((parse_json(payload) if is_json else _scalar(payload),), names)
        if any(path.first(root.value) is None for path in self._requires):
            return None
        decoded = Decoded(statuses=self._statuses(root))
        items = self._items(root)
        for item in items:
            self._take(item, decoded)
        if not (self.template.partial or decoded.measurements or decoded.observations or decoded.statuses):
            self._check_silence(items)
        return decoded

    def _items(self, root: Item) -> list[Item]:
        items = [root]
        for path in self._each:
            items = [inner for item in items for inner in item.inner(path)]
        return items

    def _take(self, item: Item, decoded: Decoded) -> None:
        for finder in self._likely(item.value):
            for found, measurement in finder.find(item):
                measurement.sensor, measurement.time_ns = self._sensor_of(found), self._time_ns(found)
                decoded.measurements.append(measurement)
        for event in self.template.events:
            for found, observation in find_events(event, item):
                observation.sensor, observation.time_ns = self._sensor_of(found), self._time_ns(found)
                decoded.observations.append(observation)

    def _likely(self, value: object) -> Iterator[ReadingFinder]:
        """Yield the finders that may find something: of a product's fifty readings a body holds five."""
        if not isinstance(value, dict):
            yield from self._finders
            return
        yield from self._anywhere
        for member in value:
            yield from self._by_member.get(member, ())

    def _statuses(self, root: Item) -> list[Status]:
        if not self.template.status:
            return []
        places = (Path.parse(path).first(root.value) for path in self.template.status_paths)
        word = next((found for found in places if found is not None), None)
        online = self.template.status.get(str(word).strip())
        if online is None and not (self._finders or self.template.events):
            expected = f"one of {', '.join(self.template.status)}"
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected=expected, got=str(word)[:60], at="$")
        return [Status(self._sensor_of(root), online=online)] if online is not None else []

    def _sensor_of(self, item: Item) -> str:
        sensor = self._sensor.fill(item.names, item.look)
        reason = Reason.BAD_NAME if sensor else Reason.NO_SENSOR
        return checked_name(sensor, at=self.template.sensor, reason=reason)

    def _time_ns(self, item: Item) -> int | None:
        for text in self._times:
            said = text.fill(item.names, item.look)
            time_ns = moment_of(said, self.template.time_format, self._zone) if said is not None else None
            if time_ns is not None:
                return time_ns
        return None

    def _check_silence(self, items: list[Item]) -> None:
        """Let pass what says that there is no value, and refuse what has nothing where the values should lie."""
        lies = [found for item in items for finder in self._finders for found in item.inner(finder.path)]
        if not lies or (self.template.body == "scalar" and str(lies[0].value).casefold() not in NOTHING):
            expected = " or ".join(rule.path for rule in _all_rules(self.template))
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected=expected, got="nothing there", at="$")


def _all_rules(template: Template) -> list[ReadingRule]:
    """Return the rules of a template, among them that of its scalar."""
    if template.quantity is None:
        return list(template.readings)
    return [ReadingRule(quantity=template.quantity, unit=template.unit, label=template.label), *template.readings]


def _scalar(payload: bytes) -> str:
    try:
        return payload.decode().strip().strip('"')
    except UnicodeDecodeError as error:
        raise UndecodableMessage(Reason.NOT_UTF8, expected="UTF-8", got=error.reason, at=f"{error.start}") from error
