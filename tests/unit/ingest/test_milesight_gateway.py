import json

import pytest

from city.measurement import Decoded
from ingest.decoders.times import parse_time
from tests.support.decoding import decoded, refusal, told

UPLINK = {
    "applicationID": "1", "applicationName": "cloud", "data": "A2cBAQRoZQ==", "devEUI": "24e1641092176759",
    "deviceName": "EM300", "fCnt": 2, "fPort": 85, "time": "2020-0327T12:39:05.547336Z",
    "rxInfo": [{"mac": "24e124fffef021be", "rssi": -57, "loRaSNR": 10, "latitude": 24.6, "longitude": 118.0}],
    "txInfo": {"frequency": 868300000, "dataRate": {"modulation": "LORA", "spreadFactor": 7}},
}  # fmt: skip
CLIMATE = {"temperature": 25.7, "humidity": 50.5, "battery": 99}


def test_bytes_without_a_codec_stay_closed_and_the_gateways_radio_is_no_reading():
    assert decoded("auto", "gateway/uplink", UPLINK) == Decoded()


@pytest.mark.parametrize("codec", [{"object": CLIMATE}, {"objectJSON": json.dumps(CLIMATE)}])
def test_what_a_codec_decoded_is_the_devices(codec: dict[str, object]):
    found = decoded("auto", "gateway/uplink", UPLINK | codec).measurements

    assert told(found) == {"temperature": (25.7, "°C"), "humidity": (50.5, "%"), "battery_level": (99.0, "%")}
    assert {(m.sensor, m.time_ns) for m in found} == {("24e1641092176759", None)}


def test_a_time_that_is_one_is_the_readings():
    body = UPLINK | {"object": CLIMATE, "time": "2020-03-27T12:39:05Z"}

    assert {m.time_ns for m in decoded("auto", "x", body).measurements} == {parse_time("2020-03-27T12:39:05Z")}


def test_a_join_says_nothing_and_a_status_its_battery():
    joined = {
        "applicationID": "1",
        "applicationName": "cloud",
        "devEUI": "24e1",
        "devAddr": "06",
        "deviceName": "EM300",
    }

    assert decoded("auto", "gateway/join", joined) == Decoded()
    assert told(decoded("auto", "x", joined | {"margin": 6, "batteryLevel": 75.5}).measurements) == {
        "battery_level": (75.5, "%")
    }


def test_an_uplink_of_nobody_is_refused():
    assert refusal("milesight_gateway", "x", {"applicationID": "1", "fPort": 1}) == "no_sensor"
    assert refusal("milesight_gateway", "x", UPLINK | {"objectJSON": "{"}) == "not_json"
