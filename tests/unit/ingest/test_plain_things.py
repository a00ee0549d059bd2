"""Strangers' messages: whose it is by an id of a thing, states in words, units in values, rows, points with places."""

from typing import Any

import pytest
from prometheus_client import REGISTRY

from city.errors import UndecodableMessage
from city.measurement import Decoded
from ingest.decoders.decoder_set import DecoderSet
from ingest.decoders.families import FAMILIES
from ingest.decoders.options import DecoderOptions
from tests.support.auto import decode, told


def dropped() -> float:
    return REGISTRY.get_sample_value("ingest_metrics_dropped_total", {"reason": "undescribed"}) or 0.0


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"bins": [{"bin_id": "B-1", "sensors": {"fill_level": 65}}]},
            {("B-1", "filling_level"): (65.0, None)},
            id="bin",
        ),
        pytest.param(
            {"idNodo": "n1", "temperatura": 21}, {("n1", "temperature"): (21.0, None)}, id="the id goes before"
        ),
        pytest.param(
            {"device_id": "hub", "pumps": [{"pump_id": 3, "voltage_v": 230}]},
            {("hub/3", "voltage"): (230.0, "V")},
            id="a bare number is one of what is named around it",
        ),
        pytest.param({"gateway_id": "g", "temp_c": 20}, {("x/y", "temperature"): (20.0, "°C")}, id="a gateway is none"),
        pytest.param(
            {"elevator_id": "L1", "door_status": "CLOSED", "load_percentage": 65, "current_floor": 14},
            {("L1", "door_open"): (0.0, ""), ("L1", "load"): (65.0, "%"), ("L1", "elevator_floor"): (14.0, "")},
            id="a lift",
        ),
        pytest.param(
            {"spot_id": "A7", "status": "occupied"}, {("A7", "occupied"): (1.0, "")}, id="a status is the answer"
        ),
        pytest.param(
            {"id": "m1", "totalPowerConsumption": "83.20W", "maxPower": "500W", "energyConsumption": "3 kWh"},
            {("m1", "power"): (83.2, "W"), ("m1", "energy"): (3.0, "kWh")},
            id="a unit in the value says of what",
        ),
        pytest.param(
            {"tank_id": "t", "water_level_pct": 78, "water_level_cm": 31, "tds_ppm": 900},
            {
                ("t", "filling_level"): (78.0, "%"),
                ("t", "water_level"): (31.0, "cm"),
                ("t", "dissolved_solids"): (900.0, "mg/L"),
            },
            id="a level in percent, parts per million of water",
        ),
        pytest.param(
            {"sensor": [{"title": "Indoor", "list": [["Temperature", "68.9", "°F"], ["Day", "0.0", "inch"]]}]},
            {("x/y", "temperature/list"): (68.9, "°F")},
            id="rows of a word, a value and a unit; a sum of another time is passed over",
        ),
        pytest.param(
            {"temperature@Tank_1": 81.2, "high@Temp": 85},
            {("x/y", "temperature/Tank_1"): (81.2, None)},
            id="a point's place",
        ),
        pytest.param(
            {
                "properties": [
                    {"key": "A相电压", "value": 220, "unit": "V"},
                    {"key": "电压越限", "value": 1, "unit": "V"},
                ]
            },
            {("x/y", "voltage/A相"): (220.0, "V")},
            id="a phase in Chinese; that a limit was crossed is no voltage",
        ),
        pytest.param(
            {"battery": 2.4, "battery_level": 59},
            {("x/y", "battery_voltage"): (2.4, "V"), ("x/y", "battery_level"): (59.0, None)},
            id="a cell's voltage beside its charge",
        ),
        pytest.param(
            {"specversion": "1.0", "id": "1", "type": "io.x", "device": "d", "data": {"temp": 42}},
            {("d", "temperature"): (42.0, None)},
            id="an event's envelope is no entity",
        ),
    ],
)
def test_what_is_beyond_doubt_is_read(body: Any, expected: dict[tuple[str, str], tuple[float, str | None]]):
    decoded = decode("x/y", body)

    assert told(decoded) == expected


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"status": "free"}, id="a charger is free, too"),
        pytest.param({"door": "3"}, id="a door's number"),
        pytest.param({"name": "max power", "value": 3, "unit": "kW"}, id="a limit with a unit"),
        pytest.param({"list": [["Temperature", "68.9"], ["a", "b", "c"]]}, id="rows without units"),
        pytest.param({"power_consumption": 12}, id="power or energy"),
    ],
)
def test_what_may_be_something_else_is_refused(body: Any):
    with pytest.raises(UndecodableMessage):
        decode("x/y", body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"ID": "866714044841905", "addr": 27, "Ua": 230.1, "Ib": 5.5, "PF": 0.98},
            {
                ("866714044841905", "voltage/a"): (230.1, None),
                ("866714044841905", "current/b"): (5.5, None),
                ("866714044841905", "power_factor"): (0.98, ""),
            },
            id="a meter's symbols, by a modem's number",
        ),
        pytest.param(
            {"group": 7, "summary": {"total": 9, "occupied": 1, "available": 8}},
            {("x/y", "occupied_spots"): (1.0, ""), ("x/y", "available_spots"): (8.0, "")},
            id="spaces of a car park",
        ),
        pytest.param(
            {"roomTemperature": 26.5, "temperature": 26, "mode": "cool"},
            {("x/y", "temperature/room"): (26.5, None)},
            id="what a room has, not what was asked for",
        ),
        pytest.param(
            {"PV1EnergyToday": 3.2, "rack_1_power": 9.0, "rack_return_temp": 41.2},
            {
                ("x/y", "energy_today/pv1"): (3.2, None),
                ("x/y", "power/rack_1"): (9.0, None),
                ("x/y", "temperature/rack_return"): (41.2, None),
            },
            id="which string, which rack, which of its ends",
        ),
    ],
)
def test_what_stands_together_is_read(body: Any, expected: dict[tuple[str, str], tuple[float, str | None]]):
    decoded = decode("x/y", body)

    assert told(decoded) == expected


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"u": 1.0, "v": 2.0, "i": 3}, id="a vector"),
        pytest.param({"Ua": 230.1, "Ib": 5.5}, id="too few symbols"),
        pytest.param({"memory": {"free": 1024, "used": 2048}}, id="a memory's free part"),
        pytest.param({"alertType": "temp_high", "name": "temperature", "value": 35, "severity": "high"}, id="an alert"),
    ],
)
def test_what_stands_together_otherwise_is_refused(body: Any):
    with pytest.raises(UndecodableMessage):
        decode("x/y", body)


def test_undescribed_object_of_home_assistant_waits_for_its_description():
    decoder = DecoderSet(FAMILIES).make("ha_discovery", DecoderOptions())

    with pytest.raises(UndecodableMessage) as caught:
        decoder.decode("homeassistant/sensor/x/state", b'{"temperature": 20}')

    assert caught.value.reason == "needs_birth"


def test_undescribed_object_of_home_assistant_is_read_where_anything_is():
    decoded = decode("homeassistant/sensor/x/state", {"deviceId": "x", "temperature": 20})

    assert told(decoded) == {("x", "temperature"): (20.0, None)}


def test_undescribed_bare_state_of_home_assistant_is_counted():
    before = dropped()
    decoder = DecoderSet(FAMILIES).make("ha_discovery", DecoderOptions())

    assert decoder.decode("homeassistant/light/hall/state", b"on") == Decoded()
    assert dropped() == before + 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"temperature": [21.5], "humidity": [40]},
            {("x/y", "temperature"): (21.5, None), ("x/y", "humidity"): (40.0, "%")},
            id="lists of one",
        ),
        pytest.param(
            {"deviceId": "n4", "temperature": [21.5, 22.5], "co2": 612}, {("n4", "co2"): (612.0, "ppm")}, id="of two"
        ),
        pytest.param(
            {"deviceId": "n4", "co2": 612, "past": {"time": [1700000000], "temperature": [21.5]}},
            {("n4", "co2"): (612.0, "ppm")},
            id="columns of a history",
        ),
        pytest.param(
            {"deviceId": "n4", "wind_avg_mi_h": 3.5}, {("n4", "wind_speed"): (3.5, "mph")}, id="miles an hour"
        ),
        pytest.param(
            {"deviceId": "n4", "type": "Füllstand", "value": 71, "unit": "%"},
            {("n4", "filling_level"): (71.0, "%")},
            id="a tank in German",
        ),
    ],
)
def test_one_number_in_a_list_is_the_value(body: Any, expected: dict[tuple[str, str], tuple[float, str | None]]):
    assert told(decode("x/y", body)) == expected


@pytest.mark.parametrize(
    "around",
    [
        "precision",
        "accuracy",
        "sampleInterval",
        "ids",
        "pins",
        "range",
        "rules",
        "comfort",
        "errors",
        "sensorStatus",
        "units",
    ],
)
def test_numbers_about_a_quantity_are_none_of_it(around: str):
    decoded = decode("x/y", {"deviceId": "n4", "co2": 612, around: {"temperature": 2, "humidity": [3]}})

    assert told(decoded) == {("n4", "co2"): (612.0, "ppm")}


def test_ammonia_is_of_the_air_and_each_distortion_is_told_apart():
    body = {"device_id": "m1", "ammonia": 3, "thdu": 2.5, "thdi": 11}

    assert told(decode("x/y", body)) == {
        ("m1", "nh3"): (3.0, None),
        ("m1", "harmonic_distortion/voltage"): (2.5, "%"),
        ("m1", "harmonic_distortion/current"): (11.0, "%"),
    }
