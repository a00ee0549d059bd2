import gzip
import json
from base64 import b64encode, encodebytes

import pytest

from city.measurement import Decoded
from city.quality import Quality
from ingest.decoders.times import parse_epoch
from tests.support.decoding import decoded, refusal, told

SHIP = {"time": 1668075025, "sog": 10.7, "cog": 326.6, "heading": 325, "lat": 60.0, "lon": 20.3, "navStat": 0, "rot": 0}
MESSAGE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [25.3, 61.2]},
    "properties": {
        "situationId": "GUID1",
        "situationType": "ROAD_WORK",
        "version": 3,
        "versionTime": "2023-01-24T09:30:36Z",
        "contact": {"phone": "02002100"},
    },
}


@pytest.mark.parametrize("prefix", ["", "bridge/fi/"])
def test_station_is_known_by_its_topic(prefix: str):
    (found,) = decoded("auto", f"{prefix}tms-v2/23001/5116", {"value": 108, "time": 1667972911}).measurements

    assert (found.sensor, found.quantity, found.value, found.unit) == ("23001/5116", "value", 108.0, None)
    assert found.time_ns == parse_epoch(1667972911)


def test_ship_has_speed_course_heading_and_position():
    ship = decoded("auto", "vessels-v2/538007561/location", SHIP)

    assert told(ship.measurements) == {
        "ship_speed": (10.7, "kn"),
        "heading/course": (326.6, "°"),
        "heading": (325.0, "°"),
    }
    assert [(o.sensor, o.event, o.attributes) for o in ship.observations] == [
        ("538007561", "position", {"latitude": 60.0, "longitude": 20.3})
    ]


def test_ship_that_does_not_know_says_nothing():
    unknown = {**SHIP, "sog": 102.3, "cog": 360.0, "heading": 511, "lat": 91.0, "lon": 181.0}

    assert decoded("digitraffic", "vessels-v2/1/location", unknown) == Decoded()


def test_buoy_of_poor_confidence_is_bad():
    good = decoded("auto", "sse-v2/site/8659", {"timestamp": 1668085252, "temperature": 10, "confidence": "GOOD"})
    poor = decoded("auto", "sse-v2/site/8659", {"timestamp": 1668085252, "heelAngle": 3, "confidence": "POOR"})

    assert [(m.sensor, m.quality) for m in good.measurements] == [("8659", Quality.GOOD)]
    assert [m.quality for m in poor.measurements] == [Quality.BAD]


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        pytest.param("tms-v2/status", {"updated": 1676628995}, id="status of a feed"),
        pytest.param(
            "vessels-v2/1/metadata", {"name": "X", "timestamp": 1668085252000, "draught": 58}, id="a ship's name"
        ),
        pytest.param("weather-v2/1012/27", {"value": None, "time": 1667972911}, id="no value"),
    ],
)
def test_what_is_no_reading_gives_nothing(topic: str, body: object):
    assert decoded("digitraffic", topic, body) == Decoded()


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(json.dumps(MESSAGE).encode(), id="open"),
        pytest.param(b64encode(gzip.compress(json.dumps(MESSAGE).encode())), id="base64 of gzip"),
        pytest.param(encodebytes(gzip.compress(json.dumps(MESSAGE).encode())), id="base64 in lines"),
    ],
)
def test_traffic_message_is_an_event_without_contacts(payload: bytes):
    (event,) = decoded("digitraffic", "traffic-message-v3/simple/ROAD_WORK", payload).observations

    assert event.event == "traffic_message"
    assert event.attributes == {
        "situationId": "GUID1", "situationType": "ROAD_WORK", "version": 3.0, "longitude": 25.3, "latitude": 61.2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param("tms-v2/1/2", {"a": 1}, "wrong_shape", id="no value at all"),
        pytest.param("traffic-message-v3/x", b"!!", "wrong_shape", id="no base64"),
        pytest.param("traffic-message-v3/x", b64encode(b"none"), "wrong_shape", id="no gzip"),
        pytest.param(
            "traffic-message-v3/x", b64encode(gzip.compress(bytes(3 * 2**20))), "too_large", id="a compressed bomb"
        ),
        pytest.param("traffic-message-v3/x", {"type": "Feature", "properties": {}}, "wrong_shape", id="no situation"),
        pytest.param("vessels-v2/ 1/location", SHIP, "bad_topic", id="a ship without a name"),
    ],
)
def test_malformed_message_is_refused(topic: str, body: object, expected: str):
    assert refusal("digitraffic", topic, body) == expected
