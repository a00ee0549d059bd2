"""Redfish: resources of a server's management controller, as pollers publish them again."""

import re
from typing import Any, NamedTuple

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.known import Known
from ingest.decoders.options import DecoderOptions
from ingest.decoders.redfish_reports import events, is_pushed, reported
from ingest.decoders.times import time_of
from ingest.decoders.topic_names import sensor_of
from ingest.decoders.values import checked_name, number_with_unit
from ingest.reasons import Reason


class _Group(NamedTuple):
    """A list of parts in a resource.

    Attributes:
        values: by member; of several of one quantity the first that has a value holds.
        name: in place of the part's own name.
        numbered: parts of the same name are told apart by their member id.
    """

    values: dict[str, Known]
    name: str = ""
    numbered: bool = False


#: Lists of Thermal and Power (DSP2046), and what older iLO firmware calls the same.
_GROUPS = {
    "Temperatures": _Group(
        {"ReadingCelsius": Known("temperature", "°C"), "CurrentReading": Known("temperature", "°C")}
    ),
    "Fans": _Group(
        {
            "Reading": Known("fan_speed", None),
            "CurrentReading": Known("fan_speed", None),
            "ReadingRPM": Known("fan_speed", "rpm"),
        }
    ),
    "Voltages": _Group({"ReadingVolts": Known("voltage", "V")}),
    "PowerSupplies": _Group(
        {
            "LineInputVoltage": Known("input_voltage", "V"),
            "PowerInputWatts": Known("power_input", "W"),
            "PowerOutputWatts": Known("power_output", "W"),
            "LastPowerOutputWatts": Known("power_output", "W"),
        },
        numbered=True,
    ),
    "PowerControl": _Group({"PowerConsumedWatts": Known("power", "W")}, name="PowerControl", numbered=True),
}
#: Members of the newer schemas that hold a sensor's excerpt, `{"Reading": …}`.
_EXCERPTS = {
    "SpeedPercent": Known("fan_speed", "%"),
    "FanSpeedPercent": Known("fan_speed", "%"),
    "TemperatureCelsius": Known("temperature", "°C"),
    "HumidityPercent": Known("humidity", "%"),
    "AbsoluteHumidity": Known("absolute_humidity", "g/m³"),
    "PowerWatts": Known("power", "W"),
    "EnergykWh": Known("energy", "kWh"),
    "InputVoltage": Known("input_voltage", "V"),
    "InputCurrentAmps": Known("current", "A"),
    "InputPowerWatts": Known("power_input", "W"),
    "OutputPowerWatts": Known("power_output", "W"),
    "FrequencyHz": Known("frequency", "Hz"),
    "Voltage": Known("voltage", "V"),
    "CurrentAmps": Known("current", "A"),
    "PowerLoadPercent": Known("load", "%"),
    "ChargePercent": Known("battery_level", "%"),
    "PumpSpeedPercent": Known("pump_speed", "%"),
    "FluidLevelPercent": Known("filling_level", "%"),
    "InternalPressurekPa": Known("pressure", "kPa"),
    "AirFlowCubicMetersPerMinute": Known("air_flow", "m³/min"),
    "FlowLitersPerMinute": Known("water_flow", "L/min"),
    "HeatRemovedkW": Known("cooling_power", "kW"),
    "SupplyTemperatureCelsius": Known("temperature", "°C", "supply"),
    "ReturnTemperatureCelsius": Known("temperature", "°C", "return"),
    "DeltaTemperatureCelsius": Known("temperature_difference", "K"),
    "SupplyPressurekPa": Known("pressure", "kPa", "supply"),
    "ReturnPressurekPa": Known("pressure", "kPa", "return"),
    "DeltaPressurekPa": Known("pressure_difference", "kPa"),
}
#: What stands beside a reading in its excerpt and was measured with it (DSP8010, SensorPowerExcerpt and its like).
_BESIDE = {
    "PowerWatts": {
        "ApparentVA": Known("apparent_power", "VA"),
        "ReactiveVAR": Known("reactive_power", "var"),
        "PowerFactor": Known("power_factor", ""),
    },
    "EnergykWh": {"ApparentkVAh": Known("apparent_energy", "kVAh"), "ReactivekVARh": Known("reactive_energy", "kvarh")},
    **{key: {"SpeedRPM": Known("fan_speed", "rpm", "rpm")} for key in ("SpeedPercent", "FanSpeedPercent")},
    "PumpSpeedPercent": {"SpeedRPM": Known("pump_speed", "rpm", "rpm")},
}
#: Lists of excerpts, each with the sensor that it is of: the rails of a power supply, the fans of a chassis.
_SEVERAL = {
    "RailVoltage": Known("voltage", "V"),
    "RailCurrentAmps": Known("current", "A"),
    "RailPowerWatts": Known("power", "W"),
    "FanSpeedsPercent": Known("fan_speed", "%"),
    "OutputVoltages": Known("output_voltage", "V"),
    "OutputCurrentAmps": Known("current", "A", "output"),
    "CellVoltages": Known("cell_voltage", "V"),
}
#: Of a power distribution unit, by phase (DSP8010, PolyPhase…).
_PHASES = {
    "PolyPhaseVoltage": Known("voltage", "V"),
    "PolyPhaseCurrentAmps": Known("current", "A"),
    "PolyPhasePowerWatts": Known("power", "W"),
    "PolyPhaseEnergykWh": Known("energy", "kWh"),
}
#: Summaries of a chassis (ThermalMetrics), each an excerpt.
_SUMMARY = ("Intake", "Exhaust", "Ambient", "Internal")
#: `ReadingType` of a Sensor resource -> quantity (DSP8010, Sensor).
_SENSOR_TYPES = {
    "Temperature": "temperature", "Humidity": "humidity", "Power": "power", "EnergykWh": "energy", "Voltage": "voltage",
    "Current": "current", "Frequency": "frequency", "Rotational": "fan_speed", "AirFlow": "air_flow",
    "Percent": "percent", "LiquidFlow": "liquid_flow", "PressurekPa": "pressure", "PressurePa": "pressure",
}  # fmt: skip
_UNITS = {
    "RPM": "rpm", "Percent": "%", "%": "%", "Celsius": "°C", "Cel": "°C", "Volts": "V", "Amps": "A", "Watts": "W",
}  # fmt: skip
#: What a Sensor without a type is by its unit.
_BY_UNIT = {"°C": "temperature", "V": "voltage", "A": "current", "W": "power", "rpm": "fan_speed", "Hz": "frequency"}
#: A resource's type, `#EnvironmentMetrics.v1_3_0.EnvironmentMetrics` (DSP0266, "Resource type identifier").
_TYPE = re.compile(r"#(\w+)\.v\d+_\d+_\d+\.\1", re.ASCII)
#: What a leak detector says (DSP8010, LeakDetector).
_LEAKS = {"OK": 0, "Warning": 1, "Critical": 1}
#: States of a part whose reading says nothing.
_AWAY = frozenset({"Absent", "Disabled", "UnavailableOffline", "StandbyOffline", "Unknown"})


class RedfishDecoder:
    """Decodes readings; thresholds, ranges and capacities are settings, and a part that is away has none."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of a resource; the sensor is the host by the topic, else the chassis, and the part."""
        body = parse_object(payload)
        if not _is_resource(body):
            expected = "a Redfish resource"
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected=expected, got=", ".join(body), at="$")
        if is_pushed(body):
            told = self._options.told(list(reported(topic, body)))
            return Decoded(told, list(events(topic, body)))
        host = sensor_of(topic) or _chassis(body)
        found: list[Measurement] = []
        for key, group in _GROUPS.items():
            parts = body.get(key)
            for part in parts if isinstance(parts, list) else []:
                if isinstance(part, dict):
                    found += _part(host, key, group, part)
        members = body.get("Members")
        for one in (body, *(members if isinstance(members, list) else ())):
            found += _single(host, one) if isinstance(one, dict) else []
        return Decoded(self._options.told(found))


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    return _is_resource(body.members)


def _is_resource(body: dict[str, Any]) -> bool:
    said = (body.get("@odata.id"), body.get("@odata.context"))
    if is_pushed(body) and ("MetricValues" in body or "Events" in body):
        return True
    kind = body.get("@odata.type")
    if isinstance(kind, str) and _TYPE.fullmatch(kind):  # pollers leave out the links and keep the type
        return True
    return any(isinstance(word, str) and word.startswith("/redfish/") for word in said) or (
        isinstance(body.get("Type"), str) and body["Type"].startswith(("Thermal", "Power"))  # iLO before its version 4
    )


def _chassis(body: dict[str, Any]) -> str:
    """Return the chassis that a resource's address names; empty where it names none."""
    address = body.get("@odata.id")
    levels = address.split("/") if isinstance(address, str) else []
    place = next((number for number, level in enumerate(levels) if level in {"Chassis", "Systems"}), None)
    return levels[place + 1] if place is not None and place + 1 < len(levels) else ""


def _named(host: str, name: object) -> str:
    if not isinstance(name, str) or not name:
        raise UndecodableMessage(Reason.NO_SENSOR, expected="`Name`", got=type(name).__name__, at="$")
    return checked_name(f"{host}/{name}" if host else name, at="$.Name")


def _part(host: str, of: str, group: _Group, part: dict[str, Any]) -> list[Measurement]:
    if _is_away(part):
        return []
    found: dict[str, Measurement] = {}
    for key, known in group.values.items():
        parsed = number_with_unit(part.get(key), at=f"$.{key}")
        if parsed is not None and known.quantity not in found:
            name = group.name or part.get("Name") or part.get("FanName")
            is_named = isinstance(name, str) and group.numbered
            if (is_named or not name) and isinstance(part.get("MemberId"), str):
                name = f"{name or of}#{part['MemberId']}"
            unit = known.unit if known.unit is not None else _unit(part)
            found[known.quantity] = Measurement(_named(host, name), known.quantity, parsed[0], unit)
    return list(found.values())


def _single(host: str, body: dict[str, Any]) -> list[Measurement]:
    """Return the readings of a resource that stands for one part: Fan, Sensor, metrics of a part or chassis."""
    if _is_away(body):
        return []
    found = [_excerpt(host, body, body[key], known, known.label) for key, known in _EXCERPTS.items() if key in body]
    found += _beside(host, body)
    kind, unit = body.get("ReadingType"), _unit(body)
    quantity = _SENSOR_TYPES.get(kind, kind) if isinstance(kind, str) else _BY_UNIT.get(unit or "")
    if quantity is not None:
        found.append(_excerpt(host, body, body, Known(quantity, unit)))
    found += _leaks(host, body)
    summary = body.get("TemperatureSummaryCelsius")
    said = summary if isinstance(summary, dict) else {}
    found += [_excerpt(host, body, said.get(key), Known("temperature", "°C"), key.lower()) for key in _SUMMARY]
    found += _several(host, body)
    for one in _objects(body.get("TemperatureReadingsCelsius")):
        name = one.get("DeviceName") or str(one.get("DataSourceUri", "")).rpartition("/")[2]
        found.append(_excerpt(host, {"Name": name}, one, Known("temperature", "°C")))
    return [one for one in found if one is not None]


def _beside(host: str, body: dict[str, Any]) -> list[Measurement | None]:
    """Return what stands beside the readings in their excerpts: of a power its parts, of a share of turns the turns."""
    found = []
    for key, others in _BESIDE.items():
        said = body.get(key)
        if isinstance(said, dict):
            parts = ((known, {"Reading": said.get(member)}) for member, known in others.items())
            found += [_excerpt(host, body, part, known, known.label) for known, part in parts]
    return found


def _leaks(host: str, body: dict[str, Any]) -> list[Measurement | None]:
    """Return what a leak detector says, or those that a summary lists by group."""
    leak = Known("water_leak", "")
    found = [_excerpt(host, body, {"Reading": _LEAKS.get(str(body.get("DetectorState")))}, leak)]
    for group in _objects(body.get("LeakDetectorGroups")):
        named = {"Name": group.get("GroupName") or body.get("Name")}
        found.append(_excerpt(host, named, group.get("HumidityPercent"), _EXCERPTS["HumidityPercent"]))
        for one in _objects(group.get("Detectors")):
            said = {"Reading": _LEAKS.get(str(one.get("DetectorState")))}
            found.append(_excerpt(host, {"Name": one.get("DeviceName") or named["Name"]}, said, leak))
    return found


def _objects(several: object) -> list[dict[str, Any]]:
    return [one for one in several if isinstance(one, dict)] if isinstance(several, list) else []


def _several(host: str, body: dict[str, Any]) -> list[Measurement | None]:
    """Return the excerpts of lists, labelled by the sensor that each is of, and those of phases, by the phase."""
    found = []
    for key, known in _SEVERAL.items():
        for one in _objects(body.get(key)):
            of = one.get("DeviceName") or str(one.get("DataSourceUri", ""))
            label = _label(str(of).rpartition("/")[2]) or known.label
            found += [
                _excerpt(host, body, one, known, label),
                _turning(host, body, one, f"{label}/rpm" if label else "rpm"),
            ]
    for key, known in _PHASES.items():
        phases = body.get(key)
        for phase, one in phases.items() if isinstance(phases, dict) else ():
            found.append(_excerpt(host, body, one, known, _label(phase)))
    return found


def _turning(host: str, body: dict[str, Any], said: object, label: str) -> Measurement | None:
    """Return how fast a fan turns, which stands beside what that is of its most."""
    speed = said.get("SpeedRPM") if isinstance(said, dict) else None
    return _excerpt(host, body, {"Reading": speed}, Known("fan_speed", "rpm"), label)


def _label(word: str) -> str:
    return checked_name(word, at="$.DataSourceUri") if word else ""


def _excerpt(host: str, body: dict[str, Any], said: object, known: Known, label: str = "") -> Measurement | None:
    reading = said.get("Reading") if isinstance(said, dict) else None
    parsed = number_with_unit(reading, at=f"$.{known.quantity}")
    if parsed is None:
        return None
    time_ns = time_of(body.get("ReadingTime"))
    name = body.get("Name") or body.get("Id")
    return Measurement(_named(host, name), known.quantity, parsed[0], known.unit, time_ns, label=label)


def _unit(part: dict[str, Any]) -> str | None:
    said = part.get("ReadingUnits", part.get("Units"))
    return _UNITS.get(said, checked_name(said, at="ReadingUnits")) if isinstance(said, str) and said else None


def _is_away(part: dict[str, Any]) -> bool:
    status = part.get("Status")
    state = status.get("State") if isinstance(status, dict) else None
    return isinstance(state, str) and state in _AWAY
