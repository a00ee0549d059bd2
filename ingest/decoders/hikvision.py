"""Hikvision's ISAPI alerts, in XML or JSON, alone or in an alarm server's multipart push: what was seen, never who."""

import re
from collections.abc import Iterator

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement, Observation
from city.xml_tree import Tree
from ingest.decoders.camera_events import told, truth
from ingest.decoders.family import Body
from ingest.decoders.hikvision_platform import ROOT, alerts, is_wrapped
from ingest.decoders.json_body import parse_object
from ingest.decoders.json_tree import json_tree
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import parse_time
from ingest.decoders.traffic_lanes import measure_lane
from ingest.decoders.values import checked_name, number_with_unit
from ingest.decoders.xml_body import parse_xml_body
from ingest.reasons import Reason

#: Members of every alert in JSON.
_SIGNATURE = frozenset({"eventType", "eventState", "dateTime"})
_ALERT = re.compile(rb"<(?:\w+:)?EventNotificationAlert\b.*?</(?:\w+:)?EventNotificationAlert\s*>", re.DOTALL)
#: The end of a part's head, and how many parts a push may have: an alert and pictures of it.
_HEAD, _MAX_PARTS = re.compile(rb"\r?\n\r?\n"), 64
#: ISAPI's word for an event, in lower case -> ours.
_EVENTS = {
    "vmd": "motion",
    "pir": "motion",
    "fielddetection": "intrusion",
    "linedetection": "line_crossing",
    "regionentrance": "region_entrance",
    "regionexiting": "region_exit",
    "io": "digital_input",
    "videoloss": "video_lost",
    "shelteralarm": "tamper",
    "tamperdetection": "tamper",
    "scenechangedetection": "tamper",
    "unattendedbaggage": "unattended_object",
    "attendedbaggage": "object_removed",
    "rapidmove": "rapid_move",
    "group": "gathering",
    "anpr": "vehicle_passed",
    "vehicledetection": "vehicle_passed",
    "facedetection": "face",
    "audioexception": "sound",
    "tma": "temperature_alarm",
    "tmpa": "temperature_alarm",
    "smokedetection": "smoke",
    "firedetection": "fire",
    "aid": "traffic_incident",
    "tfs": "traffic_violation",
    "diskfull": "disk_full",
    "diskerror": "disk_error",
}
#: Element -> attribute; plates, names, faces, cards and pictures are not among them.
_KEPT = {
    "targetType": "target",
    "detectionTarget": "target",
    "regionID": "region",
    "inputIOPortID": "input",
    "laneNo": "lane",
    "line": "lane",
    "direction": "direction",
    "vehicleType": "vehicle_type",
    "confidenceLevel": "confidence",
    "illegalTrafficEvent": "incident",
}
#: Element of a people counter -> quantity: totals since its last reset.
_PEOPLE = {"enter": "people_in_total", "exit": "people_out_total", "pass": "people_passed_total"}
#: The same counters in a report about an interval.
_PEOPLE_OF_INTERVAL = {"enter": "people_in", "exit": "people_out", "pass": "people_passed"}
#: Alerts that tell nothing but numbers: people, and traffic by lane.
_COUNTING = frozenset({"peoplecounting", "framespeoplecounting", "tps", "ttd"})
#: Elements about one person, whose temperature is nobody's business.
_OF_PERSONS = ("AccessControllerEvent", "FaceTemperatureMeasurementEvent")
_MAX_TEXT = 200


class HikvisionDecoder:
    """Decodes alerts, each an event; a counter's and a thermometer's values are readings."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return what the message's alerts say."""
        decoded = Decoded()
        objects = [part for part in _parts(payload) if part[:1] == b"{"]
        for part in objects:
            body = parse_object(part)
            for alert in alerts(body) if is_wrapped(body) else [json_tree(ROOT, body.get(ROOT, body))]:
                self._take(topic, alert, decoded)
        if not objects:
            documents = [found.group() for found in _ALERT.finditer(payload)]
            for document in documents if documents else [payload]:
                self._take(topic, parse_xml_body(document), decoded)
        self._options.told(decoded.measurements)
        return decoded

    def _take(self, topic: str, alert: Tree, decoded: Decoded) -> None:
        if alert.tag != ROOT:
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected=f"`{ROOT}`", got=alert.tag[:60], at="document")
        word = alert.words("eventType").lower()
        active = truth(alert.words("eventState"))
        if word == "videoloss" and active is not True:  # what a camera sends for a heartbeat
            return
        sensor = _sensor(topic, alert)
        time_ns = parse_time(alert.words("dateTime"), self._options.zone)
        measured = list(_measured(sensor, alert, time_ns))
        decoded.measurements += measured
        if not measured or word not in _COUNTING:
            event = told(checked_name(_EVENTS.get(word, word)[:56], at="eventType"), active=active)
            decoded.observations.append(Observation(sensor, event, time_ns, _attributes(alert, active)))


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's, alone or within a multipart push."""
    if body.first == b"{":
        alert = body.members.get(ROOT, body.members)  # converters from XML keep the root
        return (isinstance(alert, dict) and alert.keys() >= _SIGNATURE) or is_wrapped(body.members)
    if body.first == b"-" and all(b'"%s"' % name.encode() in body.payload[:4096] for name in _SIGNATURE):
        return True
    return body.first in {b"<", b"-"} and ROOT.encode() in body.payload[:4096]


def _parts(payload: bytes) -> Iterator[bytes]:
    """Yield the parts of a multipart push without their heads, else the payload itself; pictures are parts too."""
    plain = payload.lstrip()
    if not plain.startswith(b"--"):
        yield plain
        return
    boundary, _, rest = plain.partition(b"\n")
    for part in rest.split(boundary.strip(), _MAX_PARTS)[:_MAX_PARTS]:
        head = _HEAD.search(part)
        if head is not None:
            yield part[head.end() :].strip()


def _sensor(topic: str, alert: Tree) -> str:
    """Return the camera's hardware address and channel; an address on the network is nobody's for long."""
    device = alert.words("macAddress") or alert.words("deviceID") or alert.words("serialNumber") or topic
    channel = alert.words("channelID") or alert.words("dynChannelID")
    reason = Reason.BAD_NAME if device else Reason.NO_SENSOR
    return checked_name(f"{device}:{channel}" if device and channel else device, at="macAddress", reason=reason)


def _attributes(alert: Tree, active: bool | None) -> dict[str, str | float | bool]:  # noqa: FBT001 - may be unknown
    attributes: dict[str, str | float | bool] = {"active": active} if active is not None else {}
    for tag, name in _KEPT.items():
        text = alert.words(tag)
        if text and name not in attributes:
            attributes[name] = text[:_MAX_TEXT]
    return attributes


def _measured(sensor: str, alert: Tree, time_ns: int | None) -> Iterator[Measurement]:
    is_interval = alert.words("statisticalMethods") == "timeRange"
    for element, label in (("peopleCounting", ""), ("childCounting", "child")):
        people = alert.first(element)
        for tag, quantity in (_PEOPLE_OF_INTERVAL if is_interval else _PEOPLE).items():
            parsed = number_with_unit(people.words(tag), at=tag) if people is not None else None
            if parsed is not None:
                yield Measurement(sensor, quantity, parsed[0], "", time_ns, label=label)
    for node in alert.walk():
        if node.tag.lower() == "laneinfo":
            yield from measure_lane(sensor, {child.tag: child.text for child in node.children}, time_ns)
    parsed = number_with_unit(alert.words("currTemperature"), at="currTemperature")
    if parsed is not None and all(alert.first(tag) is None for tag in _OF_PERSONS):
        unit = {"fahrenheit": "°F", "kelvin": "K"}.get(alert.words("thermometryUnit").lower(), "°C")
        yield Measurement(sensor, "temperature", parsed[0], unit, time_ns)
