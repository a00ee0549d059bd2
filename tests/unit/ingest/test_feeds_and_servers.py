"""Older, joined and answered forms of feeds whose usual messages have tests of their own."""

import pytest

from city.measurement import Measurement
from ingest.decoders.times import parse_time
from tests.support.decoding import decoded, told

NOON = "2026-11-20T12:00:00Z"


def read(topic: str, body: object) -> list[Measurement]:
    return decoded("auto", topic, body).measurements


@pytest.mark.parametrize(
    ("name", "unit", "expected"),
    [
        ("KESKINOPEUS_5MIN_LIUKUVA_SUUNTA1", "km/h", {"speed": (84.0, "km/h")}),
        ("OHITUKSET_60MIN_KIINTEA_SUUNTA1", "kpl/h", {"flow": (84.0, "veh/h")}),
        ("ILMA", "°C", {"temperature": (84.0, "°C")}),
        ("KUITUVASTE_PIENI_1", "###", {"KUITUVASTE_PIENI_1": (84.0, None)}),
    ],
)
def test_digitraffics_first_version_names_its_sensors(name: str, unit: str, expected: object):
    body = {
        "id": 5122,
        "roadStationId": 23307,
        "name": name,
        "sensorValue": 84,
        "sensorUnit": unit,
        "measuredTime": NOON,
    }

    found = read("tms/23307/5122", body)

    assert told(found) == expected
    assert {(m.sensor, m.time_ns) for m in found} == {("23307/5122", parse_time(NOON))}


def test_digitraffics_answer_lists_a_stations_sensors():
    values = [
        {"id": 1, "stationId": 7, "name": "ILMA", "value": 3.5, "unit": "°C", "measuredTime": NOON},
        {"id": 2, "name": "x", "value": "wet", "measuredTime": NOON},
    ]

    (found,) = read("t", {"id": 7, "sensorValues": values})

    assert (found.sensor, found.quantity, found.value) == ("7/1", "temperature", 3.5)


def test_a_train_has_a_speed_and_a_place():
    body = {"timestamp": NOON, "speed": 120, "location": {"type": "Point", "coordinates": [24.9, 60.1]}, "accuracy": 5}

    train = decoded("auto", "train-locations/2026-11-20/27", body)
    (taken,) = decoded(
        "auto", "train-tracking/x", {"type": "OCCUPY", "station": "TKU", "trackSection": "3"}
    ).observations

    assert told(train.measurements) == {"speed": (120.0, "km/h")}
    assert (train.observations[0].sensor, train.observations[0].attributes) == (
        "27",
        {"longitude": 24.9, "latitude": 60.1},
    )
    assert (taken.sensor, taken.event) == ("TKU/3", "train_tracking")


def test_a_data_array_is_observations_in_columns():
    rows = [[NOON, 20], ["2026-11-20T12:01:00Z", 30]]
    array = {"Datastream": {"@iot.id": 1}, "components": ["phenomenonTime", "result"], "dataArray": rows}

    found = read("t", {"value": [array]})

    assert [(m.sensor, m.value, m.time_ns) for m in found] == [
        ("Datastreams(1)", 20.0, parse_time(NOON)),
        ("Datastreams(1)", 30.0, parse_time("2026-11-20T12:01:00Z")),
    ]


def test_a_multi_data_stream_observes_several_things_together():
    found = read("v1.1/MultiDatastreams(3)/Observations", {"phenomenonTime": NOON, "result": [21.1, 44.0]})

    assert [(m.sensor, m.label, m.value) for m in found] == [
        ("MultiDatastreams(3)", "0", 21.1),
        ("MultiDatastreams(3)", "1", 44.0),
    ]


def test_an_uplinks_envelope_in_a_pack_is_no_reading():
    base = "urn:dev:DEVEUI:0059AC0000180FB4:"
    pack = [
        {"bn": base, "bt": 1795176000},
        {"n": "port", "v": 1},
        {"n": "payload", "vs": "01"},
        {"n": "t", "u": "Cel", "v": 3},
    ]

    found = decoded("auto", "t", pack)

    assert [(m.sensor, m.quantity) for m in found.measurements] == [(f"{base}t", "temperature")]
    assert found.observations == []


def test_a_kit_without_a_battery_has_no_charge():
    found = read("device/sck/abc/readings/raw", b"{t:2026-11-20T12:00:00Z,13:66,10:-1}")

    assert told(found) == {"humidity": (66.0, "%")}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"DataTime": "20261120200000", "a34004-Rtd": "12", "a34004-Flag": "N"}, id="flat"),
        pytest.param({"DataTime": "20261120200000", "a34004": {"Rtd": "12", "Flag": "N"}}, id="a factor in a member"),
        pytest.param("&&DataTime=20261120200000;a34004-Rtd=12,a34004-Flag=N&&", id="as text"),
    ],
)
def test_a_frame_that_a_gateway_took_apart_is_read(content: object):
    (found,) = read("x", {"QN": "1", "ST": "22", "CN": "2011", "MN": "01", "CP": content})

    assert (found.sensor, found.quantity, found.value, found.unit) == ("01", "pm25", 12.0, "µg/m³")
    assert found.time_ns == parse_time(NOON)


def test_noise_by_day_and_by_night_is_told_apart():
    body = {
        "ST": "23",
        "CN": "2031",
        "MN": "1",
        "CP": {"DataTime": "20261120000000", "LA-DayData": 51, "LA-NightData": 43},
    }

    assert told(read("x", body)) == {
        "noise_level/day-daytime": (51.0, "dB(A)"),
        "noise_level/day-night": (43.0, "dB(A)"),
    }


@pytest.mark.parametrize(("word", "occupied"), [("free", 0.0), ("occupied", 1.0)])
def test_a_parking_spot_says_in_a_word_whether_it_is_taken(word: str, occupied: float):
    spot = {"id": "p:1", "type": "ParkingSpot", "name": "A-13", "status": word}

    assert told(read("t", spot)) == {"occupied": (occupied, "")}
    assert read("t", spot | {"status": "closed"}) == []


@pytest.mark.parametrize(
    ("topic", "body", "values"),
    [
        pytest.param(
            "/ul/key/d-1/attrs", b"temperature|21.5|LAeq|55", {"temperature": 21.5, "noise_laeq": 55.0}, id="pairs"
        ),
        pytest.param(
            "/key/d-1/attrs", b"2026-11-20T12:00:00Z|temperature|21.5", {"temperature": 21.5}, id="with a time"
        ),
        pytest.param("/json/key/d-1/attrs/temperature", b"21.5", {"temperature": 21.5}, id="one attribute"),
    ],
)
def test_a_device_tells_its_iot_agent_in_ultralight_too(topic: str, body: bytes, values: dict[str, float]):
    found = read(topic, body)

    assert {m.quantity: m.value for m in found} == values
    assert {m.sensor for m in found} == {"d-1"}


def test_an_onvif_frame_without_its_wrapper_is_a_scene():
    kinds = [
        {"Appearance": {"Class": {"Type": [{"@Likelihood": 0.8, "#text": kind}]}}} for kind in ("Human", "Human", "Car")
    ]
    frame = {"Frame": [{"@UtcTime": "2026-11-20T12:00:00.000", "@Source": "MyClassifier", "Object": kinds}]}

    (scene,) = decoded("auto", "MyDevice/onvif-mj/VideoAnalytics/1/MyClassifier", frame).observations

    assert (scene.sensor, scene.event, scene.attributes) == ("MyDevice", "scene", {"Human": 2, "Car": 1})
    assert scene.time_ns == parse_time(NOON)


def test_a_street_lights_circuit_is_measured_and_its_height_is_not():
    lamp = {
        "id": "l:1",
        "type": "Streetlight",
        "lanternHeight": 10,
        "powerRating": 5,
        "powerFactor": 0.7,
        "voltage": 50,
    }

    assert told(read("t", lamp)) == {"power_factor": (0.7, ""), "voltage": (50.0, "V")}
