"""What detectors, radars and cameras count by lane: a list with a lane's number in each entry, whoever wrote it.

The words are those of ISAPI's traffic data, Dahua's flow statistics, GA/T 1049 and Uniview's road status.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from city.measurement import Decoded, Measurement
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.known import Known
from ingest.decoders.options import DecoderOptions
from ingest.decoders.paths import first_text, refuse
from ingest.decoders.times import time_of
from ingest.decoders.values import number_with_unit

_LANES = ("laneno", "lane", "laneid", "lanenumber", "laneindex", "lanenum")
_DEVICES = (
    "deviceId", "device_id", "deviceID", "DeviceID", "deviceCode", "deviceNo", "device", "serial", "sn", "detectorId",
    "detector_id", "stationId", "station_id", "siteId", "site_id", "crossId", "CrossID", "intersectionId",
    "radarId", "cameraId", "sensorId", "sensor_id", "id",
)  # fmt: skip
_TIMES = ("timestamp", "time", "dateTime", "datetime", "endTime", "end_time", "EndTime", "statTime", "ts", "DateTime")

_SPEED, _GAP = Known("speed", "km/h"), Known("gap_distance", "m")
_SMALL = Known("vehicle_count", "", "small")
_COUNT, _HEADWAY = Known("vehicle_count", ""), Known("headway_time", "s")
#: Words in lower case without what parts them.
NAMES: dict[str, Known] = {
    **dict.fromkeys(("averagespeed", "aversgespeed", "avgspeed", "speed", "meanspeed", "avespeed"), _SPEED),
    **dict.fromkeys(("volume", "vehicles", "vehiclecount", "vehiclenum", "carnum", "lanevolume", "count"), _COUNT),
    **dict.fromkeys(("smallcarnum", "smallvehicles", "lightvehicle", "smallcount"), _SMALL),
    **dict.fromkeys(("midsizecarnum", "middlecarnum", "mediumvehicles"), Known("vehicle_count", "", "medium")),
    **dict.fromkeys(("largecarnum", "largevehicles", "heavyvehiclenum", "heavyvehicle", "largecount"),
                    Known("vehicle_count", "", "large")),
    **dict.fromkeys(("timeoccupyration", "timeoccupyratio", "timeoccupancy", "occupancy"), Known("occupancy", "%")),
    **dict.fromkeys(("spaceoccupyration", "spaceoccupyratio", "spaceoccupancy"), Known("occupancy", "%", "space")),
    **dict.fromkeys(("timeheadway", "headtime", "avgheadtime", "headway", "avgheadway"), _HEADWAY),
    **dict.fromkeys(("spaceheadway", "headdistance", "avgheaddistance"), _GAP),
    **dict.fromkeys(("queuelength", "queuelen"), Known("queue_length", "m")),
    "density": Known("vehicle_density", "veh/km"),
    "averagelength": Known("vehicle_length", "m"),
}  # fmt: skip
_PLAIN = re.compile(r"[^0-9a-z]")
_MAX_DEPTH = 4
_EXPECTED = "a list of lanes"


class TrafficLanesDecoder:
    """Decodes lists of lanes; the label is the lane, and what kind of vehicle where the device tells them apart."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of all lanes."""
        body = parse_object(payload)
        lanes = list(_lanes(body, _MAX_DEPTH))
        if not lanes:
            raise refuse(_EXPECTED, body)
        sensor = first_text(body, _DEVICES, otherwise=topic)
        time_ns = next((ns for key in _TIMES if (ns := time_of(body.get(key), self._options.zone)) is not None), None)
        return Decoded(self._options.told([one for lane in lanes for one in measure_lane(sensor, lane, time_ns)]))


def bears(body: Body) -> bool:
    """Return whether a body holds a list of lanes."""
    return next(_lanes(body.members, _MAX_DEPTH), None) is not None


def measure_lane(sensor: str, lane: Mapping[str, Any], time_ns: int | None) -> Iterator[Measurement]:
    """Yield what is known of one lane; raises UndecodableMessage for a number that no float holds."""
    plain = {_PLAIN.sub("", key.lower()): value for key, value in lane.items()}
    label = next((str(plain[name]) for name in _LANES if isinstance(plain.get(name), int | str)), "")
    for name, known in NAMES.items():
        parsed = number_with_unit(plain[name], at=f"$.{name}") if name in plain else None
        if parsed is not None and not isinstance(plain[name], bool):
            which = "-".join(part for part in (label, known.label) if part and part.isprintable())
            yield Measurement(sensor, known.quantity, parsed[0], parsed[1] or known.unit, time_ns, label=which[:100])


def _lanes(value: object, depth: int) -> Iterator[Mapping[str, Any]]:
    """Yield the entries of lists that have a lane's number and something that is known of it."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner if depth > 0 else ():
        if isinstance(value, list) and isinstance(one, dict) and _is_lane(one):
            yield one
        else:
            yield from _lanes(one, depth - 1)


def _is_lane(entry: Mapping[str, Any]) -> bool:
    words = {_PLAIN.sub("", key.lower()) for key in entry}
    return bool(words & set(_LANES)) and len(words & NAMES.keys()) > 1
