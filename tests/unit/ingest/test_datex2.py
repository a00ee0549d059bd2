import pytest

from city.quality import Quality
from ingest.decoders.times import parse_time
from tests.support.decoding import decoded, refusal, told

V3 = "http://datex2.eu/schema/3/roadTrafficData"


def site(*values: str, head: str = "", time: str = "2026-08-01T08:00:00Z") -> bytes:
    return (
        f'<siteMeasurements xmlns:xsi="x"><measurementSiteReference id="S1" version="1"/>'
        f"<measurementTimeDefault>{time}</measurementTimeDefault>{head}{''.join(values)}</siteMeasurements>"
    ).encode()


def value(index: int, inner: str) -> str:
    return (
        f'<measuredValue index="{index}"><measuredValue><basicData>{inner}</basicData></measuredValue></measuredValue>'
    )


def test_values_carry_quantity_unit_and_index():
    body = site(
        value(1, "<averageVehicleSpeed><speed>52.5</speed></averageVehicleSpeed>"),
        value(2, "<vehicleFlow><vehicleFlowRate>660</vehicleFlowRate></vehicleFlow>"),
        value(3, "<occupancy><percentage>2.0</percentage></occupancy>"),
        value(4, "<temperature><airTemperature><temperature>-1</temperature></airTemperature></temperature>"),
    )

    found = decoded("datex2", "datex2/x", body).measurements

    assert told(found) == {
        "speed/1": (52.5, "km/h"),
        "flow/2": (660.0, "veh/h"),
        "occupancy/3": (2.0, "%"),
        "temperature/4": (-1.0, "°C"),
    }
    assert {(m.sensor, m.time_ns) for m in found} == {("S1", parse_time("2026-08-01T08:00:00Z"))}


def test_version_3_says_the_same_in_other_words():
    body = (
        f'<m:payload xmlns:m="{V3}"><m:siteMeasurements><m:measurementSiteReference id="S3" targetClass="t"/>'
        "<m:measurementTimeDefault><m:timeValue>2026-08-01T10:00:00+02:00</m:timeValue></m:measurementTimeDefault>"
        '<m:physicalQuantity index="7"><m:basicData><m:vehicleFlow><m:vehicleFlowRate>60</m:vehicleFlowRate>'
        "</m:vehicleFlow></m:basicData></m:physicalQuantity></m:siteMeasurements></m:payload>"
    ).encode()

    (found,) = decoded("auto", "bridge/x", body).measurements

    assert (found.sensor, found.label, found.value) == ("S3", "7", 60.0)
    assert found.time_ns == parse_time("2026-08-01T08:00:00Z")


def test_data_error_is_bad_even_when_plausible():
    body = site(value(1, "<vehicleFlow><dataError>true</dataError><vehicleFlowRate>0</vehicleFlowRate></vehicleFlow>"))

    (found,) = decoded("datex2", "t", body).measurements

    assert found.quality == Quality.BAD


@pytest.mark.parametrize(
    "inner",
    [
        pytest.param("", id="nothing"),
        pytest.param("<averageVehicleSpeed><speed>-1</speed></averageVehicleSpeed>", id="no vehicle, no speed"),
        pytest.param("<vehicleFlow><vehicleFlowRate>9999</vehicleFlowRate></vehicleFlow>", id="no flow"),
        pytest.param("<averageVehicleSpeed><speed>NaN</speed></averageVehicleSpeed>", id="no number"),
        pytest.param("<vehicleProbability><percentage>9</percentage></vehicleProbability>", id="an unknown element"),
    ],
)
def test_absent_value_gives_nothing(inner: str):
    assert decoded("datex2", "t", site(value(1, inner))).measurements == []


def test_elaborated_data_belong_to_their_place():
    body = (
        b'<d2LogicalModel xmlns="http://datex2.eu/schema/2/2_0"><payloadPublication>'
        b"<timeDefault>2026-08-01T08:00:00Z</timeDefault><elaboratedData><basicData>"
        b'<pertinentLocation><predefinedLocationReference id="L9"/></pertinentLocation>'
        b"<travelTime><duration>125</duration></travelTime><freeFlowTravelTime><duration>90</duration>"
        b"</freeFlowTravelTime></basicData></elaboratedData></payloadPublication></d2LogicalModel>"
    )

    (found,) = decoded("auto", "t", body).measurements

    assert (found.sensor, found.quantity, found.value, found.unit) == ("L9", "travel_time", 125.0, "s")


def test_site_table_teaches_nothing_that_is_a_reading():
    body = b'<d xmlns="http://datex2.eu/schema/2/2_0"><measurementSiteTable id="T"><a>5</a></measurementSiteTable></d>'

    assert decoded("datex2", "t", body).measurements == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(b"<a/>", "wrong_shape", id="other XML"),
        pytest.param(b"<siteMeasurements>", "not_xml", id="cut short"),
        pytest.param(site().replace(b' id="S1"', b""), "no_sensor", id="nobody's site"),
        pytest.param(
            b'<!DOCTYPE a [<!ENTITY x "y">]><siteMeasurements>&x;</siteMeasurements>', "not_xml", id="an entity"
        ),
        pytest.param(b"<siteMeasurements>" + b"<a>" * 100 + b"</a>" * 100, "not_xml", id="too deep"),
    ],
)
def test_malformed_document_is_refused(body: bytes, expected: str):
    assert refusal("datex2", "t", body) == expected


def reference(**attributes: str) -> dict[str, object]:
    return {"measurementSiteReference": attributes, "measurementTimeDefault": {"timeValue": "2026-08-01T08:00:00Z"}}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            {
                "messageContainer": {
                    "modelBaseVersionG": "3",
                    "payload": [
                        {
                            "roaMeasuredDataPublication": {
                                "lang": "de",
                                "siteMeasurements": [
                                    {
                                        **reference(targetClass="MeasurementSite", idG="S7", versionG="2"),
                                        "physicalQuantity": [
                                            {
                                                "indexG": 4,
                                                "roaSinglePhysicalQuantity": {
                                                    "basicData": {
                                                        "roaTrafficFlow": {"vehicleFlow": {"vehicleFlowRate": 840}}
                                                    }
                                                },
                                            }
                                        ],
                                    }
                                ],
                            }
                        }
                    ],
                }
            },
            id="the encoding of version 3",
        ),
        pytest.param(
            {
                "d2LogicalModel": {
                    "payloadPublication": {
                        "@xsi:type": "MeasuredDataPublication",
                        "siteMeasurements": {
                            "measurementSiteReference": {"@id": "S7", "@version": "1"},
                            "measurementTimeDefault": "2026-08-01T10:00:00+02:00",
                            "measuredValue": {
                                "@index": "4",
                                "measuredValue": {"basicData": {"vehicleFlow": {"vehicleFlowRate": "840"}}},
                            },
                        },
                    }
                }
            },
            id="XML by a converter that marks attributes",
        ),
        pytest.param(
            {
                "ns2:siteMeasurements": {
                    "ns2:measurementSiteReference": {"$": {"id": "S7"}},
                    "ns2:measurementTimeDefault": {"_": "2026-08-01T08:00:00Z", "$": {"x": "y"}},
                    "ns2:measuredValue": [
                        {
                            "$": {"index": "4"},
                            "ns2:basicData": {"ns2:vehicleFlow": {"ns2:vehicleFlowRate": {"_": "840"}}},
                        }
                    ],
                }
            },
            id="XML by a converter that gathers attributes",
        ),
    ],
)
def test_json_says_what_the_xml_would_say(body: object):
    (found,) = decoded("auto", "roads/x", body).measurements

    assert (found.sensor, found.quantity, found.label, found.value) == ("S7", "flow", "4", 840.0)
    assert (found.unit, found.time_ns) == ("veh/h", parse_time("2026-08-01T08:00:00Z"))


def test_json_is_bounded_and_of_publications_only():
    assert refusal("datex2", "roads/x", {"d2LogicalModel": {"exchange": {"supplier": "x"}}}) == "wrong_shape"
    assert decoded("datex2", "roads/x", {"measurementSiteTable": {"measurementSite": []}}).measurements == []


def test_weather_of_version_2_lies_in_the_element_itself():
    body = site(value(1, "<temperature><airTemperature>7.5</airTemperature></temperature>"))

    assert told(decoded("datex2", "x", body).measurements) == {"temperature/1": (7.5, "°C")}
