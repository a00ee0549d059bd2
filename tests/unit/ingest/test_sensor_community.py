import pytest

from ingest.decoders.times import parse_time
from tests.support.decoding import decoded, refusal, told


def values(**said: str) -> list[dict[str, str]]:
    return [{"value_type": key, "value": value} for key, value in said.items()]


def posted(**said: str) -> dict[str, object]:
    return {"software_version": "NRZ", "age": "95", "sensordatavalues": values(**said)}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({"SDS_P1": "5.38", "SDS_P2": "4.98"},
                     {"pm10/SDS": (5.38, "µg/m³"), "pm25/SDS": (4.98, "µg/m³")}, id="P1 is the coarse dust"),
        pytest.param({"BME280_pressure": "101101.17"}, {"atmospheric_pressure/BME280": (101101.17, "Pa")}, id="pascal"),
        pytest.param({"temperature": "6.26", "HECA_temperature": "7.95", "DS18B20_temperature": "12.5"},
                     {"temperature": (6.26, "°C"), "temperature/HECA": (7.95, "°C"),
                      "temperature/DS18B20": (12.5, "°C")}, id="probes stay apart"),
        pytest.param({"signal": "-59 dBm"}, {"rssi": (-59.0, "dBm")}, id="a unit in the text"),
        pytest.param({"conc_co2_ppm": "865"}, {"co2/conc": (865.0, "ppm")}, id="carbon dioxide"),
        pytest.param({"samples": "316274", "min_micro": "162", "max_micro": "394014", "interval": "145000"}, {},
                     id="the sensor's own work"),
        pytest.param({"SDS_P1": "nan", "BMP_temperature": "", "SDS_P2": "-"}, {}, id="no values"),
    ],
)  # fmt: skip
def test_values_are_what_their_type_says(said: dict[str, str], expected: object):
    found = decoded("auto", "airrohr/esp-77/data", posted(**said)).measurements

    assert told(found) == expected
    assert {m.sensor for m in found} <= {"esp-77"}


def test_id_in_the_body_comes_first():
    (found,) = decoded("sensor_community", "t", {**posted(humidity="40"), "esp8266id": "1234"}).measurements

    assert (found.sensor, found.time_ns) == ("1234", None)


def test_api_lists_sensors_by_number_with_times_of_utc():
    item = {"timestamp": "2018-12-30 11:47:14", "sensor": {"id": 92, "sensor_type": {"name": "SDS011"}}}
    counter = {"timestamp": "2018-12-30 11:47:02", "sensor": {"id": 107, "sensor_type": {"name": "PPD42NS"}}}
    body = [
        {**item, "sensordatavalues": values(P1="15.76")},
        {**counter, "sensordatavalues": values(P1="972.68", durP1="564151.50", humidity="3")},
    ]

    dust, particles = decoded("auto", "", body).measurements

    assert (dust.sensor, dust.quantity, dust.time_ns) == ("92", "pm10", parse_time("2018-12-30T11:47:14Z"))
    assert (particles.sensor, particles.quantity, particles.unit) == ("107", "particles_p1", "pcs/0.01ft³")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(posted(humidity="40"), "no_sensor", id="nobody's"),
        pytest.param({"a": 1}, "wrong_shape", id="something else"),
        pytest.param([1], "wrong_shape", id="a list of something else"),
    ],
)
def test_malformed_message_is_refused(body: object, expected: str):
    assert refusal("sensor_community", "airrohr/data", body) == expected
