import pytest

from city.measurement import Decoded
from ingest.decoders.times import parse_time
from tests.support.decoding import decoded, refusal, told

TOWER = {
    "time": "2021-01-05 16:25:32", "model": "Acurite-Tower", "id": 11524, "channel": "A", "battery_ok": 1,
    "temperature_C": 3.4, "humidity": 77, "mic": "CHECKSUM", "mod": "ASK", "freq": 433.9, "rssi": -0.1, "snr": 25.0,
}  # fmt: skip
STATION = {
    "time": "2021-01-05 16:25:32", "model": "Fineoffset-WS90", "id": 3, "wind_avg_km_h": 3.6, "wind_max_km_h": 7.2,
    "wind_dir_deg": 225, "rain_mm": 12.7, "light_klx": 1.2, "light_lux": 1200, "uvi": 1, "battery_mV": 3100,
    "firmware": 130, "data": "00ff",
}  # fmt: skip


@pytest.mark.parametrize("topic", ["rtl_433/attic/events", "house/radio"])
def test_an_event_is_a_reading_of_each_member_that_measures(topic: str):
    found = decoded("auto", topic, TOWER).measurements

    assert told(found) == {"battery_ok": (1.0, ""), "temperature": (3.4, "°C"), "humidity": (77.0, "%")}
    assert {(m.sensor, m.time_ns) for m in found} == {("Acurite-Tower/11524/A", None)}


def test_the_routes_zone_says_where_the_receivers_clock_hangs():
    (found, *_) = decoded("rtl_433", "rtl_433/attic/events", TOWER, timezone="Europe/Berlin").measurements

    assert found.time_ns == parse_time("2021-01-05T15:25:32Z")


def test_units_come_from_the_members_endings_and_light_is_told_once():
    assert told(decoded("auto", "rtl_433/attic/events", STATION).measurements) == {
        "wind_speed": (3.6, "km/h"),
        "wind_gust": (7.2, "km/h"),
        "wind_direction": (225.0, "°"),
        "precipitation_total": (12.7, "mm"),
        "illuminance": (1200.0, "lux"),
        "uv_index": (1.0, ""),
        "battery_voltage": (3100.0, "mV"),
    }


def test_several_probes_of_one_kind_stay_apart():
    body = {"time": "@0.1s", "model": "TFA", "id": 1, "temperature_1_C": 1.5, "temperature_2_C": 2.5, "humidity": 40}

    assert told(decoded("auto", "rtl_433/attic/events", body).measurements) == {
        "temperature/1": (1.5, "°C"),
        "temperature/2": (2.5, "°C"),
        "humidity": (40.0, "%"),
    }


@pytest.mark.parametrize(
    ("topic", "sensor"),
    [
        ("rtl_433/attic/devices/Acurite-Tower/A/11524/temperature_C", "Acurite-Tower/11524/A"),
        ("rtl_433/attic/devices/Acurite-Tower/11524/temperature_C", "Acurite-Tower/11524"),
    ],
)
def test_a_member_by_itself_is_the_same_sensors(topic: str, sensor: str):
    (found,) = decoded("auto", topic, b"3.4").measurements

    assert (found.sensor, found.quantity, found.value, found.unit) == (sensor, "temperature", 3.4, "°C")


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("rtl_433/attic/devices/Acurite-Tower/A/11524/mic", b"CHECKSUM"),
        ("rtl_433/attic/devices/Acurite-Tower/A/11524/temperature_C", b"nan"),
        ("rtl_433/attic/availability", b"online"),
        ("rtl_433/attic/states", {"enabled": 180, "frames": {"count": 12}}),
        ("rtl_433/attic/events", {"time": "x", "model": "Toyota", "type": "TPMS", "id": "f0", "pressure_PSI": 33.0}),
        ("rtl_433/attic/events", {"time": "x", "model": "Generic-Remote", "id": 5, "cmd": 62}),
    ],
)
def test_tyres_remotes_and_the_receiver_itself_measure_nothing(topic: str, body: object):
    assert decoded("auto", topic, body) == Decoded()


def test_a_topic_too_short_for_a_device_is_refused():
    assert refusal("auto", "rtl_433/attic/devices/temperature_C", b"3.4") == "bad_topic"
