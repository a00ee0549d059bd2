"""Milesight VS people counters: counts of an interval, totals and those inside, by line or region."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta, timezone, tzinfo
from typing import Any

from city.measurement import Decoded, Measurement
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.known import Known
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.decoders.values import checked_name, number, number_with_unit
from ingest.reasons import Reason

#: Parts of a report, each a list of lines or regions.
_LINES = ("line_trigger_data", "line_periodic_data", "line_total_data", "line_count_data")
_REGIONS = (
    "region_trigger_data", "region_periodic_data", "region_data", "region_total_data", "region_count_data",
    "dwell_time_data",
    "dwell_time_periodic_data", "region_dwell_time_data",
)  # fmt: skip
_SEXES = ("female", "male")
#: Member of a count or a stay -> what it is; an interval's counts and running totals are different things.
_MEMBERS = {
    "in": Known("people_in", ""),
    "out": Known("people_out", ""),
    "in_counted": Known("people_in_total", ""),
    "out_counted": Known("people_out_total", ""),
    "capacity_counted": Known("occupancy_count", ""),
    "current_total": Known("people_count", ""),
    "avg_count": Known("people_count", ""),
    # of women and men apart, where the sensor guesses which
    **{f"{sex}_in": Known("people_in", "", sex) for sex in _SEXES},
    **{f"{sex}_out": Known("people_out", "", sex) for sex in _SEXES},
    **{f"current_{sex}": Known("people_count", "", sex) for sex in _SEXES},
    # how long people stayed in a region (beginning and end of a single stay are told beside it)
    "avg_dwell_time": Known("dwell_time", "ms", "avg"),
    "max_dwell_time": Known("dwell_time", "ms", "max"),
    "duration": Known("dwell_time", "ms"),
}
#: Everybody within view of a workplace sensor (VS121), and lists by region, in the order of `numbering_regions`.
_CURRENT, _MOST, _NUMBERS = "current_total", ("max_counted", "Max_counted"), "numbering_regions"
_BY_REGION = {"current_counted": "people_count", "occupancy": "occupied"}
#: Members of a report that is about the device alone: an alarm, a beat.
_OF_ITSELF = frozenset({"device_info", "time_info", "network_info", "alarm_data", "device_health_data"})
_ZONE = re.compile(r"UTC\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?", re.ASCII)
_MAX_DEPTH = 4


class MilesightVsDecoder:
    """Decodes reports; who has no device in its report is named by its topic."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of a report."""
        body = parse_object(payload)
        device = body.get("device_info")
        serial = device.get("device_sn") if isinstance(device, dict) else None
        name = checked_name(serial if serial else topic, at="$.device_info.device_sn", reason=Reason.NO_SENSOR)
        time_ns = _time_ns(body.get("time_info"), self._options.zone)
        found = [
            *(one for part in _LINES for one in _counted(f"{name}/line", "line", body.get(part))),
            *(one for part in _REGIONS for one in _counted(f"{name}/region", "region", body.get(part))),
            *_workplace(name, body),
        ]
        for measurement in found:
            measurement.time_ns = time_ns
        return Decoded(self._options.told(found))


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    if any(isinstance(body.members.get(part), list | dict) for part in (*_LINES, *_REGIONS)):
        return True
    device = body.members.get("device_info")
    if not isinstance(device, dict) or "device_sn" not in device:
        return False
    return _CURRENT in body.members or ("time_info" in body.members and body.members.keys() <= _OF_ITSELF)


def _counted(prefix: str, member: str, part: object, depth: int = _MAX_DEPTH) -> Iterator[Measurement]:
    """Yield the counts of a part's lines or regions; newer firmware wraps them once more."""
    for entry in part if isinstance(part, list) else [part]:
        if not isinstance(entry, dict) or depth == 0:
            continue
        if member in entry:
            yield from _entry(f"{prefix}{entry[member]}", entry)
        else:
            for inner in entry.values():
                yield from _counted(prefix, member, inner, depth - 1)


def _entry(sensor: str, entry: Mapping[str, Any]) -> Iterator[Measurement]:
    checked_name(sensor, at="$")
    for name, counts in (("total", entry), *entry.items()):
        for member, said in counts.items() if isinstance(counts, Mapping) else ():
            known = _MEMBERS.get(member)
            parsed = number_with_unit(said, at=member) if known is not None else None
            if known is not None and parsed is not None:
                whose = "" if name == "total" else checked_name(name, at="$")
                label = "/".join(filter(None, (whose, known.label)))
                yield Measurement(sensor, known.quantity, parsed[0], known.unit, label=label)


def _workplace(name: str, body: Mapping[str, Any]) -> Iterator[Measurement]:
    """Yield what a sensor tells that has one list for all regions instead of an entry for each."""
    for member, label in ((_CURRENT, ""), *((most, "max") for most in _MOST)):
        value = number(body.get(member), at=f"$.{member}")
        if value is not None:
            yield Measurement(name, "people_count", value, "", label=label)
    said = body.get(_NUMBERS)
    numbers = said if isinstance(said, list) else []
    for member, quantity in _BY_REGION.items():
        values = body.get(member)
        for region, one in zip(numbers, values if isinstance(values, list) else (), strict=False):
            value = number(one, at=f"$.{member}")
            if value is not None:
                yield Measurement(checked_name(f"{name}/region{region}", at="$"), quantity, value, "")


def _time_ns(info: object, zone: tzinfo | None) -> int | None:
    """Return the end of the interval; its zone is told beside it."""
    if not isinstance(info, dict):
        return None
    told = _ZONE.search(str(info.get("time_zone", info.get("timezone", ""))))
    if told is not None:
        offset = timedelta(hours=int(told.group(2)), minutes=int(told.group(3) or 0))
        offset = -offset if told.group(1) == "-" else offset
        offset += timedelta(hours=1) if info.get("dst_status") in (1, "1") else timedelta()
        zone = timezone(offset) if abs(offset) < timedelta(days=1) else zone
    moments = (info.get("end_time"), info.get("time"), info.get("start_time"))
    return next((time_ns for said in moments if (time_ns := time_of(said, zone)) is not None), None)
