"""The city names its machine rooms, underpasses and roads."""

from pathlib import Path

import pytest

from city.errors import BadCityFile
from liandong.city_about import parse_about
from liandong.city_facts import city_facts
from liandong.city_folder import read_city

HAIBIN = Path(__file__).resolve().parents[3] / "examples" / "haibin"
CITY = 'timezone = "Asia/Shanghai"\ncenter = [1, 2]\n[name]\nzh = "城"\nen = "City"\n[sites]\n'


def test_sites_are_named_in_both_languages() -> None:
    about = parse_about(CITY + '"east-1" = { zh = "东机房", en = "East room" }\n')

    assert about.sites == {"east-1": {"zh": "东机房", "en": "East room"}}


def test_site_with_half_a_name_is_refused_at_its_line() -> None:
    with pytest.raises(BadCityFile, match=r"a name in `zh` and in `en`.* - at `city.toml:8`"):
        parse_about(CITY + 'east = { zh = "东", en = "East" }\nwest = { zh = "西" }\n')


def test_every_site_of_the_example_city_is_named_also_in_exercises() -> None:
    city = read_city(HAIBIN)
    named = city_facts(city, version="1", demo=False).city.site_names

    assert {sensor.site for sensor in city.sensors if sensor.site} <= named.keys()
    assert named["drill-underpass-07"] == named["underpass-07"]
    assert named["underpass-07"].en == "Heshun Road underpass 7"
