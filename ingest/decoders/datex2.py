"""DATEX II, versions 2 and 3: what road authorities measure, as XML or JSON."""

from collections.abc import Iterator
from typing import NamedTuple

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement
from city.quality import Quality
from city.xml_tree import Tree
from ingest.decoders.datex2_json import document_of, is_datex2
from ingest.decoders.datex2_parking import SITES, parked
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import parse_time
from ingest.decoders.values import checked_name, number_with_unit
from ingest.decoders.xml_body import parse_xml_body
from ingest.reasons import Reason
from ingest.telemetry import METRICS_DROPPED


class _Value(NamedTuple):
    """Where a value lies within the element that stands for its kind, and what it is."""

    leaf: str
    quantity: str
    unit: str


#: Element -> the value in it (DATEX II v3, RoadTrafficData and Common; the units are those of its data types).
_VALUES = {
    "averageVehicleSpeed": _Value("speed", "speed", "km/h"),
    "vehicleFlow": _Value("vehicleFlowRate", "flow", "veh/h"),
    "occupancy": _Value("percentage", "occupancy", "%"),
    "concentration": _Value("concentrationOfVehicles", "vehicle_density", "veh/km"),
    "averageTimeHeadway": _Value("duration", "headway_time", "s"),
    "averageDistanceHeadway": _Value("distance", "gap_distance", "m"),
    "travelTime": _Value("duration", "travel_time", "s"),
    "airTemperature": _Value("temperature", "temperature", "°C"),
    "dewPointTemperature": _Value("temperature", "dew_point", "°C"),
    "roadSurfaceTemperature": _Value("temperature", "road_temperature", "°C"),
    "relativeHumidity": _Value("percentage", "humidity", "%"),
    "windSpeed": _Value("speed", "wind_speed", "km/h"),
    "maximumWindSpeed": _Value("speed", "wind_gust", "km/h"),
    "windDirectionBearing": _Value("directionBearing", "wind_direction", "°"),
    "precipitationIntensity": _Value("millimetresPerHourIntensity", "rain_intensity", "mm/h"),
    "minimumVisibilityDistance": _Value("integerMetreDistance", "visibility", "m"),
}
#: What a site sends in place of a value that it does not have; no value of a kind is ever negative but a temperature.
_NO_FLOW, _NO_VALUE = 9999.0, -1.0

#: Publications about something else than measurements.
_OTHERS = frozenset(
    {
        "measurementSiteTable", "measurementSiteTablePublication", "situation", "predefinedLocationSet",
        "predefinedLocationContainer", "predefinedLocationGroup", "vmsUnit", "vmsUnitTable", "parkingTable",
    }
)  # fmt: skip
_PLACES = frozenset({"predefinedLocationReference", "predefinedItineraryReference", "locationReference"})
_SITES = {site.state: site for site in SITES}
_SIGNATURES = (b"datex2", b"siteMeasurements", b"elaboratedData", b"measurementSiteTable", b"parkingRecordStatus")
#: What XML in two bytes a letter begins with.
_WIDE = (b"\xff\xfe", b"\xfe\xff")
#: Subtrees that tell what would be usual, or free flow, beside what was measured.
_REFERENCES = frozenset({"basicDataReferenceValue", "referenceValue"})
#: Bytes in which the signature of a document lies: its root and what declares the namespaces.
_HEAD_BYTES = 2048


class Datex2Decoder:
    """Decodes measured and elaborated data; tables of sites, situations and signs say nothing that is a reading."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of all sites; the label of each is its index in the site's table."""
        is_json = payload.lstrip()[:1] in {b"{", b"["}
        root = document_of(parse_json(payload)) if is_json else parse_xml_body(payload)
        found: list[Measurement] = []
        seen = False
        default_ns = self._time_ns(root, "timeDefault", "publicationTime")
        for node in root.walk():
            if node.tag == "siteMeasurements":
                found += self._site(node)
            elif node.tag == "elaboratedData":
                found += self._elaborated(node, default_ns)
            elif node.tag in _SITES:
                found += self._parked(node, default_ns)
            elif node.tag not in _OTHERS:
                continue
            seen = True
        if not seen:
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="a DATEX II publication", got=root.tag, at="/")
        return Decoded(self._options.told(found))

    def _site(self, site: Tree) -> list[Measurement]:
        sensor = _reference(site, frozenset({"measurementSiteReference"}))
        default_ns = self._time_ns(site, "measurementTimeDefault")
        found: list[Measurement] = []
        for child in site.children:
            index = child.attributes.get("index")
            if index is not None:
                label = checked_name(index, at="index")
                found += self._values(child, sensor, label, default_ns)
        return found

    def _elaborated(self, data: Tree, default_ns: int | None) -> list[Measurement]:
        return self._values(data, _reference(data, _PLACES), "", default_ns)

    def _parked(self, state: Tree, default_ns: int | None) -> list[Measurement]:
        site = _SITES[state.tag]
        sensor = _reference(state, frozenset({site.reference}))
        own_ns = self._time_ns(state, site.time)
        time_ns = own_ns if own_ns is not None else default_ns
        return [Measurement(sensor, known.quantity, value, known.unit, time_ns) for value, known in parked(state)]

    def _values(self, within: Tree, sensor: str, label: str, default_ns: int | None) -> list[Measurement]:
        own_ns = self._time_ns(within, "measurementOrCalculationTime")
        found = []
        for value, quality, known in _known(within):
            time_ns = own_ns if own_ns is not None else default_ns
            found.append(Measurement(sensor, known.quantity, value, known.unit, time_ns, quality, label))
        return found

    def _time_ns(self, within: Tree, *tags: str) -> int | None:
        """Return the first time under one of these tags; version 3 may put it one element deeper."""
        for tag in tags:
            node = within.first(tag)
            if node is not None:
                text = node.text or node.words("timeValue")
                time_ns = parse_time(text, self._options.zone)
                if time_ns is not None:
                    return time_ns
        return None


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    if body.first in {b"{", b"["}:
        return is_datex2(body.json)
    head = body.payload[:_HEAD_BYTES]
    if head.startswith(_WIDE):
        head = head.decode("utf-16", "ignore").encode()
    elif body.first != b"<":
        return False
    return any(signature in head for signature in _SIGNATURES)


def _reference(node: Tree, tags: frozenset[str]) -> str:
    """Return the id of the place that a node refers to, an attribute since version 2 and text before it."""
    for child in node.walk():
        said = child.attributes.get("id") or child.text
        if child.tag in tags and said:
            return checked_name(said, at=child.tag)
    raise UndecodableMessage(Reason.NO_SENSOR, expected=" or ".join(sorted(tags)), got="none", at=node.tag)


def _measured(node: Tree) -> Iterator[Tree]:
    """Yield an element and all below it, but for what only stands beside the measurement to compare it with."""
    yield node
    for child in node.children:
        if child.tag not in _REFERENCES:
            yield from _measured(child)


def _known(within: Tree) -> Iterator[tuple[float, Quality, _Value]]:
    for node in _measured(within):
        known = _VALUES.get(node.tag)
        if known is None:
            continue
        # Version 2 and older tell the weather in the element itself, without the one within.
        parsed = number_with_unit(node.words(known.leaf) or node.text, at=node.tag)
        if parsed is None:
            continue
        value = parsed[0]
        if (value == _NO_VALUE and known.unit != "°C") or (value == _NO_FLOW and known.quantity == "flow"):
            METRICS_DROPPED.labels("sentinel").inc()
            continue
        quality = Quality.BAD if node.words("dataError").lower() in {"true", "1"} else Quality.GOOD
        yield value, quality, known
