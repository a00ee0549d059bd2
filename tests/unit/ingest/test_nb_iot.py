"""What the platforms of China's operators push on."""

import pytest

from city.measurement import Decoded
from ingest.decoders.times import parse_epoch, parse_time
from tests.support.decoding import decoded, refusal, told

MS = 1795176000000
VALUES = {"temperature": 21.5, "batteryLevel": 80}
STAMP = "20261120T120000Z"


@pytest.mark.parametrize(
    ("body", "sensor"),
    [
        pytest.param(
            {
                "messageType": "dataReport",
                "deviceId": "f3d",
                "productId": "1",
                "IMEI": "86",
                "timestamp": MS,
                "payload": {**VALUES, "signal": -80},
            },
            "f3d",
            id="CTWing",
        ),
        pytest.param(
            {
                "messageType": "dataReport",
                "deviceId": "f3d",
                "productId": "1",
                "timestamp": str(MS),
                "payload": {"serviceId": 1, "serviceData": VALUES},
            },
            "f3d",
            id="CTWing's service",
        ),
        pytest.param(
            {
                "resource": "device.property",
                "event_time": STAMP,
                "notify_data": {
                    "header": {"device_id": "d49", "product_id": "p"},
                    "body": {"services": [{"service_id": "Meter", "properties": VALUES}]},
                },
            },
            "d49",
            id="IoTDA",
        ),
        pytest.param(
            {
                "notifyType": "deviceDataChanged",
                "deviceId": "44",
                "gatewayId": "44",
                "service": {"serviceId": "Meter", "data": VALUES, "eventTime": STAMP},
            },
            "44",
            id="OceanConnect",
        ),
        pytest.param(
            {
                "nonce": "n",
                "msg_signature": "s",
                "msg": [
                    {"type": 1, "dev_id": 7, "ds_id": "temperature", "at": MS, "value": "21.5"},
                    {"type": 1, "dev_id": 7, "ds_id": "batteryLevel", "at": MS, "value": 80},
                ],
            },
            "7",
            id="OneNET",
        ),
    ],
)
def test_a_platforms_report_is_the_devices(body: object, sensor: str):
    found = decoded("auto", "t", body).measurements

    assert told(found) == {"temperature": (21.5, "°C"), "battery_level": (80.0, "%")}
    assert {(m.sensor, m.time_ns) for m in found} == {(sensor, parse_epoch(MS))}


def test_onenets_devices_speak_by_their_topic():
    property_post = {"id": "1", "params": {"temperature": {"value": 21.5, "time": MS}}}
    points = {"id": 1, "dp": {"temperature": [{"v": "21.5", "t": MS // 1000}]}}

    for topic, body in (("thing/property/post", property_post), ("dp/post/json", points)):
        (found,) = decoded("auto", f"$sys/p/dev-1/{topic}", body).measurements
        assert (found.sensor, found.quantity, found.value) == ("dev-1", "temperature", 21.5)
        assert found.time_ns == parse_time("2026-11-20T12:00:00Z")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            {"messageType": "deviceOnlineOfflineReport", "deviceId": "f", "productId": "1", "eventType": 1}, id="online"
        ),
        pytest.param({"nonce": "n", "msg": {"type": 2, "dev_id": 7, "status": 0, "at": MS}}, id="gone"),
        pytest.param({"notifyType": "deviceAdded", "deviceId": "4", "deviceInfo": {"nodeId": "8"}}, id="added"),
        pytest.param(
            {"nonce": "n", "msg": {"type": 1, "dev_id": 7, "ds_id": "3200_0_5750", "value": "AAEC"}}, id="bytes"
        ),
    ],
)
def test_comings_and_goings_say_nothing(body: object):
    assert decoded("auto", "t", body) == Decoded()


def test_a_report_of_another_shape_is_refused():
    assert refusal("nb_iot", "t", {"a": 1}) == "wrong_shape"
    assert refusal("nb_iot", "t", {"nonce": "n", "msg": 5}) == "wrong_shape"
