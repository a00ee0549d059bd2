"""A plan's file: what it says, and what is wrong with it by line."""

import pytest

from city.calendar import Limit, Unit
from city.errors import BadCityFile
from linkage.plans.parsing import parse_plan
from tests.support.plans import FLOOD_PLAN


def test_plan_says_levels_mildest_first() -> None:
    plan = parse_plan(FLOOD_PLAN)

    assert [level.level for level in plan.levels] == ["IV", "III", "II"]
    assert plan.tasks("IV")[0].within == Limit(30, Unit.MINUTE)
    assert plan.text == FLOOD_PLAN


def test_shortest_rhythm_of_a_department_counts() -> None:
    plan = parse_plan(FLOOD_PLAN)

    assert plan.rhythms_min("IV") == {"water": 60}
    assert plan.rhythms_min("III") == {"water": 30, "police": 30}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("need: 2", "need: 4", "1 to 3", id="more triggers needed than there are"),
        pytest.param("30 minute\n", "30 fortnight\n", "`urgent_hour`", id="a clock that does not exist"),
        pytest.param("role: leader", "role: king", "`leader`", id="a role that does not exist"),
        pytest.param("{id: close,", "{id: pump,", "stands once", id="a higher level replaces a task"),
        pytest.param("2029-01-01", "2025-01-01", "a day after 2026-01-01", id="review before it begins"),
        pytest.param("rainstorm, level: yellow", "rainstorm, level: pink", "`yellow`", id="no colour"),
        pytest.param("area: city", "area: moon", "`city`", id="no area"),
        pytest.param("version: ", "versoin: ", "one of", id="an unknown key"),
    ],
)
def test_mistake_is_named_by_line(before: str, after: str, expected: str) -> None:
    line = FLOOD_PLAN[: FLOOD_PLAN.index(before)].count("\n") + 1

    with pytest.raises(BadCityFile) as caught:
        parse_plan(FLOOD_PLAN.replace(before, after, 1), "plans/flood.yaml")

    assert expected in str(caught.value)
    assert caught.value.at == f"plans/flood.yaml:{line}"
