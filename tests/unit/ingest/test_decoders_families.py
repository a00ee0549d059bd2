import json
from typing import Any

import pytest

from city.errors import UndecodableMessage
from city.measurement import Measurement
from city.quality import Quality
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import parse_time
from tests.support.decoding import DECODERS, told

UP = "v3/app@city/devices/roof-1/up"


def decode(family: str, topic: str, payload: object, **options: Any) -> list[Measurement]:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return DECODERS[family](DecoderOptions(**options)).decode(topic, body).measurements


def uplink(decoded: dict[str, object], **more: object) -> dict[str, object]:
    return {"end_device_ids": {"device_id": "roof-1"}, "uplink_message": {"decoded_payload": decoded, **more}}


@pytest.mark.parametrize(
    ("decoded", "expected"),
    [
        pytest.param(
            {"temperature_0": 21, "temperature_1": 22},
            {"temperature/0": (21.0, "°C"), "temperature/1": (22.0, "°C")},
            id="channels",
        ),
        pytest.param(
            {"TempC_SHT": 14.6, "TempC_DS": 13},
            {"temperature/SHT": (14.6, "°C"), "temperature/DS": (13.0, "°C")},
            id="probes",
        ),
        pytest.param({"TempC_DS": "30.11 °C"}, {"temperature/DS": (30.11, "°C")}, id="numbers in text"),
        pytest.param({"pressure": 1008.6}, {"atmospheric_pressure": (1008.6, "hPa")}, id="hectopascals"),
        pytest.param({"pressure": 95.96}, {"atmospheric_pressure": (95.96, "kPa")}, id="kilopascals"),
        pytest.param({"barometric_pressure": 96800}, {"atmospheric_pressure": (96800.0, "Pa")}, id="pascals"),
        pytest.param({"pressure": 3.2}, {"atmospheric_pressure": (3.2, None)}, id="a pressure that no air has"),
        pytest.param({"voltage": 3.6}, {"battery_voltage": (3.6, "V")}, id="voltage of the battery"),
        pytest.param(
            {"voltage": 231, "current": 2}, {"voltage": (231.0, "V"), "current": (2.0, "A")}, id="voltage of a circuit"
        ),
        pytest.param({"Bat_mV": 2904}, {"battery_voltage": (2904.0, "mV")}, id="millivolts"),
        pytest.param({"count": 7, "events": "motion"}, {"motion_count": (7.0, "")}, id="a count of motion"),
        pytest.param({"occupied": False, "charging": True}, {"occupied": (0.0, "")}, id="states that we know"),
        pytest.param({"sap_flow": 1.5}, {"sap_flow": (1.5, None)}, id="a quantity that nobody knows"),
        pytest.param(
            {"Bat": "3.617 V", "TempC1": "21.5", "Weight": "12 kg", "Node_type": "LHT", "Band": "8"},
            {"battery_voltage": (3.617, "V"), "temperature/1": (21.5, "°C"), "Weight": (12.0, "kg")},
            id="text that names a unit, or is known without",
        ),
        pytest.param(
            {"temp_SOIL": "21.2", "soil_conductivity": 120},
            {"soil_temperature": (21.2, "°C"), "conductivity": (120.0, "µS/cm")},
            id="soil",
        ),
        pytest.param(
            {"temperatureSensor": {"1": 21.5, "2": 20.1}, "digitalInput": {"0": 1}, "barometer": []},
            {"temperature/1": (21.5, "°C"), "temperature/2": (20.1, "°C"), "digital_input/0": (1.0, "")},
            id="ChirpStack's channels",
        ),
        pytest.param(
            {
                "err": 0,
                "messages": [
                    [{"measurementId": "4097", "measurementValue": 21.2, "type": "Air Temperature"}],
                    {"measurementId": "4099", "measurementValue": 900, "type": "Light Intensity"},
                    {"type": "upload_battery", "battery": 90},
                ],
            },
            {"temperature": (21.2, "°C"), "illuminance": (900.0, "lux"), "battery_level": (90.0, "%")},
            id="Seeed's messages",
        ),
        pytest.param(
            {
                "status": 1,
                "time": 0,
                "Firmware_Version": 110,
                "Sensor_Model": 9.0,
                "Sub_Band": 0,
                "report_interval": 600,
            },
            {},
            id="what is no reading",
        ),
        pytest.param({"label": "blue", "nested": {"a": 1}, "list": [1], "nothing": None}, {}, id="what is no number"),
    ],
)
def test_things_stack_values_are_named(decoded: dict[str, object], expected: dict[str, tuple[float, str | None]]):
    assert told(decode("tts_v3", UP, uplink(decoded))) == expected


def test_things_stack_normalized_payload_comes_first():
    normalized = [{"air": {"temperature": 21.5, "relativeHumidity": 40}, "action": {"contactState": "open"}}]

    found = decode("tts_v3", UP, uplink({"temp": 99}, normalized_payload=normalized))

    assert told(found) == {"temperature": (21.5, "°C"), "humidity": (40.0, "%"), "door_open": (1.0, "")}


def test_things_stack_normalized_payload_knows_all_that_its_schema_has():
    normalized = {
        "rain": {"cumulative": 22},
        "soil": {"ec": 1.2, "depth": 10},
        "water": {"temperature": {"current": 12, "max": 14}},
        "metering": {"water": {"total": 12.5}},
        "position": {"latitude": 1.5, "longitude": 2.5},
    }
    body = json.dumps(uplink({}, normalized_payload=normalized)).encode()

    found = DECODERS["tts_v3"](DecoderOptions()).decode(UP, body)

    assert told(found.measurements) == {
        "precipitation_total": (22.0, "mm"),
        "conductivity": (1.2, "dS/m"),
        "water_temperature": (12.0, "°C"),
        "water_temperature/max": (14.0, "°C"),
        "water_volume_total": (12.5, "L"),
    }
    assert [one.attributes for one in found.observations] == [{"latitude": 1.5, "longitude": 2.5}]


def test_things_stack_commands_say_nothing():
    assert decode("tts_v3", "v3/app@city/devices/roof-1/down/push", {"downlinks": [{"f_port": 15}]}) == []


def test_things_stack_topic_names_the_sensor_before_the_body():
    body = uplink({"temperature": 1}) | {"end_device_ids": {"device_id": "somebody-else"}}

    (found,) = decode("tts_v3", UP, body)

    assert found.sensor == "roof-1"


def test_things_stack_simulated_uplink_says_so():
    body = {**uplink({"temperature": 1}, received_at="0001-01-01T00:00:00Z"), "received_at": "2026-11-20T08:00:00Z"}

    (found,) = decode("tts_v3", UP, body | {"simulated": True})

    assert found.quality == Quality.SIMULATED
    assert found.time_ns == parse_time("2026-11-20T08:00:00Z")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param({"a": 1}, "wrong_shape", id="another body"),
        pytest.param({"uplink_message": {"decoded_payload": {"temperature": 1}}}, "no_sensor", id="nobody's uplink"),
        pytest.param(uplink({"temperature": 10**400}), "bad_number", id="a number beyond floats"),
        pytest.param(uplink({}, normalized_payload=[3]), "wrong_shape", id="a normalized payload of numbers"),
    ],
)
def test_things_stack_message_is_refused(body: object, reason: str):
    with pytest.raises(UndecodableMessage) as caught:
        decode("tts_v3", "roofs", body)

    assert caught.value.reason == reason


ENTITY = {"id": "urn:ngsi-ld:WeatherObserved:1", "type": "WeatherObserved"}


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param({"relativeHumidity": 0.54}, {"humidity": (0.54, "1")}, id="a fraction"),
        pytest.param({"relativeHumidity": 54}, {"humidity": (54.0, "%")}, id="percent against the model"),
        pytest.param(
            {"temperature": {"type": "Number", "value": "21.5"}}, {"temperature": (21.5, "°C")}, id="a number in text"
        ),
        pytest.param(
            {"temperature": {"type": "Property", "value": 70, "unitCode": "FAH"}},
            {"temperature": (70.0, "FAH")},
            id="a unit code",
        ),
        pytest.param(
            {"temperature": {"value": 70, "metadata": {"unitCode": {"value": "FAH"}}}},
            {"temperature": (70.0, "FAH")},
            id="a unit code of v2",
        ),
        pytest.param(
            {
                "temperature": [
                    {"value": 1, "datasetId": "urn:ngsi-ld:Dataset:in"},
                    {"value": 2, "datasetId": "urn:x:out"},
                ]
            },
            {"temperature/in": (1.0, "°C"), "temperature/out": (2.0, "°C")},
            id="several of a kind",
        ),
        pytest.param({"temperature": None, "windSpeed": {"value": None}}, {}, id="nulls"),
        pytest.param({"alertLevel": 3, "lanternHeight": 9, "reliability": 0.7}, {}, id="what is no reading"),
    ],
)
def test_ngsi_attributes_are_named(attributes: dict[str, object], expected: dict[str, tuple[float, str | None]]):
    assert told(decode("fiware", "a", ENTITY | attributes)) == expected


@pytest.mark.parametrize(
    ("kind", "attributes", "expected"),
    [
        (
            "WaterQualityObserved",
            {"pH": 7.4, "O2": 9.1, "temperature": 24, "conductivity": 0.005},
            {
                "ph": (7.4, "pH"),
                "dissolved_oxygen": (9.1, "mg/L"),
                "water_temperature": (24.0, "°C"),
                "conductivity": (0.005, "S/m"),
            },
        ),
        (
            "ACMeasurement",
            {"phaseVoltage": {"value": {"L1": 230, "L3": 231}}, "totalActivePower": 6.1},
            {"voltage/L1": (230.0, "V"), "voltage/L3": (231.0, "V"), "power": (6.1, "kW")},
        ),
        ("GreenspaceRecord", {"soilMoistureVwc": 0.3}, {"soil_moisture": (0.3, "1")}),
        ("EVChargingStation", {"availableCapacity": 1, "capacity": 2}, {"available_spots": (1.0, "")}),
        (
            "SmartMeter",  # of no known model: words that mean one thing everywhere
            {"batteryVoltage": 3.6, "activePower": {"value": 812, "unitCode": "WTT"}, "nominalVoltage": 230},
            {"battery_voltage": (3.6, None), "power": (812.0, "WTT")},
        ),
        ("WeatherForecast", {"temperature": 12, "windSpeed": 3}, {}),
    ],
)
def test_ngsi_models_have_words_of_their_own(
    kind: str, attributes: dict[str, object], expected: dict[str, tuple[float, str | None]]
):
    assert told(decode("fiware", "a", {"id": "urn:x", "type": kind} | attributes)) == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param({"dateObserved": "2026-11-20T08:00:00Z"}, "2026-11-20T08:00:00Z", id="of the entity"),
        pytest.param(
            {"dateObserved": "2026-11-20T07:00:00Z/2026-11-20T08:00:00Z"}, "2026-11-20T08:00:00Z", id="an interval"
        ),
        pytest.param(
            {"TimeInstant": {"type": "DateTime", "value": "2026-11-20T08:00:00Z"}},
            "2026-11-20T08:00:00Z",
            id="an IoT Agent's",
        ),
        pytest.param(
            {"temperature": {"value": 1, "observedAt": "2026-11-20T09:00:00Z"}, "dateObserved": "2026-11-20T08:00:00Z"},
            "2026-11-20T09:00:00Z",
            id="of the attribute, before the entity's",
        ),
        pytest.param({"nextActuationDeadline": "2026-12-20T08:00:00Z"}, None, id="a time of something else"),
    ],
)
def test_ngsi_time_is_found(attributes: dict[str, object], expected: str | None):
    (found,) = decode("fiware", "a", ENTITY | {"temperature": 1} | attributes)

    assert found.time_ns == (parse_time(expected) if expected is not None else None)


@pytest.mark.parametrize("said", [{"subscriptionId": "s"}, {}])
def test_ngsi_notification_holds_entities(said: dict[str, str]):
    other = ENTITY | {"id": "2", "temperature": 2}

    found = decode("auto", "a", {**said, "data": [ENTITY | {"temperature": 1}, other]})

    assert [(m.sensor, m.value) for m in found] == [(ENTITY["id"], 1.0), ("2", 2.0)]


@pytest.mark.parametrize("topic", ["/key/dev-1/attrs", "/json/key/dev-1/attrs"])
def test_iot_agent_measures_are_the_topics_device(topic: str):
    (found,) = decode("fiware", topic, {"temperature": 21, "serial": 3})

    assert (found.sensor, found.quantity, found.value) == ("dev-1", "temperature", 21.0)


@pytest.mark.parametrize(("option", "sensor"), [("entity", "urn:ngsi-ld:WeatherObserved:1"), ("device", "dev-1")])
def test_ngsi_route_chooses_the_sensor(option: str, sensor: str):
    (found,) = decode("fiware", "a", ENTITY | {"temperature": 1, "refDevice": ["dev-1"]}, sensor=option)

    assert found.sensor == sensor


@pytest.mark.parametrize("body", [[1], {"temperature": 3}, "text", {"id": 3, "type": "T"}, {"id": "\n", "type": "T"}])
def test_ngsi_message_without_entity_is_refused(body: object):
    with pytest.raises(UndecodableMessage):
        decode("fiware", "a", body)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            b"weather,station=s1 temperature=21.5", {"s1": {"temperature": (21.5, None)}}, id="nobody's plugin"
        ),
        pytest.param(
            b"flood,sensor=u/7 value=3i", {"u/7": {"flood": (3.0, None)}}, id="the measurement is the quantity"
        ),
        pytest.param(
            b"temperature,sensor=a,unit=\xc2\xb0C value=3", {"a": {"temperature": (3.0, "°C")}}, id="a unit tag"
        ),
        pytest.param(
            b"cpu,host=h,cpu=cpu-total usage_idle=9,usage_active=91",
            {"h/cpu-total": {"cpu_usage": (91.0, "%"), "cpu_idle": (9.0, "%")}},
            id="a plugin",
        ),
        pytest.param(
            b"x,sensor=a level_max=3,nominal_power=5,level=2", {"a": {"level": (2.0, None)}}, id="settings left out"
        ),
        pytest.param(b'x,sensor=a note="hot 3",level=2u', {"a": {"level": (2.0, None)}}, id="text left out"),
        pytest.param(b"x level=2", {"t/1": {"level": (2.0, None)}}, id="no tags: the topic"),
        pytest.param(b"# why\r\n\r\nx,sensor=a\\ b l=1\r\n", {"a b": {"l": (1.0, None)}}, id="comments and escapes"),
        pytest.param(b"ipmi_sensor,name=fan,server=s value=1", {}, id="an IPMI state"),
    ],
)
def test_lines_are_named(line: bytes, expected: dict[str, dict[str, tuple[float, str | None]]]):
    found = decode("influx_line", "t/1", line)

    assert {m.sensor: told([n for n in found if n.sensor == m.sensor]) for m in found} == expected


def test_line_route_names_tags_and_units():
    (found,) = decode(
        "influx_line", "t", b"w,a=1,b=2 temperature=70", sensor_tags=("b", "a"), units={"temperature": "°F"}
    )

    assert (found.sensor, found.unit) == ("2/1", "°F")


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        pytest.param(b"modbus,name=d frequency=49,97 1", "not_line_protocol", id="a decimal comma"),
        pytest.param(b"a b=1\nnonsense", "not_line_protocol", id="one bad line"),
        pytest.param(b"a b=1e999", "not_line_protocol", id="a number beyond floats"),
        pytest.param(b"a b=NaN", "not_line_protocol", id="NaN"),
        pytest.param(b"a b=1\0", "not_line_protocol", id="a NUL"),
        pytest.param(b"# only a comment", "not_line_protocol", id="no line"),
        pytest.param(b"a b=\xff", "not_utf8", id="not UTF-8"),
    ],
)
def test_lines_are_refused(payload: bytes, reason: str):
    with pytest.raises(UndecodableMessage) as caught:
        decode("influx_line", "t", payload)

    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"21.5",
        b"<xml/>",
        b"\xff\xd8\xff",
        b'{"reading": 21}',
        b"[1, 2, 3]",
        b"temperature 21.5",
        b"a=21.5 b=40",
    ],
)
def test_body_without_signature_is_refused(payload: bytes):
    with pytest.raises(UndecodableMessage) as caught:
        decode("auto", "t", payload)

    assert caught.value.reason == "unrecognised"
