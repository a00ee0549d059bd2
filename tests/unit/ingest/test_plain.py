"""Shapes that nobody described: what is read, what is not, and why not."""

from typing import Any

import pytest

from city.errors import UndecodableMessage
from city.quality import Quality
from ingest.decoders.plain_words import meaning
from ingest.decoders.times import parse_time
from tests.support.auto import Readings, decode, told

TIME = "2026-11-20T08:00:00Z"


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param(
            "site/roof/bme",
            {"temperature": 21.5, "humidity": 40, "co2": 600, "counter": 7, "firmware": 3},
            {
                ("site/roof/bme", "temperature"): (21.5, None),
                ("site/roof/bme", "humidity"): (40.0, "%"),
                ("site/roof/bme", "co2"): (600.0, "ppm"),
            },
            id="a flat body, its sensor in the topic",
        ),
        pytest.param(
            "data",
            {"device": "S-1", "humidity": 0.4},
            {("S-1", "humidity"): (0.4, None)},
            id="a fraction, or less than one percent: nobody knows",
        ),
        pytest.param(
            "plant/data",
            {"device": {"id": "S-1", "name": "x"}, "measurements": [{"name": "temperature", "value": 2, "unit": "F"}]},
            {("S-1", "temperature"): (2.0, "F")},
            id="records, with an object for the device",
        ),
        pytest.param(
            "plc/7",
            {"d": [{"tag": "Temperature", "value": 21.5}, {"tag": "Counter7", "value": 9}]},
            {("plc/7", "temperature"): (21.5, None)},
            id="records of a controller, one of them nobody's word",
        ),
        pytest.param(
            "v1/gateway/telemetry",
            {"A": [{"ts": 1, "values": {"temp": 1}}], "B": [{"ts": 1, "values": {"temp": 2}}]},
            {("A", "temperature"): (1.0, None), ("B", "temperature"): (2.0, None)},
            id="a gateway's devices",
        ),
        pytest.param(
            "$aws/things/pump-1/shadow/update/documents",
            {
                "previous": {"state": {"reported": {"temperature": 1}}},
                "current": {"state": {"desired": {"temperature": 3}, "reported": {"temperature": 2}}},
            },
            {("pump-1", "temperature"): (2.0, None)},
            id="a shadow: what is, not what was or shall be",
        ),
        pytest.param(
            "/sys/key/dev-1/thing/event/property/post",
            {"id": "123", "params": {"Temperature": {"value": 23.6}}, "method": "thing.event.property.post"},
            {("dev-1", "temperature"): (23.6, None)},
            id="a cloud's property report: the topic names the device, the id the message",
        ),
        pytest.param(
            "/v1.6/devices/w-1", {"temperature": {"value": 21.5}}, {("w-1", "temperature"): (21.5, None)}, id="Ubidots"
        ),
        pytest.param(
            "v1/secret/things/c1/data/3", "temp,c=20.7", {("c1", "temperature/3"): (20.7, "°C")}, id="Cayenne"
        ),
        pytest.param(
            "home/kitchen/temperature", "21.5 °C", {("home/kitchen", "temperature"): (21.5, "°C")}, id="a bare value"
        ),
        pytest.param(
            "sensors/temperature/room1",
            {"value": 70, "unit": "°F"},
            {("room1", "temperature"): (70.0, "°F")},
            id="the word in the topic, the value in the body",
        ),
        pytest.param(
            "nut/rack-2/battery/charge",
            "97",
            {("nut/rack-2", "battery_level"): (97.0, None)},
            id="a word of two levels",
        ),
        pytest.param(
            "nut/rack-2/ups.load", "9.3 %", {("nut/rack-2", "load"): (9.3, "%")}, id="a word with a dot, a bare value"
        ),
        pytest.param(
            "sensors/room1",
            "temp=21.5 hum=40",
            {("room1", "temperature"): (21.5, None), ("room1", "humidity"): (40.0, "%")},
            id="pairs",
        ),
        pytest.param(
            "weather/roof",
            "PASSKEY=A&dateutc=2026-11-20+08:00:00&tempf=50.1&tempinf=70.2&baromrelin=29.92&dailyrainin=0.1",
            {
                ("weather/roof", "temperature"): (50.1, "°F"),
                ("weather/roof", "temperature/in"): (70.2, "°F"),
                ("weather/roof", "atmospheric_pressure"): (29.92, "inHg"),
                ("weather/roof", "precipitation_today"): (0.1, "in"),
            },
            id="a weather console's form: inches of mercury",
        ),
        pytest.param(
            "ble/A4",
            {"id": "A4:C1", "tempc": 21.5, "tempf": 70.7, "hum": 40.1, "volt": 2.9, "rssi": -60},
            {
                ("A4:C1", "temperature"): (21.5, "°C"),
                ("A4:C1", "humidity"): (40.1, "%"),
                ("A4:C1", "voltage"): (2.9, None),
                ("A4:C1", "rssi"): (-60.0, "dBm"),
            },
            id="one temperature told twice",
        ),
        pytest.param(
            "flood/g",
            {"stationId": "G1", "waterLevel": 1.23, "unit": "m"},
            {("G1", "water_level"): (1.23, "m")},
            id="the unit of the only value",
        ),
        pytest.param(
            "x/y",
            {"device": "d", "temp": 70, "temp_unit": "°F", "voltage": 3, "units": {"voltage": "v"}},
            {("d", "temperature"): (70.0, "°F"), ("d", "voltage"): (3.0, "V")},
            id="units beside the values",
        ),
        pytest.param(
            "x/y",
            [{"id": "S1", "value": 21.5, "unit": "°C"}, {"id": "S2", "value": 5, "unit": "%"}],
            {("S1", "temperature"): (21.5, "°C")},
            id="a unit that only one quantity has, and one that many have",
        ),
        pytest.param(
            "x/y",
            {"sensors": [{"id": "a", "type": "temperature", "value": 1}, {"id": "b", "type": "temp", "value": 2}]},
            {("a", "temperature"): (1.0, None), ("b", "temperature"): (2.0, None)},
            id="sensors in a list",
        ),
        pytest.param(
            "x/y",
            {"BME280": {"temperature": 20}, "DS18B20": {"temperature": 19}},
            {("x/y", "temperature/BME280"): (20.0, None), ("x/y", "temperature/DS18B20"): (19.0, None)},
            id="probes by name",
        ),
        pytest.param(
            "x/y",
            {"wind": {"speed": 3.5, "deg": 120}, "voltage": {"l1": 230, "l2": 231}},
            {
                ("x/y", "wind_speed"): (3.5, None),
                ("x/y", "wind_direction"): (120.0, "°"),
                ("x/y", "voltage/l1"): (230.0, None),
                ("x/y", "voltage/l2"): (231.0, None),
            },
            id="words in two halves, and phases",
        ),
        pytest.param(
            "x/y",
            {"设备": "a", "温度": 21.5, "湿度": "40%"},
            {("x/y", "temperature"): (21.5, None), ("x/y", "humidity"): (40.0, "%")},
            id="Chinese words",
        ),
        pytest.param(
            "gw/up",
            {"gateway": {"id": "G1", "temperature": 55}, "device": "N7", "payload": {"temperature": 21.5}},
            {("N7", "temperature"): (21.5, None)},
            id="a gateway's own warmth is not its sensor's",
        ),
        pytest.param(
            "x/y",
            {"temperature": 21, "forecast": [{"temperature": 30}], "limits": {"temperature": 60}, "max_temperature": 9},
            {("x/y", "temperature"): (21.0, None)},
            id="forecasts and limits beside a value",
        ),
        pytest.param(
            "gw/pm1",
            {"values": {"voltage_l1": 230.1, "frequency": 50.0}},
            {("gw/pm1", "voltage/l1"): (230.1, None), ("gw/pm1", "frequency"): (50.0, None)},
            id="a word in the topic of which nothing was told is a name",
        ),
        pytest.param(
            "plc/tags",
            {"device": "P1", "Room1.Temperature": 21.0, "values": [{"id": "Hall.Humidity", "v": 40, "q": True}]},
            {("P1", "temperature/Room1"): (21.0, None), ("P1", "humidity/Hall"): (40.0, "%")},
            id="points by their whole names",
        ),
        pytest.param(
            "x/y",
            {"metric": "room.temperature", "value": 22.5, "tags": {"host": "web01", "dc": "a"}},
            {("web01", "temperature/room"): (22.5, None)},
            id="tags say of what a value is",
        ),
        pytest.param(
            "msh/json/!gateway",
            {"from": 27, "to": 9, "sender": "!gateway", "payload": {"temperature": 19.4}},
            {("27", "temperature"): (19.4, None)},
            id="a mesh's node, not who passed it on",
        ),
        pytest.param(
            "ditto",
            {"topic": "org.acme/d1/things/twin/events/modified", "path": "/features/temperature/value", "value": 21},
            {("org.acme:d1", "temperature"): (21.0, None)},
            id="a twin's change, whose topic is within",
        ),
        pytest.param(
            "x/y",
            {"id": "s7", "type": "temperature", "value": 21.5},
            {("s7", "temperature"): (21.5, None)},
            id="a record with the name and type of an entity",
        ),
        pytest.param(
            "x/y",
            {"zoneId": 2, "occupancy": 3.5, "CurrentTemperature": 20, "barometer": "1012 hPa", "inlet_temp": 18},
            {
                ("x/y", "occupancy/2"): (3.5, None),
                ("x/y", "temperature/2"): (20.0, None),
                ("x/y", "atmospheric_pressure/2"): (1012.0, "hPa"),
                ("x/y", "inlet_temperature/2"): (18.0, None),
            },
            id="which of several, and words that say now",
        ),
        pytest.param("x/y", {"temperature": None, "humidity": "nan"}, {}, id="words that say that there is no value"),
        pytest.param("x/y", {"sensor": "P", "occupied": "true"}, {("P", "occupied"): (1.0, "")}, id="a state"),
    ],
)
def test_plain_body_is_read(topic: str, body: Any, expected: Readings):
    assert told(decode(topic, body)) == expected


@pytest.mark.parametrize(
    ("topic", "body", "reason"),
    [
        pytest.param("data", {"temperature": 21.5}, "no_sensor", id="nobody's"),
        pytest.param("temperature", "21.5", "no_sensor", id="nobody's bare value"),
        pytest.param("v1/devices/me/telemetry", {"temperature": 1}, "no_sensor", id="whoever is connected"),
        pytest.param("home/kitchen/temperature/set", "22", "unrecognised", id="a wish, by its topic"),
        pytest.param("actuators/motor", {"speed": 50}, "unrecognised", id="a wish, by whom it is for"),
        pytest.param("x/y", {"command": "start", "params": {"speed": 50}}, "unrecognised", id="an order"),
        pytest.param("x/speed/limit", {"value": 50}, "unrecognised", id="a limit, by its topic"),
        pytest.param("x/y", {"cmd": "set", "temperature": 20}, "unrecognised", id="a wish, by its body"),
        pytest.param(
            "x/sys", {"method": "thing.service.property.set", "params": {"temp": 1}}, "unrecognised", id="RPC"
        ),
        pytest.param("$aws/things/p/shadow/update/delta", {"state": {"temp": 2}}, "unrecognised", id="a difference"),
        pytest.param("x/y", {"set_temperature": 20, "temp_max": 30}, "unrecognised", id="set-points and extremes"),
        pytest.param("x/y", {"config": {"temperature": 20}}, "unrecognised", id="settings"),
        pytest.param("x/y", {"temperature": {"min": 10, "max": 20}}, "unrecognised", id="a range"),
        pytest.param("x/y", {"temperature": [1, 2, 3]}, "unrecognised", id="a list of who knows what"),
        pytest.param("x/y", {"temperature": True}, "unrecognised", id="a truth is no temperature"),
        pytest.param(
            "x/y", {"temperature": "21,5"}, "unrecognised", id="a comma, which may part decimals or thousands"
        ),
        pytest.param("x/y", {"status": "ok", "count": 5, "id": 3, "value": 7}, "unrecognised", id="plausible numbers"),
        pytest.param("x/y", {"uptime": 123, "rssi": -70, "heap": 22000}, "unrecognised", id="the device about itself"),
        pytest.param("x/y", {"id": "S", "value": 5, "unit": "%"}, "unrecognised", id="a percentage of what"),
        pytest.param("x/y", {"iaqi": {"pm25": {"v": 71}, "co": {"v": 0.1}}}, "unrecognised", id="indexes of gases"),
        pytest.param("x/y", {"ch3": 4, "ch4": 512}, "unrecognised", id="a channel that is called as a gas"),
        pytest.param("x/y", {"ph1": 230.1, "ph2": 229.8}, "unrecognised", id="phases, and no acidity"),
        pytest.param("x/y", {"sf": 7, "frequency": 868.1}, "unrecognised", id="a radio's frequency"),
        pytest.param("x/y", {"freq": "868M"}, "unrecognised", id="a unit of something else"),
        pytest.param("x/y", {"light": 1, "fan": 2, "door": 1}, "unrecognised", id="words of switches"),
        pytest.param("x/y", "21.5,40,1013", "unrecognised", id="columns without names"),
        pytest.param("x/y", "12", "unrecognised", id="a number"),
        pytest.param("x/y", "hello world", "unrecognised", id="words"),
        pytest.param("x/y", {"message": "temperature: 21"}, "unrecognised", id="a number in prose"),
        pytest.param("x/y", "<data><temperature>21</temperature></data>", "unrecognised", id="anybody's XML"),
        pytest.param("x/y", {"temperature": 10**400}, "bad_number", id="beyond floats"),
        pytest.param("x/y", '{"temperature": 21,}', "not_json", id="malformed"),
    ],
)
def test_plain_body_is_refused(topic: str, body: Any, reason: str):
    with pytest.raises(UndecodableMessage) as caught:
        decode(topic, body)

    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "body",
    [
        {"time": TIME, "temperature": 1},
        {"ts": "1795161600", "data": {"temperature": 1}},
        {"temperature": {"value": 1, "timestamp": 1795161600000}},
        {"dateTime": "1795161600.0", "temperature": 1},
        {"dateutc": "2026-11-20 08:00:00", "temperature": 1},
        {"event_time": "20261120T080000Z", "temperature": 1},
        {"date": {"utc": TIME, "local": "2026-11-20T16:00:00"}, "temperature": 1},
        {"readings": [{"name": "temperature", "value": 1, "time": {"$date": TIME}}]},
    ],
)
def test_plain_time_is_that_of_the_value(body: dict[str, Any]):
    (found,) = decode("site/7", body).measurements

    assert found.time_ns == parse_time(TIME)


def test_a_value_that_is_bad_by_its_own_word_says_so():
    found = decode("x", {"values": [{"id": "A.temp", "v": 1, "q": False}, {"id": "B.temp", "v": 2, "q": True}]})

    assert [(m.label, m.quality) for m in found.measurements] == [("A", Quality.BAD), ("B", Quality.GOOD)]


def test_plain_document_gives_a_bounded_number_of_readings():
    body = {"readings": [{"sensor_id": f"s{number}", "temperature": number} for number in range(5000)]}

    assert len(decode("x", body).measurements) <= 2000


@pytest.mark.parametrize(
    "word", ["min_temp", "alarm_temperature", "temperature_offset", "target_humidity", "no", "load"]
)
def test_word_that_may_mean_something_else_means_nothing(word: str):
    assert meaning(word) is None
