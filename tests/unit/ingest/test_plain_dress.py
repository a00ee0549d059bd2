"""Strangers' messages: words in their dress, words that mean one thing beside others, ids and times of heads."""

import json
from typing import Any

import pytest

from city.errors import UndecodableMessage
from ingest.decoders.decoder_set import DecoderSet
from ingest.decoders.families import FAMILIES
from ingest.decoders.options import DecoderOptions

AUTO = DecoderSet(FAMILIES).make("auto", DecoderOptions())
Told = dict[tuple[str, str], tuple[float, str | None]]


def told(topic: str, body: Any) -> Told:
    payload = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    measurements = AUTO.decode(topic, payload.encode()).measurements
    return {(m.sensor, f"{m.quantity}/{m.label}".rstrip("/")): (m.value, m.unit) for m in measurements}


def readings(body: Any) -> dict[str, tuple[float, str | None]]:
    return {quantity: said for (_, quantity), said in told("x/y", body).items()}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"CO2 (ppm)": 640, "Temp [F]": 70}, {"co2": (640, "ppm"), "temperature": (70, "F")}, id="brackets"
        ),
        pytest.param({"湿度(%)": 40, "温度（℃）": 20}, {"humidity": (40, "%"), "temperature": (20, "℃")}, id="Chinese"),
        pytest.param({"Temperature (indoor)": 20}, {"temperature/indoor": (20, None)}, id="a place in brackets"),
        pytest.param(
            {"wind_instant_speed": 2, "wind_max": 5, "wind_kph": 8},
            {"wind_speed": (2, None), "wind_gust": (5, None)},
            id="of now; of two for one quantity the first",
        ),
        pytest.param(
            {"gridvoltage": 230, "inputpower": 900, "outdoortemp": 4},
            {"voltage/grid": (230, None), "power_input": (900, None), "temperature/outdoor": (4, None)},
            id="written together",
        ),
        pytest.param(
            {"实时温度": 21, "噪声值": 55, "室外湿度": 40, "温度2": 22},
            {
                "temperature": (21, None),
                "noise_level": (55, None),
                "humidity/室外": (40, "%"),
                "temperature/2": (22, None),
            },
            id="Chinese words with what is said before and behind",
        ),
        pytest.param({"wendu": 21, "shidu": 40}, {"temperature": (21, None), "humidity": (40, "%")}, id="pinyin"),
        pytest.param(
            {"boiler_temperature": 61, "oilPressure_kpa": 300, "motor_2_current": 4},
            {
                "temperature/boiler": (61, None),
                "pressure/oil": (300, "kPa"),
                "current/motor_2": (4, None),
            },
            id="a thing before its quantity is the label",
        ),
        pytest.param(
            {"battery": 3105, "temp": 20}, {"battery_voltage": (3105, "mV"), "temperature": (20, None)}, id="mV"
        ),
        pytest.param(
            {"power": {"total": 70}, "energy": {"import": 9, "export": 2}},
            {"power/total": (70, None), "energy": (9, None), "energy_returned": (2, None)},
            id="a circuit's sum, an energy's ways",
        ),
        pytest.param(
            {"ua": 230, "ia": 2, "pf": 0.9},
            {"voltage/a": (230, None), "current/a": (2, None)},
            id="symbols in small letters",
        ),
        pytest.param(
            {"U": 230, "I": 2, "VA": 460, "PF": 0.9},
            {"voltage": (230, None), "current": (2, None), "apparent_power": (460, "VA"), "power_factor": (0.9, "")},
            id="volt-amperes of who writes U",
        ),
        pytest.param(
            {"power": {"actual": 70, "reactive": 4, "l1": 30, "l2": 40}},
            {
                "power": (70, None),
                "power/l1": (30, None),
                "reactive_power": (4, None),
            },
            id="another quantity beside the actual one",
        ),
        pytest.param(
            {"windSpd2min": 2, "active_energy_imported": 7, "batvolt": 3.9, "kw": 2, "distance_km": 3},
            {
                "wind_speed": (2, None),
                "energy": (7, None),
                "battery_voltage": (3.9, None),
                "power": (2, "kW"),
                "distance": (3, "km"),
            },
            id="more words",
        ),
        pytest.param(
            {"CO2 level": 640, "gasH2S": 1, "outlet_pressure": 3, "PH值": 7, "vibration_mm_s": 2, "solar_w_m2": 700},
            {
                "co2": (640, "ppm"),
                "h2s": (1, None),
                "pressure/outlet": (3, None),
                "ph": (7, "pH"),
                "vibration_velocity": (2, "mm/s"),
                "solar_radiation": (700, "W/m²"),
            },
            id="levels of what is in the air, pipes' ends, words that wait for their unit",
        ),
        pytest.param(
            {"Pump_1_running": 1, "fan_running": False, "temp": 20},
            {"equipment_running/pump1": (1, ""), "equipment_running/fan": (0, "")},
            id="what runs",
        ),
        pytest.param({"suhu": 30, "습도": 61}, {"temperature": (30, None), "humidity": (61, "%")}, id="more languages"),
        pytest.param({"CPU1 Temp": "41 degrees C"}, {"temperature/CPU1": (41, "°C")}, id="degrees in words"),
        pytest.param(
            {"temperature": {"current": 34, "max": 41}, "power": {"current": 2, "voltage": 230}},
            {"temperature": (34, None), "current/power": (2, None), "voltage/power": (230, None)},
            id="a current value, and a current",
        ),
        pytest.param(
            {"wind_speed_last": 2, "rain_rate_last": 0, "travel_time_s": 90},
            {"wind_speed": (2, None), "rain_intensity": (0, None), "travel_time": (90, "s")},
            id="the latest",
        ),
        pytest.param(
            {"Outputs": [{"ID": 1, "Current": 2}, {"ID": 2, "Current": 3}], "channels": [{"ch": 7, "temp": 20}]},
            {
                "current/Outputs/1": (2, None),
                "current/Outputs/2": (3, None),
                "temperature/channels/7": (20, None),
            },
            id="parts of one thing are told apart by their numbers",
        ),
        pytest.param([{"id": 31, "temp": 20}], {"temperature": (20, None)}, id="of one the id may count messages"),
        pytest.param("Temperature: 23.5 C, Humidity: 45 %", {"temperature": (23.5, "C")}, id="units behind a space"),
        pytest.param(
            {"sensors": {"temperature": [{"value": 20, "id": "a"}]}},
            {"temperature": (20, None)},
            id="no sensor temperature",
        ),
        pytest.param({"current": {"v": 2, "u": "A"}}, {"current": (2, "A")}, id="a current is told once"),
        pytest.param(
            {"name": "Rack 1", "value": 24, "unit": "C"}, {"temperature/Rack 1": (24, "°C")}, id="no coulombs"
        ),
        pytest.param({"name": "temp", "data": 24}, {"temperature": (24, None)}, id="a record's data"),
        pytest.param(
            {"data": [{"pointName": "进水井液位", "value": 1.2, "unit": "m"}]},
            {"water_level/进水井": (1.2, "m")},
            id="point",
        ),
    ],
)
def test_a_words_dress_is_taken_off(body: Any, expected: dict[str, tuple[float, str | None]]) -> None:
    found = readings(body)

    assert {name: found.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"noise": 61, "pm25": 9, "windSpeed": 1}, {"noise_level": (61, None)}, id="noise of an air station"
        ),
        pytest.param({"noise": 1, "pm25": 9, "windSpeed": 1}, {}, id="which is no flag"),
        pytest.param({"noise": 61, "pm25": 9}, {}, id="and wants company"),
        pytest.param({"LAeq": 60, "L90": 50}, {"noise_l90": (50, "dB(A)")}, id="shares of time"),
        pytest.param({"ph": 7, "orp": 200, "do": 8}, {"dissolved_oxygen": (8, None)}, id="oxygen of water"),
        pytest.param(
            {"load": 30, "battery_charge": 100, "input_voltage": 230}, {"load": (30, None)}, id="load of a UPS"
        ),
        pytest.param(
            {"floor": 3, "direction": "up", "doorStatus": "open"}, {"elevator_floor": (3, "")}, id="a lift's floor"
        ),
        pytest.param({"floor": 3, "temp": 20}, {}, id="a room's floor"),
        pytest.param({"flow": 3, "water_level": 20}, {"water_flow": (3, None)}, id="flow of water"),
        pytest.param({"flow_m3h": 3, "temp": 20}, {}, id="which may be gas"),
    ],
)
def test_a_word_means_one_thing_beside_others(body: Any, expected: dict[str, tuple[float, str | None]]) -> None:
    names = {"noise_level", "noise_l90", "dissolved_oxygen", "load", "elevator_floor", "water_flow"}

    assert {name: said for name, said in readings(body).items() if name in names} == expected


@pytest.mark.parametrize(
    "word",
    [
        "target_temperature",
        "max_current",
        "pilot_current",
        "desired_temperature",
        "float_voltage",
        "blood_pressure",
        "eco_temperature",
        "over_voltage",
        "fuse_current",
        "light_temp",
        "price_current",
        "设定温度",
        "液位报警值",
    ],
)
def test_a_wish_a_limit_or_a_persons_value_is_no_probe(word: str) -> None:
    with pytest.raises(UndecodableMessage):
        told("x/y", {word: 21})


@pytest.mark.parametrize(
    ("topic", "body", "sensor"),
    [
        pytest.param(
            "a/b", {"deviceName": "Hall East", "serialNumber": "29-8", "temp": 20}, "29-8", id="a number, no name"
        ),
        pytest.param("a/b", {"header": {"deviceId": "h7"}, "body": {"temp": 20}}, "h7", id="a head"),
        pytest.param("a/b", {"source": "af91c0de", "temp": 20}, "af91c0de", id="a chip's number"),
        pytest.param("a/b", {"source": "edge", "temp": 20}, "a/b", id="a program is nobody"),
        pytest.param("a/b", {"source": {"id": "2519"}, "temp": 20}, "2519", id="who sent, by an id"),
        pytest.param("a/b", {"device_id": "2E777", "temp": 20}, "2E777", id="an id that is a huge number"),
        pytest.param("a/b", {"测站编码": "6150", "水位": 2}, "6150", id="a Chinese id"),
        pytest.param("mt/gw/0a0b0c0d0e0f/dev/a1b2c3d4e5f6/temp", "20", "a1b2c3d4e5f6", id="the last number of a topic"),
        pytest.param("yard/202611221000/temp", "20", "yard/202611221000", id="digits alone may be a date"),
    ],
)
def test_whose_it_is(topic: str, body: Any, sensor: str) -> None:
    assert {name for name, _ in told(topic, body)} == {sensor}


def test_a_heads_time_is_its_bodys() -> None:
    body = {"Agent": {"Time": "2026-11-20T08:00:00Z"}, "Outputs": [{"ID": 1, "Voltage": 230}]}

    decoded = AUTO.decode("pdu/1", json.dumps(body).encode())

    assert [one.time_ns for one in decoded.measurements] == [1_795_161_600_000_000_000]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"trackid": 4, "x": 10, "y": 12, "speed": 1.5}, id="a thing that a radar follows"),
        pytest.param({"cmd": "setData", "temp": 20}, id="a command about data"),
        pytest.param({"d": 1, "wifi": 61}, id="a radio's share of hundred is no level"),
        pytest.param(
            {"id": "phone:3", "mac": "0a1b2c3d4e5f", "rssi": -70, "distance": 2.5, "speed": 0.1},
            id="how near somebody is",
        ),
        pytest.param({"strikes": 1, "energy": 91823}, id="a flash's energy"),
        pytest.param(
            {"alarmLevel": 2, "alarmId": "a7", "points": [{"name": "temp", "value": 71}]}, id="values of an alert"
        ),
    ],
)
def test_what_is_no_reading(body: Any) -> None:
    with pytest.raises(UndecodableMessage):
        told("x/y", body)


def test_where_a_vehicle_is_is_an_event() -> None:
    body = {"bus_id": "B-4", "lat": 48.1, "lon": 11.5, "speed_kmh": 31, "heading": 90, "ts": 1_763_000_000}

    decoded = AUTO.decode("fleet/pos", json.dumps(body).encode())

    assert [(one.sensor, one.event, one.attributes) for one in decoded.observations] == [
        ("B-4", "position", {"latitude": 48.1, "longitude": 11.5})
    ]
    assert {(m.quantity, m.value, m.unit) for m in decoded.measurements} == {
        ("speed", 31, "km/h"),
        ("heading", 90, "°"),
    }


def test_where_a_telephone_is_goes_no_further() -> None:
    body = {"deviceId": "p-1", "lat": 48.1, "lon": 11.5, "temp": 20}

    assert AUTO.decode("a/b", json.dumps(body).encode()).observations == []


def test_a_long_name_is_nobodys_word() -> None:
    assert readings({"n" * 200: 1, "值" * 200: 1, "temp": 20}) == {"temperature": (20, None)}


def test_where_no_alert_is_values_are_read() -> None:
    assert readings({"alarmLevel": 0, "data": [{"name": "temp", "value": 20}]}) == {"temperature": (20, None)}


def test_a_topics_last_level_may_name_thing_and_quantity() -> None:
    assert told("plant/boiler_temp", "61") == {("plant", "temperature/boiler"): (61, None)}


def test_a_command_that_reports_is_a_report() -> None:
    assert readings({"cmd": "uploadData", "temp": 20}) == {"temperature": (20, None)}


@pytest.mark.parametrize(
    ("body", "expected"),
    [({"smoke": "normal"}, 0), ({"water_leak": "漏水"}, 1), ({"motion": "inactive"}, 0), ({"motion": "active"}, 1)],
)
def test_an_alarms_own_words(body: Any, expected: float) -> None:
    assert [value for value, _ in readings(body).values()] == [expected]


def test_a_value_and_its_unit_in_another_language() -> None:
    assert told("plant/a1/turbidez", {"valor": 12.5, "unidade": "NTU"}) == {("plant/a1", "turbidity"): (12.5, "NTU")}


def test_a_fraction_under_percent_is_none() -> None:
    assert readings({"fill_percent": 0.4, "temp": 20}) == {"temperature": (20, None)}
