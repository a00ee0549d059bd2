from pathlib import Path

import pytest

from liandong.city_doubts import doubts
from liandong.city_folder import read_city
from tests.support.small_city import write_small_city


def change(city: Path, file: str, old: str, new: str) -> None:
    path = city / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_example_city_leaves_no_doubt() -> None:
    haibin = Path(__file__).resolve().parents[3] / "examples" / "haibin"

    assert list(doubts(read_city(haibin))) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        pytest.param(
            "rules/rules.yaml", "[underpass_level]", "[underpas_level]", "got `underpass-water` about none", id="rule"
        ),
        pytest.param("sensors.csv", ",harbour,", ",harbor,", "Expected the district to be one", id="district"),
        pytest.param(
            "sensors.csv", ",pm25;", ",pm255;", "Expected a quantity of the catalogue, got `pm255`", id="quantity"
        ),
        pytest.param(
            "city.toml", "[name]", '[sites]\nnowhere = {zh = "无", en = "No"}\n[name]', "`nowhere`", id="site"
        ),
        pytest.param("sensors.csv", ",data-bureau,", ",nobody,", "Expected the authority to be one", id="department"),
        pytest.param("sensors.csv", ",122.92,", ",12.92,", "Expected places within the bounds", id="place"),
    ],
)
def test_what_is_hardly_meant_is_doubted(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    city = write_small_city(tmp_path / "city")
    change(city, file, old, new)

    assert [doubt for doubt in doubts(read_city(city)) if said in doubt]


def test_grids_that_no_collector_walks_are_doubted(tmp_path: Path) -> None:
    city = write_small_city(tmp_path / "city")
    square = '{"type":"Polygon","coordinates":[[[122,36],[123,36],[123,37],[122,36]]]}'
    cells = ",".join(f'{{"type":"Feature","properties":{{"id":"{code}"}},"geometry":{square}}}' for code in (11, 12))
    (city / "grids.geojson").write_text(f'{{"type":"FeatureCollection","features":[{cells}]}}', "utf-8")
    (city / "responsibility.yaml").write_text('collectors:\n  - {username: lin, grids: ["11"]}\n', "utf-8")

    assert [line for line in doubts(read_city(city)) if "collector" in line] == [
        "Expected a collector for every grid, got none - at `12`, `responsibility.yaml`"
    ]


def test_city_without_rules_is_doubted(tmp_path: Path) -> None:
    city = write_small_city(tmp_path / "city")
    for path in (city / "rules").iterdir():
        path.unlink()

    assert list(doubts(read_city(city))) == ["Expected at least one rule, got none - at `rules/`"]


def test_derivation_of_no_sensor_is_doubted(tmp_path: Path) -> None:
    city = write_small_city(tmp_path / "city")
    text = '[[traffic.road]]\nclass = "main"\ntags = ["main"]\n[[traffic.road]]\nclass = "main"\ntags = ["mian"]\n'
    (city / "derived.toml").write_text(text, "utf-8")

    assert [doubt for doubt in doubts(read_city(city)) if "selection" in doubt] == [
        "Expected a selection of some sensor, got one of none - at `derived.toml:4`"
    ]
