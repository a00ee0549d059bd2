import pytest

from city.measurement import Decoded
from ingest.decoders.times import parse_epoch, parse_time
from tests.support.decoding import decoded, refusal, told

UPLINK = {"DevEUI": "70B3D57BA000156B", "Time": "2024-11-28T21:08:22.138+00:00", "FPort": 1, "payload_hex": "02035a"}
LORIOT = {
    "cmd": "rx",
    "EUI": "1000000000000001",
    "ts": 1684478801936,
    "port": 2,
    "data": "0112",
    "rssi": -21,
    "bat": 94,
}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"DevEUI_uplink": UPLINK}, id="ThingPark's hexadecimal, which is valid base64 too"),
        pytest.param(LORIOT, id="LORIOT's"),
        pytest.param({"cmd": "txd", "EUI": "1"}, id="a downlink"),
        pytest.param(
            {"cmd": "gw", "EUI": "1", "data": "01", "decoded": {"data": {"temperature": 9}}}, id="the same once more"
        ),
        pytest.param({"DevEUI_downlink_Sent": {"DevEUI": "1"}}, id="ThingPark's downlink"),
    ],
)
def test_what_nobody_decoded_gives_nothing(body: object):
    assert decoded("auto", "t", body) == Decoded()


def test_what_a_driver_decoded_is_read():
    thingpark = decoded("auto", "t", {"DevEUI_uplink": {**UPLINK, "payload": {"air_temperature": 26.4}}}).measurements
    loriot = decoded("auto", "t", {**LORIOT, "decoded": {"data": {"temperature": 18, "occupied": True}}}).measurements

    assert told(thingpark) == {"temperature": (26.4, "°C")}
    assert told(loriot) == {"temperature": (18.0, "°C"), "occupied": (1.0, "")}
    assert [(m.sensor, m.time_ns) for m in thingpark] == [(UPLINK["DevEUI"], parse_time("2024-11-28T21:08:22.138Z"))]
    assert {(m.sensor, m.time_ns) for m in loriot} == {(LORIOT["EUI"], parse_epoch(1684478801936))}


def test_position_is_an_event_and_not_the_gateways():
    body = {"DevEUI_location": {"DevEUI": "A1", "DevLAT": "48.1", "DevLON": "11.5", "LrrLAT": 1.0, "LrrLON": 2.0}}

    (place,) = decoded("auto", "t", body).observations

    assert (place.sensor, place.event, place.attributes) == ("A1", "position", {"latitude": 48.1, "longitude": 11.5})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"a": 1}, "wrong_shape", id="neither"),
        pytest.param({"DevEUI_uplink": 5}, "wrong_shape", id="no uplink"),
        pytest.param({"DevEUI_uplink": {}}, "no_sensor", id="nobody's uplink"),
    ],
)
def test_malformed_message_is_refused(body: object, expected: str):
    assert refusal("thingpark_loriot", "t", body) == expected
