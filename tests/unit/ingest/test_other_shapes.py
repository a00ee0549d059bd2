"""Families known already, in shapes that older firmwares, other models and converters give them."""

from typing import Any

import pytest

from city.measurement import Decoded
from ingest.decoders.times import parse_time
from tests.support.auto import decode

ALERT = {
    "macAddress": "ac:b9:2f:49:44:75",
    "channelID": "1",
    "dateTime": "2022-01-31T13:53:05+01:00",
    "eventType": "fielddetection",
    "eventState": "active",
}
WORKPLACE = {
    "device_info": {"device": "Workplace Sensor", "device_sn": "36936"},
    "time_info": {"timezone": "UTC+8:00", "dst_status": False, "end_time": "2022/12/20 19:15:52"},
    "current_total": 10,
    "max_counted": 12,
    "total_mapped_regions": 2,
    "numbering_regions": [1, 2],
    "current_counted": [4, 6],
    "occupancy": [1, 0],
}


def told(decoded: Decoded) -> set[tuple[str, str, float, str | None]]:
    return {(m.sensor, f"{m.quantity}/{m.label}".rstrip("/"), m.value, m.unit) for m in decoded.measurements}


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param(
            "office/7",
            WORKPLACE,
            {
                ("36936", "people_count", 10.0, ""),
                ("36936", "people_count/max", 12.0, ""),
                ("36936/region1", "people_count", 4.0, ""),
                ("36936/region2", "people_count", 6.0, ""),
                ("36936/region1", "occupied", 1.0, ""),
                ("36936/region2", "occupied", 0.0, ""),
            },
            id="Milesight VS121: lists by region",
        ),
        pytest.param(
            "redfish/srv1/gpu0",
            {
                "@odata.type": "#EnvironmentMetrics.v1_3_0.EnvironmentMetrics",
                "Id": "GPU0",
                "PowerWatts": {"Reading": 640},
                "PowerLimitWatts": {"SetPoint": 600},
                "FanSpeedsPercent": [{"DeviceName": "Fan 1", "Reading": 80}],
            },
            {("srv1/gpu0/GPU0", "power", 640.0, "W"), ("srv1/gpu0/GPU0", "fan_speed/Fan 1", 80.0, "%")},
            id="Redfish known by its type alone; a limit is a setting",
        ),
        pytest.param(
            "x",
            [
                {"bn": "a/", "bu": "Cel", "e": [{"n": "in", "v": 21.5}]},
                {"bn": "b/", "e": [{"n": "hum", "u": "%RH", "v": 40}, {"n": "level", "v": 3}]},
            ],
            {("a/in", "temperature", 21.5, "°C"), ("b/hum", "humidity", 40.0, "%"), ("b/level", "level", 3.0, None)},
            id="SenML: several packs, none of which takes from another",
        ),
        pytest.param(
            "tele/sonoff2/TELEMETRY",
            {"Time": "2017-05-22T03:04:29", "DHT": {"Temperature": "31.7", "Humidity": "73.5"}},
            {("sonoff2", "temperature/DHT", 31.7, "°C"), ("sonoff2", "humidity/DHT", 73.5, "%")},
            id="Tasmota before it parted drivers from state",
        ),
    ],
)
def test_shape_is_read(topic: str, body: Any, expected: object):
    assert told(decode(topic, body)) == expected


def test_workplace_sensor_tells_its_zone():
    times = {m.time_ns for m in decode("office/7", WORKPLACE).measurements}

    assert times == {parse_time("2022-12-20T11:15:52Z")}


def test_hikvision_alert_keeps_its_root_in_json():
    (event,) = decode("cam", {"EventNotificationAlert": ALERT}).observations

    assert (event.sensor, event.event, event.time_ns) == (
        "ac:b9:2f:49:44:75:1",
        "intrusion",
        parse_time("2022-01-31T12:53:05Z"),
    )
