"""What vendors' codecs print, in the shapes that they print it in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.measurement import Decoded
from city.units import IDENTITY, conversion
from ingest.decoders.codec_names import NAMES
from ingest.decoders.codec_output import read_codec
from ingest.decoders.codec_words import named
from ingest.decoders.times import parse_time
from tests.support.decoding import told

NOON = parse_time("2026-11-20T12:00:00Z")


def read(values: object) -> Decoded:
    return read_codec("s", values, at="$", time_ns=NOON)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(
            {
                "air_humidity": {"displayName": "Air humidity", "unit": "%", "value": 41.6},
                "sap_flow": {"displayName": "Sap flow", "unit": "L/h", "value": 1.5},
                "wind_speed": {"displayName": "Wind speed", "unit": "m⋅s⁻¹", "value": 2.5},
                "device_id": 6992,
                "protocol_version": 2,
            },
            {"humidity": (41.6, "%"), "sap_flow": (1.5, "L/h"), "wind_speed": (2.5, "m⋅s⁻¹")},
            id="a value with its unit, known or not",
        ),
        pytest.param(
            {"temperature_c": 29.9, "humidity_pct": 29.6, "battery_v": 3.62, "distanceCm": 12, "co2_ppm": 412},
            {
                "temperature": (29.9, "°C"),
                "humidity": (29.6, "%"),
                "battery_voltage": (3.62, "V"),
                "distance": (12.0, "cm"),
                "co2": (412.0, "ppm"),
            },
            id="a unit at the name's end",
        ),
        pytest.param(
            {
                "sensorTemperature": 21.4,
                "relativeHumidity": 48,
                "targetTemperature": 20,
                "reason": 1,
                "openWindow": False,
            },
            {"temperature": (21.4, "°C"), "humidity": (48.0, "%"), "window_open": (0.0, "")},
            id="humps, and a set-point",
        ),
        pytest.param(
            {
                "magnet_status": "open",
                "leakage_status": "normal",
                "pir": "trigger",
                "occupancy": "vacant",
                "daylight": "dark",
            },
            {"door_open": (1.0, ""), "water_leak": (0.0, ""), "motion": (1.0, ""), "occupied": (0.0, "")},
            id="states in words",
        ),
        pytest.param(
            {
                "line_1_total_in": 72,
                "line_1_period_in": 3,
                "line_2_total_in": 9,
                "region_1_count": 4,
                "region_count": 2,
            },
            {
                "people_in_total/1": (72.0, ""),
                "people_in/1": (3.0, ""),
                "people_in_total/2": (9.0, ""),
                "people_count/1": (4.0, ""),
            },
            id="lines and regions by number",
        ),
        pytest.param(
            {"people_counter_all": 3, "region_7": 1, "regions": [{"index": 0, "count": 1}, {"index": 1, "count": 2}]},
            {
                "people_count": (3.0, ""),
                "people_count/0": (1.0, ""),
                "people_count/1": (2.0, ""),
            },
            id="regions in a list, and which of them are watched",
        ),
        pytest.param(
            {
                "temperatures": [{"id": 0, "name": "internal", "value": 19.5, "unit": "°C"}],
                "status": {"frameCounter": 1},
            },
            {"temperature/internal": (19.5, "°C")},
            id="a list of probes",
        ),
        pytest.param(
            {"zclheader": {"endpoint": 0, "attributeID": 0}, "data": {"temperature": 22.58}},
            {"temperature": (22.58, "°C")},
            id="in a part",
        ),
        pytest.param(
            {"battery": 3.6, "other": {"battery": 90}},
            {"battery_voltage": (3.6, "V"), "battery_level": (90.0, "%")},
            id="volts and per cent",
        ),
        pytest.param(
            {"ws_temp_c": 20.3, "ble0_humidity": 45, "set_temperature": 21, "frame_count": 3, "wind_speed_level": 2},
            {"temperature/ws": (20.3, "°C"), "humidity/ble0": (45.0, "%"), "wind_speed_level": (2.0, None)},
            id="one word that nobody knows in front is the probe, and a setting is none",
        ),
        pytest.param(
            {"Température": 21, "luchtvochtigheid": 44, "电量": 90},
            {"temperature": (21.0, "°C"), "humidity": (44.0, "%"), "battery_level": (90.0, "%")},
            id="in other languages",
        ),
        pytest.param(
            [{"channel": 0, "name": "temperature", "type": 103, "unit": "celcius", "value": 23}],
            {"temperature": (23.0, "°C")},
            id="a list of named values",
        ),
        pytest.param({"solar_voltage": 5.1}, {"voltage/solar": (5.1, "V")}, id="another voltage than the battery's"),
        pytest.param({"voltage_1": 3.3}, {"battery_voltage/1": (3.3, "V")}, id="a battery's voltage"),
        pytest.param(
            {"voltage_l1": 230, "current_l1": 1.5},
            {"voltage/l1": (230.0, "V"), "current/l1": (1.5, "A")},
            id="a circuit's voltage",
        ),
        pytest.param(
            {"TempC_DS18B20": "0.00", "TempC_DS": 327.67, "TempC_SHT": "0.00"},
            {"temperature/SHT": (0.0, "°C")},
            id="no probe",
        ),
        pytest.param(
            {"temperature": 21, "temperature_ambient": 22, "occupied": True, "is_occupied": True},
            {"temperature": (21.0, "°C"), "temperature/temperature_ambient": (22.0, "°C"), "occupied": (1.0, "")},
            id="two of one quantity, and the same state twice",
        ),
        pytest.param(
            {"externalTemperature2": [11.2, 11.3]},
            {"temperature/external-2-0": (11.2, "°C"), "temperature/external-2-1": (11.3, "°C")},
            id="several in a list",
        ),
        pytest.param(
            {"err": 0, "messages": [{"type": "report_telemetry", "measurementId": 4097, "measurementValue": 24.8}]},
            {"temperature": (24.8, "°C")},
            id="Seeed's numbers of measurements",
        ),
        pytest.param(
            {
                "rssi": -80,
                "snr": 9,
                "fcnt": 2,
                "bytes": [1, 2],
                "accelerometer": {"x": 1},
                "digital_out_7": 1,
                "x": 1,
                "payload": {"deep": 1},
                "temperature_alarm": 1,
            },
            {},
            id="what is no measurement",
        ),
    ],
)
def test_codec_output_is_read(values: object, expected: dict[str, tuple[float, str | None]]):
    assert told(read(values).measurements) == expected


def test_a_dot_between_units_is_one_whichever_it_is():
    assert conversion("m⋅s⁻¹", "m/s") == conversion("m·s⁻¹", "m/s") == IDENTITY


def test_position_is_an_event_and_what_found_it_nothing():
    flat = read({"latitude": 37.1, "longitude": -122.1, "altitude": 29, "sats": 12, "accuracy": 2.5, "battery": 90})
    gps = read({"gps_10": {"latitude": 37.1, "longitude": -122.1, "altitude": 12.3}})
    channel = read({"gpsLocation": {"3": {"latitude": 37.1, "longitude": -122.1, "altitude": 5.0}}})

    assert told(flat.measurements) == {"battery_level": (90.0, "%")}
    assert not gps.measurements
    assert not channel.measurements
    places = [one.observations[0] for one in (flat, gps, channel)]
    assert [(one.event, one.attributes) for one in places] == [
        ("position", {"latitude": 37.1, "longitude": -122.1, "altitude": altitude}) for altitude in (29, 12.3, 5.0)
    ]


def test_position_without_a_fix_is_none():
    assert read({"latitude": 0.0, "longitude": 0.0}).observations == []


def test_records_of_the_past_keep_their_own_time():
    found = read({"battery": 90, "history": [{"timestamp": 1688616000, "temperature": 24.5}]}).measurements

    assert {(m.quantity, m.time_ns) for m in found} == {
        ("battery_level", NOON),
        ("temperature", 1688616000 * 10**9),
    }


@given(name=st.sampled_from(sorted(NAMES)), label=st.sampled_from(["_1", "_chn2", "_external", "_max"]))
def test_every_name_is_known_with_a_label_behind(name: str, label: str):
    assert named(name) is not None
    assert named(f"{name}{label}") is not None
