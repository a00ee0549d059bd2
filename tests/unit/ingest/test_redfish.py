import pytest

from ingest.decoders.times import parse_time
from tests.support.decoding import decoded, refusal, told

AT = {"@odata.id": "/redfish/v1/Chassis/1/Thermal", "Status": {"State": "Enabled"}}
FAN = {"Name": "Fan 1", "Reading": 17760, "ReadingUnits": "RPM", "LowerThresholdCritical": 600, "MinReadingRange": 600}


def test_host_comes_from_the_topic_and_else_the_chassis():
    body = {**AT, "Temperatures": [{"Name": "CPU1 Temp", "ReadingCelsius": 40, "UpperThresholdCritical": 90}]}

    by_topic = decoded("redfish", "redfish/rack-3/server-7/Thermal", body).measurements
    by_body = decoded("redfish", "", body).measurements

    assert [m.sensor for m in by_topic + by_body] == ["rack-3/server-7/CPU1 Temp", "1/CPU1 Temp"]
    assert told(by_topic) == {"temperature": (40.0, "°C")}


@pytest.mark.parametrize(
    ("fan", "expected"),
    [
        pytest.param(FAN, {"fan_speed": (17760.0, "rpm")}, id="turns"),
        pytest.param({**FAN, "Reading": 20, "ReadingUnits": "Percent"}, {"fan_speed": (20.0, "%")}, id="percent"),
        pytest.param({"FanName": "F", "CurrentReading": 7, "Units": "Percent"}, {"fan_speed": (7.0, "%")}, id="iLO 4"),
        pytest.param({"Name": "F", "Reading": 7}, {"fan_speed": (7.0, None)}, id="no unit"),
        pytest.param({**FAN, "Status": {"State": "Absent"}}, {}, id="absent"),
        pytest.param({**FAN, "Reading": 0, "Status": {"State": "Enabled", "Health": "Critical"}},
                     {"fan_speed": (0.0, "rpm")}, id="standing still is a reading"),
        pytest.param({**FAN, "Reading": None}, {}, id="null"),
    ],
)  # fmt: skip
def test_fan_reads_in_its_own_unit(fan: dict[str, object], expected: object):
    assert told(decoded("redfish", "h", {**AT, "Fans": [fan]}).measurements) == expected


def test_power_supplies_of_one_name_stay_apart():
    supplies = [
        {
            "Name": "PSU",
            "MemberId": str(number),
            "LineInputVoltage": 205,
            "LastPowerOutputWatts": 90,
            "PowerCapacityWatts": 800,
        }
        for number in (0, 1)
    ]
    control = [{"MemberId": "0", "PowerConsumedWatts": 221, "PowerMetrics": {"MaxConsumedWatts": 252}}]

    found = decoded("redfish", "h", {**AT, "PowerSupplies": supplies, "PowerControl": control}).measurements

    assert [(m.sensor, m.quantity, m.value) for m in found] == [
        ("h/PSU#0", "input_voltage", 205.0),
        ("h/PSU#0", "power_output", 90.0),
        ("h/PSU#1", "input_voltage", 205.0),
        ("h/PSU#1", "power_output", 90.0),
        ("h/PowerControl#0", "power", 221.0),
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"SpeedPercent": {"Reading": 20.0, "SpeedRPM": 4000}},
                     {"fan_speed": (20.0, "%"), "fan_speed/rpm": (4000.0, "rpm")}, id="a fan of the newer schema"),
        pytest.param({"ReadingType": "Temperature", "Reading": 31.5, "ReadingUnits": "Cel", "ReadingRangeMax": 200},
                     {"temperature": (31.5, "°C")}, id="a sensor"),
        pytest.param({"TemperatureSummaryCelsius": {"Intake": {"Reading": 24.8}, "Exhaust": {"Reading": 40.5}}},
                     {"temperature/intake": (24.8, "°C"), "temperature/exhaust": (40.5, "°C")}, id="a chassis"),
        pytest.param({"InputPowerWatts": {"Reading": 937.4}, "EnergykWh": {"Reading": 325675}},
                     {"power_input": (937.4, "W"), "energy": (325675.0, "kWh")}, id="a power supply's metrics"),
        pytest.param({"Fans": {"@odata.id": "/redfish/v1/x"}}, {}, id="links only"),
    ],
)  # fmt: skip
def test_newer_schemas_hold_excerpts(body: dict[str, object], expected: object):
    assert told(decoded("auto", "h", {**AT, "Name": "part", **body}).measurements) == expected


def test_temperatures_of_a_chassis_belong_to_their_devices():
    listed = [
        {"Reading": 19, "DeviceName": "01-Inlet Ambient"},
        {"Reading": 40, "DataSourceUri": "/redfish/v1/Chassis/1/Sensors/CPU1"},
        {"Reading": None, "DeviceName": "03-P1 DIMM"},
    ]

    found = decoded("redfish", "h", {**AT, "TemperatureReadingsCelsius": listed}).measurements

    assert [(m.sensor, m.value) for m in found] == [("h/01-Inlet Ambient", 19.0), ("h/CPU1", 40.0)]


def test_reading_time_of_a_sensor_is_its_time():
    body = {**AT, "Name": "s", "ReadingType": "Power", "Reading": 5, "ReadingTime": "2026-08-01T08:00:00Z"}

    (found,) = decoded("redfish", "h", body).measurements

    assert found.time_ns == parse_time("2026-08-01T08:00:00Z")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"a": 1}, "wrong_shape", id="no resource"),
        pytest.param({**AT, "Fans": [{"Reading": 5}]}, "no_sensor", id="a part without a name"),
        pytest.param(b'{"@odata.id": "/redfish/v1", }', "not_json", id="a trailing comma is not repaired"),
    ],
)
def test_malformed_resource_is_refused(body: object, expected: str):
    assert refusal("redfish", "h", body) == expected
