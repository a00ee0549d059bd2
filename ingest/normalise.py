"""From messages to one batch of readings: routed, decoded, named, converted, judged; nothing is lost on the way."""

from collections.abc import Iterable, Sequence
from functools import partial

import structlog

from city.catalogue import Catalogue
from city.census import Census
from city.clock import SECOND_NS
from city.entry import Arrivals, Context, ContextChange, SensorEvent, SensorStatus
from city.errors import UndecodableMessage
from city.measurement import Decoded, Forgetful, Measurement, Observation
from ingest.collected import Collected, attributes_json
from ingest.config import NormaliseSettings
from ingest.decoders.memory import Lesson
from ingest.decoders.native import NativeReading, parse_readings, parse_topic, quality_of
from ingest.decoders.times import time_of
from ingest.decoders.values import MAX_VALUE, too_large
from ingest.judgement import NO_TIME, RETAINED, Judgement, PastOf, Window
from ingest.meaning import Told, understand
from ingest.message import Batch, Message
from ingest.naming import Naming, NewestBefore, Numbering, nothing_before
from ingest.native_columns import NativeColumns, Portion, together
from ingest.reasons import Reason
from ingest.routes import Route, Routes
from ingest.series import SeriesColumns
from ingest.speakers import SpeakingSensor
from ingest.telemetry import DECODERS_FAILED, EVENTS_REPLAYED, MESSAGES_UNDERSTOOD

_DAY_NS = 86_400 * SECOND_NS
#: A mistake of ours repeats with every message that meets it; its traceback is logged once in this time.
_TELL_AGAIN_NS = 60 * SECOND_NS
#: A broker tells retained events anew at every subscription. One this recent may have happened while we connected,
#: which takes a few times the longest pause before it (`backoff_cap_s`).
_NEWS_NS = 300 * SECOND_NS

log = structlog.get_logger()


class Normaliser:
    """Remembers topics, sensors and the newest reading of each series; belongs to one thread."""

    def __init__(
        self,
        routes: Routes,
        catalogue: Catalogue,
        numbering: Numbering,
        settings: NormaliseSettings,
        *,
        native: NativeColumns | None = None,
    ) -> None:
        """Start afresh; `native` is for tests that compare the hot path with the general one."""
        self._routes, self._settings, self._numbering = routes, settings, numbering
        self._newest: NewestBefore = nothing_before
        self._past: PastOf | None = None
        self._told_ns = 0
        self._begin(catalogue, native if native is not None else NativeColumns())

    def _begin(self, catalogue: Catalogue, native: NativeColumns) -> None:
        settings, series, self._native = self._settings, SeriesColumns(), native
        columns = native.speakers, series
        self._naming = Naming(self._numbering, partial(understand, catalogue=catalogue), columns, settings)
        self._judgement = Judgement(series, Window(settings.max_ahead_s * SECOND_NS, settings.max_age_days * _DAY_NS))

    @property
    def filters(self) -> tuple[str, ...]:
        """Return the topic filters to subscribe to."""
        return self._routes.filters

    def use(self, context: Context) -> None:
        """Take over the registry in force: which sensors are registered, and which are recordings."""
        self._naming.register(context.sensors)

    def change(self, context: Context, change: ContextChange) -> None:
        """Take over the registry of `context`, to which `change` led from the one in force."""
        self._naming.change(Census.of(context.sensors), change.context.sensors, change.removed)

    def follow_on(self, past: NewestBefore) -> None:
        """Count on from the readings that were kept before; call it before the first batch."""
        self._newest = past
        self._naming.follow_on(past)

    def remember(self, past: PastOf) -> None:
        """Know late and repeated readings by those that were kept before; call it before the first batch."""
        self._past = past
        self._judgement.follow_on(past)

    def reroute(self, routes: Routes) -> None:
        """Read topics by other routes from the next batch on; their decoders have the memory of those before."""
        self._routes = routes

    def reread(self, catalogue: Catalogue) -> None:
        """Understand names and units by another catalogue from the next batch on, as after a start."""
        sensors = self._naming.registered
        self._begin(catalogue, NativeColumns())
        self._naming.register(sensors)
        self._naming.follow_on(self._newest)
        if self._past is not None:
            self._judgement.follow_on(self._past)

    def restore(self, lessons: Iterable[Lesson]) -> None:
        """Know again what an earlier run learned; call it before the first batch."""
        self._routes.memory.restore(lessons)

    def batch(self, messages: Sequence[Message], arrival_ns: int) -> Batch:
        """Return all that `messages` say; what cannot be understood is in it with its reason, and nothing raises."""
        portions, rest = self._native.read(messages)
        collected = Collected()
        for number in rest:
            self._collect(messages[number], arrival_ns, collected)
        collected.understood["native", "readings"] += collected.native + len(messages) - len(rest)
        for (family, content), count in collected.understood.items():
            MESSAGES_UNDERSTOOD.labels(family, content).inc(count)
        said = together([*portions, Portion(collected.origins(rest), collected.said())])
        readings = self._judgement.judge(said, arrival_ns)
        arrivals = Arrivals(readings, tuple(collected.events), tuple(collected.statuses))
        return Batch(arrivals, collected.quarantined, collected.sightings, self._routes.memory.lessons())

    def _collect(self, message: Message, arrival_ns: int, collected: Collected) -> None:
        """Take the general path: one message at a time, through its route's decoder."""
        keep = len(collected.slots)
        try:
            self._read(message, arrival_ns, collected)
        except UndecodableMessage as error:
            collected.refuse(message, error.reason, str(error), keep=keep)
        except Exception as error:  # noqa: BLE001 - a decoder's mistake must cost neither ingest nor the message
            self._tell(message, error, arrival_ns)
            collected.refuse(message, Reason.DECODER_FAILED, f"{type(error).__name__}: {error}", keep=keep)
        collected.counts.append(len(collected.slots) - keep)

    def _read(self, message: Message, arrival_ns: int, collected: Collected) -> None:
        payload = message.payload
        if not payload:  # a retained message was deleted: nobody said anything
            self._forget(message.topic)
            collected.understood["any", "nothing"] += 1
            return
        if len(payload) > self._settings.max_payload_bytes:
            expected = f"at most {self._settings.max_payload_bytes} bytes"
            raise UndecodableMessage(Reason.TOO_LARGE, expected=expected, got=len(payload), at="payload")
        known = self._native.sensor(message)
        if known is not None:
            self._read_native(self._naming.speaker(known), parse_readings(payload), message, collected)
            return
        route = self._route(message)
        topic = message.topic or ""
        if route.topic_filter == "city/+/+/reading":
            readings = parse_readings(payload)
            sensor = self._naming.sensor(parse_topic(topic).sensor)
            self._read_native(sensor, readings, message, collected)
        else:
            decoded = route.decoder.decode(topic, payload)
            self._take(decoded, message, arrival_ns, collected)
            collected.understood[route.family, _content(decoded)] += 1

    def _forget(self, topic: str | None) -> None:
        """Let a decoder forget a description that its publisher deleted."""
        route = self._routes.find(topic) if topic is not None else None
        if route is not None and isinstance(route.decoder, Forgetful) and topic is not None:
            route.decoder.forget(topic)

    def _route(self, message: Message) -> Route:
        if message.topic is None:
            raise UndecodableMessage(Reason.BAD_TOPIC, expected="UTF-8", got=message.raw_topic, at="topic")
        route = self._routes.find(message.topic)
        if route is None:
            raise UndecodableMessage(Reason.UNKNOWN_TOPIC, expected="a routed topic", got=message.topic, at="topic")
        return route

    def _read_native(
        self, sensor: SpeakingSensor, readings: list[NativeReading], message: Message, collected: Collected
    ) -> None:
        """Take native readings, and let the hot path learn from them; no object is made for a value."""
        heard: list[int] = []
        for reading in readings:
            slots, values = self._native_values(sensor, reading)
            time_ns = time_of(reading.time)
            quality = quality_of(reading.quality) if reading.quality is not None else 0
            quality = quality | RETAINED if message.retain else quality
            collected.read(slots, values, time_ns if time_ns is not None else NO_TIME, quality)
            heard += slots
        if not sensor.registered:
            collected.see(sensor, message, self._naming.names(heard))
        if len(readings) == 1:
            self._native.learn(message, readings[0], sensor, heard)
        collected.native += 1

    def _native_values(self, sensor: SpeakingSensor, reading: NativeReading) -> tuple[list[int], list[float]]:
        slots: list[int] = []
        values: list[float] = []
        units = reading.unit
        for quantity, value in reading.values.items():
            if value is None:
                continue
            if not -MAX_VALUE <= value <= MAX_VALUE:
                raise too_large(value, at=f"$.values.{quantity}")
            if units is not None and quantity in units:
                slot: int | None = self._naming.slot(sensor, Told(quantity, units[quantity]))
            else:
                slot = sensor.slot(quantity)
            slots.append(slot if slot is not None else self._naming.plain_slot(sensor, quantity))
            values.append(value)
        return slots, values

    def _take(self, decoded: Decoded, message: Message, arrival_ns: int, collected: Collected) -> None:
        """Take what another family's decoder made of a message; all that can be refused comes first."""
        speakers = {said.sensor: None for said in decoded.measurements}
        speakers.update({said.sensor: None for said in decoded.observations})
        speakers.update({said.sensor: None for said in decoded.statuses})
        sensors = {speaker: self._naming.sensor(speaker) for speaker in speakers}
        heard: dict[str, list[int]] = {sensor: [] for sensor in sensors}
        retained = RETAINED if message.retain else 0
        for said in decoded.measurements:
            if not -MAX_VALUE <= said.value <= MAX_VALUE:
                raise too_large(said.value, at=said.quantity)
            slot = self._naming.slot(sensors[said.sensor], Told(said.quantity, said.unit, said.label))
            time_ns = said.time_ns if said.time_ns is not None else _aged(said, arrival_ns)
            collected.read([slot], [said.value], time_ns, int(said.quality) | retained)
            heard[said.sensor].append(slot)
        for observed in decoded.observations:
            if message.retain and _is_past(observed, arrival_ns):
                EVENTS_REPLAYED.inc()
                continue
            sensor = sensors[observed.sensor]
            time_ns = self._judgement.moment(observed.time_ns, arrival_ns, recorded=sensor.recorded)
            attributes = attributes_json(observed.attributes)
            collected.events.append(SensorEvent(sensor.number, observed.event, time_ns, arrival_ns, attributes))
        for status in decoded.statuses:
            collected.statuses.append(SensorStatus(sensors[status.sensor].number, status.online, arrival_ns))
        for sensor_id, sensor in sensors.items():
            if not sensor.registered:
                collected.see(sensor, message, self._naming.names(heard[sensor_id]))

    def _tell(self, message: Message, error: Exception, arrival_ns: int) -> None:
        route = self._routes.find(message.topic) if message.topic is not None else None
        family = route.family if route is not None else "none"
        DECODERS_FAILED.labels(family).inc()
        if abs(arrival_ns - self._told_ns) >= _TELL_AGAIN_NS:
            self._told_ns = arrival_ns
            log.error("decoder_failed", family=family, topic=message.topic, exc_info=error)


def _is_past(observed: Observation, arrival_ns: int) -> bool:
    """Return whether a retained event is what its topic last said, and not what happens now."""
    return observed.time_ns is None or arrival_ns - observed.time_ns > _NEWS_NS


def _aged(said: Measurement, arrival_ns: int) -> int:
    """Return the time of a measurement that tells its age; NO_TIME for one that tells neither."""
    return arrival_ns - said.age_ns if said.age_ns else NO_TIME


def _content(decoded: Decoded) -> str:
    if decoded.measurements:
        return "readings"
    if decoded.observations:
        return "events"
    return "statuses" if decoded.statuses else "nothing"
