"""Uplinks as the smaller network servers wrap them."""

import pytest

from city.measurement import Decoded
from ingest.decoders.times import parse_epoch, parse_time
from tests.support.decoding import decoded, refusal, told

CLIMATE = {"temperature": 21.5, "humidity": 40}
NOON = "2026-11-20T12:00:00Z"


@pytest.mark.parametrize(
    ("topic", "body", "sensor"),
    [
        pytest.param(
            "app/devices/d-1/up",
            {
                "dev_id": "d-1",
                "hardware_serial": "01",
                "port": 1,
                "payload_raw": "AQ==",
                "payload_fields": CLIMATE,
                "metadata": {"time": NOON, "latitude": 52.1, "gateways": [{"rssi": -25, "latitude": 52.1}]},
            },
            "d-1",
            id="The Things Stack 2",
        ),
        pytest.param(
            "app/devices/d-2/up",
            {"port": 1, "counter": 10, "payload_fields": CLIMATE, "metadata": {"time": NOON}},
            "d-2",
            id="its first form, whose device only the topic names",
        ),
        pytest.param(
            "t",
            {
                "dev_eui": "60A1",
                "hotspots": [{"rssi": -50}],
                "decoded": {"payload": CLIMATE, "status": "success"},
                "reported_at": 1795176000000,
                "payload": "AA==",
            },
            "60A1",
            id="Helium",
        ),
        pytest.param(
            "t",
            {
                "WirelessDeviceId": "w",
                "PayloadData": CLIMATE,
                "WirelessMetadata": {"LoRaWAN": {"DevEui": "58a0", "FPort": 100, "Timestamp": NOON}},
            },
            "58a0",
            id="AWS",
        ),
        pytest.param(
            "t",
            {"meta": {"device": "0011", "time": 1795176000.0}, "params": {"port": 2, "decoded": CLIMATE}},
            "0011",
            id="Everynet",
        ),
        pytest.param(
            "t",
            {
                "data": {"deviceProfile": {"devEUI": "24e1", "sn": "6"}, "type": "PROPERTY", "payload": CLIMATE},
                "eventType": "DEVICE_DATA",
                "eventCreatedTime": 1795176000,
            },
            "24e1",
            id="Milesight's cloud",
        ),
        pytest.param(
            "fifo/x",
            {
                "metadata": {"source": "urn:lora:01"},
                "streamId": "urn:lora:01!up",
                "timestamp": NOON,
                "value": {"payload": "ae21", **CLIMATE},
            },
            "urn:lora:01",
            id="Live Objects",
        ),
        pytest.param(
            "dev/data",
            {"s": "mine", "ts": NOON, "m": "model", "v": CLIMATE, "t": ["tag"]},
            "mine",
            id="a device that speaks to Live Objects",
        ),
    ],
)
def test_what_a_server_decoded_is_the_devices(topic: str, body: object, sensor: str):
    found = decoded("auto", topic, body).measurements

    assert told(found) == {"temperature": (21.5, "°C"), "humidity": (40.0, "%")}
    assert {(m.sensor, m.time_ns) for m in found} == {(sensor, parse_time(NOON))}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            {"device": "1CA5E1", "time": "1486474936", "data": "0a1b", "seqNumber": 12, "rssi": "-120"}, id="Sigfox"
        ),
        pytest.param({"deveui": "00-80", "data": "CFFV", "rssi": -36, "size": 14, "timestamp": NOON}, id="MultiTech"),
        pytest.param({"devEui": "0102", "pdu": "0a1b", "seqno": 1, "rssi": -100}, id="Senet"),
    ],
)
def test_bytes_that_nobody_decoded_stay_closed(body: object):
    assert decoded("auto", "t", body) == Decoded()


def test_a_sensor_on_nb_iot_lists_what_it_measured():
    frame = {
        "startFlag": 2,
        "sn": "6749",
        "imei": "86",
        "csq": 9,
        "data_length": 14,
        "data": [CLIMATE | {"position": "tilt"}],
    }

    found = decoded("auto", "t", frame).measurements

    assert told(found) == {"temperature": (21.5, "°C"), "humidity": (40.0, "%")}
    assert {m.sensor for m in found} == {"6749"}


def test_seeeds_stream_is_named_by_its_topic():
    (found,) = decoded(
        "auto", "/device_sensor_data/1/2CF7/1/vs/4097", {"value": 23.5, "timestamp": "1795176000000"}
    ).measurements

    assert (found.sensor, found.quantity, found.value, found.unit, found.label) == (
        "2CF7",
        "temperature",
        23.5,
        "°C",
        "1",
    )
    assert found.time_ns == parse_epoch(1795176000000)


def test_thingpark_points_carry_their_own_time_and_unit():
    record = {"eventTime": "2026-11-20T11:59:00Z", "value": 27.1}
    uplink = {
        "DevEUI": "A1",
        "Time": NOON,
        "payload": {"temperature": 27.1},
        "points": {"temperature": {"unitId": "Cel", "records": [record]}},
    }

    (found,) = decoded("auto", "t", {"DevEUI_uplink": uplink}).measurements

    assert (found.sensor, found.value, found.unit, found.time_ns) == (
        "A1",
        27.1,
        "Cel",
        parse_time("2026-11-20T11:59:00Z"),
    )


def test_chirpstack_3_writes_identities_in_base64_and_objects_as_text():
    body = {
        "applicationID": "1",
        "devEUI": "AgICAgICAgI=",
        "fPort": 5,
        "rxInfo": [{"time": NOON}],
        "objectJSON": '{"temperatureSensor": {"1": 25}}',
    }

    (anywhere,) = decoded("auto", "x", body).measurements
    (by_topic,) = decoded("auto", "application/1/device/0e6e/event/up", body).measurements

    assert (anywhere.sensor, by_topic.sensor) == ("0202020202020202", "0e6e")
    assert {(m.value, m.time_ns) for m in (anywhere, by_topic)} == {(25.0, parse_time(NOON))}


def test_milesights_gateway_puts_values_beside_its_envelope():
    body = {"applicationID": "1", "devEUI": "24e1", "data": "AQ==", "fCnt": 3, "fPort": 85, "rxInfo": [], **CLIMATE}

    assert told(decoded("auto", "up", body).measurements) == {"temperature": (21.5, "°C"), "humidity": (40.0, "%")}


def test_the_things_stacks_events_wrap_the_uplink_once_more():
    uplink = {"received_at": NOON, "decoded_payload": CLIMATE}
    event = {"name": "as.up.data.forward", "data": {"end_device_ids": {"device_id": "d"}, "uplink_message": uplink}}

    assert {(m.sensor, m.quantity) for m in decoded("auto", "t", event).measurements} == {
        ("d", "temperature"),
        ("d", "humidity"),
    }


def test_chirpstack_3_without_its_application_is_known_by_what_it_has():
    bare = {"deviceName": "d", "devEUI": "a81758", "data": "AQDu", "object": CLIMATE}
    passed_on = {"port": 1, "data": CLIMATE, "devEUI": "a81758", "rxInfo": [{"rssi": -60, "location": {"latitude": 0}}]}

    for body in (bare, passed_on):
        assert told(decoded("auto", "t", body).measurements) == {"temperature": (21.5, "°C"), "humidity": (40.0, "%")}


def test_an_uplink_of_another_shape_is_refused():
    assert refusal("lpwan_servers", "t", {"a": 1}) == "wrong_shape"
    assert refusal("lpwan_servers", "t", {"payload_fields": {}, "metadata": {}}) == "no_sensor"
