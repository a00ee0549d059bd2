"""Dahua's cameras and recorders: events as their event stream writes them, in JSON or in its own lines."""

import re
from collections.abc import Mapping
from typing import Any

from city.measurement import Decoded, Measurement, Observation
from ingest.decoders.camera_events import told
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json
from ingest.decoders.options import DecoderOptions
from ingest.decoders.paths import at_path, refuse
from ingest.decoders.times import time_of
from ingest.decoders.traffic_lanes import measure_lane
from ingest.decoders.values import checked_name, number
from ingest.reasons import Reason

#: `Code=VideoMotion;action=Start;index=0;data={…}`
_LINE = re.compile(rb"\s*Code=(\w{1,64});\s*action=(\w{1,16});\s*index=(\d{1,4})(?:;\s*data=(\{.*\}))?\s*", re.DOTALL)
#: Dahua's word for an event -> ours.
_EVENTS = {
    "VideoMotion": "motion",
    "SmartMotionHuman": "motion",
    "SmartMotionVehicle": "motion",
    "CrossLineDetection": "line_crossing",
    "CrossRegionDetection": "intrusion",
    "WanderDetection": "loitering",
    "LeftDetection": "unattended_object",
    "TakenAwayDetection": "object_removed",
    "RioterDetection": "gathering",
    "CrowdDetection": "gathering",
    "ParkingDetection": "illegal_parking",
    "VideoBlind": "tamper",
    "VideoLoss": "video_lost",
    "SceneChange": "tamper",
    "AlarmLocal": "digital_input",
    "AudioAnomaly": "sound",
    "AudioMutation": "sound",
    "SmokeDetection": "smoke",
    "FireDetection": "fire",
    "FireWarning": "fire",
    "TrafficJunction": "vehicle_passed",
    "TrafficJam": "traffic_jam",
    "FaceDetection": "face",
}
#: Members of a people counter's report: totals since its last reset.
_PEOPLE = {"EnteredSubtotal": "people_in_total", "ExitedSubtotal": "people_out_total", "InsideSubtotal": "people_count"}
#: What an event keeps of the object: never a plate, a face or a name.
_KEPT = {"Object.ObjectType": "class", "Object.Confidence": "confidence", "Lane": "lane", "Speed": "speed",
         "Direction": "direction", "RuleName": "rule"}  # fmt: skip
_COUNTING = frozenset({"NumberStat", "ManNumDetection", "TrafficFlowStat", "FlowStat"})
_ACTIONS = frozenset({"start", "stop", "pulse", "state"})
_MAX_TEXT = 200


class DahuaDecoder:
    """Decodes events; what a counter or a lane's statistics tell are readings."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return what an event says; the camera is the topic, with its channel where it has several."""
        code, action, index, data = _parts(payload)
        sensor = checked_name(topic, at="topic", reason=Reason.NO_SENSOR)
        sensor = f"{sensor}:{index}" if index else sensor
        time_ns = _time_ns(data)
        if code in _COUNTING:
            return Decoded(self._options.told(_counted(sensor, data, time_ns)))
        active = {"start": True, "stop": False}.get(action.lower())
        attributes: dict[str, str | float | bool] = {"active": active} if active is not None else {}
        for path, name in _KEPT.items():
            value = at_path(data, path)
            if isinstance(value, str) and value:
                attributes[name] = value[:_MAX_TEXT]
            elif (plain := number(value, at=path)) is not None:
                attributes[name] = plain
        event = told(_EVENTS.get(code, code[:56].lower()), active=active)
        return Decoded(observations=[Observation(sensor, event, time_ns, attributes)])


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    if body.first == b"C":
        return _LINE.fullmatch(body.payload[:4096]) is not None
    members = {name.lower(): value for name, value in body.members.items()}
    code, action = members.get("code"), members.get("action")
    return isinstance(code, str) and isinstance(action, str) and action.lower() in _ACTIONS


def _parts(payload: bytes) -> tuple[str, str, int, Mapping[str, Any]]:
    """Return code, action, channel and data of an event."""
    line = _LINE.fullmatch(payload)
    if line is not None:
        data = parse_json(line.group(4)) if line.group(4) is not None else {}
        return line.group(1).decode(), line.group(2).decode(), int(line.group(3)), data
    body = parse_json(payload)
    members = {key.lower(): value for key, value in body.items()} if isinstance(body, dict) else {}
    code, action, index, data = (members.get(key) for key in ("code", "action", "index", "data"))
    if not isinstance(code, str) or not isinstance(action, str) or not code.isprintable() or not code:
        raise refuse(_EXPECTED, body)
    return code, action, index if isinstance(index, int) else 0, data if isinstance(data, dict) else {}


_EXPECTED = "`Code` and `action`"


def _time_ns(data: Mapping[str, Any]) -> int | None:
    """Return the event's own time; `UTC` is in seconds, its milliseconds beside it."""
    seconds, rest = data.get("UTC", data.get("RealUTC")), number(data.get("UTCMS"), at="UTCMS")
    time_ns = time_of(seconds)
    return time_ns + int(rest) * 1_000_000 if time_ns is not None and rest is not None and 0 <= rest < 1000 else time_ns


def _counted(sensor: str, data: Mapping[str, Any], time_ns: int | None) -> list[Measurement]:
    found = []
    for member, quantity in _PEOPLE.items():
        value = number(data.get(member), at=member)
        if value is not None:
            found.append(Measurement(sensor, quantity, value, "", time_ns))
    return [*found, *measure_lane(sensor, data, time_ns)]
