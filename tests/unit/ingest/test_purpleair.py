import pytest

from city.quality import Quality
from ingest.decoders.times import parse_epoch, parse_time
from tests.support.decoding import decoded, refusal, told

LOCAL = {
    "SensorId": "84:f3:eb:00:00:01", "DateTime": "2020/03/20T17:18:02z", "Geo": "PurpleAir-0001", "Mem": 19176,
    "lat": 37.7, "lon": -122.4, "Adc": "0.05", "uptime": 23516, "rssi": -63, "current_temp_f": 71,
    "current_humidity": 38, "current_dewpoint_f": 44, "pressure": "1014.30", "p25aqic": "rgb(0,228,0)",
    "pm2.5_aqi": 14, "pm1_0_cf_1": 1.9, "p_0_3_um": 645.0, "pm1_0_atm": 1.9, "pm2_5_atm": 3.5, "pm10_0_atm": 4.1,
    "pm1_0_atm_b": 2.2, "pm2_5_atm_b": "nan", "pm10_0_atm_b": 4.4, "pa_latency": 212,
}  # fmt: skip


def test_a_sensors_own_words_are_climate_and_dust_of_both_counters():
    found = decoded("auto", "purple/roof", LOCAL).measurements

    assert told(found) == {
        "temperature": (71.0, "°F"),
        "humidity": (38.0, "%"),
        "dew_point": (44.0, "°F"),
        "atmospheric_pressure": (1014.3, "hPa"),
        "pm1": (1.9, "µg/m³"),
        "pm25": (3.5, "µg/m³"),
        "pm10": (4.1, "µg/m³"),
        "pm1/b": (2.2, "µg/m³"),
        "pm10/b": (4.4, "µg/m³"),
        "rssi": (-63.0, "dBm"),
    }
    assert {(m.sensor, m.time_ns) for m in found} == {("84:f3:eb:00:00:01", parse_time("2020-03-20T17:18:02Z"))}


@pytest.mark.parametrize(("other", "quality"), [(3.6, Quality.GOOD), (7.0, Quality.GOOD), (30.0, Quality.BAD)])
def test_counters_that_disagree_are_both_doubted_and_the_climate_is_not(other: float, quality: Quality):
    found = decoded("auto", "purple/roof", {**LOCAL, "pm2_5_atm_b": other}).measurements

    assert {m.quality for m in found if m.quantity in {"pm1", "pm25", "pm10"}} == {quality}
    assert {m.quality for m in found if m.quantity in {"temperature", "humidity"}} == {Quality.GOOD}


def test_the_makers_columns_are_a_sensor_a_row():
    body = {
        "api_version": "V1.0.11-0.0.40",
        "data_time_stamp": 1652900000,
        "fields": ["sensor_index", "last_seen", "name", "humidity", "temperature", "pm2.5", "pm2.5_a", "pm2.5_b"],
        "data": [
            [1, 1652899999, "Roof", 40, 70, 3.1, 3.0, 3.2],
            [2, None, "Yard", None, 68, 90.0, 20, 160],
            [3, "short"],
        ],
    }

    found = decoded("auto", "x", body).measurements

    assert [(m.sensor, m.quantity, m.label, m.value) for m in found if m.sensor == "1"] == [
        ("1", "temperature", "", 70.0),
        ("1", "humidity", "", 40.0),
        ("1", "pm25", "", 3.1),
        ("1", "pm25", "a", 3.0),
        ("1", "pm25", "b", 3.2),
    ]
    assert {(m.sensor, m.time_ns) for m in found} == {("1", parse_epoch(1652899999)), ("2", parse_epoch(1652900000))}
    assert {m.sensor for m in found if m.quality == Quality.BAD} == {"2"}


def test_one_sensor_of_the_maker_stands_for_itself():
    body = {"api_version": "V1", "sensor": {"sensor_index": 7, "temperature": 70, "last_seen": 1652899999}}

    assert [(m.sensor, m.value) for m in decoded("auto", "x", body).measurements] == [("7", 70.0)]


def test_columns_without_rows_are_refused():
    assert refusal("purpleair", "x", {"api_version": "V1", "fields": ["sensor_index"]}) == "wrong_shape"
    assert refusal("purpleair", "", {"api_version": "V1", "fields": ["name"], "data": [["Roof"]]}) == "no_sensor"
