"""Strangers' circuits, points and parts: letters that stand together, units that say what it is, numbered parts."""

from typing import Any

import pytest

from city.errors import UndecodableMessage
from ingest.decoders.plain_words import is_name, meaning
from tests.support.auto import decode, told


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"v": 230.0, "i": 2.0, "p": 414.0, "s": 460.0, "pf": 0.9},
            {"voltage": 230.0, "current": 2.0, "power": 414.0, "apparent_power": 460.0, "power_factor": 0.9},
            id="letters of which the power is what the others make of it",
        ),
        pytest.param(
            {"vR": 231.5, "vS": 229.5, "iR": 2.5, "pfR": 0.95},
            {"voltage/R": 231.5, "voltage/S": 229.5, "current/R": 2.5, "power_factor/R": 0.95},
            id="letters of phases",
        ),
        pytest.param(
            {"mppt1_V": 401.5, "grid_W": -310, "pv_kWh": 8.5, "grid_A": 3},
            {"voltage/mppt1": 401.5, "power/grid": -310, "energy/pv": 8.5},
            id="a circuit's end and a unit",
        ),
        pytest.param({"battery_v": 26.5, "co2": 612}, {"battery_voltage": 26.5, "co2": 612}, id="a battery's volts"),
    ],
)
def test_letters_of_a_circuit_are_read_together(body: Any, expected: dict[str, float]):
    found = told(decode("x/y", {"deviceId": "m1", **body}))

    assert {name: value for (_, name), (value, _) in found.items()} == expected


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"v": 230.0, "i": 2.0, "p": 12.0, "pf": 0.9}, id="a power that they do not make"),
        pytest.param({"v": 3, "i": 1, "p": 0, "pf": 1}, id="no power"),
        pytest.param({"i": 2.0, "p": 414.0, "pf": 0.9}, id="no voltage"),
        pytest.param({"v": 10**400, "i": 2, "p": 3, "pf": 0.9}, id="more than a float holds"),
    ],
)
def test_letters_that_make_no_circuit_are_none(body: Any):
    assert {m.quantity for m in decode("x/y", {"deviceId": "m1", **body}).measurements} == {"power_factor"}


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param(
            "log/PM02",
            {"devid": "PM02", "value": 31.5, "unit": "W"},
            {("PM02", "power"): (31.5, "W")},
            id="a meter whose number is like a word for dust",
        ),
        pytest.param(
            "eng/pm01/data",
            {"device_id": "pm01", "pm25": 31},
            {("pm01", "pm25"): (31.0, "µg/m³")},
            id="in small letters",
        ),
        pytest.param(
            "x/a", {"serialno": "ab12", "pm02": 7}, {("ab12", "pm25"): (7.0, "µg/m³")}, id="as a member it is dust"
        ),
        pytest.param(
            "tags/P1",
            {"tagPath": "[default]Plant/Boiler1/SteamPressure", "value": 6.5, "engUnit": "bar"},
            {("tags/P1", "pressure/[default]Plant/Boiler1/Steam"): (6.5, "bar")},
            id="the last level of a point's path",
        ),
        pytest.param(
            "linx/dp/AHU1_SupplyTemp",
            {"value": 18.5, "unit": "degrees-celsius"},
            {("linx/dp/AHU1_SupplyTemp", "temperature"): (18.5, "°C")},
            id="a unit as BACnet spells it",
        ),
        pytest.param(
            "fire/71",
            {"设备ID": "0071", "类型": "消防水池液位", "数值": 3.5, "单位": "m"},
            {("0071", "water_level/消防水池"): (3.5, "m")},
            id="a record in Chinese",
        ),
        pytest.param(
            "pipe/12",
            {
                "imei": "356307042441013",
                "datas": [{"k": "pressure", "v": 0.5, "u": "MPa"}, {"k": "battery", "v": 3.5, "u": "V"}],
            },
            {
                ("356307042441013", "pressure"): (0.5, "MPa"),
                ("356307042441013", "battery_voltage"): (3.5, "V"),
            },
            id="short names of records, a battery in volts",
        ),
    ],
)
def test_whose_and_what_is_told_apart(topic: str, body: Any, expected: dict[tuple[str, str], tuple[float, str | None]]):
    assert told(decode(topic, body)) == expected


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"alarmTime": "x", "alarmCode": 12, "value": 91.5, "unit": "°C"}, id="an alarm by its code"),
        pytest.param({"name": "hot", "condition": {"metric": "co2", "operator": ">", "value": 900}}, id="a rule"),
        pytest.param({"orderNo": "2024", "pileCode": "32", "totalPower": 12.5, "totalFee": 9}, id="a bill"),
        pytest.param({"orderId": "p1", "spotId": "A1", "amount": 12, "power": 9}, id="a payment"),
    ],
)
def test_rules_and_bills_are_no_readings(body: Any):
    with pytest.raises(UndecodableMessage):
        decode("x/y", body)


@pytest.mark.parametrize(
    ("word", "quantity", "label"),
    [
        ("Main_Outlet_Temp", "temperature", "main_outlet"),
        ("supplyTemp1", "temperature", "supply_1"),
        ("tempA", "temperature", "a"),
        ("Outdoor air temp.(R1T)", "temperature", "R1T"),
        ("windSpeedAvg", "wind_speed", ""),
        ("Temperature (max)", None, ""),
        ("grid_A", None, ""),
    ],
)
def test_parts_of_a_plant_are_told_apart(word: str, quantity: str | None, label: str):
    found = meaning(word)

    assert ((found[0].quantity, found[0].label) if found is not None else (None, "")) == (quantity, label)


@pytest.mark.parametrize(
    ("text", "names"), [("PM02", "a thing"), ("pm25", "a quantity"), ("temperature", "a quantity"), ("T-7", "a thing")]
)
def test_what_may_name_a_thing(text: str, names: str):
    assert is_name(text) is (names == "a thing")


def test_members_named_by_moments_are_of_then():
    decoded = decode("node/7", {"1700000000": {"temperature": 21.5}, "1700000060000": {"temperature": 22.5}})

    assert [(m.quantity, m.label, m.value, m.time_ns) for m in decoded.measurements] == [
        ("temperature", "", 21.5, 1_700_000_000_000_000_000),
        ("temperature", "", 22.5, 1_700_000_060_000_000_000),
    ]


@pytest.mark.parametrize("keys", [("1700000000", "1800000000"), ("1700000000", "x"), ("1234567890",)], ids=str)
def test_members_named_by_other_numbers_are_told_apart_by_them(keys: tuple[str, ...]):
    decoded = decode("node/7", {key: {"temperature": 21.5} for key in keys})

    assert [(m.label, m.time_ns) for m in decoded.measurements] == [(key, None) for key in keys]


def test_a_row_of_the_hydrological_tables_is_read_by_its_columns():
    decoded = decode("sw/rt", {"stcd": "60110022", "tm": "2024-07-01 08:00:00", "z": 8.5, "q": 31.5, "drp": 0.5})

    assert told(decoded) == {
        ("60110022", "water_level"): (8.5, "m"),
        ("60110022", "water_discharge"): (31.5, "m³/s"),
        ("60110022", "precipitation"): (0.5, "mm"),
    }


def test_records_in_the_languages_of_the_south_are_read():
    body = {"deviceId": "m1", "inquinanti": [{"nome": "PM10", "valore": 31.5, "unita": "µg/m³"}]}

    assert told(decode("a/b", body)) == {("m1", "pm10/inquinanti"): (31.5, "µg/m³")}


def test_a_sub_device_is_named_by_its_key():
    body = {"devices": [{"productKey": "p", "deviceKey": "sub-a", "params": {"temperature": 21.5}}]}

    assert told(decode("gw/7", body)) == {("sub-a", "temperature"): (21.5, None)}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"operator": "CMCC", "co2": 612}, {"co2": 612}, id="whose network"),
        pytest.param(
            {"orderNo": "2024", "amount": 3, "outputVoltage": 521.5},
            {"output_voltage": 521.5},
            id="an order that goes on",
        ),
        pytest.param({"alarmCode": "0x00", "alarmTime": "", "co2": 612}, {"co2": 612}, id="no alarm's code"),
        pytest.param({"pan_angle": 31, "tilt_angle": 12, "co2": 612}, {"co2": 612}, id="where a camera looks"),
        pytest.param({"temperature": {"zone": 3, "value": 21.5}}, {"temperature": 21.5}, id="a zone's number"),
        pytest.param({"battery_a": 5.5, "system_v": 3, "co2": 612}, {"co2": 612}, id="amperes and versions"),
        pytest.param({"tm": 21.5, "co2": 612}, {"co2": 612}, id="two letters"),
    ],
)
def test_what_stands_beside_takes_nothing_away(body: Any, expected: dict[str, float]):
    decoded = decode("x/y", {"deviceId": "m1", **body})

    assert {m.quantity: m.value for m in decoded.measurements} == expected


def test_who_was_seen_names_no_sensor():
    decoded = decode("gate/7", {"vehicle": {"id": "AB 123"}, "co2": 612})

    assert {m.sensor for m in decoded.measurements} == {"gate/7"}
