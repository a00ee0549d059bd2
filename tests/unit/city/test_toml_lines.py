"""TOML with the line of each table and key; what cannot be read is a mistake with its place."""

import pytest

from city.errors import BadCityFile
from city.toml_lines import parse_toml


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a = 1\nb = \n", "a.toml:2", id="no TOML"),
        pytest.param(f"a = {'[' * 5000}", "too many brackets", id="nested beyond any honest file"),
    ],
)
def test_text_that_cannot_be_read_is_refused_with_its_place(text: str, message: str):
    with pytest.raises(BadCityFile, match=message):
        parse_toml(text, "a.toml")


@pytest.mark.parametrize(
    ("header", "key", "nth", "at"),
    [
        pytest.param("[quota]", "burst_s", 0, "a.toml:3", id="a key"),
        pytest.param("[quota]", "nothing", 0, "a.toml:1", id="a key that is not there: its table"),
        pytest.param("[[source]]", "name", 1, "a.toml:7", id="of the second of several tables"),
        pytest.param("[nowhere]", "name", 0, "a.toml:1", id="a table that is not there: the file"),
    ],
)
def test_place_of_a_key_is_told_by_its_line(header: str, key: str, nth: int, at: str):
    document = parse_toml('[quota]\nx = 1\nburst_s = 2\n[[source]]\nname = "a"\n[[source]]\nname = "b"\n', "a.toml")

    assert document.at(header, key, nth=nth) == at
