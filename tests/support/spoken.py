"""One small message of each payload family, as a device would send it; what fuzzers begin from."""

SPOKEN: dict[str, tuple[str, bytes]] = {
    "native": ("city/traffic/a/reading", b'{"time": "2026-11-20T08:00:00Z", "values": {"flow": 3}, "quality": "bad"}'),
    "tts_v3": (
        "v3/a@t/devices/d/up",
        b'{"end_device_ids": {"device_id": "d"}, "received_at": "2026-11-20T08:00:00Z", "uplink_message": '
        b'{"f_port": 1, "decoded_payload": {"TempC_DS": "3 C"}, "normalized_payload": [{"air": {"co2": 5}}]}}',
    ),
    "lpwan_servers": (
        "app/devices/d/up",
        b'{"dev_id": "d", "payload_fields": {"temperature": 3, "list": [{"v": "4", "t": 1795161600}]}, "metadata": '
        b'{"time": "2026-11-20T08:00:00Z"}, "meta": {"device": "e"}, "params": {"decoded": {"co2": 5}}, "data": {}}',
    ),
    "nb_iot": (
        "t",
        b'{"msg": [{"type": 1, "dev_id": 7, "ds_id": "temperature", "at": 1795161600000, "value": "3"}], "nonce": "n", '
        b'"deviceId": "d", "productId": "p", "timestamp": "1795161600000"}',
    ),
    "thingpark_loriot": (
        "t",
        b'{"DevEUI_uplink": {"DevEUI": "A", "Time": "2026-11-20T08:00:00Z", "payload": {"temperature": {"value": 3}}, '
        b'"points": {"co2": {"unitId": "ppm", "records": [{"value": 4, "eventTime": "x"}]}}}}',
    ),
    "milesight_gateway": (
        "t",
        b'{"applicationID": "1", "devEUI": "AgICAgICAgI=", "data": "", "objectJSON": "{}", "rxInfo": [{"time": "x"}], '
        b'"object": {"regions": [{"index": 0, "count": 3}], "gps": {"latitude": 1, "longitude": 2}}}',
    ),
    "fiware": (
        "/k/d/attrs",
        b'{"id": "u:1", "type": "WeatherObserved", "temperature": {"value": "3", "unitCode": "CEL", '
        b'"metadata": {"TimeInstant": {"value": "2026-11-20T08:00:00Z"}}}, "refDevice": ["d"], "dateObserved": "a/b"}',
    ),
    "influx_line": ("telegraf/h", b'cpu,host=a,unit=C usage_active=3i,v=t,s="x" 1795161600'),
    "telegraf_json": (
        "telegraf/h",
        b'{"metrics": [{"name": "cpu", "fields": {"usage_active": 3}, "tags": {"host": "a"}, "timestamp": 1}]}',
    ),
    "chirpstack_v4": (
        "application/1/device/d/event/up",
        b'{"deviceInfo": {"devEui": "d"}, "time": "2026-11-20T08:00:00Z", "margin": 3, "batteryLevel": 4, '
        b'"object": {"temperature": 3, "resp": {"info_fields": {"temp": {"timestamp": 1795161600, "value": 3}}}}}',
    ),
    "senml": (
        "t",
        b'[{"bn": "d/", "bt": 1795161600, "bu": "Cel", "bv": 1, "bver": 10, "n": "t", "v": 3, "s": 4, "t": -5}, '
        b'{"n": "x", "vb": true}, {"n": "y", "vs": "word"}]',
    ),
    "sensorthings": (
        "v1.1/Datastreams(1)/Observations",
        b'{"result": 3, "phenomenonTime": "a/b", "@iot.id": 1, "unitOfMeasurement": {"symbol": "C", "name": "n"}, '
        b'"ObservedProperty": {"name": "x"}, "Observations": [{"result": "4"}], "Datastream": {"@iot.id": 2}}',
    ),
    "axis": (
        "axis/S/event/x/Device1Scenario1",
        b'{"topic": "axis:CameraApplicationPlatform/ObjectAnalytics/Device1Scenario1", "timestamp": 1795161600000, '
        b'"serial": "S", "message": {"source": {}, "data": {"startTime": "x", "total": "3", "totalCar": "2"}}}',
    ),
    "onvif_mqtt": (
        "p/onvif-ej/RuleEngine/CountAggregation/Counter/&1/r",
        b'{"UtcTime": "2026-11-20T08:00:00Z", "Source": {"Rule": "r"}, "Data": {"Count": "3", "State": "true"}, '
        b'"SensorData": {"@UtcTime": "x", "Value": 3}, "VideoAnalytics": {"Frame": {"Object": [{"Appearance": '
        b'{"Class": {"Type": {"#text": "Car"}}}}]}}}',
    ),
    "hikvision": (
        "h",
        b'<EventNotificationAlert xmlns="http://www.hikvision.com/ver20/XMLSchema"><macAddress>a:b</macAddress>'
        b"<channelID>1</channelID><dateTime>2026-11-20T08:00:00+08:00</dateTime><eventType>VMD</eventType>"
        b"<eventState>active</eventState><peopleCounting><enter>3</enter></peopleCounting></EventNotificationAlert>",
    ),
    "milesight_vs": (
        "bus/1",
        b'{"device_info": {"device_sn": "S"}, "time_info": {"end_time": "2026-11-20 08:00:00", "time_zone": '
        b'"UTC+8:00", "dst_status": 1}, "line_total_data": [{"line": 1, "total": {"in_counted": 3}}], '
        b'"region_trigger_data": {"region_count_data": [{"region": 1, "current_total": 2}]}}',
    ),
    "dahua": (
        "cams/7",
        b'{"Code": "TrafficFlowStat", "Action": "Pulse", "Index": 2, "Data": {"Lane": 1, "UTC": 1795161600, '
        b'"UTCMS": 5, "Vehicles": 3, "AverageSpeed": "44", "EnteredSubtotal": 2, "Object": {"ObjectType": "Car"}}}',
    ),
    "traffic_lanes": (
        "radar/3",
        b'{"deviceId": "R3", "timestamp": 1795161600000, "lanes": [{"lane": 1, "volume": 12, "speed": "45.5", '
        b'"density": 3}]}',
    ),
    "hj212": (
        "hj212/1",
        b"##0087ST=22;CN=2061;MN=01;CP=&&DataTime=20261120200000;a34004-Avg=12,a34004-Flag=N;LA-Rtd=5&&E981",
    ),
    "datex2": (
        "t",
        b"<d:siteMeasurements xmlns:d='http://datex2.eu/schema/2/2_0'><d:measurementSiteReference id='S1'/>"
        b"<d:measurementTimeDefault>2026-11-20T12:00:00Z</d:measurementTimeDefault><d:measuredValue index='1'>"
        b"<d:averageVehicleSpeed><d:dataError>true</d:dataError><d:speed>98.5</d:speed></d:averageVehicleSpeed>"
        b"</d:measuredValue></d:siteMeasurements>",
    ),
    "digitraffic": (
        "t",
        b'{"id": 7, "sensorValues": [{"id": 1, "stationId": 7, "name": "ILMA", "value": 3.5, "unit": "\xc2\xb0C", '
        b'"measuredTime": "2026-11-20T12:00:00Z"}], "properties": {"situationId": "x"}}',
    ),
    "hsl_hfp": (
        "/hfp/v2/journey/ongoing/vp/ferry/1/2",
        b'{"VP": {"desi": "551", "oper": 18, "veh": 423, "tst": "2026-11-20T12:00:00.000Z", "spd": 6.5, "hdg": 270, '
        b'"lat": 60.2, "long": 24.6, "acc": -0.3, "dl": -120, "odo": 1234, "drst": 0, "occu": 5}}',
    ),
    "sensor_community": (
        "air/1",
        b'{"esp8266id": "123", "sensordatavalues": [{"value_type": "SDS_P1", "value": "14.4"}, {"value_type": '
        b'"BME280_pressure", "value": "99912.2"}], "age": 5, "timestamp": "2026-11-20 12:00:00"}',
    ),
    "frigate": (
        "frigate/events",
        b'{"type": "end", "before": {}, "after": {"camera": "c", "label": "car", "end_time": 1795161600.5, '
        b'"current_zones": ["z"], "data": {"objects": ["o"]}, "score": 0.9, "false_positive": false}}',
    ),
    "shelly": (
        "p/events/rpc",
        b'{"src": "s", "dst": "d", "method": "NotifyStatus", "params": {"ts": 1795161600.5, "switch:0": '
        b'{"output": true, "apower": 3, "aenergy": {"total": 4}}, "events": [{"event": "e", "component": "c"}]}}',
    ),
    "tasmota": (
        "tele/t/SENSOR",
        b'{"Time": "2026-11-20T08:00:00", "DS18B20-1": {"Id": "0A", "Temperature": 3}, "Switch1": "ON", '
        b'"TempUnit": "C", "ENERGY": {"Power": [1, 2]}, "ZbReceived": {"0x1": {"Temperature": 4}}}',
    ),
    "zigbee2mqtt": (
        "zigbee2mqtt/a/b",
        b'{"temperature": 3, "voltage": 3000, "battery": 90, "state": "ON", "action": "x"}',
    ),
    "smartcitizen": (
        "device/sck/t/readings",
        b'{"data": [{"recorded_at": "2026-11-20 08:00:00", "sensors": [{"id": 12, "value": 3}]}]}',
    ),
    "homie": (
        "homie/5/d/$description",
        b'{"nodes": {"n": {"properties": {"p": {"datatype": "float", "unit": "x"}}}}}',
    ),
    "ha_discovery": (
        "homeassistant/sensor/o/config",
        b'{"~": "b", "stat_t": "~/s", "dev_cla": "power", "unit_of_meas": "W", "val_tpl": "{{ value_json.a }}", '
        b'"dev": {"ids": ["d"]}, "uniq_id": "u", "cmps": {"c": {"p": "sensor"}}}',
    ),
    "opensensemap": ("t", b'{"5a1b2c3d4e5f6a7b8c9d0e10": [1, "2026-11-20T08:00:00Z", [1, 2]]}'),
    "plain": (
        "site/7",
        b'{"device": {"id": "d"}, "ts": 1795161600000, "temperature": {"value": 3, "unit": "C"}, "wind": {"speed": 2}, '
        b'"sensors": {"a": {"co2": 5}}, "readings": [{"name": "hum", "value": "4 %"}], "voltage": {"l1": 230}}',
    ),
    "opc_ua": (
        "opc/x",
        b'[{"body": {"MessageType": "ua-data", "PublisherId": "p", "Messages": [{"DataSetWriterId": 1, "Timestamp": '
        b'"2026-11-20T08:00:00Z", "Payload": {"T": {"Value": 3, "StatusCode": {"Code": 5}}, "F": 4}}]}}, '
        b'{"NodeId": "n", "DisplayName": "d", "ApplicationUri": "u", "Value": {"Value": 1, "StatusCode": "BadX"}}]',
    ),
    "domoticz": (
        "domoticz/out",
        b'{"idx": 5, "dtype": "General", "stype": "kWh", "nvalue": 0, "svalue1": "3", "svalue2": "4", "Battery": 255}',
    ),
    "collectd": (
        "collectd/h",
        b'[{"values": [1, 2], "dstypes": ["a", "b"], "dsnames": ["rx", "tx"], "time": 1795161600.5, "host": "h", '
        b'"plugin": "p", "plugin_instance": "i", "type": "if_octets", "type_instance": "t"}]',
    ),
    "victron": ("N/p/battery/256/Dc/0/Voltage", b'{"value": 12.9}'),
    "dsmr": ("dsmr/reading/electricity_delivered_1", b"123.4"),
    "plc_tags": (
        "neuron/x",
        b'{"node": "modbus", "group": "grp", "timestamp": 1795161600000, "values": {"T/a": 3}, "tags": '
        b'[{"name": "b", "value": true}, {"name": "c", "error": 2014}], "errors": {"d": 1}}',
    ),
    "wmbus": (
        "wmbusmeters/Tap",
        b'{"media": "cold water", "meter": "multical21", "id": "76348799", "name": "Tap", "total_m3": 6.408, '
        b'"flow_temperature_c": 127, "max_flow_m3h": 0.1, "timestamp": "2026-11-20T08:00:00Z", "rssi_dbm": -70}',
    ),
    "one_m2m": (
        "/oneM2M/req/app/cse/json",
        b'{"m2m:sgn": {"sur": "//sp/cse/base/room/temperature/sub", "nev": {"rep": {"m2m:cin": {"con": '
        b'"{\\"temperature\\": 21.5}", "ct": "20261120T080000"}}}}, "pc": {"m2m:cin": {"con": 3}}, "to": "/a/b/c"}',
    ),
    "lwm2m": (
        "lwm2m/dam-7/up/notify",
        b'{"ep": "dam-7", "content": [{"path": "/3303/0/5700", "value": 4.5}, {"path": "/3303/0/5701", "value": "C"}, '
        b'{"path": "/3/0/7", "value": 3550}], "val": {"/3304/1": {"resources": {"5700": {"value": "61"}}}}}',
    ),
}
