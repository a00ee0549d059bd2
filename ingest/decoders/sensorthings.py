"""OGC SensorThings: observations by MQTT or as a server answers them, and the data streams that say what they mean."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from city.measurement import Decoded, Measurement
from city.units import is_known
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json
from ingest.decoders.memory import Memory
from ingest.decoders.options import DecoderOptions
from ingest.decoders.sentinels import is_no_value
from ingest.decoders.times import time_of
from ingest.decoders.unit_quantities import BY_UNIT
from ingest.decoders.values import checked_name, number_with_unit
from ingest.reasons import Reason
from ingest.telemetry import METRICS_DROPPED

#: `v1.1/Datastreams(7)/Observations`, below whatever path the server publishes under.
TOPIC = re.compile(
    r"(?:.+/)?v1\.[01]/(?:Datastreams|MultiDatastreams|Observations|Things|Sensors|Locations).*", re.DOTALL
)
_STREAM = re.compile(r"((?:Multi)?Datastreams\([^()/]{1,100}\))")
_LINK = re.compile(r"(?:.*/v1\.[01]/)?(.+)", re.DOTALL)
#: Results of one observation of a multi data stream.
_MAX_TOGETHER = 64
#: The name of a server's unit -> ours; symbols such as `C` may mean another.
_UNIT_WORDS = (("celsius", "°C"), ("centigrade", "°C"), ("fahrenheit", "°F"), ("percent", "%"))


class Stream(msgspec.Struct, frozen=True):
    """What a data stream measures; no quantity where the server does not say."""

    quantity: str | None = None
    unit: str | None = None


class SensorThingsDecoder:
    """Decodes observations; the sensor is their data stream."""

    def __init__(self, options: DecoderOptions, memory: Memory) -> None:
        self._options, self._memory = options, memory

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of a message, and remember what it says of data streams."""
        body = parse_json(payload)
        entities = body.get("value", [body]) if isinstance(body, dict) else body
        found: list[Measurement] = []
        for entity in entities if isinstance(entities, list) else [entities]:
            if isinstance(entity, dict):
                found += self._entity(topic, entity)
        return Decoded(self._options.told(found))

    def _entity(self, topic: str, entity: dict[str, Any]) -> Iterator[Measurement]:
        if "unitOfMeasurement" in entity or "unitOfMeasurements" in entity:
            sensor = _stream_of(topic, entity)
            self._learn(sensor, entity)
            observations = entity.get("Observations")
            for observation in observations if isinstance(observations, list) else []:
                if isinstance(observation, dict):
                    yield from self._observation(sensor, observation)
        elif "dataArray" in entity:
            yield from self._rows(entity)
        elif "result" in entity:
            inner = entity.get("Datastream", entity.get("MultiDatastream"))
            sensor = _sensor(topic, entity)
            if isinstance(inner, dict) and ("unitOfMeasurement" in inner or "unitOfMeasurements" in inner):
                self._learn(sensor, inner)
            yield from self._observation(sensor, entity)

    def _rows(self, entity: Mapping[str, Any]) -> Iterator[Measurement]:
        """Yield the observations of a data array, whose columns `components` names."""
        columns, rows, stream = entity.get("components"), entity["dataArray"], entity.get("Datastream")
        if isinstance(columns, list) and isinstance(rows, list) and isinstance(stream, dict):
            names = [str(name) for name in columns]
            for row in rows:
                if isinstance(row, list):
                    yield from self._observation(_stream_of("", stream), dict(zip(names, row, strict=False)))

    def _observation(self, sensor: str, observation: Mapping[str, Any], label: str = "") -> Iterator[Measurement]:
        result = observation.get("result")
        if isinstance(result, list) and not label:  # of several data streams that observe together
            for place, one in enumerate(result[:_MAX_TOGETHER]):
                yield from self._observation(sensor, {**observation, "result": one}, str(place))
            return
        parsed = number_with_unit(result, at="$.result") if not isinstance(result, list) else None
        if parsed is None:  # a text, a picture's address or a record is no number
            return
        stream = self._memory.recall(_key(sensor, label), Stream)
        if stream is None and label:
            stream = self._memory.recall(_key(sensor, ""), Stream)
        quantity = stream.quantity if stream is not None and stream.quantity is not None else "result"
        unit = stream.unit if stream is not None else parsed[1]
        if is_no_value(quantity, parsed[0], unit):
            METRICS_DROPPED.labels("sentinel").inc()
            return
        moments = (observation.get("phenomenonTime"), observation.get("resultTime"))
        time_ns = next((at for said in moments if (at := time_of(said, self._options.zone)) is not None), None)
        yield Measurement(sensor, quantity, parsed[0], unit, time_ns, label=label)

    def _learn(self, sensor: str, stream: Mapping[str, Any]) -> None:
        together = stream.get("unitOfMeasurements")
        if not isinstance(together, list):
            self._remember(_key(sensor, ""), _described(stream))
            return
        observed = stream.get("ObservedProperties")
        for place, unit in enumerate(together[:_MAX_TOGETHER]):
            one = observed[place] if isinstance(observed, list) and place < len(observed) else None
            self._remember(_key(sensor, str(place)), _described({"unitOfMeasurement": unit, "ObservedProperty": one}))

    def _remember(self, key: str, told: Stream) -> None:
        if self._memory.recall(key, Stream) != told:
            self._memory.learn(key, told)


def _key(sensor: str, label: str) -> str:
    """Return under which key a stream's description lies; a topic quotes an id that is a text, a body does not."""
    plain = sensor.replace("('", "(").replace("')", ")") if "'" in sensor else sensor
    return f"sensorthings/{plain}#{label}" if label else f"sensorthings/{plain}"


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    members = body.members
    inner = members.get("value")
    if isinstance(inner, list) and inner and isinstance(inner[0], dict):
        members = inner[0]
    if "dataArray" in members and "components" in members:
        return True
    if ("unitOfMeasurement" in members or "unitOfMeasurements" in members) and "@iot.id" in members:
        return True
    return "result" in members and ("phenomenonTime" in members or "@iot.selfLink" in members)


def _stream_of(topic: str, stream: Mapping[str, Any]) -> str:
    identity = stream.get("@iot.id")
    if isinstance(identity, str | int):
        kind = "MultiDatastreams" if "unitOfMeasurements" in stream else "Datastreams"
        return checked_name(f"{kind}({identity})", at="$")
    found = _STREAM.search(topic)
    return checked_name(found.group(1) if found is not None else "", at="$", reason=Reason.NO_SENSOR)


def _sensor(topic: str, observation: Mapping[str, Any]) -> str:
    """Return the data stream of an observation: of the topic, of what it holds, or of where it points."""
    found = _STREAM.search(topic)
    if found is not None:
        return checked_name(found.group(1), at="topic")
    for kind in ("Datastream", "MultiDatastream"):
        inner = observation.get(kind)
        if isinstance(inner, dict) and isinstance(inner.get("@iot.id"), str | int):
            return checked_name(f"{kind}s({inner['@iot.id']})", at="$")
        link = observation.get(f"{kind}@iot.navigationLink")
        if isinstance(link, str) and (path := _LINK.fullmatch(link)) is not None:
            return checked_name(path.group(1), at="$", reason=Reason.NO_SENSOR)
    return checked_name("", at="$.Datastream", reason=Reason.NO_SENSOR)


def _described(stream: Mapping[str, Any]) -> Stream:
    said = stream.get("unitOfMeasurement")
    unit = said if isinstance(said, dict) else {}
    symbol, words = str(unit.get("symbol") or ""), f"{unit.get('name')} {unit.get('definition')}".lower()
    named = next((ours for word, ours in _UNIT_WORDS if word in words), None)
    known = named if named is not None else symbol if symbol and is_known(symbol) else None
    observed = stream.get("ObservedProperty")
    name = observed.get("name") if isinstance(observed, dict) else None
    quantity = name if isinstance(name, str) and name.isprintable() and 0 < len(name.strip()) <= 100 else None
    by_unit = BY_UNIT.get(known if known is not None else symbol)
    return Stream(quantity.strip() if quantity is not None else by_unit[0] if by_unit is not None else None, known)
