"""HJ 212, the frames of China's environmental monitoring, as gateways carry them in MQTT."""

from datetime import datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement, Observation
from city.quality import Quality
from ingest.decoders.codec_places import located
from ingest.decoders.codec_values import pressure_unit
from ingest.decoders.family import Body
from ingest.decoders.hj212_frame import Frame, json_frame, read_frames
from ingest.decoders.hj212_names import AIR_PRESSURE, AMBIENT_SYSTEMS, GAS, PLACES, TOTALS, factor
from ingest.decoders.json_body import parse_object
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import aware_ns, parse_time
from ingest.decoders.values import checked_name, number_with_unit
from ingest.reasons import Reason

#: Times are those of Beijing and carry no offset (HJ 212-2017 §6.3).
_BEIJING = timezone(timedelta(hours=8))

#: What the values of a data command are of; empty: of a moment.
_PERIODS = {2011: "", 2013: "", 2051: "minute", 2052: "measurement", 2061: "hour", 2031: "day", 2111: "5min"}
#: States of the equipment, and how long it ran on a day.
_EQUIPMENT = frozenset({2021, 2041})
#: Alarms of 2005, which many devices still send.
_ALARMS = frozenset({2071, 2072})
#: Data commands that say nothing of the city: stopping, checks with a standard sample, the start of the logger.
_QUIET = frozenset({2012, 2022, 2062, 2063, 2064, 2065, 2066, 2081})

#: Fields of a factor that are values, and what they are of the period; `Zs` is converted to the reference oxygen.
_FIELDS = {"Rtd": "", "Avg": "", "Min": "min", "Max": "max", "DayData": "daytime", "NightData": "night", "Data": ""}
_EQUIPMENT_FIELDS = {"RS": ("equipment_running", ""), "RT": ("running_time", "h")}

#: `Flag` of a value that is one (2017: N; at air stations of 2005: 1 weather, 3 normal).
_NORMAL = frozenset({"N", "n", "1", "3"})
#: `Flag` of a value beyond what the instrument can measure.
_TOO_HIGH = frozenset({"T", "t"})

_Factors = dict[str, dict[str, str]]


class _Section(NamedTuple):
    """The factors of one moment or period."""

    time_ns: int | None
    factors: _Factors


class Hj212Decoder:
    """Decodes all frames of a payload; replies, settings and commands say nothing."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options
        self._zone = options.zone if options.zone is not None else _BEIJING

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings and alarms of the frames."""
        decoded = Decoded()
        is_json = payload.lstrip()[:1] == b"{"
        for frame in [json_frame(parse_object(payload))] if is_json else read_frames(payload):
            for section in self._sections(frame):
                self._take(frame, section, decoded)
        return decoded

    def _sections(self, frame: Frame) -> list[_Section]:
        if frame.command // 1000 != 2 or frame.command in _QUIET:
            return []
        if frame.command not in {*_PERIODS, *_EQUIPMENT, *_ALARMS}:
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="a data command", got=frame.command, at="CN")
        if frame.content and "=" not in frame.content.rstrip("="):
            raise UndecodableMessage(Reason.ENCRYPTED, expected="readable data", got=frame.content[:20], at="CP")
        return _read(frame.content, self._zone)

    def _take(self, frame: Frame, section: _Section, decoded: Decoded) -> None:
        if frame.command in _ALARMS:
            attributes = {code: fields["Ala"] for code, fields in section.factors.items() if "Ala" in fields}
            decoded.observations.append(Observation(frame.device, "alarm", section.time_ns, {**attributes}))
            return
        where = {PLACES[code.lower()]: fields for code, fields in section.factors.items() if code.lower() in PLACES}
        decoded.observations += _located(frame, where, section.time_ns)
        for code, fields in section.factors.items():
            checked_name(code, at="CP")
            if code.lower() in PLACES:
                continue
            if frame.command in _EQUIPMENT:
                found = _equipment(frame, code, fields)
            else:
                found = [*self._values(frame, code, fields), *self._total(frame, code, fields)]
            own_ns = _time_ns(fields.get("SampleTime", ""), self._zone)
            for measurement in found:
                measurement.time_ns = own_ns if own_ns is not None else section.time_ns
                measurement.quality |= _quality(fields.get("Flag", "N"))
            decoded.measurements += found

    def _values(self, frame: Frame, code: str, fields: dict[str, str]) -> list[Measurement]:
        known = factor(code)
        found = []
        for name, text in fields.items():
            statistic = _FIELDS.get(name.removeprefix("Zs"))
            parsed = number_with_unit(text, at=code) if statistic is not None else None
            if parsed is not None:
                parts = (_PERIODS[frame.command], statistic, "converted" if name.startswith("Zs") else "")
                label = "-".join(part for part in parts if part)
                unit = self._unit(frame, code, parsed[0])
                found.append(Measurement(frame.device, known.quantity, parsed[0], unit, label=label))
        return found

    def _total(self, frame: Frame, code: str, fields: dict[str, str]) -> list[Measurement]:
        """Return what passed in the period, which only concentrations and flows have."""
        parsed = number_with_unit(fields.get("Cou"), at=code)
        unit = TOTALS.get(self._unit(frame, code, 0.0) or "")
        if parsed is None or unit is None:
            return []
        label = _PERIODS[frame.command]
        return [Measurement(frame.device, f"{factor(code).quantity}_total", parsed[0], unit, label=label)]

    def _unit(self, frame: Frame, code: str, value: float) -> str | None:
        known = factor(code)
        told = self._options.units.get(known.quantity)
        if told is not None:
            return told
        if known.unit == GAS:
            return "µg/m³" if frame.system in AMBIENT_SYSTEMS else "mg/m³"
        return pressure_unit(value) if known.unit == AIR_PRESSURE else known.unit


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    if body.first == b"{":
        return body.has("CN", "MN", "CP")
    start = body.payload.lstrip(b"\r\n \t\0")
    return start[:2] == b"##" and start[2:6].isdigit()


def _read(content: str, zone: tzinfo) -> list[_Section]:
    """Return the sections of a `CP`: each `DataTime` opens one."""
    sections = [_Section(None, {})]
    for item in content.replace(";", ",").split(","):
        key, equals, value = item.partition("=")
        key, value = key.strip(), value.strip()
        if key in {"DataTime", "AlarmTime"}:
            sections.append(_Section(_time_ns(value, zone), {}))
            continue
        code, dash, field = key.rpartition("-")
        if equals and dash and code and field:
            sections[-1].factors.setdefault(code, {})[field] = value
    return [section for section in sections if section.factors]


def _time_ns(text: str, zone: tzinfo) -> int | None:
    """Return the moment of `20160801085857`, with or without milliseconds; some loggers write it with dashes."""
    if not (text.isascii() and text.isdigit() and len(text) in {14, 17}):
        return parse_time(text, zone)
    try:
        moment = datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=zone)
    except ValueError:
        return None
    return aware_ns(moment, int(text[14:] or 0))


def _equipment(frame: Frame, code: str, fields: dict[str, str]) -> list[Measurement]:
    found = []
    for field, (quantity, unit) in _EQUIPMENT_FIELDS.items():
        parsed = number_with_unit(fields.get(field), at=code)
        if parsed is not None:
            found.append(Measurement(frame.device, quantity, parsed[0], unit, label=code))
    return found


def _located(frame: Frame, where: _Factors, time_ns: int | None) -> list[Observation]:
    """Return where a station that moves was; one that says that it does not know was nowhere."""
    sound = {
        name: fields.get("Rtd", fields.get("Avg", ""))
        for name, fields in where.items()
        if fields.get("Flag", "N") in _NORMAL
    }
    return located(frame.device, sound, time_ns)


def _quality(flag: str) -> Quality:
    """Return what a flag says: all that is not normal (stopped, maintained, calibrated, set by hand, faulty) is bad."""
    if flag in _NORMAL:
        return Quality.GOOD
    return Quality.OUT_OF_RANGE if flag in _TOO_HIGH else Quality.BAD
