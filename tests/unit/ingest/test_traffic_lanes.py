"""Lists of lanes, whoever counts them."""

import pytest

from ingest.decoders.times import parse_time
from tests.support.decoding import decoded, refusal, told

NOON = "2026-11-20T12:00:00Z"


@pytest.mark.parametrize(
    ("body", "sensor"),
    [
        pytest.param(
            {"deviceId": "R3", "timestamp": 1795176000000, "lanes": [{"lane": 1, "volume": 12, "speed": 45.5}]},
            "R3",
            id="a radar",
        ),
        pytest.param(
            {"time": NOON, "data": {"list": [{"laneNo": "1", "vehicleCount": "12", "avgSpeed": 45.5, "note": 3}]}},
            "x/y",
            id="deeper, named by the topic",
        ),
    ],
)
def test_lanes_are_read(body: object, sensor: str):
    found = decoded("auto", "x/y", body).measurements

    assert told(found) == {"vehicle_count/1": (12.0, ""), "speed/1": (45.5, "km/h")}
    assert {(m.sensor, m.time_ns) for m in found} == {(sensor, parse_time(NOON))}


def test_a_list_without_lanes_is_refused():
    assert refusal("traffic_lanes", "x", {"lanes": [{"lane": 1}, {"speed": 3}]}) == "wrong_shape"


def test_hikvisions_traffic_data_is_by_lane():
    lanes = [{"laneNo": 1, "smallCarNum": 20, "largeCarNum": 1, "speed": 55}, {"laneNo": 2, "queueLength": 12}]
    alert = {
        "macAddress": "01:17",
        "channelID": 1,
        "dateTime": NOON,
        "eventType": "TTD",
        "eventState": "active",
        "TTD": {"LaneInfo": lanes},
    }

    found = decoded("auto", "h", alert)

    assert found.observations == []
    assert told(found.measurements) == {
        "vehicle_count/1-small": (20.0, ""),
        "vehicle_count/1-large": (1.0, ""),
        "speed/1": (55.0, "km/h"),
        "queue_length/2": (12.0, "m"),
    }


def test_hikvisions_people_of_an_interval_are_no_totals():
    counts = "<statisticalMethods>timeRange</statisticalMethods><enter>2</enter><exit>1</exit>"
    alert = (
        "<EventNotificationAlert><macAddress>a:b</macAddress><eventType>PeopleCounting</eventType>"
        f"<eventState>active</eventState><peopleCounting>{counts}</peopleCounting></EventNotificationAlert>"
    )

    assert told(decoded("auto", "h", alert.encode()).measurements) == {"people_in": (2.0, ""), "people_out": (1.0, "")}


def test_a_door_is_told_without_who_opened_it():
    who = {"cardNo": "123", "name": "Bob", "majorEventType": 5}
    alert = {
        "macAddress": "m",
        "dateTime": NOON,
        "eventType": "AccessControllerEvent",
        "eventState": "active",
        "AccessControllerEvent": who,
    }

    (seen,) = decoded("auto", "h", alert).observations

    assert seen.attributes == {"active": True}
