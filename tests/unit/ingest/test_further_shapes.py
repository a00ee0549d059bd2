"""Named families as further firmwares, options and servers write them, each in numbers of our own."""

import json
from typing import Any

import pytest

from city.measurement import Decoded
from ingest.decoders.decoder_set import DecoderSet
from ingest.decoders.families import FAMILIES
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import parse_time
from tests.support.decoding import decoded, told

AT = "2026-03-04T01:15:00Z"
ALERT = {
    "macAddress": "02:00:5e:10:00:07",
    "channelID": 4,
    "dateTime": "2026-03-04T09:15:00+08:00",
    "eventType": "loitering",
    "eventState": "active",
    "targetType": "human",
}
PEOPLE = (
    '<EventNotificationAlert xmlns="urn:psialliance-org"><macAddress>02:00:5e:10:00:08</macAddress>'
    "<channelID>1</channelID><dateTime>2026-03-04T09:15:00+08:00</dateTime><eventType>PeopleCounting</eventType>"
    "<eventState>active</eventState><peopleCounting><statisticalMethods>timeRange</statisticalMethods>"
    "<enter>6</enter><exit>5</exit></peopleCounting></EventNotificationAlert>"
)
DISK = (
    '<tt:MetadataStream xmlns:tt="a" xmlns:wsnt="b" xmlns:tnsaxis="c"><wsnt:NotificationMessage>'
    "<wsnt:Topic>tnsaxis:Storage/Alert</wsnt:Topic>"
    '<tt:Message UtcTime="2026-03-04T01:15:00Z" PropertyOperation="Changed">'
    '<tt:Source><tt:SimpleItem Name="disk_id" Value="SD_DISK"/></tt:Source>'
    '<tt:Data><tt:SimpleItem Name="temperature" Value="41"/><tt:SimpleItem Name="wear" Value="-3"/></tt:Data>'
    "</tt:Message></wsnt:NotificationMessage></tt:MetadataStream>"
)


def axis(topic: str, data: dict[str, str], source: dict[str, str] | None = None) -> dict[str, Any]:
    return {"topic": topic, "timestamp": parse_time(AT), "message": {"source": source or {}, "data": data}}


def push(*parts: tuple[str, bytes]) -> bytes:
    return b"".join(b"--b7\r\n%s\r\n\r\n%s\r\n" % (head.encode(), body) for head, body in parts) + b"--b7--\r\n"


def test_a_body_may_begin_with_a_byte_order_mark():
    body = {"deviceInfo": {"devEui": "70b3d50000000009"}, "fPort": 2, "object": {"temperature": 12.5}}

    found = decoded("auto", "lora/keller", b"\xef\xbb\xbf" + json.dumps(body).encode()).measurements

    assert told(found) == {"temperature": (12.5, "°C")}


def test_an_alert_in_json_is_found_beside_its_picture():
    parts = (
        ("Content-Type: application/json", json.dumps(ALERT).encode()),
        ("Content-Type: image/jpeg", b"\xff\xd8\xff"),
    )

    (event,) = decoded("auto", "hik/push", push(*parts)).observations

    assert (event.sensor, event.event) == ("02:00:5e:10:00:07:4", "loitering")
    assert event.attributes == {"active": True, "target": "human"}


def test_an_event_of_the_websocket_stream_is_that_of_mqtt():
    event = axis("tnsaxis:CameraApplicationPlatform/FenceGuard/Camera1Profile3", {"active": "1"})
    body = {"apiVersion": "1.0", "method": "events:notify", "params": {"notification": event}}

    assert decoded("auto", "ws", body) == decoded("axis", "ws", event)
    assert [one.event for one in decoded("auto", "ws", body).observations] == ["intrusion"]


def test_a_cameras_disk_tells_what_it_can():
    alert = axis("tnsaxis:Storage/Alert", {"temperature": "41", "wear": "-3", "alert": "0"}, {"disk_id": "SD_DISK"})

    (by_mqtt,) = decoded("axis", "axis/B8A44F000001/event/tns:axis/Storage/Alert", alert).measurements
    (by_stream,) = decoded("axis", "cams/9", DISK.encode()).measurements

    assert (by_mqtt.sensor, by_mqtt.value, by_mqtt.unit) == ("B8A44F000001/SD_DISK", 41.0, "°C")
    assert (by_stream.quantity, by_stream.value) == ("device_temperature", 41.0)


def test_a_camera_that_runs_hot_says_so():
    hot = axis("tns1:Device/tnsaxis:Status/Temperature/Above", {"sensor_level": "1"})

    (event,) = decoded("axis", "axis/B8A44F000001/event/x", hot).observations

    assert (event.event, event.attributes) == ("Temperature/Above", {"active": True})


def test_thermometers_in_a_picture_speak_kelvin():
    box = {"@ItemID": "5", "@MaxTemperature": "301.5", "@MinTemperature": "288.25"}
    body = {"UtcTime": AT, "Source": {"VideoSourceToken": "vs4"}, "Data": {"Reading": {"BoxTemperatureReading": box}}}

    found = decoded("auto", "t4/onvif-ej/VideoAnalytics/Radiometry/BoxTemperatureReading/&vs4", body).measurements

    assert told(found) == {"temperature/max": (301.5, "K"), "temperature/min": (288.25, "K")}
    assert {one.sensor for one in found} == {"t4/vs4/5"}


def test_how_busy_a_cameras_processor_is_is_read():
    body = {"UtcTime": AT, "Source": {"Token": "Core1"}, "Data": {"Value": "27.5"}}

    (found,) = decoded("auto", "c8/onvif-ej/Monitoring/ProcessorUsage/&Core1", body).measurements

    assert (found.sensor, found.quantity, found.value, found.unit) == ("c8/Core1", "cpu_usage", 27.5, "%")


def test_a_recorders_host_is_told_from_its_own_processes():
    processes = {"frigate.full_system": {"cpu": "31.5", "mem": "44.0"}, "812": {"cpu": "9.0", "mem": "2.5"}}
    body = {"detectors": {}, "detection_fps": 2.0, "cpu_usages": processes, "service": {}}
    body |= {"gpu_usages": {"vaapi": {"gpu": "17 %", "mem": "-%"}}}

    found = told(decoded("frigate", "frigate/stats", body).measurements)

    assert found == {
        "detection_fps": (2.0, "1/s"), "cpu_usage": (31.5, "%"), "memory_usage": (44.0, "%"), "gpu_usage": (17.0, "%")
    }  # fmt: skip


def test_whom_a_counter_took_for_a_woman_is_a_label():
    inside = {"current_total": 9, "current_female": 4, "current_male": 5}
    body = {
        "device_info": {"device_sn": "VS3"},
        "region_trigger_data": {"region_count_data": [{"region": 2, "total": inside}]},
    }

    found = decoded("auto", "vs/x", body).measurements

    assert {key: value for key, (value, _) in told(found).items()} == {
        "people_count": 9.0, "people_count/female": 4.0, "people_count/male": 5.0,
    }  # fmt: skip


def test_a_counters_own_alarm_counts_nobody():
    body = {"device_info": {"device_sn": "VS3"}, "time_info": {"time": AT}, "alarm_data": [{"storage_usage": 93}]}

    assert decoded("auto", "vs/x", body) == Decoded()


def test_points_of_thingpark_come_with_one_record_or_with_none():
    points = {"temperature": {"unitId": "Cel", "record": 8.25}, "humidity": {"unitId": "%RH"}}
    uplink = {"DevEUI": "0018B200000000AA", "Time": AT, "payload": {"temperature": 8.25}, "points": points}

    with_points = decoded("auto", "tp", {"DevEUI_uplink": uplink}).measurements
    without = decoded("auto", "tp", {"DevEUI_uplink": {**uplink, "points": {}}}).measurements

    assert told(with_points) == {"temperature": (8.25, "Cel")}
    assert told(without) == {"temperature": (8.25, "°C")}


def test_a_streams_id_is_quoted_in_topics_alone():
    auto = DecoderSet(FAMILIES).make("auto", DecoderOptions())
    stream = {"@iot.id": "b7", "unitOfMeasurement": {"symbol": "hPa"}, "ObservedProperty": {"name": "air pressure"}}

    auto.decode("v1.1/Datastreams('b7')", json.dumps(stream).encode())
    (found,) = auto.decode("v1.1/Datastreams('b7')/Observations", b'{"result": 1003.5}').measurements

    assert (found.quantity, found.unit, found.value) == ("air pressure", "hPa", 1003.5)


def test_each_result_of_streams_that_observe_together_is_what_its_own_place_says():
    auto = DecoderSet(FAMILIES).make("auto", DecoderOptions())
    units = [{"symbol": "°C"}, {"symbol": "%"}]
    streams = {
        "@iot.id": 6,
        "unitOfMeasurements": units,
        "ObservedProperties": [{"name": "Taupunkt"}, {"name": "Feuchte"}],
    }

    auto.decode("v1.1/MultiDatastreams(6)", json.dumps(streams).encode())
    found = auto.decode("v1.1/MultiDatastreams(6)/Observations", b'{"result": [4.5, 71]}').measurements

    assert told(found) == {"Taupunkt/0": (4.5, "°C"), "Feuchte/1": (71.0, "%")}


def test_a_point_that_its_controller_could_not_read_is_none():
    points = {"flow": {"raw_data": 3.5, "status": 1, "timestamp": 1772586890.5}, "level": {"raw_data": 0, "status": 0}}
    body = {"timestamp": 1772586900.25, "group": "default", "values": {"PLC-2": points}}

    (found,) = decoded("auto", "v1/gw/up", body).measurements

    assert (found.sensor, found.quantity, found.value) == ("PLC-2", "flow", 3.5)
    assert found.time_ns == 1_772_586_890_500_000_000


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"temperature": -999}, id="nines"),
        pytest.param({"battery": 255}, id="eight bits"),
        pytest.param({"co2": -1}, id="minus one of what cannot be below zero"),
        pytest.param({"humidity": "6553.5 %"}, id="sixteen bits in tenths, in words"),
    ],
)
def test_a_codecs_number_for_no_value_is_none(said: dict[str, object]):
    body = {"deviceInfo": {"devEui": "70b3d50000000009"}, "object": {**said, "illuminance": 120}}

    assert told(decoded("auto", "x", body).measurements) == {"illuminance": (120.0, "lux")}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({"temperature": -1}, {"temperature": (-1.0, "°C")}, id="a degree of frost"),
        pytest.param({"co2": 9999}, {"co2": (9999.0, "ppm")}, id="air that bad exists"),
        pytest.param({"power": -999}, {"power": (-999.0, "W")}, id="a roof that feeds in"),
        pytest.param({"pulse_count": 65535}, {"pulse_count": (65535.0, "")}, id="a counter has no end"),
    ],
)
def test_such_a_number_is_a_value_where_the_quantity_can_have_it(said: dict[str, object], expected: object):
    assert (
        told(decoded("auto", "x", {"deviceInfo": {"devEui": "70b3d50000000009"}, "object": said}).measurements)
        == expected
    )


def test_a_stream_whose_unit_is_known_may_say_that_it_has_no_value():
    auto = DecoderSet(FAMILIES).make("auto", DecoderOptions())
    stream = {"@iot.id": 4, "unitOfMeasurement": {"symbol": "°C"}, "ObservedProperty": {"name": "temperature"}}

    auto.decode("v1.1/Datastreams(4)", json.dumps(stream).encode())

    assert auto.decode("v1.1/Datastreams(4)/Observations", b'{"result": -9999}').measurements == []
    assert auto.decode("v1.1/Datastreams(5)/Observations", b'{"result": -9999}').measurements[0].value == -9999.0


def test_a_crossing_may_be_told_for_one_class_alone():
    body = {"timestamp": parse_time(AT), "serial": "B8A44F000002", "message": {"data": {"totalHuman": 6}}}
    topic = "axis/B8A44F000002/event/tns:axis/CameraApplicationPlatform/ObjectAnalytics/Device1Scenario5"

    (found,) = decoded("auto", topic, body).measurements

    assert (found.sensor, found.label, found.value) == ("B8A44F000002/Device1Scenario5", "Human", 6.0)


def test_how_warm_a_person_is_goes_no_further():
    who = {"employeeNoString": "31", "currTemperature": 36.9, "thermometryUnit": "celsius"}
    alert = {**ALERT, "eventType": "AccessControllerEvent", "AccessControllerEvent": who}

    found = decoded("auto", "doors/4", alert)

    assert found.measurements == []
    assert found.observations[0].attributes.keys() <= {"active", "target"}


def test_an_alert_in_a_clouds_message_is_the_alert():
    message = {"header": {"deviceId": "G1", "type": "ys.open.isapi"}, "body": {"payload": "\ufeff" + PEOPLE}}

    assert decoded("auto", "cb", message) == decoded("hikvision", "cb", PEOPLE.encode())
    assert told(decoded("auto", "cb", message).measurements) == {"people_in": (6.0, ""), "people_out": (5.0, "")}


def test_a_platforms_event_stands_under_the_platforms_name():
    counted = {"enter": 31, "exit": 29, "statisticalMethods": "realTime", "targetAttrs": {"personName": "x"}}
    data = {
        "channelID": 1,
        "dateTime": "2026-03-04T09:15:00.000+08:00",
        "eventType": "peopleCounting",
        "peopleCounting": [counted],
    }
    line = {"srcIndex": "cam-8", "eventType": 131585, "happenTime": "2026-03-04T09:15:00.000+08:00", "status": 1}
    events = [{"srcIndex": "cam-7", "eventType": 131616, "status": 0, "data": data}, line]

    found = decoded("auto", "hik", {"method": "OnEventNotify", "params": {"ability": "event_pdc", "events": events}})

    assert told(found.measurements) == {"people_in_total": (31.0, ""), "people_out_total": (29.0, "")}
    assert {one.sensor for one in found.measurements} == {"cam-7"}
    assert [(one.sensor, one.event, one.time_ns) for one in found.observations] == [
        ("cam-8", "line_crossing", parse_time(AT))
    ]


def test_what_a_codec_gave_no_name_is_left_out():
    said = {"": 7.5, "\u202e": 8.5, "x" * 300: 9.5, "flow": 2.5}
    body = {"deviceInfo": {"devEui": "70b3d50000000009"}, "object": said}

    assert [one.value for one in decoded("auto", "x", body).measurements] == [2.5]


def test_a_register_may_say_that_it_has_no_value():
    registers = [{"name": "Humidity", "value": 6553.5, "unit": "%"}, {"name": "Flow", "value": 6553.5, "unit": "m3/h"}]
    body = {"router_sn": "77", "bserver_id": 2, "registers": registers}

    assert told(decoded("auto", "x", body).measurements) == {"Flow": (6553.5, "m3/h")}


def test_a_report_is_read_whatever_its_wrapper_is_called():
    report = {"Ver": "1.0.1", "dir": "up", "id": "880099", "r_data": [{"name": "Temp", "value": "19.5", "err": "0"}]}

    (found,) = decoded("auto", "x", {"rw_prot": report}).measurements

    assert (found.sensor, found.quantity, found.value) == ("880099", "Temp", 19.5)


def test_counts_may_come_as_texts():
    body = {"device_info": {"device_sn": "VS3"}, "line_trigger_data": [{"line": 2, "total": {"in": "7", "out": ""}}]}

    assert told(decoded("auto", "x", body).measurements) == {"people_in": (7.0, "")}


def test_a_pack_of_one_record_may_lack_its_list():
    (found,) = decoded("auto", "x", {"bn": "roof:", "n": "t", "u": "Cel", "v": 4.5}).measurements

    assert (found.sensor, found.quantity, found.value) == ("roof:t", "temperature", 4.5)


def test_phases_and_places_are_of_their_parts_quantity_and_limits_are_not():
    said = {"power": {"l1": 120, "l2": 80}, "temperature": {"outdoor": -4.5, "max": 60}, "ts": 1772586900}
    body = {"deviceInfo": {"devEui": "70b3d50000000009"}, "object": said}

    assert told(decoded("auto", "x", body).measurements) == {
        "power/l1": (120.0, "W"), "power/l2": (80.0, "W"), "temperature/outdoor": (-4.5, "°C"),
    }  # fmt: skip


@pytest.mark.parametrize("status", [[1], {"a": 1}, "1", None], ids=["a list", "an object", "a text", "null"])
def test_a_platforms_state_of_another_type_is_none(status: object):
    event = {"srcIndex": "cam-9", "eventType": 131331, "happenTime": "2026-03-04T09:15:00+08:00", "status": status}

    (found,) = decoded("auto", "hik", {"method": "OnEventNotify", "params": {"events": [event]}}).observations

    assert (found.event, found.attributes) == ("motion", {})


def test_a_flat_metric_is_its_hosts_and_a_lone_text_says_whose():
    flat = {"name": "tank", "timestamp": 1772586900, "host": "edge7", "level": 3.5}
    renamed = [{"level": 4.5, "service": "tank(edge8)"}, {"level": 5.5, "service": "tank(edge9)"}]

    of_host = decoded("telegraf_json", "telegraf/x", flat).measurements
    of_service = decoded("telegraf_json", "telegraf/x", renamed).measurements

    assert [(one.sensor, one.quantity) for one in of_host] == [("edge7", "level")]
    assert [(one.sensor, one.value) for one in of_service] == [("tank(edge8)", 4.5), ("tank(edge9)", 5.5)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(
            {"meter": {"total_volume_m3": 71.25, "flow_m3h": 0.5}},
            {"volume": (71.25, "m³"), "water_flow": (0.5, "m³/h")},
            id="a meter",
        ),
        pytest.param(
            {"fire_alarm": False, "smoke_alarm": "alarm"},
            {"fire": (0.0, ""), "smoke": (1.0, "")},
            id="alarms that are states",
        ),
        pytest.param({"power_factor": 97}, {"power_factor": (97.0, "%")}, id="a power factor in hundredths"),
        pytest.param({"magnet_x": 118, "accZ": 63, "box": 2}, {"box": (2.0, None)}, id="axes of what nobody knows"),
    ],
)
def test_a_codecs_word_is_read(said: dict[str, object], expected: object):
    body = {"deviceInfo": {"devEui": "70b3d50000000009"}, "object": said}

    assert told(decoded("auto", "x", body).measurements) == expected


def test_a_rule_that_counts_is_read_whatever_it_is_called():
    body = {"UtcTime": AT, "Source": {"Rule": "Kasse 3"}, "Data": {"Count": "4", "Level": "High"}}

    (found,) = decoded("auto", "c2/onvif-ej/VideoAnalytics/QueueDetection/&1/Kasse 3", body).measurements

    assert (found.sensor, found.quantity, found.value) == ("c2/Kasse 3", "object_count", 4.0)


def test_a_thermometers_alarm_tells_whether_it_holds():
    body = {"UtcTime": AT, "Source": {"RuleName": "Trafo"}, "Data": {"AlarmActive": "true"}}

    (found,) = decoded("auto", "c2/onvif-ej/RuleEngine/Radiometry/TemperatureAlarm/&1/Trafo", body).observations

    assert found.attributes == {"active": True}
