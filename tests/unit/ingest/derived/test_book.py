"""`derived.toml`: what a city may say of what is computed, and how its mistakes are named."""

import pytest

from city.errors import BadCityFile
from ingest.derived.book import KINDS, DerivedBook

USUAL = ["dew_point", "aqi_cn", "noise", "traffic", "ups", "rate"]


def names(text: str) -> list[str]:
    return [kind.name for kind, _ in DerivedBook.parse(text).chosen]


def test_city_that_says_nothing_has_what_needs_no_choice():
    assert names("") == USUAL
    assert names("[noise]\nenabled = false\n[aqi_us]\nenabled = true\n[rate]\nenabled = false\n") == [
        kind.name for kind in KINDS if kind.name not in {"noise", "rate"}
    ]


@pytest.mark.parametrize(
    ("text", "at", "expected", "got"),
    [
        pytest.param("[dew]\n", "derived.toml:1", "tables of dew_point, aqi_cn", "dew", id="no such derivation"),
        pytest.param("noise = 3\n", "derived.toml:1", "a table `[noise]`", "3", id="no table"),
        pytest.param(
            "[noise]\nperiod = 3\n", "derived.toml:2", "one of enabled, period_min", "period", id="no such key"
        ),
        pytest.param("[noise]\n\nperiod_min = 90\n", "derived.toml:3", "from 2 to 60", "90", id="a number too large"),
        pytest.param("[aqi_cn]\nenabled = 1\n", "derived.toml:2", "true or false", "1", id="a number is no yes"),
        pytest.param("[aqi_cn]\nexempt = ['pm1']\n", "derived.toml:2", "of so2, no2", "pm1", id="no item of the index"),
        pytest.param("[aqi_cn]\nexempt = 'so2'\n", "derived.toml:2", "a list of words", "so2", id="no list"),
        pytest.param(
            "[[noise.zone]]\nclass = '1'\ntags = ['a']\n[[noise.zone]]\nclass = '5'\ntags = ['b']\n",
            "derived.toml:5",
            "one of 0, 1, 2, 3, 4a, 4b",
            "5",
            id="no zone of GB 3096",
        ),
        pytest.param(
            "[[noise.zone]]\nclass = '1'\n", "derived.toml:1", "sensors by", "none of them", id="of no sensor"
        ),
        pytest.param("[[noise.zone]]\ntags = ['a']\n", "derived.toml:1", "`class` one of", "nothing", id="no class"),
        pytest.param(
            "[[traffic.road]]\ntags = ['a']\n", "derived.toml:1", "`class` or `free_flow_kmh`", "neither", id="no road"
        ),
        pytest.param(
            "[[traffic.road]]\nclass = 'lane'\ntags = ['a']\n",
            "derived.toml:2",
            "expressway",
            "lane",
            id="no such road",
        ),
        pytest.param(
            "[[ups.battery]]\nkinds = ['ups']\n",
            "derived.toml:1",
            "`full_load_min` a number",
            "nothing",
            id="no battery",
        ),
        pytest.param(
            "[[dew_point.where]]\ndomains = ['room']\n", "derived.toml:2", "of traffic", "room", id="no domain"
        ),
        pytest.param("[noise\n", "derived.toml:1", "TOML", "", id="no TOML"),
    ],
)
def test_mistake_is_named_with_its_line(text, at, expected, got):
    with pytest.raises(BadCityFile) as caught:
        DerivedBook.parse(text)

    assert caught.value.at == at
    assert expected in caught.value.expected
    assert got in str(caught.value.got)
