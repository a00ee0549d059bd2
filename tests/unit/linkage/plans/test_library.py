"""Versions of plans, which of them holds, and what they name that the city does not have."""

from datetime import date

import pytest

from city.errors import BadCityFile
from linkage.departments import parse_departments
from linkage.plans.library import Plans, mistakes
from linkage.plans.parsing import parse_plan
from linkage.standards import parse_standards
from tests.support.linkage import DEPARTMENTS, STANDARDS
from tests.support.plans import FLOOD_PLAN

_SECOND = FLOOD_PLAN.replace('version: "1"', 'version: "2"').replace("2026-01-01", "2027-01-01")


def found(text: str) -> list[str]:
    plan = parse_plan(text, "plans/flood.yaml")
    directory, standards = parse_departments(DEPARTMENTS), parse_standards(STANDARDS)
    return [str(mistake) for mistake in mistakes([plan], directory, standards, {"east"})]


def test_newest_version_that_has_begun_holds() -> None:
    plans = Plans([parse_plan(_SECOND), parse_plan(FLOOD_PLAN)])

    assert plans.find("flood", date(2026, 12, 31)).version == "1"  # type: ignore[union-attr]
    assert plans.find("flood", date(2027, 1, 1)).version == "2"  # type: ignore[union-attr]
    assert plans.find("flood", date(2025, 1, 1)) is None


def test_same_version_twice_is_a_mistake() -> None:
    with pytest.raises(BadCityFile, match="another version"):
        Plans([parse_plan(FLOOD_PLAN), parse_plan(FLOOD_PLAN)])


def test_small_city_has_all_that_its_plan_names() -> None:
    assert found(FLOOD_PLAN) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param("department: police", "department: navy", "`navy` - at `plans/flood.yaml:", id="department"),
        pytest.param("department: police", "department: desk", "that handles", id="a desk does not handle"),
        pytest.param("incident_class: road_water", "incident_class: comet", "`comet`", id="class of the incident"),
        pytest.param("classes: [road_water], level", "classes: [comet], level", "`comet`", id="class of a trigger"),
        pytest.param("district: east", "district: moon", "a district of city.toml", id="district of a drill"),
        pytest.param("level: IV\n    warning", "level: I\n    warning", "a level that the plan has", id="level"),
    ],
)
def test_stranger_is_named_by_file_and_line(before: str, after: str, said: str) -> None:
    assert said in "\n".join(found(FLOOD_PLAN.replace(before, after, 1)))
