from collections.abc import Callable
from pathlib import Path

import pytest

from liandong.city_facts import city_facts
from liandong.city_folder import BadCity, read_city
from tests.support.small_city import write_small_city

HAIBIN = Path(__file__).resolve().parents[3] / "examples" / "haibin"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_small_city(tmp_path / "city")


def mistakes(root: Path) -> list[str]:
    with pytest.raises(BadCity) as caught:
        read_city(root)
    return [str(mistake) for mistake in caught.value.faults]


def edit(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("write", [lambda tmp_path: HAIBIN, lambda tmp_path: write_small_city(tmp_path / "city")])
def test_good_city_is_read_whole(write: Callable[[Path], Path], tmp_path: Path) -> None:
    city = read_city(write(tmp_path))

    assert city.sensors
    assert city.about.zone.key == "Asia/Shanghai"
    assert city.routes.find("city/traffic/x/reading") is not None


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        pytest.param("city.toml", "Asia/Shanghai", "Mars/Olympus", "an IANA time zone", id="time zone"),
        pytest.param(
            "city.toml", "center = [122.9, 36.2]", "center = [36.2, 122.9]", "WGS-84", id="center turned round"
        ),
        pytest.param("city.toml", "zoom = 12", "zoom = 99", "from 0 to 24", id="zoom"),
        pytest.param("city.toml", "bounds = [122.8,", "bounds = [123.8,", "[west, south, east, north]", id="bounds"),
        pytest.param("city.toml", "zoom = 12", "zom = 12", "one of bounds, center", id="unknown key"),
        pytest.param("city.toml", 'en = "Harbour"', 'fr = "Port"', "`zh` and in `en`", id="district's names"),
        pytest.param("city.toml", "zoom = 12", "zoom = [", "Expected TOML", id="not TOML"),
        pytest.param("sensors.csv", "environment,underpass_level", "sky,underpass_level", "sensors.csv:2", id="domain"),
        pytest.param("rules/rules.yaml", "major: {above: 15", "major: {abov: 15", "rules.yaml:", id="rule"),
        pytest.param("rules/rules.yaml", "water-bureau", "fire-bureau", "departments.yaml", id="unknown department"),
        pytest.param(
            "rules/rules.yaml", "class: road_water", "class: road_fire", "case-standards.yaml", id="unknown class"
        ),
    ],
)
def test_mistake_is_named_with_file_and_line(name: str, old: str, new: str, said: str, small: Path) -> None:
    edit(small, name, old, new)

    found = mistakes(small)

    assert any(said in mistake and f"{small / name}:" in mistake for mistake in found), found


def test_collector_of_a_grid_that_is_none_is_named(small: Path) -> None:
    (small / "responsibility.yaml").write_text('collectors:\n  - {username: lin, grids: ["77*"]}\n')

    assert [mistake.partition(" - at ")[2] for mistake in mistakes(small)] == [f"`{small}/responsibility.yaml:2`"]


def test_mistakes_of_all_files_are_told_together(small: Path) -> None:
    edit(small, "city.toml", "zoom = 12", "zoom = 99")
    (small / "departments.yaml").unlink()
    (small / "basemap.geojson").write_text("{}")
    (small / "sources.toml").write_text("[[route]]\nfilter = 'city/#'\ndecoder = 'fiware'\n")
    (small / "derived.toml").write_text("[noise]\n\nperiod_min = 99\n")

    found = " ".join(mistakes(small))

    for name in ("city.toml:", "departments.yaml", "basemap.geojson:1", "sources.toml:2", "derived.toml:3"):
        assert name in found


def test_file_that_is_not_text_is_named(small: Path) -> None:
    (small / "city.toml").write_bytes(b"\xff\xfe")

    assert "city.toml:1" in mistakes(small)[0]


def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path / "none")

    assert "`--city`" in mistake
    assert mistake.endswith(f"got `no folder` - at `{tmp_path / 'none'}`")


def test_folder_that_is_no_city_is_said_as_such(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path)

    assert mistake.endswith(f"got `a folder without it` - at `{tmp_path}`")


def test_api_is_told_what_the_folder_says(small: Path) -> None:
    told = city_facts(read_city(small), version="1", demo=True).city

    assert told.districts == ("harbour", "hills")
    assert told.quantities["water_level"].unit == "cm"
    assert {"road_water"} <= {one.id for one in told.classes}
    assert told.demo
