"""Messages as others of the same families would send them, beside those of the manifest."""

import json
from typing import Any

import pytest

from city.measurement import Decoded
from ingest.decoders.decoder_set import DecoderSet
from ingest.decoders.families import FAMILIES
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import parse_time

Readings = dict[tuple[str, str], tuple[float, str | None]]


def read(topic: str, *bodies: Any) -> Decoded:
    """Return what the last of some messages says, each recognised by itself."""
    decoder = DecoderSet(FAMILIES).make("auto", DecoderOptions())
    for body in bodies:
        decoded = decoder.decode(topic, body if isinstance(body, bytes) else json.dumps(body).encode())
    return decoded


def told(decoded: Decoded) -> Readings:
    return {
        (m.sensor, f"{m.quantity}/{m.label}" if m.label else m.quantity): (m.value, m.unit)
        for m in decoded.measurements
    }


APP, DEVICE = "application/7/device/0101/event", {"deviceInfo": {"devEui": "0101"}}
SHELLY = {"src": "s-1", "dst": "x", "method": "NotifyStatus"}


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param(
            f"{APP}/status",
            DEVICE | {"margin": -3, "batteryLevel": 0, "externalPowerSource": True},
            {("0101", "link_margin"): (-3.0, "dB")},
            id="ChirpStack: a device on mains",
        ),
        pytest.param(
            "my/http",
            DEVICE | {"fPort": 1, "object": {"temperature": 21.0}},
            {("0101", "temperature"): (21.0, "°C")},
            id="ChirpStack: on somebody's topic",
        ),
        pytest.param(
            "t",
            [{"n": "urn:dev:1", "u": "Cel", "v": 3}, {"n": "urn:dev:1:rain", "v": 2}],
            {("urn:dev:1", "temperature"): (3.0, "°C"), ("urn:dev:1:rain", "rain"): (2.0, None)},
            id="SenML: a record without unit",
        ),
        pytest.param(
            "t",
            [{"bn": "d/", "bu": "W", "bv": 10, "bs": 100, "n": "p", "v": 1, "s": 5}],
            {("d/p", "power"): (11.0, "W"), ("d/p", "power_sum"): (105.0, "W")},
            id="SenML: base value and sum",
        ),
        pytest.param(
            "base/FROST/v1.0/Datastreams('a-b')/Observations",
            {"result": "21.5", "phenomenonTime": "x"},
            {("Datastreams('a-b')", "result"): (21.5, None)},
            id="SensorThings: a text id below another base",
        ),
        pytest.param(
            "edge/1",
            {"metrics": [{"name": "cpu", "tags": {"host": "a"}, "fields": {"usage_active": 5}}]},
            {("a", "cpu_usage"): (5.0, "%")},
            id="Telegraf: a batch on somebody's topic",
        ),
        pytest.param(
            "axis/S/event/x",
            {
                "topic": "tnsaxis:CameraApplicationPlatform/ObjectAnalytics/Device1Scenario2",
                "timestamp": 1795161600,
                "message": {"data": {"total": "2", "human": "2"}},
            },
            {
                ("S/Device1Scenario2", "object_count/all"): (2.0, ""),
                ("S/Device1Scenario2", "object_count/human"): (2.0, ""),
            },
            id="Axis: those in an area, without serial",
        ),
        pytest.param(
            "a/b/onvif-ej/Device/Trigger/DigitalInput/&1",
            {"UtcTime": "2026-11-20T08:00:00", "Source": {"InputToken": "1"}, "Data": {"LogicalState": "true"}},
            {("a/b/1", "digital_input"): (1.0, "")},
            id="ONVIF: an input below a prefix of two levels",
        ),
        pytest.param(
            "p/onvif-mj/SensorData/RelativeHumidity",
            {"SensorData": [{"@SensorID": "h", "Value": "41.5"}]},
            {("p/h", "humidity"): (41.5, "%")},
            id="ONVIF: a list, and a number in text",
        ),
        pytest.param(
            "em/1",
            {
                "device_info": {"device_sn": "S"},
                "region_trigger_data": {"region_count_data": [{"region": 2, "current_total": 3}]},
            },
            {("S/region2", "people_count"): (3.0, "")},
            id="Milesight VS: a region, wrapped once more",
        ),
        pytest.param(
            "strom/tele/SENSOR",
            {"Time": "2026-11-20T08:00:00", "Strom": {"Total_in": 9.5, "Power_curr": 7, "Meter_id": "090"}},
            {("strom", "energy/Strom"): (9.5, "kWh"), ("strom", "power/Strom"): (7.0, "W")},
            id="Tasmota: a meter's registers, as the documentation calls them",
        ),
        pytest.param(
            "bridge/tele/SENSOR",
            {"ZbReceived": {"0x5480": {"Device": "0x5480", "Temperature": 20.3, "EF00/0202": 24}}},
            {("bridge/0x5480", "temperature"): (20.3, "°C")},
            id="Tasmota: a bridge whose topic comes first",
        ),
        pytest.param(
            "shellies/shelly1/ext_temperature/0",
            b"18.4",
            {("shelly1", "temperature/0"): (18.4, "°C")},
            id="Shelly: a probe of the add-on",
        ),
        pytest.param(
            "axis/ACCC/event/tns:axis/AirQualityMonitor/Metadata",
            {
                "topic": "axis:AirQualityMonitor/Metadata",
                "serial": "ACCC",
                "message": {"data": {"CO2": "650", "VOC": "9"}},
            },
            {("ACCC", "co2"): (650.0, "ppm"), ("ACCC", "voc_index"): (9.0, "")},
            id="Axis: an air quality sensor",
        ),
        pytest.param("frigate/yard/motion", b"ON", {("yard", "motion"): (1.0, "")}, id="Frigate: motion"),
        pytest.param(
            "frigate/yard/audio/speech", b"OFF", {("yard", "sound_detected/speech"): (0.0, "")}, id="Frigate: a sound"
        ),
        pytest.param(
            "plant/s-1/events/rpc",
            SHELLY | {"params": {"ts": 1.6, "em:0": {"a_voltage": 230.1, "total_act_power": -9}}},
            {("s-1/em:0", "voltage/a"): (230.1, "V"), ("s-1/em:0", "power"): (-9.0, "W")},
            id="Shelly: three phases",
        ),
        pytest.param(
            "bridged/somewhere",
            SHELLY | {"params": {"ts": 1.6, "flood:0": {"alarm": True}, "temperature:0": {"tC": 22.5, "tF": 72.5}}},
            {("s-1/flood:0", "water_leak"): (1.0, ""), ("s-1/temperature:0", "temperature"): (22.5, "°C")},
            id="Shelly: a topic that somebody chose",
        ),
        pytest.param(
            "s-1/status",
            {"mqtt": {}, "sys": {"mac": "M", "uptime": 9}, "input:0": {"state": False}, "cloud": {"connected": True}},
            {("s-1/input:0", "digital_input"): (0.0, "")},
            id="Shelly: the answer to status_update",
        ),
        pytest.param(
            "shellies/em-1/info",
            {"wifi_sta": {"rssi": -60}, "emeters": [{"power": 1, "is_valid": True}, {"power": 2, "is_valid": False}]},
            {("em-1/emeter/0", "power"): (1.0, "W")},
            id="Shelly: meters, and one that measures nothing",
        ),
        pytest.param(
            "shellies/ht-1/sensor/temperature",
            b"21.4",
            {("ht-1", "temperature"): (21.4, "°C")},
            id="Shelly: first generation",
        ),
        pytest.param(
            "shellies/p-1/relay/0/energy",
            b"600",
            {("p-1/relay/0", "energy"): (600.0, "W*min")},
            id="Shelly: watt-minutes",
        ),
        pytest.param(
            "tele/t/SENSOR",
            {
                "Time": "2026-11-20T08:00:00",
                "SR04": {"Distance": 12.5},
                "BME280": {"Temperature": 70.1, "Pressure": None},
                "TempUnit": "F",
            },
            {("t", "distance/SR04"): (12.5, "cm"), ("t", "temperature/BME280"): (70.1, "°F")},
            id="Tasmota: centimetres, Fahrenheit, null",
        ),
        pytest.param(
            "tele/b/RESULT",
            {"ZbReceived": {"0x8F20": {"Name": "Hall", "Voltage": 2.995, "Battery": 98, "Endpoint": 1}}},
            {("b/0x8F20", "battery_voltage"): (2.995, "V"), ("b/0x8F20", "battery_level"): (98.0, "%")},
            id="Tasmota: a battery behind a Zigbee bridge",
        ),
        pytest.param(
            "hall/tele/STATE",
            {"UptimeSec": 9, "Wifi": {"RSSI": 54, "Signal": -73}, "POWER": "ON"},
            {("hall", "uptime"): (9.0, "s"), ("hall", "rssi"): (-73.0, "dBm")},
            id="Tasmota: the device before the prefix",
        ),
        pytest.param(
            "tele/t/SENSOR",
            {"SPS30": {"PM1_0": 2.3, "PM2_5": 2.4, "NCPM1_0": 18}, "Flora-1": {"Moisture": 23, "Fertility": 45}},
            {
                ("t", "pm1/SPS30"): (2.3, "µg/m³"),
                ("t", "pm25/SPS30"): (2.4, "µg/m³"),
                ("t", "soil_moisture/Flora-1"): (23.0, "%"),
                ("t", "conductivity/Flora-1"): (45.0, "µS/cm"),
            },
            id="Tasmota: dust by mass and not by number, soil",
        ),
        pytest.param(
            "zigbee2mqtt/floor 1/plug",
            {"state": "OFF", "power": 0, "voltage": 231, "update": {"installed_version": 3}},
            {
                ("floor 1/plug", "switch_state"): (0.0, ""),
                ("floor 1/plug", "power"): (0.0, "W"),
                ("floor 1/plug", "voltage"): (231.0, "V"),
            },
            id="zigbee2mqtt: volts on a plug",
        ),
        pytest.param(
            "garden/house-1/sensor/outdoor_temperature/state",
            b"-3.5",
            {("garden/house-1", "temperature/outdoor_temperature"): (-3.5, "°C")},
            id="ESPHome: an object id that says what it is",
        ),
        pytest.param(
            "device/sck/tok/readings/raw",
            b"{t:2017-03-24T13:35:14Z,29:48.45,13:66,10:}",
            {("tok", "noise_level"): (48.45, "dB"), ("tok", "humidity"): (66.0, "%")},
            id="Smart Citizen: the short form",
        ),
        pytest.param(
            "tele/t/SENSOR",
            {"RG15": {"Active": 0.1, "Total": 26.8}, "TX23": {"WindSpeed": {"Act": 14.8}}, "AS3935": {"Distance": 12}},
            {
                ("t", "precipitation"): (0.1, "mm"),
                ("t", "precipitation_total"): (26.8, "mm"),
                ("t", "wind_speed"): (14.8, "km/h"),
                ("t", "distance/AS3935"): (12.0, "km"),
            },
            id="Tasmota: rain, wind and lightning",
        ),
        pytest.param(
            "zigbee2mqtt/meter",
            {"power_phase_b": 13, "voltage_phase_b": 230, "produced_energy": 3.3},
            {
                ("meter", "power/b"): (13.0, "W"),
                ("meter", "voltage/b"): (230.0, "V"),
                ("meter", "energy_returned"): (3.3, "kWh"),
            },
            id="zigbee2mqtt: phases",
        ),
        pytest.param(
            "boxes",
            [{"sensor": "5a1b2c3d4e5f6a7b8c9d0e10", "value": "21.5"}],
            {("5a1b2c3d4e5f6a7b8c9d0e10", "value"): (21.5, None)},
            id="openSenseMap: an array",
        ),
    ],
)
def test_other_spelling_is_read(topic: str, body: Any, expected: Readings):
    assert told(read(topic, body)) == expected


@pytest.mark.parametrize(
    ("topic", "body", "event"),
    [
        pytest.param(
            "t",
            b'<a:EventNotificationAlert xmlns:a="urn:psialliance-org"><a:macAddress>m</a:macAddress><a:channelID>3'
            b"</a:channelID><a:eventType>linedetection</a:eventType><a:eventState>inactive</a:eventState>"
            b"</a:EventNotificationAlert>",
            ("m:3", "line_crossing_ended"),
            id="Hikvision: another namespace, the end",
        ),
        pytest.param(
            "p/onvif-ej/RuleEngine/LineDetector/Crossed/&1/2/Fence",
            {"UtcTime": "2026-11-20T08:00:00Z", "Source": {"Rule": "Fence"}, "Data": {"ObjectId": "19"}},
            ("p/Fence", "line_crossing"),
            id="ONVIF: a line",
        ),
        pytest.param(
            "axis/S/event/x",
            {
                "topic": "tns1:VideoSource/MotionAlarm",
                "timestamp": 1795161600000,
                "serial": "S",
                "message": {"data": {"State": "1"}},
            },
            ("S/MotionAlarm", "motion"),
            id="Axis: an event of ONVIF's",
        ),
        pytest.param("zigbee2mqtt/btn", {"action": "hold"}, ("btn", "hold"), id="zigbee2mqtt: a button"),
        pytest.param(
            "homie/5/mast/$alert/battery",
            b"Battery is at 3 percent",
            ("mast", "alert"),
            id="Homie: an alert with a number",
        ),
        pytest.param("t", [{"n": "d", "vs": "Machine Room"}], ("d", "text"), id="SenML: a text"),
        pytest.param(
            "p/onvif-ej/Device/HardwareFailure/TemperatureCritical/&0",
            {"UtcTime": "2026-11-20T08:00:00", "Source": {"Token": "0"}, "Data": {"Critical": "true"}},
            ("p/0", "HardwareFailure/TemperatureCritical"),
            id="ONVIF: a camera that fails",
        ),
        pytest.param(
            f"{APP}/location",
            DEVICE | {"location": {"latitude": 52.1, "longitude": 4.2}},
            ("0101", "position"),
            id="ChirpStack: a place",
        ),
        pytest.param(
            "v3/a@t/devices/d/location/solved",
            {"end_device_ids": {"device_id": "d"}, "location_solved": {"location": {"latitude": 1, "longitude": 2}}},
            ("d", "position"),
            id="Things Stack: a place",
        ),
    ],
)
def test_event_is_told(topic: str, body: Any, event: tuple[str, str]):
    decoded = read(topic, body)

    assert [(one.sensor, one.event) for one in decoded.observations] == [event]
    assert decoded.measurements == []


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        pytest.param(f"{APP}/log", DEVICE | {"level": "ERROR", "code": "UPLINK_CODEC"}, id="ChirpStack: a log"),
        pytest.param("frigate/yard/person/snapshot", b"\xff\xd8\xff\xe0", id="Frigate: a picture"),
        pytest.param("frigate/yard/motion_threshold/state", b"30", id="Frigate: a setting"),
        pytest.param("shellies/announce", {"id": "s", "mac": "A", "fw_ver": "1.2"}, id="Shelly: an announcement"),
        pytest.param("shellies/p-1/relay/0/command", b"on", id="Shelly: a command"),
        pytest.param("tele/t/INFO1", {"Info1": {"Module": "x", "Version": "12.1"}}, id="Tasmota: its version"),
        pytest.param("zigbee2mqtt/plug/set", {"state": "ON", "power": 3}, id="zigbee2mqtt: a command"),
        pytest.param(
            "zigbee2mqtt/bulb", {"color_options": {"power": 3}, "update": {"power": 2}}, id="zigbee2mqtt: options"
        ),
        pytest.param("homie/5/d/n/p/set", b"21.5", id="Homie: a set-point"),
        pytest.param("homie/5/d/$log/info", b"21.5", id="Homie: a log"),
        pytest.param("homeassistant/status", b"online", id="Home Assistant's own state"),
        pytest.param(
            "t",
            b"<EventNotificationAlert><eventType>videoloss</eventType><eventState>inactive</eventState>"
            b"</EventNotificationAlert>",
            id="Hikvision: a heartbeat",
        ),
        pytest.param(
            "p/onvif-ej/Device/Reboot", {"UtcTime": "x", "Data": {"Uptime": "3"}}, id="ONVIF: the device itself"
        ),
        pytest.param("v1.1/Things(1)", {"@iot.id": 1, "name": "mast 7"}, id="SensorThings: a thing"),
    ],
)
def test_what_is_no_reading_says_nothing(topic: str, body: Any):
    decoded = read(topic, body)

    assert (decoded.measurements, decoded.observations, decoded.statuses) == ([], [], [])


def test_last_will_of_no_family_is_a_status():
    (status,) = read("em/1/status", b"offline").statuses

    assert (status.sensor, status.online) == ("em/1", False)


def test_senml_age_is_told_where_no_time_is():
    first, second = read(
        "t", [{"bn": "d", "bt": -60, "u": "Cel", "v": 1}, {"n": "x", "u": "Cel", "v": 2, "t": 60}]
    ).measurements

    assert (first.time_ns, first.age_ns, second.age_ns) == (None, 60 * 10**9, 0)


@pytest.mark.parametrize("zone", ["UTC+8:00 CST", "UTC+08:00"])
def test_milesight_time_has_the_zone_beside_it(zone: str):
    info = {"end_time": "2026-11-20 16:00:00", "time_zone": zone, "dst_status": 0}

    (found,) = read(
        "bus/1", {"time_info": info, "line_total_data": [{"line": 1, "total": {"in_counted": 3}}]}
    ).measurements

    assert found.time_ns == parse_time("2026-11-20T08:00:00Z")
