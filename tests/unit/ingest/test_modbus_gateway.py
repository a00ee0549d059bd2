import json

import pytest

from city.errors import BadCityFile, UndecodableMessage
from city.measurement import Decoded
from ingest.decoders.options import DecoderOptions, read_options
from ingest.decoders.times import parse_time
from tests.support.decoding import DECODERS, decoded, refusal, told

TOPIC = "cg/v1/decoded/SN/6003790403/pcc/1"


def registers(*items: object, **more: object) -> dict[str, object]:
    return {"timestamp": "2026-01-27T21:59:49+0300", "router_sn": "6003790403", "registers": list(items), **more}


def test_named_registers_are_readings():
    found = decoded(
        "auto",
        TOPIC,
        registers(
            {"addr": 1, "name": "Voltage L1", "value": "231.5", "unit": "V", "raw": 2315},
            {"addr": 46109, "value": 4, "unit": None},
            {"addr": 2, "name": "Text", "value": None, "text": "Running"},
            bserver_id=1,
        ),
    ).measurements

    assert told(found) == {"Voltage L1": (231.5, "V"), "register 46109": (4.0, None)}
    assert {(m.sensor, m.time_ns) for m in found} == {("6003790403/1", parse_time("2026-01-27T18:59:49Z"))}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param([{"server_name": "meter", "name": "U", "data": "[342,680]"}], id="a list of requests"),
        pytest.param({"server_name": "meter", "name": "U", "data": "[342,680]"}, id="one request"),
    ],
)
def test_bare_registers_stay_closed(body: object):
    assert decoded("auto", "router/data", body) == Decoded()


def test_route_tells_what_bare_registers_mean():
    meanings = {
        "U": [
            {"place": 0, "quantity": "voltage", "unit": "V", "scale": 0.1},
            {"place": 1, "quantity": "temperature", "unit": "°C", "signed": True},
            {"place": 9, "quantity": "current", "unit": "A"},
        ]
    }
    body = [
        {"server_name": "meter", "name": "U", "data": "[2315,65531]"},
        {"server_name": "m", "name": "I", "data": "[1]"},
    ]

    found = decoded("auto", "router/data", body, registers=meanings).measurements

    assert told(found) == {"voltage": (231.5, "V"), "temperature": (-5.0, "°C")}
    assert {m.sensor for m in found} == {"meter"}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param("[1,", "not_json", id="cut short"),
        pytest.param('"1"', "wrong_shape", id="no list"),
        pytest.param("[" + "9" * 400 + "]", "bad_number", id="a number that no float holds"),
    ],
)
def test_malformed_registers_are_refused(data: str, expected: str):
    options = DecoderOptions.model_validate({"registers": {"U": [{"place": 0, "quantity": "voltage"}]}})
    payload = json.dumps([{"server_name": "m", "name": "U", "data": data}]).encode()

    with pytest.raises(UndecodableMessage) as caught:
        DECODERS["modbus_gateway"](options).decode("t", payload)

    assert caught.value.reason == expected


def test_register_with_a_unit_that_nobody_knows_is_a_mistake():
    with pytest.raises(BadCityFile):
        read_options(
            {"registers": {"U": [{"place": 0, "quantity": "q", "unit": "furlong per stone"}]}}, lambda _: "f:1"
        )


def test_router_tells_speed_and_position():
    gps = {"latitude": 59.8, "longitude": 30.4, "altitude": 23.2, "speed": 10.37, "satellites": 4}

    found = decoded("auto", "cg/v1/telemetry/SN/77/gps", {"GPS": {**gps, "date_iso_8601": "2026-02-16T20:54:47+0300"}})

    assert told(found.measurements) == {"speed": (10.37, None)}
    (place,) = found.observations
    assert (place.sensor, place.event) == ("77", "position")
    assert place.attributes == {"latitude": 59.8, "longitude": 30.4, "altitude": 23.2}
    assert place.time_ns == parse_time("2026-02-16T17:54:47Z")


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param("t", {"a": 1}, "wrong_shape", id="neither registers nor position"),
        pytest.param("t", [1, 2], "wrong_shape", id="a list of numbers"),
        pytest.param("", {"GPS": {"latitude": 1, "longitude": 2}}, "no_sensor", id="nobody's position"),
    ],
)
def test_malformed_message_is_refused(topic: str, body: object, expected: str):
    assert refusal("modbus_gateway", topic, body) == expected
