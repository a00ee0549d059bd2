"""Plans of a city folder: mistakes by file and line, versions, and doubts."""

from pathlib import Path

import pytest

from liandong.city_doubts import doubts
from liandong.city_folder import BadCity, read_city
from tests.support.small_city import write_small_city


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_small_city(tmp_path / "city")


def change(root: Path, old: str, new: str, name: str = "flood.yaml") -> None:
    path = root / "plans" / name
    path.write_text((root / "plans" / "flood.yaml").read_text("utf-8").replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("traffic-police", "navy", "`navy`", id="a department that the city does not have"),
        pytest.param("30 minute", "30 moon", "`urgent_hour`", id="a clock that there is not"),
        pytest.param("role: leader", "role: king", "`leader`", id="a role that there is not"),
        pytest.param("district: hills", "district: moon", "city.toml", id="a district that the city does not have"),
    ],
)
def test_mistake_of_a_plan_is_named_by_file_and_line(small: Path, old: str, new: str, said: str) -> None:
    change(small, old, new)

    with pytest.raises(BadCity) as caught:
        read_city(small)

    assert said in str(caught.value)
    assert "plans/flood.yaml:" in str(caught.value)


def test_two_files_of_one_version_are_a_mistake(small: Path) -> None:
    change(small, "", "", "again.yaml")

    with pytest.raises(BadCity, match="another version"):
        read_city(small)


def test_plan_past_its_review_is_doubted(small: Path) -> None:
    change(small, "2099-01-01", "2026-01-02")

    assert [doubt for doubt in doubts(read_city(small)) if "reviewed by 2026-01-02" in doubt]


def test_example_citys_plans_are_whole() -> None:
    haibin = Path(__file__).resolve().parents[3] / "examples" / "haibin"

    assert sorted({plan.id for plan in read_city(haibin).plans}) == [
        "machine-room",
        "typhoon-rainstorm",
        "waterlogging",
    ]
