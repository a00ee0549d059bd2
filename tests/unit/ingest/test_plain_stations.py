"""Strangers' stations as China's write them, documents within texts, a unit of one of several, wishes in any dress."""

from typing import Any

import pytest

from city.errors import UndecodableMessage
from ingest.decoders.plain_words import meaning
from tests.support.auto import decode, told


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"井盖编号": "JG-7", "液位": 0.5, "氧气": 20.5, "日雨量": 11.5},
            {
                ("JG-7", "water_level"): (0.5, None),
                ("JG-7", "oxygen"): (20.5, None),
                ("JG-7", "precipitation_today"): (11.5, None),
            },
            id="a thing's number",
        ),
        pytest.param(
            {"设备名称": "UPS-1", "水温": 19.5}, {("UPS-1", "water_temperature"): (19.5, None)}, id="its name"
        ),
        pytest.param(
            {"灯杆编号": 7, "电压": 221}, {("x/y", "voltage"): (221.0, None)}, id="a number that is anybody's"
        ),
        pytest.param({"灯杆编号": 70031, "电压": 221}, {("70031", "voltage"): (221.0, None)}, id="a city's number"),
        pytest.param({"订单编号": "D-7", "电压": 221}, {("x/y", "voltage"): (221.0, None)}, id="an order's number"),
        pytest.param(
            {"设备编号": "NL-3", "积水深度": 12.5, "单位": "cm", "电池电压": 3.5},
            {("NL-3", "water_level"): (12.5, "cm"), ("NL-3", "battery_voltage"): (3.5, None)},
            id="a unit that only one of several has",
        ),
        pytest.param(
            {"sn": "P1", "list": [{"code": "YL", "desc": "管网压力", "val": 0.5, "unit": "MPa"}]},
            {("P1", "pressure/list/管网"): (0.5, "MPa")},
            id="a record by its description",
        ),
        pytest.param(
            {"sn": "E1", "devs": [{"dev": "w", "d": [{"m": "温度", "v": "23.5"}]}]},
            {("E1", "temperature/devs"): (23.5, None)},
            id="short names",
        ),
        pytest.param(
            {"coreid": "e00f", "data": '{"temp": 21.5}', "published_at": "2024-05-06T10:00:00Z"},
            {("e00f", "temperature"): (21.5, None)},
            id="a document within a text",
        ),
        pytest.param(
            {"madeBySensor": "S-9", "observedProperty": "Temperature", "hasSimpleResult": 21.5},
            {("S-9", "temperature"): (21.5, None)},
            id="an observation of SOSA",
        ),
        pytest.param(
            {"deviceId": "d", "speed": 3, "wind_speed": 4.5, "wind_direction": 9, "unit": "m/s"},
            {
                ("d", "speed"): (3.0, None),
                ("d", "wind_speed"): (4.5, None),
                ("d", "wind_direction"): (9.0, "°"),
            },
            id="a unit that two have",
        ),
    ],
)
def test_stations_are_read(body: Any, expected: dict[tuple[str, str], tuple[float, str | None]]):
    assert told(decode("x/y", body)) == expected


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"method": "control", "params": {"temperature": 22}}, id="a method"),
        pytest.param({"method": "thing.service.setTemp", "params": {"temperature": 22}}, id="a thing's service"),
        pytest.param({"msg": '{"cmd": "set", "temperature": 22}'}, id="a wish within a text"),
        pytest.param({"msg": '{"temperature": 22'}, id="a document cut off"),
        pytest.param({"params": {"tempUpper": 40, "temp_lower": -10}}, id="limits"),
        pytest.param({"periods": [{"start": "06:00", "temp": 21}]}, id="a timetable"),
        pytest.param({"actions": [{"device": "ac", "temperature": 26}]}, id="a scene"),
        pytest.param({"query": {"metric": "temperature", "value": 20}}, id="a question"),
        pytest.param({"write": {"temperature": 30}}, id="what is to be written"),
        pytest.param({"intent": "SetTemp", "slots": {"temperature": 21}}, id="what somebody said"),
        pytest.param({"energy": 0.31, "unit": "EUR/kWh"}, id="a price"),
        pytest.param({"temperature": 21.5, "unit": "mm"}, id="a unit of another quantity"),
        pytest.param({"to": "desk", "text": "hot", "temperature": 31}, id="a letter"),
        pytest.param({"power": 1, "speed": 3, "mode": "auto"}, id="stages of a fan"),
        pytest.param({"power": "on", "temperature": 26, "mode": "cool"}, id="what an air conditioner was asked for"),
    ],
)
def test_wishes_and_limits_are_refused(body: Any):
    with pytest.raises(UndecodableMessage):
        decode("x/y", {"deviceId": "d", **body})


@pytest.mark.parametrize("level", ["program", "plan", "scene", "hourly", "query"])
def test_topics_of_other_times_and_questions_are_refused(level: str):
    with pytest.raises(UndecodableMessage):
        decode(f"x/{level}", {"deviceId": "d", "temperature": 21.5})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"mode": "grid", "power": 0, "voltage": 230}, {"power": 0, "voltage": 230}, id="an inverter by night"
        ),
        pytest.param({"mode": "auto", "speed": 0, "lat": 31.5, "lon": 121.5}, {"speed": 0}, id="a vehicle that stands"),
        pytest.param({"mode": "heat", "temperature": 21.5}, {"temperature": 21.5}, id="a room"),
        pytest.param({"dx": 1, "unit": "mm", "co2": 612}, {"co2": 612}, id="a unit of something unknown"),
    ],
)
def test_a_mode_beside_takes_no_value_away(body: Any, expected: dict[str, float]):
    decoded = decode("x/y", {"deviceId": "d", **body})

    assert {m.quantity: m.value for m in decoded.measurements} == expected


def test_a_kind_of_device_is_no_wish():
    assert told(decode("x/y", {"deviceId": "d", "type": "control panel", "co2": 612})) == {("d", "co2"): (612.0, "ppm")}


@pytest.mark.parametrize(
    ("word", "quantity"),
    [
        ("upper_temp", "temperature"),
        ("temp_upper", None),
        ("temp_room", "temperature"),
        ("高锰酸盐指数", "permanganate_index"),
    ],
)
def test_upper_and_lower_are_places_before_a_word_alone(word: str, quantity: str | None):
    found = meaning(word)

    assert (found[0].quantity if found is not None else None) == quantity


def test_units_in_chinese_stand_in_values_and_beside_them():
    found = told(
        decode("x/y", {"deviceId": "d", "水位": "2.5米", "电压": "221伏", "噪声": {"数值": 51.5, "单位": "分贝"}})
    )

    assert found == {
        ("d", "water_level"): (2.5, "m"),
        ("d", "voltage"): (221.0, "V"),
        ("d", "noise_level"): (51.5, "dB"),
    }


def test_liquids_and_leaks_have_their_words():
    assert told(decode("x/y", {"deviceId": "d", "liquidLevel": 1.5, "leakCurrent": 31})) == {
        ("d", "water_level"): (1.5, None),
        ("d", "residual_current"): (31.0, None),
    }
