"""Values and times of named families as some of their senders write them, each in numbers of our own."""

import struct

import pytest

from tests.support.decoding import decoded, told


def test_a_field_that_measures_may_be_a_text():
    fields = {"temperature": "21.5", "firmware": "04.10", "value": "7.25", "mode": "3"}
    metric = {"name": "plc", "tags": {"host": "edge4"}, "fields": fields, "timestamp": 1772586900}

    found = told(decoded("telegraf_json", "telegraf/x", metric).measurements)

    assert {key.partition("/")[0]: value for key, (value, _) in found.items()} == {"temperature": 21.5, "plc": 7.25}


def test_sparkplug_below_a_bridges_prefix_is_sparkplug():
    metric = b"\x0a\x04Temp" + b"\x20\x0a" + b"\x69" + struct.pack("<d", 8.5)
    payload = b"\x12" + bytes([len(metric)]) + metric

    (found,) = decoded("auto", "remote/site/spBv1.0/water/DDATA/pump1/tank", payload).measurements

    assert (found.sensor, found.quantity, found.value) == ("water/pump1/tank", "Temp", 8.5)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(
            {"temperature": 68.5, "temperature_unit": "F", "humidity": 41},
            {"temperature": (68.5, "°F"), "humidity": (41.0, "%")},
            id="a unit beside each",
        ),
        pytest.param(
            {"radar": {"level": 1.25, "unit": "m"}}, {"level": (1.25, "m")}, id="a unit beside the only number"
        ),
        pytest.param(
            {"tank": {"level": 1.25, "depth": 3.5, "unit": "m"}},
            {"level": (1.25, None), "depth": (3.5, None)},
            id="a unit of nobody knows which",
        ),
        pytest.param({"battery": 3600}, {"battery_voltage": (3600.0, "mV")}, id="no charge is 3600 %"),
        pytest.param({"leakState": 2, "door": 1}, {"door_open": (1.0, "")}, id="a state of which only its maker knows"),
        pytest.param(
            {"doorReport": {"value": True}, "keepAlive": 0}, {"door_open": (1.0, "")}, id="a report of a state"
        ),
        pytest.param(
            {"data": [{"label": "Temp", "value": 7.5, "unit": "°C"}]},
            {"temperature": (7.5, "°C")},
            id="a label as name",
        ),
    ],
)
def test_a_codecs_value_is_what_stands_beside_it(said: dict[str, object], expected: object):
    body = {"deviceInfo": {"devEui": "70b3d50000000009"}, "object": said}

    assert told(decoded("auto", "x", body).measurements) == expected


@pytest.mark.parametrize(
    ("topic", "sensor"),
    [
        pytest.param("axis/B8A44F000003/event/tns:axis/x", "B8A44F000003/Device1Scenario2", id="its number"),
        pytest.param("lobby/3/event/tns:axis/x", "lobby/3/Device1Scenario2", id="a place"),
        pytest.param("anything", "Device1Scenario2", id="nothing"),
    ],
)
def test_a_camera_without_a_serial_number_is_what_its_topic_has_before_the_event(topic: str, sensor: str):
    said = {
        "topic": "axis:CameraApplicationPlatform/ObjectAnalytics/Device1Scenario2",
        "message": {"data": {"total": "4"}},
    }

    (found,) = decoded("auto", topic, said).measurements

    assert found.sensor == sensor


def test_what_else_a_counters_maker_sends_is_read_by_its_words():
    body = {"device_info": {"device_sn": "GS7"}, "time_info": {"time": "2026-03-04T01:15:00Z"}, "temperature": 21.5}

    assert told(decoded("auto", "gs/7", body).measurements) == {"temperature": (21.5, None)}
