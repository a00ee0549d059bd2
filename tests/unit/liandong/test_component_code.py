"""The city says what its components' codes look like."""

import pytest

from city.errors import BadCityFile
from liandong.city_about import parse_about
from registry.component_csv import USUAL_CODE

CITY = 'timezone = "Asia/Shanghai"\ncenter = [1, 2]\n[name]\nzh = "城"\nen = "City"\n'


def test_city_that_says_nothing_has_the_standards_codes() -> None:
    assert parse_about(CITY).component_code == USUAL_CODE


def test_city_says_its_own() -> None:
    assert parse_about('component_code = "[0-9]{19}"\n' + CITY).component_code == "[0-9]{19}"


@pytest.mark.parametrize("pattern", ['"[0-9"', "16"])
def test_what_is_no_pattern_is_named_with_its_line(pattern: str) -> None:
    with pytest.raises(BadCityFile, match=r"regular expression .* at `city.toml:1`"):
        parse_about(f"component_code = {pattern}\n" + CITY)
