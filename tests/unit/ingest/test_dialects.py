"""Families known already, as others of their devices speak; ships and people's telephones."""

from typing import Any

import pytest

from city.measurement import Decoded
from ingest.decoders.times import parse_time
from tests.support.auto import decode

UP = "application/a/device/d1/event/up"
LINK = {"@odata.id": "/redfish/v1/Chassis/1/Sensors"}

Readings = set[tuple[str, str, float, str | None]]


def told(decoded: Decoded) -> Readings:
    return {(m.sensor, f"{m.quantity}/{m.label}".rstrip("/"), m.value, m.unit) for m in decoded.measurements}


def uplink(values: dict[str, Any]) -> dict[str, Any]:
    return {"deviceInfo": {"devEui": "d1"}, "time": "2026-11-20T08:00:00Z", "object": values}


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param(
            "tele/w/SENSOR",
            {"WindMeter": {"Speed": {"Act": 1.5, "Avg": 0.4}}, "SpeedUnit": "m/s"},
            {("w", "wind_speed", 1.5, "m/s")},
            id="Tasmota's wind meter: what is, no mean",
        ),
        pytest.param(
            "tele/p/SENSOR",
            {"ENERGY": {"Power": 5, "BL09XX": {"Temperature": 46.5}}},
            {("p", "power", 5.0, "W"), ("p", "device_temperature", 46.5, "°C")},
            id="Tasmota's chip of a plug",
        ),
        pytest.param(
            "tele/m/SENSOR",
            {"Time": "2025-03-05T12:52:13", "SM": {"1_8_0": 2817.9, "16_7_0": -404, "52_7_0": 234.1}},
            {
                ("m", "energy/SM", 2817.9, "kWh"),
                ("m", "power/SM", -404.0, "W"),
                ("m", "voltage/SM-p2", 234.1, "V"),
            },
            id="Tasmota's meter by codes",
        ),
        pytest.param(
            "x/y",
            {"time": "2019-04-22 21:28:12", "model": "Prologue", "id": 5, "battery": "LOW", "humidity": 22},
            {("Prologue/5", "battery_ok", 0.0, ""), ("Prologue/5", "humidity", 22.0, "%")},
            id="rtl_433 before 2020",
        ),
        pytest.param(
            "tele/p/ENERGY",
            {"Time": "2017-05-01T04:04:00", "Total": 0.1, "Power": 18, "Factor": 0.5, "Period": 1},
            {("p", "energy", 0.1, "kWh"), ("p", "power", 18.0, "W"), ("p", "power_factor", 0.5, "")},
            id="Tasmota before its sixth",
        ),
        pytest.param(
            "tele/gw/SENSOR",
            {"LwDecoded": {"SE01": {"Temp": 19.6, "Moisture": 0.5, "BattV": 3.9, "Node": 2}}},
            {
                ("gw/SE01", "soil_temperature", 19.6, "°C"),
                ("gw/SE01", "soil_moisture", 0.5, "%"),
                ("gw/SE01", "battery_voltage", 3.9, "V"),
            },
            id="Tasmota's LoRaWAN bridge",
        ),
        pytest.param(
            "me/rpc",
            {"id": 1, "src": "shelly-7", "dst": "me", "result": {"id": 0, "voltage": 121.0, "act_power": -1760.2}},
            {("shelly-7", "voltage", 121.0, "V"), ("shelly-7", "power", -1760.2, "W")},
            id="Shelly's answer about one component",
        ),
        pytest.param(
            "N/d4/system/0/Dc/Battery/Soc", {"value": 84.5}, {("d4/system/0", "battery_level", 84.5, "%")}, id="Victron"
        ),
        pytest.param(
            "meters/p1",
            {"electricity_delivered_1": "161.1", "electricity_currently_delivered": "0.4", "id": 7},
            {
                ("meters/p1", "energy/electricity_delivered_1", 161.1, "kWh"),
                ("meters/p1", "power/electricity_currently_delivered", 0.4, "kW"),
            },
            id="DSMR-reader's telegram in one body",
        ),
        pytest.param(
            "wm/7",
            {"media": "heat", "meter": "m", "id": "7", "total_heating_m3": 55.6, "total_cooling_kwh": 0.1},
            {("7", "volume/heating", 55.6, "m³"), ("7", "energy/cooling", 0.1, "kWh")},
            id="what brought the heat is no energy",
        ),
        pytest.param(
            "redfish/h/Sensors",
            {**LINK, "Members": [{"Name": "T", "ReadingType": "Temperature", "Reading": 65, "ReadingUnits": "Cel"}]},
            {("h/T", "temperature", 65.0, "°C")},
            id="a collection of sensors",
        ),
        pytest.param(
            "redfish/h/Sensors",
            {**LINK, "Name": "P12V", "Reading": 12.1, "ReadingUnits": "Volts"},
            {("h/P12V", "voltage", 12.1, "V")},
            id="a sensor without a type",
        ),
        pytest.param(
            UP, uplink({"install_height": 3000, "distance": 15}), {("d1", "distance", 15.0, "mm")}, id="a setting"
        ),
        pytest.param(UP, uplink({"motion": 6}), {("d1", "motion_count", 6.0, "")}, id="a count of motions is no state"),
        pytest.param(
            UP,
            uplink({"in": 5, "out": 3, "people_count_max": 2}),
            {("d1", "people_in", 5.0, ""), ("d1", "people_out", 3.0, ""), ("d1", "people_count/max", 2.0, "")},
            id="people in and out",
        ),
        pytest.param(
            UP,
            uplink({"pressure": 9.4, "processAlarms": [{"channelName": "pressure", "value": 0.9}]}),
            {("d1", "atmospheric_pressure", 9.4, None)},
            id="an alarm's limit",
        ),
        pytest.param(
            "luftdaten.info",
            {"sensor_id": 658, "sensor_type": "SDS011", "time": "2018-12-06T23:49:05Z", "P1": 1.67, "P2": 1.5},
            {("658", "pm10", 1.67, "µg/m³"), ("658", "pm25", 1.5, "µg/m³")},
            id="sensor.community as luftdatenpumpe passes it on",
        ),
        pytest.param(
            "luftdaten.info",
            {"sensor_id": 9, "sensor_type": "PPD42NS", "time": "2018-12-06T23:49:05Z", "P1": 1.67},
            {("9", "particles_p1", 1.67, "pcs/0.01ft³")},
            id="and of one that counts",
        ),
        pytest.param(UP, uplink({"total_current": 560.1}), {("d1", "total_current", 560.1, None)}, id="ampere-hours"),
    ],
)
def test_known_families_are_read_in_their_other_forms(topic: str, body: Any, expected: Readings) -> None:
    assert told(decode(topic, body)) == expected


def test_variables_of_nut_say_when() -> None:
    found = decode("nut/u", {"battery.charge": "100", "ups.load": "5", "timestamp": "2026-11-20T08:00:00Z"})

    assert {one.time_ns for one in found.measurements} == {parse_time("2026-11-20T08:00:00Z")}


def test_a_ship_is_named_by_its_number_and_its_place_is_an_event() -> None:
    ship = {"mmsi": 244660000, "speed": 7.4, "course": 360.0, "heading": 511, "lat": 51.9, "lon": 4.5, "shipname": "X"}
    found = decode("ais/catcher", ship | {"device": "AIS-catcher", "rxtime": "20261120080000"})

    assert told(found) == {("244660000", "ship_speed", 7.4, "kn")}
    assert [(one.event, one.attributes) for one in found.observations] == [
        ("position", {"latitude": 51.9, "longitude": 4.5})
    ]
    assert found.measurements[0].time_ns == parse_time("2026-11-20T08:00:00Z")


def test_a_ship_without_a_place_has_none() -> None:
    found = decode("ais/catcher", {"mmsi": "244660000", "speed": 102.3, "lat": 91.0, "lon": 181.0})

    assert found == Decoded()


def test_where_somebody_is_goes_no_further() -> None:
    body = {"_type": "location", "tid": "JJ", "lat": 52.5, "lon": 13.4, "batt": 87, "tst": 1700000000}

    assert decode("owntracks/jane/phone", body) == Decoded()
