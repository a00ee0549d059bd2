"""What programs tell in the name of many devices: OPC UA, Domoticz, collectd, Telegraf, GX devices, meters."""

import json
from typing import Any

import pytest

from city.errors import UndecodableMessage
from city.quality import Quality
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import parse_time
from tests.support.auto import Readings, decode, told
from tests.support.decoding import DECODERS

TIME = "2026-11-20T08:00:00Z"


def opc(payload: dict[str, Any], **more: Any) -> dict[str, Any]:
    message = {"DataSetWriterName": "press", "Timestamp": TIME, "Payload": payload, **more}
    return {"MessageType": "ua-data", "PublisherId": "plc", "Messages": [message]}


VALUES = {"host": "h", "plugin": "sensors", "plugin_instance": "core", "interval": 10, "time": 1_795_161_600.5}
DEVICE = {"idx": 7, "name": "Office", "nvalue": 0, "Battery": 255, "RSSI": 12}


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param(
            "opc/x",
            opc({"Running": {"Value": True}, "Zone1/Temperature": 21.5, "Name": "text", "Range": {"Low": 1}}),
            {("plc/press", "Running"): (1.0, None), ("plc/press", "Temperature/Zone1"): (21.5, None)},
            id="OPC UA: fields whole and raw",
        ),
        pytest.param(
            "x",
            {"body": [opc({"Speed": {"Value": 3}})]},
            {("plc/press", "Speed"): (3.0, None)},
            id="OPC UA: within a cloud's envelope",
        ),
        pytest.param(
            "x",
            {"NodeId": "ns=2;s=T", "ApplicationUri": "urn:plc", "DisplayName": "T", "Value": {"Value": 21.5}},
            {("urn:plc", "T"): (21.5, None)},
            id="OPC UA: a sample",
        ),
        pytest.param("x", {"MessageType": "ua-metadata", "MetaData": {"Fields": []}}, {}, id="OPC UA: metadata"),
        pytest.param("x", opc({"Event": {"EventId": "e", "Severity": 900}}), {}, id="OPC UA: an event has no value"),
        pytest.param(
            "domoticz/out",
            DEVICE | {"dtype": "Temp + Humidity", "stype": "TH", "svalue1": "21.5", "svalue2": "40", "svalue3": "1"},
            {("domoticz/7", "temperature"): (21.5, "°C"), ("domoticz/7", "humidity"): (40.0, "%")},
            id="Domoticz: on mains",
        ),
        pytest.param(
            "domoticz/out",
            DEVICE | {"dtype": "General", "stype": "kWh", "svalue1": "120", "svalue2": "4000.5", "Battery": 80},
            {
                ("domoticz/7", "power"): (120.0, "W"),
                ("domoticz/7", "energy"): (4000.5, "Wh"),
                ("domoticz/7", "battery_level"): (80.0, "%"),
            },
            id="Domoticz: a meter",
        ),
        pytest.param(
            "domoticz/out", DEVICE | {"dtype": "General", "stype": "Alert", "svalue1": "3"}, {}, id="Domoticz: others"
        ),
        pytest.param(
            "spBv1.0/g/DDATA/n/d",
            {
                "timestamp": 1_795_161_600_000,
                "seq": 0,
                "metrics": [
                    {"name": "Inlet/Temperature", "dataType": "Float", "value": 21.5, "properties": {"engUnit": "°C"}},
                    {"name": "Level", "dataType": "Int16", "value": -3},
                    {"name": "Text", "dataType": "String", "value": "7"},
                ],
            },
            {("g/n/d", "inlet_temperature"): (21.5, "°C"), ("g/n/d", "Level"): (-3.0, None)},
            id="Sparkplug as JSON",
        ),
        pytest.param(
            "neuron/up",
            {"node": "m", "group": "g", "timestamp": 1_795_161_600_000, "values": {"T1": 5}, "errors": {"T2": 2014}},
            {("m/g", "T1"): (5.0, None)},
            id="Neuron: values",
        ),
        pytest.param(
            "neuron/up",
            {"node": "m", "group": "g", "timestamp": 1_795_161_600_000, "values": {"T1": 5}, "tags": True},
            {("m/g", "T1"): (5.0, None)},
            id="Neuron: values beside tags that are none",
        ),
        pytest.param(
            "neuron/up",
            {
                "node": "m",
                "group": "g",
                "timestamp": 1,
                "tags": [{"name": "T1", "value": 5}, {"name": "T2", "error": 1}],
            },
            {("m/g", "T1"): (5.0, None)},
            id="Neuron: tags",
        ),
        pytest.param(
            "Advantech/00D0C9FAD51C/data",
            {"s": 1, "t": 0, "q": 192, "c": 1, "di1": True, "do2": False, "ai_1": 32.5, "di1_cnt": 4},
            {
                ("00D0C9FAD51C", "digital_input/1"): (1.0, ""),
                ("00D0C9FAD51C", "switch_state/2"): (0.0, ""),
                ("00D0C9FAD51C", "analog_input/1"): (32.5, None),
            },
            id="Advantech: channels",
        ),
        pytest.param("Advantech/00D0C9FAD51C/ctl/do1", {"v": True}, {}, id="Advantech: a command"),
        pytest.param(
            "devices/abc/telemetry",
            {"sensors": {"indoor": {"temp_c": 22}, "outdoor": {"temp_c": 18}}},
            {("abc", "temperature/indoor"): (22.0, "°C"), ("abc", "temperature/outdoor"): (18.0, "°C")},
            id="places of one device",
        ),
        pytest.param(
            "collectd/h",
            [
                VALUES | {"values": [45], "dstypes": ["gauge"], "dsnames": ["value"], "type": "temperature"},
                VALUES | {"values": [1, 2], "dstypes": ["", ""], "dsnames": ["rx", "tx"], "type": "if_octets"},
                VALUES | {"values": [1], "dstypes": ["gauge"], "dsnames": ["value"], "type": "entropy"},
            ],
            {
                ("h/sensors/core", "temperature"): (45.0, "°C"),
                ("h/sensors/core", "in_octets"): (1.0, "B"),
                ("h/sensors/core", "out_octets"): (2.0, "B"),
            },
            id="collectd: by type",
        ),
        pytest.param(
            "N/p/battery/256/Dc/0/Voltage",
            {"value": 12.9},
            {("p/battery/256", "voltage/Dc/0/Voltage"): (12.9, "V")},
            id="Victron: a battery",
        ),
        pytest.param("N/p/battery/256/Soc", {"value": None}, {}, id="Victron: not connected"),
        pytest.param("N/p/battery/256/ProductId", {"value": 515}, {}, id="Victron: what is no reading"),
        pytest.param(
            "dsmr/reading/electricity_delivered_1",
            "123.4",
            {("dsmr", "energy/electricity_delivered_1"): (123.4, "kWh")},
            id="DSMR",
        ),
        pytest.param("dsmr/reading/timestamp", "2026-11-20", {}, id="DSMR: a time"),
        pytest.param(
            "telegraf/h",
            "temp,host=h,sensor=core0_crit temp=100\ntemp,host=h,sensor=core0_input temp=56",
            {("h/core0_input", "device_temperature"): (56.0, "°C")},
            id="Telegraf: a limit that its tag names",
        ),
        pytest.param(
            "telegraf/h",
            "redfish_power_voltages,address=a,name=VRM1 reading_volts=12,upper_threshold_fatal=15\n"
            "redfish_storage,address=a capacity_bytes=2i",
            {("a/VRM1", "voltage"): (12.0, "V")},
            id="Telegraf: Redfish",
        ),
        pytest.param(
            "telegraf/h",
            "openweathermap,city=X,forecast=* temperature=16\nopenweathermap,city=X,forecast=3h temperature=20",
            {("X", "temperature"): (16.0, None)},
            id="Telegraf: a forecast",
        ),
        pytest.param(
            "telegraf/h",
            "temp,topic=sensor/room1 value=21.5",
            {("sensor/room1", "temp"): (21.5, None)},
            id="Telegraf: somebody's own measurement of a plugin's name",
        ),
        pytest.param(
            "redfish/h",
            {
                "@odata.id": "/redfish/v1/Chassis/1/PowerSubsystem/PowerSupplies/Bay1/Metrics",
                "Name": "PSU 1",
                "FanSpeedPercent": {"Reading": 68, "SpeedRPM": 3290},
                "RailVoltage": [{"DataSourceUri": "/x/3V", "Reading": 3.31}, {"DataSourceUri": "/x/5V", "Reading": 5}],
                "PolyPhaseVoltage": {"Line1ToNeutral": {"Reading": 230}},
            },
            {
                ("h/PSU 1", "fan_speed"): (68.0, "%"),
                ("h/PSU 1", "fan_speed/rpm"): (3290.0, "rpm"),
                ("h/PSU 1", "voltage/3V"): (3.31, "V"),
                ("h/PSU 1", "voltage/5V"): (5.0, "V"),
                ("h/PSU 1", "voltage/Line1ToNeutral"): (230.0, "V"),
            },
            id="Redfish: rails and phases",
        ),
    ],
)
def test_bridge_is_understood(topic: str, body: Any, expected: Readings):
    assert told(decode(topic, body)) == expected


def test_redfish_report_tells_parts_with_their_times():
    values = [
        {"MetricId": "RPMReading", "MetricValue": "5040", "Timestamp": TIME, "Oem": {"Dell": {"ContextID": "Fan.1"}}},
        {"MetricId": "Odd", "MetricValue": "3", "MetricProperty": "/redfish/v1/Chassis/1/Sensors/Inlet#/Reading"},
        {"MetricId": "State", "MetricValue": "Enabled"},
    ]
    body = {"@odata.type": "#MetricReport.v1_0_0.MetricReport", "Id": "Fans", "MetricValues": values}

    decoded = decode("redfish/srv-1", body)

    assert told(decoded) == {("srv-1/Fan.1", "fan_speed"): (5040.0, "rpm"), ("srv-1/Inlet", "Odd"): (3.0, None)}
    assert [one.time_ns for one in decoded.measurements] == [parse_time(TIME), None]


def test_redfish_event_tells_no_names():
    told_event = {"MessageId": "IDRAC.2.8.USR0030", "Message": "Successfully signed in bob", "Severity": "OK"}
    body = {"@odata.type": "#Event.v1_5_0.Event", "Events": [told_event | {"EventTimestamp": TIME}, {"MessageId": 1}]}

    (found,) = decode("redfish/srv-1", body).observations

    assert (found.sensor, found.event, found.time_ns) == ("srv-1", "USR0030", parse_time(TIME))
    assert found.attributes == {"severity": "OK"}


def test_opc_status_is_the_servers_own_word():
    fields = {"A": {"Value": 1, "StatusCode": 0x80340000}, "B": {"Value": 2, "StatusCode": {"Symbol": "BadNoData"}}}

    found = decode("x", opc(fields | {"C": {"Value": 3, "SourceTimestamp": TIME}})).measurements

    assert [one.quality for one in found] == [Quality.BAD, Quality.BAD, Quality.GOOD]
    assert {one.time_ns for one in found} == {parse_time(TIME)}


@pytest.mark.parametrize(
    ("family", "body"),
    [("domoticz", {"idx": 1}), ("collectd", [{"values": 1}]), ("collectd", "text"), ("domoticz", [1])],
)
def test_bridge_refuses_others(family: str, body: object):
    with pytest.raises(UndecodableMessage) as caught:
        DECODERS[family](DecoderOptions()).decode("t", json.dumps(body).encode())

    assert caught.value.reason == "wrong_shape"
