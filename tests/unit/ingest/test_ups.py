import json

import pytest

from city.quality import Quality
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import parse_time
from tests.support.decoding import DECODERS, decoded, refusal, told

APC = {"UPSNAME": "netrack", "STATUS": "ONLINE", "DATE": "2026-02-09 21:13:11 +0000"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({"LINEV": "247.0 Volts"}, {"input_voltage": (247.0, "V")}, id="a unit written out"),
        pytest.param({"LOADPCT": "9.3 Percent Load Capacity"}, {"load": (9.3, "%")}, id="a long unit"),
        pytest.param({"ITEMP": "30.6 C Internal"}, {"device_temperature": (30.6, "°C")}, id="Celsius"),
        pytest.param({"ITEMP": "86.9 F Internal"}, {"device_temperature": (86.9, "°F")}, id="Fahrenheit"),
        pytest.param({"TIMELEFT": "128.0"}, {"battery_runtime": (128.0, "min")}, id="no unit"),
        pytest.param({"BCHARGE": 100}, {"battery_level": (100.0, "%")}, id="a number"),
        pytest.param({"LOTRANS": "196.0 Volts", "NOMPOWER": "700 Watts", "MAXLINEV": "250 Volts"}, {}, id="settings"),
        pytest.param({"LINEV": "N/A", "BATTV": "nan Volts"}, {}, id="no values"),
    ],
)
def test_apcaccess_fields_are_read_with_their_units(said: dict[str, object], expected: object):
    found = decoded("auto", "some/topic", {**APC, **said, "BATTV2": 1}).measurements

    assert told(found) == expected
    assert {m.time_ns for m in found} <= {parse_time("2026-02-09T21:13:11Z")}
    assert {m.sensor for m in found} <= {"netrack"}


def test_objects_of_the_ups_mib_are_counted_in_their_own_units():
    body = {"sysName": "ups01", "upsBatteryVoltage": 546, "upsEstimatedMinutesRemaining": 41, "upsBatteryStatus": 2}

    found = decoded("auto", "snmp/x", body).measurements

    assert told(found) == {"battery_voltage": (546.0, "dV"), "battery_runtime": (41.0, "min")}
    assert {m.sensor for m in found} == {"ups01"}


@pytest.mark.parametrize(
    ("body", "sensor"),
    [
        pytest.param({"ups1": {"battery.charge": "100", "driver.parameter.port": "1"}}, "ups1", id="by name"),
        pytest.param({"battery.charge": "100", "battery.charge.low": "20"}, "rack-2", id="flat"),
        pytest.param(
            {"battery": {"charge": 100, "voltage": {"nominal": 12}}, "ups": {"status": "OL"}}, "rack-2", id="nested"
        ),
        pytest.param(
            {"server": {"port": 3493}, "eaton": {"battery": {"charge": "100"}, "ups": {"status": "OL"}}},
            "eaton",
            id="nested by name",
        ),
    ],
)
def test_nut_variables_are_found_however_they_are_nested(body: dict[str, object], sensor: str):
    (found,) = decoded("auto", "nut/rack-2/status", body).measurements

    assert (found.sensor, found.quantity, found.value, found.unit) == (sensor, "battery_level", 100.0, "%")


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({"battery.charge": {"value": 83, "units": "%"}}, {"battery_level": (83.0, "%")}, id="a unit"),
        pytest.param({"battery.runtime": {"value": "19", "unit": "min"}}, {"battery_runtime": (19.0, "min")}, id="own"),
        pytest.param(
            {"battery.runtime": {"value": 900, "units": "seconds"}}, {"battery_runtime": (900.0, "s")}, id="w"
        ),
        pytest.param(
            {"battery": {"charge": {"_root": "64", "low": "15"}}, "ups": {"load": {"_": "31"}}},
            {"battery_level": (64.0, "%"), "load": (31.0, "%")},
            id="a variable with variables below it",
        ),
        pytest.param(
            {"ups.status": {"value": "OB DISCHRG"}, "input.voltage": {"value": 0.5, "units": "V"}},
            {"on_battery": (1.0, ""), "input_voltage": (0.5, "V")},
            id="the status",
        ),
    ],
)
def test_variables_that_are_objects_are_their_values(variables: dict[str, object], expected: object):
    assert told(decoded("ups", "nut/hall-3", variables).measurements) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({**APC, "STATUS": "COMMLOST", "LINEV": "230 Volts"}, Quality.STALE, id="apcupsd lost it"),
        pytest.param({"u": {"ups.status": "WAIT", "ups.load": "5"}}, Quality.STALE, id="NUT waits"),
        pytest.param({"u": {"ups.status": "OB LB", "ups.load": "5"}}, Quality.GOOD, id="on battery is no fault"),
    ],
)
def test_values_of_a_lost_device_are_stale(body: dict[str, object], expected: Quality):
    assert {m.quality for m in decoded("ups", "t", body).measurements} == {expected}


def test_a_cut_of_power_is_a_state_until_it_is_over():
    decoder = DECODERS["ups"](DecoderOptions())
    reports = ["OL", "OB DISCHRG", "OB DISCHRG LB", "CHRG", "OL CHRG", "OL"]

    found = [
        told(
            decoder.decode("nut/hall", json.dumps({"u7": {"ups.status": said, "ups.load": "9"}}).encode()).measurements
        )
        for said in reports
    ]

    assert [{key: value for key, (value, _) in one.items() if key != "load"} for one in found] == [
        {},
        {"on_battery": 1.0},
        {"on_battery": 1.0, "battery_low": 1.0},
        {},
        {"on_battery": 0.0, "battery_low": 0.0},
        {},
    ]


def test_apcaccess_says_on_battery_too():
    found = decoded("auto", "some/topic", {**APC, "STATUS": "ONBATT LOWBATT", "LINEV": "0.0 Volts"}).measurements

    assert told(found) == {"input_voltage": (0.0, "V"), "on_battery": (1.0, ""), "battery_low": (1.0, "")}


def test_variables_under_a_wrapper_are_the_device_s_that_is_named_beside_it():
    body = {"ts": "2026-05-02T11:00:00Z", "ups_id": "annex", "vars": {"ups.status": "OL", "battery.charge": "91"}}

    (found,) = decoded("auto", "some/topic", body).measurements

    assert (found.sensor, found.value, found.time_ns) == ("annex", 91.0, parse_time("2026-05-02T11:00:00Z"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"a": {"b": 1}}, "wrong_shape", id="no report"),
        pytest.param({"battery": {"charge": 80, "voltage": 3.3}}, "wrong_shape", id="anybody's battery"),
        pytest.param({"battery.charge": "100"}, "no_sensor", id="nobody's"),
        pytest.param({" u ": {"battery.charge": "1"}}, "bad_name", id="a name of blanks"),
    ],
)
def test_malformed_report_is_refused(body: object, expected: str):
    assert refusal("ups", "nut/status", body) == expected
