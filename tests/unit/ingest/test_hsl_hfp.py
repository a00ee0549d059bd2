import pytest

from city.measurement import Decoded
from ingest.decoders.times import parse_time
from tests.support.decoding import decoded, refusal, told

TOPIC = "/hfp/v2/journey/ongoing/vp/bus/0018/00423/1064/2/Itä-Pakila/11:20/1010115/5/60;24/19/73/44"
SAID = {
    "desi": "64", "dir": "2", "oper": 18, "veh": 423, "tst": "2018-04-05T17:38:36Z", "tsi": 1522949916, "spd": 0.16,
    "hdg": 225, "lat": 60.1946, "long": 24.9461, "acc": 0.1, "dl": -60, "odo": 12345, "drst": 0, "oday": "2018-04-05",
    "jrn": 77, "line": 112, "start": "17:20", "loc": "GPS", "stop": None, "route": "1064", "occu": 0,
}  # fmt: skip


@pytest.mark.parametrize("topic", [TOPIC, "bridge/vehicles"])
def test_a_vehicles_position_is_speed_heading_and_where_it_is(topic: str):
    found = decoded("auto", topic, {"VP": SAID})

    assert told(found.measurements) == {
        "speed": (0.16, "m/s"),
        "heading": (225.0, "°"),
        "acceleration": (0.1, "m/s²"),
        "schedule_deviation": (-60.0, "s"),
        "odometer": (12345.0, "m"),
        "door_open": (0.0, ""),
    }
    assert {(m.sensor, m.time_ns) for m in found.measurements} == {("18/423", parse_time("2018-04-05T17:38:36Z"))}
    assert [(o.sensor, o.event, o.attributes) for o in found.observations] == [
        ("18/423", "position", {"latitude": 60.1946, "longitude": 24.9461})
    ]


def test_what_a_vehicle_does_not_know_is_not_said():
    lost = {**SAID, "spd": None, "hdg": None, "lat": None, "long": None, "acc": None, "dl": None, "odo": None}

    found = decoded("auto", TOPIC, {"VP": lost})

    assert (list(told(found.measurements)), found.observations) == (["door_open"], [])


def test_only_ferries_count_their_passengers_down_to_nobody():
    ferry = TOPIC.replace("/bus/", "/ferry/")

    assert "vehicle_occupancy" in told(decoded("auto", ferry, {"VP": SAID}).measurements)
    assert "vehicle_occupancy" in told(decoded("auto", TOPIC, {"VP": {**SAID, "occu": 40}}).measurements)


def test_what_happens_on_the_way_is_an_event_without_the_driver():
    (event,) = decoded("auto", TOPIC, {"ARR": {**SAID, "stop": 1010115, "dr-type": 1, "driver": "X"}}).observations

    assert (event.sensor, event.event) == ("18/423", "arr")
    assert event.attributes.keys() >= {"desi", "stop", "latitude"}
    assert not event.attributes.keys() & {"dr-type", "driver", "veh", "jrn"}


@pytest.mark.parametrize("body", [{"VP": {"oper": 1}}, {"VP": {**SAID, "veh": "x"}}, {"VP": 3}, {}, {"a": {}, "b": {}}])
def test_a_message_that_names_no_vehicle_is_refused(body: object):
    assert refusal("hsl_hfp", TOPIC, body) in {"no_sensor", "wrong_shape"}


def test_an_event_alone_in_its_body_is_told_from_others_of_that_shape():
    assert decoded("auto", "x", {"temperature": {"value": 3}, "id": "a", "type": "Room"}) != Decoded()
    assert refusal("auto", "x", {"VP": {"oper": 1, "veh": 2}}) == "unrecognised"
