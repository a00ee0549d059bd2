"""Products of rooms, homes and meters in further models and firmwares, each in numbers of our own."""

import pytest

from ingest.decoders.times import parse_time
from tests.support.decoding import decoded, told

NOON = "2026-03-04T12:00:00Z"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(
            {"SML": {"E_in": 812.5, "E_out": 20.25, "P": -310, "L1": -90}},
            {"energy/SML": (812.5, "kWh"), "energy_returned/SML": (20.25, "kWh"), "power/SML": (-310.0, "W")},
            id="a meter by the letters of its script",
        ),
        pytest.param({"SML": {"P": -310}}, {}, id="a letter alone"),
        pytest.param(
            {"ENERGY": {"TotalTariff": [12.5, 30.25], "ExportActive": 1.5}},
            {
                "energy/tariff1": (12.5, "kWh"),
                "energy/tariff2": (30.25, "kWh"),
                "energy_returned": (1.5, "kWh"),
            },
            id="tariffs and what went out",
        ),
        pytest.param({"SGP30": {"aHumidity": 8.5}}, {"absolute_humidity/SGP30": (8.5, "g/m³")}, id="absolute humidity"),
        pytest.param({"IBEACON": {"UID": "0A0B0C0D0E0F", "RSSI": -64}}, {}, id="what somebody carries"),
        pytest.param({"LYWSD-1": {"RSSI": -81}}, {"rssi/LYWSD-1": (-81.0, "dBm")}, id="how well it was heard"),
        pytest.param(
            {"MLX90640": {"Temperature": [21.5, 33.25]}, "TempUnit": "C"},
            {"temperature/MLX90640-0": (21.5, "°C"), "temperature/MLX90640-1": (33.25, "°C")},
            id="points in a picture",
        ),
        pytest.param({"BL0940": {"Temperature": 41.5}}, {"device_temperature": (41.5, "°C")}, id="a meter's chip"),
        pytest.param(
            {
                "NeoPool": {
                    "pH": {"Data": 7.25, "Min": 7.1, "Max": 7.4},
                    "Redox": {"Data": 688, "Setpoint": 700},
                    "Chlorine": {"Data": 0.75, "Setpoint": 1},
                }
            },
            {
                "ph/NeoPool": (7.25, "pH"),
                "redox_potential/NeoPool": (688.0, "mV"),
                "residual_chlorine/NeoPool": (0.75, "ppm"),
            },
            id="a pool's electrodes, and not what they are set to",
        ),
        pytest.param(
            {"TIC": {"ADCO": "010203040506", "BASE": "000812345", "IINST": "004", "IMAX": "060", "PAPP": "00910"}},
            {"energy/TIC": (812345.0, "Wh"), "current/TIC": (4.0, "A"), "apparent_power/TIC": (910.0, "VA")},
            id="a French meter's frame",
        ),
    ],
)
def test_tasmota_drivers(said: dict[str, object], expected: object):
    assert told(decoded("auto", "tele/m7/SENSOR", {"Time": "2026-03-04T12:00:00", **said}).measurements) == expected


def test_tasmota_s_whole_status_has_its_drivers():
    body = {"Status": {"Power": 1}, "StatusSNS": {"DS18B20": {"Id": "0007", "Temperature": 8.5}, "TempUnit": "C"}}

    assert told(decoded("auto", "stat/m7/STATUS0", body).measurements) == {"temperature/0007": (8.5, "°C")}


def test_tasmota_s_prefix_between_place_and_device():
    found = decoded("auto", "yard/shed/tele/m7/SENSOR", {"ENERGY": {"Total": 2.5}}).measurements

    assert told(found) == {"energy": (2.5, "kWh")}
    assert {one.sensor for one in found} == {"yard/shed/m7"}


def test_shelly_of_the_first_kind_tells_all_when_it_wakes():
    body = {
        "wifi_sta": {"rssi": -70}, "unixtime": 1772625600, "uptime": 3,
        "tmp": {"value": 71.5, "units": "F", "is_valid": True}, "hum": {"value": 61, "is_valid": False},
        "bat": {"value": 84, "voltage": 2.75},
    }  # fmt: skip

    found = decoded("auto", "shellies/shellyht-7/info", body).measurements

    assert told(found) == {"temperature": (71.5, "°F"), "battery_level": (84.0, "%"), "battery_voltage": (2.75, "V")}
    assert {(one.sensor, one.time_ns) for one in found} == {("shellyht-7", parse_time(NOON))}


def test_shelly_detector_tells_each_change():
    body = {"motion": False, "timestamp": 1772625600, "active": True, "vibration": True, "lux": 31, "bat": 77}

    assert told(decoded("auto", "shellies/shellymotion-7/status", body).measurements) == {
        "motion": (0.0, ""), "vibration": (1.0, ""), "illuminance": (31.0, "lux"), "battery_level": (77.0, "%"),
    }  # fmt: skip


def test_shelly_valve_behind_a_gateway_tells_what_is_and_not_what_is_wanted():
    valve = {"id": 201, "target_C": 21.5, "current_C": 18.5, "pos": 60, "rssi": -71, "battery": 90, "rsv": 61}
    body = {
        "src": "gw7",
        "dst": "gw7/events",
        "method": "NotifyStatus",
        "params": {"ts": 1772625600, "blutrv:201": valve},
    }

    assert told(decoded("auto", "gw7/events/rpc", body).measurements) == {
        "temperature": (18.5, "°C"),
        "valve_position": (60.0, "%"),
        "battery_level": (90.0, "%"),
        "rssi": (-71.0, "dBm"),
    }


def test_zigbee_window_and_index():
    found = decoded("auto", "zigbee2mqtt/hall/7", {"window_open": True, "voc_index": 104}).measurements

    assert told(found) == {"window_open": (1.0, ""), "voc_index": (104.0, "")}


def test_zigbee_clamps_together_valve_and_counter():
    body = {"power_ab": -12.5, "valve_position": 31, "radioactive_events_per_minute": 19}

    assert told(decoded("auto", "zigbee2mqtt/hall/7", body).measurements) == {
        "power/ab": (-12.5, "W"), "valve_position": (31.0, "%"), "counts_per_minute": (19.0, "1/min"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "said", "expected"),
    [
        pytest.param("climate/hall/current_temperature", b"19.5", {"temperature/hall": (19.5, "°C")}, id="what is"),
        pytest.param("climate/hall/target_temperature", b"21.5", {}, id="what is wanted"),
        pytest.param("number/offset", b"-2", {}, id="a setting"),
        pytest.param("cover/gate/position", b"35", {"cover_position/gate": (35.0, "%")}, id="how far open"),
        pytest.param("sensor/water_pressure", b"3.5", {"pressure/water_pressure": (3.5, None)}, id="water's pressure"),
        pytest.param(
            "sensor/bme680_pressure",
            b"1001.5",
            {"atmospheric_pressure/bme680_pressure": (1001.5, "hPa")},
            id="the air's pressure",
        ),
    ],
)
def test_esphome_tells_what_is(topic: str, said: bytes, expected: object):
    assert told(decoded("auto", f"flat7/{topic}/state", said).measurements) == expected
