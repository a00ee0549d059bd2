"""Strangers' messages as clouds, gateways and people write them: whose it is, in which words, and what is none."""

from typing import Any

import pytest

from city.errors import UndecodableMessage
from ingest.decoders.plain_words import meaning
from ingest.decoders.times import parse_time
from tests.support.auto import decode, told


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param(
            "data/7",
            {"deviceId": "S-1", "sensors": {"temperature": {"value": 2, "unit": "°C"}, "motion": {"detected": True}}},
            {("S-1", "temperature"): (2.0, "°C"), ("S-1", "motion"): (1.0, "")},
            id="sensors named by what they measure are no devices",
        ),
        pytest.param(
            "data/7",
            {"deviceId": "S-1", "sensors": {"north": {"temperature": 25.5}}},
            {("S-1/north", "temperature"): (25.5, None)},
            id="sensors named otherwise are",
        ),
        pytest.param(
            "/sys/key/gw/thing/event/property/pack/post",
            {"params": {"subDevices": [{"identity": {"productKey": "p", "deviceName": "d-1"},
             "properties": {"temperature": {"value": 21.5, "time": 1}, "Humidity": [{"value": 40, "time": 1}]}}]}},
            {("d-1", "temperature"): (21.5, None), ("d-1", "humidity"): (40.0, "%")},
            id="devices below a gateway, values with their times",
        ),
        pytest.param(
            "gateway/telemetry",
            {"sub_device_data": {"28da": {"temperature": 27.1}}},
            {("28da", "temperature"): (27.1, None)},
            id="devices below a gateway, by name",
        ),
        pytest.param(
            "/pump/d-1/properties/report",
            {"properties": {"temperature": 36.5}},
            {("d-1", "temperature"): (36.5, None)},
            id="a platform's product is not its device",
        ),
        pytest.param(
            "/demo/sys/pk/d-1/thing/event/property/post",
            {"params": {"battery": 88}},
            {("d-1", "battery_level"): (88.0, None)},
            id="a platform behind a prefix",
        ),
        pytest.param(
            "hub",
            {"id": "9af86784", "eventType": "Telemetry", "data": {"body": {"temperature": 25.1},
             "systemProperties": {"iothub-connection-device-id": "d-7"}}},
            {("d-7", "temperature"): (25.1, None)},
            id="an event's id is nobody's name",
        ),
        pytest.param(
            "ilo/7",
            {"temperature": [{"label": "01-Ambient", "currentreading": 24, "caution": 50, "temp_unit": "Celsius"}]},
            {("ilo/7", "temperature/01-Ambient"): (24.0, "Celsius")},
            id="a list under a word, with limits beside the values",
        ),
        pytest.param(
            "/devices/msw/controls/Sound Level", "41.2", {("msw", "noise_level"): (41.2, None)}, id="a control's topic"
        ),
        pytest.param("bay/1", {"isOccupied": True}, {("bay/1", "occupied"): (1.0, "")}, id="a question and a truth"),
        pytest.param("bay/1", {"occupancy": True}, {("bay/1", "occupied"): (1.0, "")}, id="occupancy told as a truth"),
        pytest.param("casa/1", {"temperatura": 21.5, "humidité": 40, "presión": 1013},
                     {("casa/1", "temperature"): (21.5, None), ("casa/1", "humidity"): (40.0, "%"),
                      ("casa/1", "pressure"): (1013.0, None)}, id="words of other languages, accents or none"),
        pytest.param("дом/1", {"влажность": 41}, {("дом/1", "humidity"): (41.0, "%")}, id="words of other letters"),
        pytest.param("site/gridPower", "-812.4", {("site", "power/grid"): (-812.4, None)}, id="ends of a circuit"),
        pytest.param("x/1", {"battery": 3.61, "temperature": 1}, {("x/1", "battery_voltage"): (3.61, "V"),
                     ("x/1", "temperature"): (1.0, None)}, id="a cell's voltage is no charge"),
        pytest.param(
            "up/1",
            {"device_id": "m", "metrics": {
                "voltage": {"unit": "V", "value": {"phase_a": 220.5, "line_ab": 380.4}},
                "power": {"active": {"unit": "kW", "value": {"total": 9.6}}}}},
            {("m", "voltage/phase_a"): (220.5, "V"), ("m", "voltage/line_ab"): (380.4, "V"),
             ("m", "power/total"): (9.6, "kW")},
            id="phases and lines with one unit",
        ),
        pytest.param(
            "w/1",
            {"temperature": {"outdoor": {"fahrenheit": 55.8, "celsius": 13.2}, "feelslike": {"celsius": 9},
             "dewpoint": {"fahrenheit": 33.8}}, "humidity": {"percentage": 61}},
            {("w/1", "temperature/outdoor"): (13.2, "°C"), ("w/1", "dew_point"): (33.8, "°F"),
             ("w/1", "apparent_temperature"): (9.0, "°C"), ("w/1", "humidity"): (61.0, "%")},
            id="one value in two units",
        ),
        pytest.param(
            "$hw/events/device/d-7/twin/update",
            {"Temp": {"actual": {"value": 43.0}, "expected": {"value": 20}}},
            {("d-7", "temperature"): (43.0, None)},
            id="a twin's property as it is",
        ),
        pytest.param(
            "city/batch",
            {"stations": [{"stationId": "s-1", "readings": [
                {"sensorId": "temp_01", "indicatorType": "TEMPERATURE", "value": 24.6, "unit": "°C"}]}]},
            {("s-1/temp_01", "temperature"): (24.6, "°C")},
            id="a counted word is an id, and another's may be called so",
        ),
        pytest.param("hall/1/flood", "true", {("hall/1", "water_leak"): (1.0, "")}, id="a truth makes it a state"),
        pytest.param(
            "pdu/1", {"systemVoltage": "230V", "temperature_value": 21, "motion-bool": 1, "cpuTemp": 48},
            {("pdu/1", "voltage/system"): (230.0, "V"), ("pdu/1", "temperature"): (21.0, None),
             ("pdu/1", "motion"): (1.0, ""), ("pdu/1", "device_temperature"): (48.0, None)},
            id="words that say nothing more",
        ),
        pytest.param(
            "board/1", {"bme280_temperature": 21, "dht22Temp": 22, "SI7020_TMP": 23, "pm25_sds011": 4, "tmp": 9},
            {("board/1", "temperature/bme280"): (21.0, None), ("board/1", "temperature/dht22"): (22.0, None),
             ("board/1", "temperature/si7020"): (23.0, None), ("board/1", "pm25/sds011"): (4.0, "µg/m³")},
            id="chips at one board",
        ),
        pytest.param(
            "octoprint/temperature/tool0", {"_timestamp": 1552931581, "actual": 23.2, "target": 0.0},
            {("octoprint/tool0", "temperature"): (23.2, None)}, id="as it is, and as it is wished for",
        ),
        pytest.param(
            "nexus433/sensor/DCA6/state", {"temperature": 22.4, "battery": "100"},
            {("nexus433/sensor/DCA6", "temperature"): (22.4, None),
             ("nexus433/sensor/DCA6", "battery_level"): (100.0, None)},
            id="topics like ESPHome's, and a body that is no bare value",
        ),
        pytest.param(
            "n/1", {"values": [{"type": "co2", "value": 450}, {"type": "snr", "unit": "db", "value": 12}]},
            {("n/1", "co2"): (450.0, "ppm"), ("n/1", "snr"): (12.0, "dB")}, id="decibels in small letters",
        ),
        pytest.param(
            "t/Meshtech/ddc5", {"type": "property-decoded", "id": "motion", "value": 0},
            {("t/Meshtech/ddc5", "motion"): (0.0, "")}, id="a type and a word as id are no entity of FIWARE's",
        ),
        pytest.param(
            "h1/d1/temperature", {"priority_level": 2, "report": {"value": 21.8, "unit": "°C"}},
            {("h1/d1", "temperature"): (21.8, "°C")}, id="a topic's word, and a value within",
        ),
    ],
)  # fmt: skip
def test_what_is_beyond_doubt_is_read(
    topic: str, body: Any, expected: dict[tuple[str, str], tuple[float, str | None]]
) -> None:
    assert told(decode(topic, body)) == expected


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        pytest.param("openWB/chargepoint/3/set/current", "16", id="below `set`"),
        pytest.param("/devices/msw/controls/Temperature/meta/order", "1", id="what describes a control"),
        pytest.param("threshold/set/response", {"temperature": 26.0, "success": True}, id="a limit is acknowledged"),
        pytest.param("info/heart", {"user_id": 1, "battery": 80}, id="a person's telephone"),
        pytest.param(
            "ble/1", {"id": "98:BB:99:68:C9:FB", "rssi": -92, "distance": 27.7}, id="a distance that a radio guesses"
        ),
        pytest.param(
            "dataq/tracker/B8A4",
            {"serial": "B8A4", "class": "Human", "confidence": 87, "distance": 12.5},
            id="what a camera saw",
        ),
        pytest.param("console/1", {"batt2": "0", "wh65batt": "1"}, id="flags of batteries"),
        pytest.param("evcc/loadpoints/1/chargeCurrent", "16", id="a current that is wished for"),
        pytest.param("h1/d1/temperature/in", {"type": "color_temp", "value": 50}, id="a lamp's colour"),
        pytest.param(
            "mdata/4001/up", {"app": {"moteeui": "32", "motetx": {"freq": 472, "datr": "SF7BW125"}}}, id="a radio"
        ),
        pytest.param("hall/1/flood", "2", id="a flood that is no truth"),
        pytest.param("esp/1", {"Rain_Value": 4000, "light_value": 512}, id="numbers of a converter"),
        pytest.param("esp/1", {"powerConsumption": 12}, id="power or energy"),
    ],
)
def test_what_may_be_something_else_is_refused(topic: str, body: Any) -> None:
    with pytest.raises(UndecodableMessage):
        decode(topic, body)


@pytest.mark.parametrize("word", ["grid_temperature", "solar_humidity", "luz", "Strom", "is_temperature", "isothermal"])
def test_a_word_that_may_mean_more_is_none(word: str) -> None:
    assert meaning(word) is None


def test_a_capture_is_when_it_was_measured() -> None:
    found = decode("t/1", {"sensor_id": "s-1", "captured_at": "2026-11-20T08:00:00Z", "ph": 6.3})

    assert {one.time_ns for one in found.measurements} == {parse_time("2026-11-20T08:00:00Z")}
