"""Traps 1 to 4 of docs/sources.md, "Traps": times, units, numbers as text, and numbers that stand for none."""

import pytest

from city.clock import iso
from tests.support.traps import DAY, NOW, SECOND, City


def at(said: object) -> dict[str, object]:
    return {"device": "d", "time": said, "co2": 400}


@pytest.mark.parametrize(
    ("topic", "body", "expected", "flags"),
    [
        pytest.param("x/t", at(NOW // SECOND), NOW, (), id="seconds"),
        pytest.param("x/t", at(NOW // 10**6), NOW, (), id="milliseconds"),
        pytest.param("x/t", at(NOW // 1000), NOW, (), id="microseconds"),
        pytest.param("x/t", at(NOW), NOW, (), id="nanoseconds"),
        pytest.param("x/t", [{"n": "d", "u": "Cel", "v": 1, "t": -300}], NOW - 300 * SECOND, (), id="SenML: an age"),
        pytest.param("x/t", at("2026-11-20T07:00:00Z/2026-11-20T08:00:00Z"), NOW, (), id="an interval: its end"),
        pytest.param("x/t", at("2026-11-20T07:59:59.123456789Z"), NOW - SECOND + 123456789, (), id="nine digits"),
        pytest.param("x/t", at("2026-11-20T11:00:00+0300"), NOW, (), id="an offset without a colon"),
        pytest.param("x/t", at("2026/11/20T08:00:00z"), NOW, (), id="slashes"),
        pytest.param("x/t", at("0001-01-01T00:00:00Z"), NOW, ("clock",), id="Go's zero"),
        pytest.param("x/t", at(1.61), NOW, ("clock",), id="a clock since boot"),
        pytest.param("x/t", at("2026-11-20T08:00:00"), NOW, ("clock",), id="local, nobody knows where"),
        pytest.param("x/t", at("2026-1120T08:00:00Z"), NOW, ("clock",), id="malformed"),
        pytest.param("x/t", at(iso(NOW + 40 * DAY)), NOW, ("clock",), id="beyond the window: ahead"),
        pytest.param("x/t", at(iso(NOW - 40 * DAY)), NOW, ("clock",), id="beyond the window: behind"),
        pytest.param(
            "x/s/events/rpc",
            {"src": "s", "method": "NotifyStatus", "params": {"ts": 1.61, "switch:0": {"voltage": 230}}},
            NOW,
            ("clock",),
            id="Shelly after its boot",
        ),
    ],
)
def test_trap_1_time(topic: str, body: object, expected: int, flags: tuple[str, ...]):
    city = City()

    ((_, _, time_ns, _, found),) = city.rows(city.hear(topic, body))

    assert (time_ns, found) == (expected, flags)


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param("zigbee2mqtt/p", {"voltage": 231}, {"voltage": 231.0}, id="volts on a plug"),
        pytest.param(
            "zigbee2mqtt/b",
            {"battery": 90, "voltage": 3000},
            {"battery_level": 90.0, "battery_voltage": 3.0},
            id="millivolts on a battery",
        ),
        pytest.param("tele/t/SENSOR", {"SR04": {"Distance": 150}}, {"distance/SR04": 1.5}, id="centimetres"),
        pytest.param("tele/t/SENSOR", {"VL53L0X": {"Distance": 150}}, {"distance/VL53L0X": 0.15}, id="millimetres"),
        pytest.param("x/t", {"device": "d", "humidity": 54}, {"humidity": 54.0}, id="percent"),
        pytest.param("x/t", {"device": "d", "humidity": 0.54}, {"humidity[?]": 0.54}, id="perhaps a fraction"),
        pytest.param(
            "/k/d/attrs",
            {"id": "u", "type": "WeatherObserved", "relativeHumidity": 0.54},
            {"humidity": 54.0},
            id="a fraction, as the model says",
        ),
        pytest.param(
            "x/t", {"device": "d", "pressure_hPa": 1001.5}, {"atmospheric_pressure": 1001.5}, id="hectopascals"
        ),
        pytest.param(
            "x/t",
            {"esp8266id": "7", "sensordatavalues": [{"value_type": "BME280_pressure", "value": "100150"}]},
            {"atmospheric_pressure/BME280": 1001.5},
            id="pascals",
        ),
        pytest.param(
            "x/redfish",
            {
                "@odata.id": "/redfish/v1/Chassis/1/Thermal",
                "Fans": [
                    {"Name": "A", "Reading": 2100, "ReadingUnits": "RPM"},
                    {"Name": "B", "Reading": 40, "ReadingUnits": "Percent"},
                ],
            },
            {"fan_speed": 2100.0, "fan_speed[%]": 40.0},
            id="turns and percent of a fan are two series",
        ),
        pytest.param("shellies/p/relay/0/energy", "60000", {"energy": 1.0}, id="watt-minutes"),
        pytest.param("shellies/p/emeter/0/total", "1000", {"energy": 1.0}, id="watt-hours"),
        pytest.param("tele/t/SENSOR", {"ENERGY": {"Total": 1}}, {"energy": 1.0}, id="kilowatt-hours"),
        pytest.param(
            "tele/t/SENSOR", {"DS18B20": {"Temperature": 50}, "TempUnit": "F"}, {"temperature/DS18B20": 10.0}, id="°F"
        ),
        pytest.param("x/t", {"device": "d", "temp_k": 293.15}, {"temperature": 20.0}, id="K"),
        pytest.param("x/t", {"device": "d", "temperature": 20}, {"temperature[?]": 20.0}, id="a unit that nobody told"),
    ],
)
def test_trap_2_units(topic: str, body: object, expected: dict[str, float]):
    assert City().values(topic, body) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param("x/t", {"device": "d", "co2": "42"}, {"co2": 42.0}, id="a number as text"),
        pytest.param("x/t", {"device": "d", "temperature": "30.11 °C"}, {"temperature": 30.11}, id="with its unit"),
        pytest.param("x/u", {"STATUS": "ONLINE", "LINEV": "247.0 Volts"}, {"input_voltage": 247.0}, id="in words"),
        pytest.param("x/t", {"device": "d", "co2": "nan"}, {}, id="nan as text"),
        pytest.param("x/a/sensor/temperature/state", "nan", {}, id="nan alone"),
        pytest.param("described/a", {"temp": "21,5"}, {"temperature": 21.5}, id="a decimal comma that was told"),
        pytest.param("x/t", {"device": "d", "occupied": "true"}, {"occupied": 1.0}, id="true"),
        pytest.param("shellies/s/input/0", "1", {"digital_input": 1.0}, id="1"),
        pytest.param("tele/t/SENSOR", {"Switch1": "ON"}, {"switch_state/Switch1": 1.0}, id="ON"),
        pytest.param("described/a", {"door": "auf"}, {"door_open": 1.0}, id="a word of its own"),
    ],
)
def test_trap_3_numbers_as_text(topic: str, body: object, expected: dict[str, float]):
    assert City().values(topic, body) == expected


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param('{"device": "d", "co2": NaN}', "bad_number", id="NaN"),
        pytest.param('{"device": "d", "co2": Infinity}', "bad_number", id="Infinity"),
        pytest.param('{"device": "d", "co2": 1e999}', "bad_number", id="1e999"),
        pytest.param('{"device": "d", "co2": ' + "9" * 400 + "}", "bad_number", id="a huge integer"),
        pytest.param('{"device": "d", "co2": "1e999"}', "bad_number", id="1e999 as text"),
        pytest.param('{"device": "d", "temperature": "1,234"}', "unrecognised", id="a comma that may part thousands"),
    ],
)
def test_trap_3_what_is_no_number(body: str, reason: str):
    assert City().refusal("x/t", body) == reason


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param(
            "x/d",
            "<siteMeasurements><measurementSiteReference id='s'/><measuredValue index='1'><speed>-1</speed>"
            "</measuredValue><measuredValue index='2'><vehicleFlowRate>9999</vehicleFlowRate></measuredValue>"
            "</siteMeasurements>",
            [],
            id="DATEX II: -1 km/h, 9999 vehicles",
        ),
        pytest.param(
            "axis/S/event/x",
            {"topic": "tnsaxis:Storage/Alert", "serial": "S", "message": {"data": {"wear": "-3", "temperature": "-3"}}},
            [],
            id="Axis: -3",
        ),
        pytest.param("tele/t/SENSOR", {"DS18B20": {"Temperature": -127}}, [], id="a probe that is not there"),
        pytest.param("described/a", {"temp": 0.0}, [], id="0.00, where the city says that it is none"),
        pytest.param("x/t", {"device": "d", "temperature": None}, [], id="null"),
        pytest.param("x/t", {"device": "d", "humidity_pct": 65535}, [("humidity", ("out_of_range",))], id="0xFFFF"),
        pytest.param("x/t", {"device": "d", "co2": 65535}, [("co2", ("out_of_range",))], id="0xFFFF ppm"),
        pytest.param("x/t", {"device": "d", "humidity_pct": -1}, [("humidity", ("out_of_range",))], id="-1 %"),
    ],
)
def test_trap_4_sentinels(topic: str, body: object, expected: list[tuple[str, tuple[str, ...]]]):
    city = City()

    found = [(row[1], tuple(flag for flag in row[4] if flag != "clock")) for row in city.rows(city.hear(topic, body))]

    assert found == expected
