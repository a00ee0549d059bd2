"""Redfish's messages that are pushed: metric reports of the telemetry service, and events (DSP0266, DSP2046)."""

import re
from collections.abc import Iterator
from typing import Any

from city.measurement import Measurement, Observation
from ingest.decoders.known import Known
from ingest.decoders.times import time_of
from ingest.decoders.topic_names import sensor_of
from ingest.decoders.values import checked_name, number_with_unit

#: Metric ids that makers use -> what they are (Dell's and HPE's telemetry reports). Others keep their own name.
_METRICS = {
    "TemperatureReading": Known("temperature", "°C"),
    "RPMReading": Known("fan_speed", "rpm"),
    "PWMReading": Known("fan_speed", "%"),
    "SystemPowerConsumption": Known("power", "W"),
    "TotalPSUsPower": Known("power", "W"),
    "SystemInputPower": Known("power_input", "W"),
    "SystemOutputPower": Known("power_output", "W"),
    "VoltageReading": Known("voltage", "V"),
    "AmpsReading": Known("current", "A"),
    "WattsReading": Known("power", "W"),
    "PowerConsumedWatts": Known("power", "W"),
    "ReadingCelsius": Known("temperature", "°C"),
    "CPUUtil": Known("cpu_usage", "%"),
    "CPUUsage": Known("cpu_usage", "%"),
    "SystemUsage": Known("cpu_usage", "%"),
    "MemoryUsage": Known("memory_usage", "%"),
}
#: What others are by the end of their name, unless it is the name of a limit.
_ENDINGS = {
    "Watts": Known("power", "W"), "Celsius": Known("temperature", "°C"), "RPM": Known("fan_speed", "rpm"),
    "Volts": Known("voltage", "V"), "Amps": Known("current", "A"), "kWh": Known("energy", "kWh"),
}  # fmt: skip
_LIMIT = re.compile(r"Cap|Limit|Threshold|Alloc|Avail|Request|Rated|Max|Min")
_MOST = 10_000


def is_pushed(body: dict[str, Any]) -> bool:
    """Return whether a resource is a report or an event."""
    kind = body.get("@odata.type", body.get("@odata.context"))
    return isinstance(kind, str) and (".MetricReport" in kind or ".Event" in kind)


def reported(topic: str, body: dict[str, Any]) -> Iterator[Measurement]:
    """Yield the values of a metric report; the sensor is the host by the topic, and the part that was measured."""
    values = body.get("MetricValues")
    for one in values[:_MOST] if isinstance(values, list) else []:
        metric = _metric(one) if isinstance(one, dict) else None
        parsed = number_with_unit(one.get("MetricValue"), at="$.MetricValue") if isinstance(metric, str) else None
        if not isinstance(metric, str) or parsed is None:
            continue
        known = _METRICS.get(metric) or _by_ending(metric)
        host = sensor_of(topic)
        part = _part(one) or (checked_name(body["Id"], at="$.Id") if isinstance(body.get("Id"), str) else "")
        name = checked_name("/".join(word for word in (host, part) if word), at="$.MetricProperty")
        yield Measurement(name, known.quantity, parsed[0], known.unit, time_of(one.get("Timestamp")))


def events(topic: str, body: dict[str, Any]) -> Iterator[Observation]:
    """Yield events without their message, in which makers write who signed in and from where."""
    told = body.get("Events")
    for one in told[:_MOST] if isinstance(told, list) else []:
        word = one.get("MessageId") if isinstance(one, dict) else None
        if not isinstance(word, str) or not word:
            continue
        origin = one.get("OriginOfCondition")
        place = origin.get("@odata.id") if isinstance(origin, dict) else origin
        host = sensor_of(topic) or (place if isinstance(place, str) else "") or "redfish"
        attributes: dict[str, str | float | bool] = {
            name: one[member][:200]
            for name, member in (("severity", "MessageSeverity"), ("severity", "Severity"), ("type", "EventType"))
            if isinstance(one.get(member), str)
        }
        event = checked_name(word.rpartition(".")[2], at="$.MessageId")
        yield Observation(checked_name(host, at="topic"), event, time_of(one.get("EventTimestamp")), attributes)


def _by_ending(metric: str) -> Known:
    """Return what a metric is that makers do not share: by its unit, which ends its name, else the name itself."""
    ending = next((known for end, known in _ENDINGS.items() if metric.endswith(end)), None)
    if ending is not None and _LIMIT.search(metric) is None:
        return ending
    return Known(checked_name(metric, at="$.MetricId"))


def _metric(one: dict[str, Any]) -> str | None:
    """Return a value's metric; where it has no id, the property's own name, which ends its path."""
    said = one.get("MetricId")
    if isinstance(said, str) and said:
        return said
    path = one.get("MetricProperty")
    return path.rstrip("/").rpartition("/")[2] or None if isinstance(path, str) else None


def _part(one: dict[str, Any]) -> str:
    """Return the part that a value was measured at: a maker's own word for it, else the end of the property's path."""
    oem = one.get("Oem")
    for said in oem.values() if isinstance(oem, dict) else ():
        context = said.get("ContextID") if isinstance(said, dict) else None
        if isinstance(context, str) and context:
            return checked_name(context, at="$.Oem")
    path = one.get("MetricProperty")
    if not isinstance(path, str):
        return ""
    resource, _, within = path.partition("#")
    words = [word for word in (resource.rstrip("/").rpartition("/")[2], within.strip("/").rpartition("/")[0]) if word]
    return checked_name("/".join(words), at="$.MetricProperty") if words else ""
