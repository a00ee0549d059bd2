"""Air quality of stations: whole hours, half hours, silent stations, days, and both editions."""

from datetime import datetime

import pytest
from prometheus_client import REGISTRY

from city.level import Domain
from city.quality import Quality
from tests.support.deriving import ZONE, DerivingCity, station

HOUR = 3600
CLEAN = {"so2": 10.0, "no2": 10.0, "co": 0.5, "o3": 40.0, "pm10": 20.0, "pm25": 10.0}


def town(toml: str = "") -> DerivingCity:
    return DerivingCity(toml, [station("air")])


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()


T0 = at("2026-11-20T00:00")


def hour(city: DerivingCity, begins_s: float, *, minutes: range = range(60), flags: int = 0, **values: float):
    """Tell every minute what the air is like, and return what follows by quantity and hour."""
    rows = [
        ("air", item, begins_s + minute * 60, value, flags)
        for minute in minutes
        for item, value in (CLEAN | values).items()
    ]
    return city.hear(*rows, arrival_s=begins_s + HOUR)


def of(found, quantity: str):
    return [(time_s, value) for _, name, time_s, value, _ in found if name == quantity]


def test_hour_is_told_at_its_end_two_minutes_into_the_next():
    city = town()
    assert hour(city, T0, pm25=75.0) == []

    assert city.hear(("air", "pm25", T0 + HOUR + 119, 10.0)) == []
    found = city.hear(("air", "pm25", T0 + HOUR + 120, 10.0))

    assert of(found, "aqi_cn") == [(T0 + HOUR, 114.0)]
    assert of(found, "iaqi_cn_pm25") == [(T0 + HOUR, 114.0)]
    assert of(found, "iaqi_cn_pm10") == [(T0 + HOUR, 20.0)]


@pytest.mark.parametrize(("minutes", "told"), [(range(45), 1), (range(44), 0), (range(15, 60), 1)])
def test_hour_with_too_few_minutes_is_no_data(minutes, told):
    city, before = town(), no_data()
    hour(city, T0, minutes=minutes)

    assert len(of(hour(city, T0 + HOUR), "aqi_cn")) == told
    assert no_data() == before + (0 if told else len(CLEAN))


def no_data() -> float:
    return REGISTRY.get_sample_value("ingest_derived_no_data_total", {"derivation": "aqi_cn"}) or 0.0


def test_minutes_that_count_are_different_ones():
    city = town()
    rows = [("air", item, T0 + second, value) for second in range(0, 600, 10) for item, value in CLEAN.items()]
    city.hear(*rows)

    assert of(hour(city, T0 + HOUR), "aqi_cn") == []


def test_reading_stands_for_the_interval_that_its_sensor_promised():
    city = DerivingCity(sensors=[station("air", interval_s=300)])
    hour(city, T0, minutes=range(0, 60, 5))

    assert len(of(hour(city, T0 + HOUR), "aqi_cn")) == 1


@pytest.mark.parametrize(("pm25", "told"), [(61.0, [101.0]), (60.0, [])])
def test_hour_with_an_item_missing_is_told_above_100_only(pm25, told):
    city = town()
    _without(city, "so2", pm25)

    assert [value for _, value in of(hour(city, T0 + HOUR), "aqi_cn")] == told


def _without(city: DerivingCity, item: str, pm25: float) -> None:
    rest = {name: value for name, value in (CLEAN | {"pm25": pm25}).items() if name != item}
    city.hear(*[("air", name, T0 + minute * 60, value) for minute in range(60) for name, value in rest.items()])


def test_item_that_nobody_need_monitor_is_not_missed():
    city = town('[aqi_cn]\nexempt = ["so2"]\n')
    _without(city, "so2", 60.0)

    assert [value for _, value in of(hour(city, T0 + HOUR), "aqi_cn")] == [100.0]


def test_hours_before_march_2026_go_by_the_old_edition_and_its_sliding_means():
    city = town()
    begins = at("2026-02-27T00:00")
    found = []
    for place in range(25):
        found += hour(city, begins + place * HOUR, pm25=75.0)

    told = of(found, "iaqi_cn_pm25")
    assert told[0] == (begins + 20 * HOUR, 100.0)  # from the twentieth valid hour on
    assert len(told) == 5


def test_day_is_told_at_midnight_from_20_hours():
    city = town()
    found = []
    for place in range(4, 25):
        found += hour(city, T0 + place * HOUR, pm25=36.0, o3=165.0 if 10 <= place < 18 else 40.0)

    assert of(found, "aqi_cn_day") == [(T0 + 24 * HOUR, 105.0)]  # ozone: 165 over 8 hours


def test_day_with_too_few_hours_is_no_data():
    city = town()
    found = []
    for place in range(6, 25):
        found += hour(city, T0 + place * HOUR)

    assert of(found, "aqi_cn_day") == []


def test_day_that_ended_in_silence_is_told_when_the_station_speaks_again():
    city = town()
    for place in range(22):
        hour(city, T0 + place * HOUR)
    hour(city, T0 + 30 * HOUR)

    assert of(hour(city, T0 + 31 * HOUR), "aqi_cn_day") == [(T0 + 24 * HOUR, 20.0)]


def test_silent_station_is_told_when_we_have_listened_long_enough():
    city = town()
    hour(city, T0, minutes=range(50))
    assert city.tick(T0 + 2 * HOUR) == []  # nobody listened: its readings may wait at the broker

    city.listen(T0 + 2 * HOUR)
    assert city.tick(T0 + 2 * HOUR + 299) == []
    assert len(of(city.tick(T0 + 2 * HOUR + 300), "aqi_cn")) == 1
    assert city.tick(T0 + 3 * HOUR) == []


def test_reading_of_an_hour_that_was_told_is_not_in_it():
    city = town()
    hour(city, T0)
    hour(city, T0 + HOUR)

    assert city.hear(("air", "pm25", T0 + 60, 900.0)) == []


def test_buffered_hours_are_told_as_the_hours_that_they_were():
    city = town()
    rows = [("air", item, T0 + minute * 60, value) for minute in range(185) for item, value in CLEAN.items()]

    found = city.hear(*rows, arrival_s=T0 + 9 * HOUR)

    assert [time_s for time_s, _ in of(found, "aqi_cn")] == [T0 + HOUR, T0 + 2 * HOUR, T0 + 3 * HOUR]


def test_index_is_marked_as_its_values_are():
    city = town()
    hour(city, T0, flags=Quality.SIMULATED | Quality.LATE)

    assert {words for *_, words in hour(city, T0 + HOUR)} == {("simulated",)}


def test_american_index_is_told_where_it_is_wanted_by_its_own_name():
    city = town("[aqi_cn]\nenabled = false\n[aqi_us]\nenabled = true\n")
    for place in range(2):
        hour(city, T0 + place * HOUR, pm25=75.0)
    found = hour(city, T0 + 2 * HOUR, pm25=75.0)

    assert of(found, "aqi_us") == [(T0 + 2 * HOUR, 165.0)]
    assert of(found, "nowcast_us_pm25") == [(T0 + 2 * HOUR, 75.0)]
    assert of(found, "aqi_cn") == []


def test_air_elsewhere_has_no_index_unless_the_city_says_so():
    garage = station("air", domain=Domain.MACHINE_ROOM)
    for toml, told in (("", 0), ("[[aqi_cn.where]]\nsensors = ['air']\n", 1)):
        city = DerivingCity(toml, [garage])
        hour(city, T0)

        assert len(of(hour(city, T0 + HOUR), "aqi_cn")) == told
