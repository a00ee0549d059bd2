"""Named families in the shapes of further models and firmwares, each in numbers of our own."""

import pytest

from ingest.decoders.times import parse_time
from tests.support.decoding import decoded, refusal, told

HIK = (
    '<EventNotificationAlert xmlns="urn:psialliance-org"><macAddress>02:00:5e:10:00:01</macAddress>'
    "<channelID>2</channelID>"
    "<dateTime>2026-03-04T09:15:00+08:00</dateTime><eventType>PeopleCounting</eventType><eventState>active</eventState>"
    "<peopleCounting><statisticalMethods>timeRange</statisticalMethods><enter>14</enter><exit>9</exit></peopleCounting>"
    "<childCounting><enter>3</enter><exit>1</exit></childCounting></EventNotificationAlert>"
)


def test_a_counter_s_children_are_told_apart():
    found = decoded("auto", "cams/x", HIK.encode()).measurements

    assert {key: value for key, (value, _) in told(found).items()} == {
        "people_in": 14.0, "people_out": 9.0, "people_in/child": 3.0, "people_out/child": 1.0,
    }  # fmt: skip


def test_how_long_one_stayed_is_read_and_who_it_was_is_not():
    stay = {"region": 4, "duration": 61250, "people_id": 77, "dwell_start_time": "2026-03-04T09:00:00+08:00"}
    body = {"device_info": {"device_sn": "VS9"}, "region_trigger_data": {"dwell_time_data": [stay]}}

    (found,) = decoded("auto", "vs/x", body).measurements

    assert (found.sensor, found.quantity, found.value, found.unit) == ("VS9/region4", "dwell_time", 61250.0, "ms")


def test_how_loud_a_camera_hears_is_part_of_its_health():
    camera = {"camera_fps": 12.5, "audio_dBFS": -41.25, "audio_rms": 96.5, "pid": 4}
    body = {"cameras": {"dock": camera}, "detectors": {}, "detection_fps": 1.5, "service": {}}

    found = told(decoded("frigate", "frigate/stats", body).measurements)

    assert found["audio_level/audio"] == (-41.25, "dBFS")
    assert found["audio_rms/audio"] == (96.5, "")


def test_levels_with_namespaces_are_the_levels():
    topic = "02:00:5e:10:00:02/onvif-ej/Device/tns1:Trigger/tnsmaker:DigitalInput/&0/3"
    body = {"UtcTime": "2026-03-04T01:00:00Z", "Source": {"InputToken": "3"}, "Data": {"LogicalState": "true"}}

    (found,) = decoded("auto", topic, body).measurements

    assert (found.sensor, found.quantity, found.value) == ("02:00:5e:10:00:02/3", "digital_input", 1.0)


REDFISH = {"@odata.id": "/redfish/v1/Chassis/7U/x", "Id": "x", "Name": "Part"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"FanSpeedPercent": {"Reading": 41.5, "SpeedRPM": 2650}},
            {"fan_speed": (41.5, "%"), "fan_speed/rpm": (2650.0, "rpm")},
            id="a power supply's fan, both ways",
        ),
        pytest.param(
            {"FanSpeedsPercent": [{"DeviceName": "Fan 3", "Reading": 55, "SpeedRPM": 3100}]},
            {"fan_speed/Fan 3": (55.0, "%"), "fan_speed/Fan 3/rpm": (3100.0, "rpm")},
            id="a chassis' fans",
        ),
        pytest.param({"DetectorState": "Critical"}, {"water_leak": (1.0, "")}, id="a leak"),
        pytest.param({"DetectorState": "OK"}, {"water_leak": (0.0, "")}, id="no leak"),
        pytest.param({"DetectorState": "Unavailable"}, {}, id="a detector that is not there"),
    ],
)
def test_redfish_parts_tell_turns_and_leaks(body: dict[str, object], expected: object):
    assert told(decoded("auto", "dc/bmc-3", {**REDFISH, **body}).measurements) == expected


def test_a_part_without_a_name_is_the_list_s_by_its_number():
    parts = [{"MemberId": "1", "LineInputVoltage": 226}, {"MemberId": "2", "Name": "Bay", "LineInputVoltage": 227}]

    found = decoded("auto", "dc/bmc-3", {**REDFISH, "PowerSupplies": parts}).measurements

    assert [one.sensor.rpartition("/")[2] for one in found] == ["PowerSupplies#1", "Bay#2"]


def test_a_metric_without_an_id_is_its_property():
    value = {
        "MetricProperty": "/redfish/v1/Chassis/7U/Sensors/power_rack",
        "MetricValue": "612.5",
        "Timestamp": "2026-03-04T01:00:00Z",
    }
    body = {"@odata.type": "#MetricReport.v1_3_0.MetricReport", "Id": "Power", "MetricValues": [value]}

    (found,) = decoded("auto", "dc/bmc-3", body).measurements

    assert (found.quantity, found.value) == ("power_rack", 612.5)
    assert found.time_ns == parse_time("2026-03-04T01:00:00Z")


def test_points_of_a_gateway_are_read_but_for_those_with_an_error():
    points = [
        {"name": "Uab", "value": "398.5", "err": "0"},
        {"name": "Temp", "value": "31.25", "err": 0},
        {"name": "Lost", "value": "0", "err": "1"},
    ]

    found = decoded("auto", "usr/report", {"params": {"dir": "up", "id": "GW0007", "r_data": points}}).measurements

    assert told(found) == {"Uab": (398.5, None), "Temp": (31.25, None)}
    assert {one.sensor for one in found} == {"GW0007"}


def test_work_on_a_road_is_an_event_at_a_place():
    body = {"time": 1_772_600_000, "tasks": ["SALTING", "PLOUGHING"], "x": 24.5, "y": 61.25, "source": "somebody"}

    (found,) = decoded("auto", "maintenance-v2/routes/state-roads", body).observations

    assert (found.sensor, found.event) == ("state-roads", "road_maintenance")
    assert found.attributes == {"tasks": "SALTING, PLOUGHING", "latitude": 61.25, "longitude": 24.5}


def test_a_counter_of_particles_tells_numbers_beside_masses():
    values = [{"value_type": f"SPS30_{key}", "value": value} for key, value in (("N05", "18.5"), ("TS", "0.55"))]

    found = decoded("auto", "air/x", {"esp8266id": "77", "sensordatavalues": values}).measurements

    assert told(found) == {"particles_n05/SPS30": (18.5, "1/cm³"), "particle_size/SPS30": (0.55, "µm")}


BOX = {
    "_id": "64aa00000000000000000001",
    "name": "Rooftop",
    "sensors": [
        {
            "_id": "64aa0000000000000000000a",
            "title": "Temperatur",
            "unit": "°C",
            "lastMeasurement": {"value": "17.5", "createdAt": "2026-03-04T01:00:00.000Z"},
        },
        {"_id": "64aa0000000000000000000b", "title": "Salz", "unit": "g", "lastMeasurement": {"value": "2.5"}},
        {"_id": "64aa0000000000000000000c", "title": "PM10", "unit": "µg/m³"},
    ],
}


@pytest.mark.parametrize("body", [pytest.param(BOX, id="one box"), pytest.param([BOX], id="a list")])
def test_a_box_says_what_its_sensors_measure(body: object):
    found = decoded("auto", "osem/x", body).measurements

    assert told(found) == {"temperature": (17.5, "°C"), "Salz": (2.5, "g")}
    assert [one.time_ns for one in found] == [parse_time("2026-03-04T01:00:00Z"), None]


def test_a_default_telegraf_tells_the_shares_of_its_processors():
    metric = {"name": "cpu", "tags": {"host": "edge-2", "cpu": "cpu-total"}, "timestamp": 1_772_600_000}
    fields = {"usage_idle": 81.25, "usage_iowait": 0.5, "usage_user": 12.5}

    found = decoded("auto", "telegraf/edge-2", {**metric, "fields": fields}).measurements

    assert told(found) == {"cpu_idle": (81.25, "%"), "cpu_iowait": (0.5, "%"), "cpu_user": (12.5, "%")}


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param(
            "tele/mast/SENSOR",
            {"BMP280": {"Pressure": 988.5, "SeaPressure": 1012.25}, "PressureUnit": "hPa"},
            {"atmospheric_pressure/BMP280": (988.5, "hPa"), "sea_level_pressure/BMP280": (1012.25, "hPa")},
            id="Tasmota: pressure at the sea",
        ),
        pytest.param(
            "tele/desk/SENSOR",
            {"SonoffSC": {"Light": 15, "Noise": 25, "AirQuality": 90}},
            {"light_share": (15.0, "%"), "noise_share": (25.0, "%"), "air_quality_share": (90.0, "%")},
            id="Tasmota: shares of a converter",
        ),
        pytest.param(
            "shellypro3em-0a/status/em:0",
            {"id": 0, "a_freq": 49.75, "b_freq": 50.25, "c_freq": 50.0},
            {"frequency/a": (49.75, "Hz"), "frequency/b": (50.25, "Hz"), "frequency/c": (50.0, "Hz")},
            id="Shelly: the frequency of each phase",
        ),
        pytest.param(
            "zigbee2mqtt/radiator",
            {"pi_heating_demand": 35},
            {"heating_demand": (35.0, "%")},
            id="zigbee2mqtt: a valve",
        ),
        pytest.param(
            "zigbee2mqtt/clamp",
            {"current_a": 2.5, "power_b": -310, "voltage_c": 228.5, "power_factor_a": 0.75, "energy_produced_b": 7.25},
            {
                "current/a": (2.5, "A"),
                "power/b": (-310.0, "W"),
                "voltage/c": (228.5, "V"),
                "power_factor/a": (0.75, ""),
                "energy_returned/b": (7.25, "kWh"),
            },
            id="zigbee2mqtt: a meter's clamps",
        ),
        pytest.param("gate/text_sensor/build/state", b"2026.3.1", {}, id="ESPHome: a text that looks like numbers"),
    ],
)
def test_products_tell_more(topic: str, body: object, expected: object):
    assert told(decoded("auto", topic, body).measurements) == expected


def test_a_list_of_sensors_without_ids_is_nobody_s_box():
    assert refusal("opensensemap", "x", {"_id": "1", "sensors": [{"title": "a"}]}) == "wrong_shape"


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        pytest.param("sse-v2/site/3", {"temperature": 6.5, "confidence": {"x": 1}}, id="a buoy's confidence"),
        pytest.param(
            "air/x",
            {
                "sensor": {"id": 3, "sensor_type": {"name": ["SDS011"]}},
                "sensordatavalues": [{"value_type": "temperature", "value": "6.5"}],
            },
            id="the kind of a sensor",
        ),
        pytest.param(
            "dc/x", {**REDFISH, "DetectorState": ["OK"], "TemperatureCelsius": {"Reading": 6.5}}, id="a state"
        ),
    ],
)
def test_a_member_of_another_kind_than_expected_spoils_nothing(topic: str, body: object):
    assert [one.value for one in decoded("auto", topic, body).measurements] == [6.5]


def test_a_covered_lens_is_an_event_as_long_as_it_is_covered():
    topic = "axis/B8A44F000007/event/tns:onvif/VideoSource/tns:axis/Tampering"
    body = {"topic": "onvif:VideoSource/axis:Tampering", "timestamp": 1780000000000, "serial": "B8A44F000007"}

    names = [
        decoded("auto", topic, {**body, "message": {"data": {"tampering": said}}}).observations[0].event
        for said in ("1", "0")
    ]

    assert names == ["tamper", "tamper_ended"]


def test_a_battery_in_volts_is_its_voltage_wherever_the_unit_stands():
    uplink = {"DevEUI_uplink": {"DevEUI": "70B3D50000000A01", "FPort": 2, "payload_hex": "00"}}
    uplink["DevEUI_uplink"]["payload"] = {
        "battery": {"value": 3.35, "unit": "V"},
        "battery2": {"value": 71, "unit": "%"},
    }

    found = told(decoded("auto", "lora/x", uplink).measurements)

    assert found["battery_voltage"] == (3.35, "V")
    assert found["battery_level/2"] == (71.0, "%")
