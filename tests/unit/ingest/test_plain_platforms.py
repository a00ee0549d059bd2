"""Strangers' messages as buildings, chargers, vehicles and inverters tell them, and what in them is no reading."""

from typing import Any

import pytest

from city.errors import UndecodableMessage
from ingest.decoders.plain_words import meaning
from tests.support.auto import decode, told


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param(
            "/devices/AHU-1/events/pointset",
            {
                "points": {
                    "supply_air_humidity_sensor": {"present_value": 44.5},
                    "fan_power_command": {"present_value": 9},
                }
            },
            {("AHU-1", "humidity/supply"): (44.5, "%")},
            id="points of a building by their names",
        ),
        pytest.param(
            "bac/7/objects",
            [{"name": "Room Temperature", "presentValue": 20.5, "units": "degreesCelsius", "objectId": {"type": 0}}],
            {("bac/7/objects", "temperature/room"): (20.5, "°C")},
            id="objects of BACnet with their units",
        ),
        pytest.param(
            "plc/3",
            {"vals": {"AI_Pressure_bar": 2.5, "AI_Temp_degC": 31.5, "AO_Pressure_bar": 4.0}},
            {("plc/3", "pressure"): (2.5, "bar"), ("plc/3", "temperature"): (31.5, "°C")},
            id="what hangs at inputs, and not at outputs",
        ),
        pytest.param(
            "plant/t4",
            {"readings": {"Tank_Temperature": {"value": 18.5, "type": "Float64"}}},
            {("plant/t4", "temperature/Tank"): (18.5, None)},
            id="a thing's value in an object",
        ),
        pytest.param(
            "omni/4",
            {"sensors": [{"comp": "temp", "value": 20.5}], "indices": [{"comp": "temp", "value": 2}]},
            {("omni/4", "temperature"): (20.5, None)},
            id="components, and no marks of them",
        ),
        pytest.param(
            "thing/product/4XYZ/osd",
            {"data": {"environment_temperature": 12.5, "temperature": 19.5}},
            {("4XYZ", "temperature/environment"): (12.5, None), ("4XYZ", "temperature"): (19.5, None)},
            id="a product's device, around it and within",
        ),
        pytest.param(
            "zz/9",
            {"站号": "90017", "水位": 3.5, "降雨量": 0.5},
            {("90017", "water_level"): (3.5, None), ("90017", "precipitation"): (0.5, None)},
            id="a station's number in Chinese",
        ),
        pytest.param(
            "eo/lab",
            {"TMP": 19.5, "HUM": 40},
            {("eo/lab", "temperature"): (19.5, None), ("eo/lab", "humidity"): (40, "%")},
            id="TMP beside a humidity",
        ),
    ],
)
def test_points_of_buildings_and_platforms_are_read(
    topic: str, body: Any, expected: dict[tuple[str, str], tuple[float, str | None]]
):
    assert told(decode(topic, body)) == expected


def test_elements_of_a_hydrological_frame_stand_together():
    body = {"stcd": "60110022", "funcCode": "32", "data": {"Z": 8.5, "PJ": 1.5, "VT": 12.5}}

    assert told(decode("sl/up", body)) == {
        ("60110022", "water_level"): (8.5, "m"),
        ("60110022", "precipitation"): (1.5, "mm"),
        ("60110022", "voltage"): (12.5, "V"),
    }


def test_an_inverters_members_stand_together():
    body = {
        "sn": "INV7",
        "pac": 3.5,
        "fac": 50.5,
        "vac1": 231.5,
        "ipv2": 4.5,
        "eToday": 12.5,
        "dataTimestamp": "1700000000000",
    }
    decoded = decode("pv/7", body)

    assert told(decoded) == {
        ("INV7", "power/ac"): (3.5, None),
        ("INV7", "frequency/ac"): (50.5, None),
        ("INV7", "voltage/ac1"): (231.5, None),
        ("INV7", "current/pv2"): (4.5, None),
        ("INV7", "energy_today"): (12.5, None),
    }
    assert {m.time_ns for m in decoded.measurements} == {1_700_000_000_000_000_000}


@pytest.mark.parametrize(
    "body", [{"pac": 3.5, "fac": 50.5}, {"Z": 8.5, "Q": 2, "PT": 1}, {"Z": 8.5, "VT": 12.5, "Q": 1}], ids=str
)
def test_too_few_of_them_are_nobodys(body: Any):
    with pytest.raises(UndecodableMessage):
        decode("x/y", body)


def test_pollution_of_water_is_known_by_what_stands_beside_it():
    body = {"deviceId": "W1", "ph": 7.5, "turbidity": 3.5, "COD": 11.5, "TP": 0.25, "TN": 1.5, "CODMn": 2.5}

    assert {m.quantity: m.value for m in decode("w/1", body).measurements} == {
        "ph": 7.5,
        "turbidity": 3.5,
        "cod": 11.5,
        "total_phosphorus": 0.25,
        "total_nitrogen": 1.5,
        "permanganate_index": 2.5,
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"latitude": 31.5, "longitude": 117.5, "speed": 40, "direction": 90},
            {"speed": 40, "heading": 90},
            id="placed",
        ),
        pytest.param(
            {"satellites": 9, "speed": 40, "angle": 91}, {"speed": 40, "heading": 91}, id="found by satellites"
        ),
        pytest.param({"ground_speed_mps": 4.5, "heading_deg": 90.5}, {"speed": 4.5, "heading": 90.5}, id="with units"),
        pytest.param({"speed": 1.5, "direction": 1, "floor": 3}, {"speed": 1.5}, id="a lift's direction"),
        pytest.param(
            {"latitude": 31500000, "longitude": 117500000, "speed": 403, "co": 2}, {"co": 2}, id="in parts of degrees"
        ),
    ],
)
def test_where_somebody_heads_needs_a_place(body: Any, expected: dict[str, float]):
    decoded = decode("v/1", {"deviceId": "V1", **body})

    assert {m.quantity: m.value for m in decoded.measurements} == expected


def test_a_vehicle_of_a_feed_tells_its_place_and_speed():
    inner = {
        "position": {"latitude": 60.5, "longitude": 24.5, "speed": 9.5, "bearing": 90},
        "vehicle": {"id": "tram-4"},
    }
    decoded = decode("feed/vp", {"entity": [{"id": "e1", "vehicle": inner}]})

    assert {(m.sensor, m.quantity): m.value for m in decoded.measurements} == {
        ("tram-4", "speed"): 9.5,
        ("tram-4", "heading"): 90,
    }
    assert [(o.sensor, o.event) for o in decoded.observations] == [("tram-4", "position")]


def test_a_trackers_points_are_read_by_their_last_level():
    body = {"ident": "356307042441013", "position.latitude": 54.5, "position.speed": 41, "battery.voltage": 4.05}

    assert {(m.sensor, m.quantity): m.value for m in decode("gw/7", body).measurements} == {
        ("356307042441013", "speed"): 41,
        ("356307042441013", "battery_voltage"): 4.05,
    }


def test_a_hardware_address_is_no_entitys_name():
    body = {
        "id": "70:ee:50:00:00:01",
        "type": "NAModule2",
        "WindStrength": 12,
        "WindAngle": 200,
        "time_utc": 1700000000,
    }
    decoded = decode("n/7", body)

    assert {m.quantity: m.value for m in decoded.measurements} == {"wind_speed": 12, "wind_direction": 200}
    assert {(m.sensor, m.time_ns) for m in decoded.measurements} == {("70:ee:50:00:00:01", 1_700_000_000_000_000_000)}


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        pytest.param("v1/me/rpc/request/7", {"method": "getData", "params": {"temperature": 21}}, id="a call"),
        pytest.param("dev/7", {"method": "setTemperature", "params": {"temperature": 21}}, id="a verb and its thing"),
        pytest.param("al/7", {"alarmType": "hot", "alarmTime": "x", "name": "co", "value": 66}, id="an alarm's record"),
        pytest.param(
            "fire/7/alarm", {"devs": [{"property": "temp", "value": "71"}]}, id="records of a topic of alarms"
        ),
        pytest.param(
            "cam/7", {"intersection_id": "i1", "violation_type": "SPEED", "speed": 81}, id="a driver's offence"
        ),
        pytest.param(
            "cp/7", {"measurand": "Current.Offered", "value": "16", "unit": "A"}, id="what a charger may take"
        ),
        pytest.param("st/7", {"deviceId": "d", "runTime": 5121}, id="for how long it ran"),
        pytest.param("st/7", {"deviceId": "d", "temp_sensor": 1}, id="whether a sensor is there"),
    ],
)
def test_what_is_told_otherwise_is_no_reading(topic: str, body: Any):
    with pytest.raises(UndecodableMessage):
        decode(topic, body)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"alarmType": 0, "alarmTime": "", "co": 66}, id="that is none"),
        pytest.param({"alarmLevel": 2, "threshold": 60, "co": 66}, id="beside its limit"),
        pytest.param({"alarmType": "high", "alarmTime": "2024-05-06", "co": 66}, id="with the value that crossed"),
        pytest.param({"data": [{"name": "co", "value": 66, "alarmLevel": 1}]}, id="as the state of each point"),
        pytest.param({"alarmCode": 12, "data": {"co": {"value": 66}}}, id="as the state of the device"),
    ],
)
def test_an_alarm_leaves_the_values(body: Any):
    decoded = decode("dev/7", {"deviceId": "d", **body})

    assert [(m.sensor, m.quantity, m.value) for m in decoded.measurements] == [("d", "co", 66)]


@pytest.mark.parametrize(
    ("word", "quantity"),
    [
        ("EnvTemperature", "temperature"),
        ("tiltAngle", "tilt"),
        ("batVol", "battery_voltage"),
        ("pm02Compensated", "pm25"),
        ("GustStrength", "wind_gust"),
        ("queue_len", "queue_length"),
        ("rms_voltage", "voltage"),
        ("zone_air_temperature_sensor", "temperature"),
        ("light_level", None),
        ("lightLevel", None),
        ("runTime", None),
        ("temp_sensor", None),
    ],
)
def test_words_of_platforms_mean_one_thing_or_none(word: str, quantity: str | None):
    found = meaning(word)

    assert (found[0].quantity if found is not None else None) == quantity
