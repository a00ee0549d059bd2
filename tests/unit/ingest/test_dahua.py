"""Dahua's events, in JSON and in lines."""

import pytest

from ingest.decoders.times import parse_epoch
from tests.support.decoding import decoded, refusal, told

COUNTED = {"EnteredSubtotal": 5, "ExitedSubtotal": 3, "RuleName": "door", "UTC": 1795176000, "UTCMS": 123}


def test_people_counted_are_readings_with_the_cameras_time():
    found = decoded("auto", "cams/7", {"Action": "Pulse", "Code": "NumberStat", "Index": 0, "Data": COUNTED})

    assert told(found.measurements) == {"people_in_total": (5.0, ""), "people_out_total": (3.0, "")}
    assert {(m.sensor, m.time_ns) for m in found.measurements} == {("cams/7", parse_epoch(1795176000123))}
    assert found.observations == []


def test_a_lanes_statistics_are_readings_of_the_lane():
    data = {"Lane": 2, "Period": 5, "Vehicles": 55, "AverageSpeed": 43.2, "TimeOccupyRatio": 12.3, "LargeVehicles": 4}

    found = decoded("auto", "c", {"Action": "Pulse", "Code": "TrafficFlowStat", "Index": 1, "Data": data}).measurements

    assert told(found) == {
        "speed/2": (43.2, "km/h"),
        "vehicle_count/2": (55.0, ""),
        "vehicle_count/2-large": (4.0, ""),
        "occupancy/2": (12.3, "%"),
    }
    assert {m.sensor for m in found} == {"c:1"}


@pytest.mark.parametrize(
    ("body", "event", "attributes"),
    [
        pytest.param(
            {
                "Code": "CrossLineDetection",
                "action": "Start",
                "index": 0,
                "data": {"RuleName": "r", "Name": "somebody", "Object": {"ObjectType": "Human", "Text": "ABC 123"}},
            },
            "line_crossing",
            {"active": True, "class": "Human", "rule": "r"},
            id="begins, without who it is",
        ),
        pytest.param(b"Code=VideoMotion;action=Stop;index=0", "motion_ended", {"active": False}, id="a line that ends"),
        pytest.param(
            b'Code=ParkingDetection;action=Start;index=0;data={"Lane": 3}',
            "illegal_parking",
            {"active": True, "lane": 3.0},
            id="a line with data",
        ),
        pytest.param({"Code": "NewThing", "Action": "Pulse", "Index": 0}, "newthing", {}, id="one that we do not know"),
    ],
)
def test_other_events_are_events(body: object, event: str, attributes: dict[str, object]):
    (seen,) = decoded("auto", "c", body).observations

    assert (seen.sensor, seen.event, seen.attributes) == ("c", event, attributes)


def test_what_has_no_code_is_refused():
    assert refusal("dahua", "c", {"Action": "Pulse"}) == "wrong_shape"
