"""Going up a level adds to what is called for; it never replaces."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from city.calendar import Limit, Unit
from linkage.plans.plan import Plan, PlanLevel, PlanTask, ordered
from linkage.scales import LEVELS, rank

_NAMES = {"zh": "名", "en": "name"}


def level_of(name: str, departments: list[tuple[str, int]]) -> PlanLevel:
    tasks = tuple(
        PlanTask(
            id=f"{name}-{place}",
            department=department,
            role="officer",
            action=_NAMES,
            within=Limit(30, Unit.MINUTE),
            report_every_min=every,
        )
        for place, (department, every) in enumerate(departments)
    )
    return PlanLevel(level=name, expected_h=6, commander_role="leader", commander=_NAMES, measures=_NAMES, tasks=tasks)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    part = st.tuples(st.sampled_from("abcdef"), st.integers(min_value=0, max_value=240))
    names = draw(st.sets(st.sampled_from(LEVELS), min_size=1))
    levels = {name: level_of(name, draw(st.lists(part, max_size=5))) for name in names}
    return Plan(
        id="plan",
        name=_NAMES,
        event_class="accident",
        area="city",
        version="1",
        approved_by="city",
        valid_from=date(2026, 1, 1),
        next_review=date(2029, 1, 1),
        source="test",
        incident_class="road_water",
        levels=ordered(levels),
    )


@given(plans(), st.sampled_from(LEVELS), st.sampled_from(LEVELS))
def test_higher_level_keeps_every_task_of_the_lower(plan: Plan, one: str, other: str) -> None:
    low, high = sorted((one, other), key=rank)

    assert plan.tasks(high)[: len(plan.tasks(low))] == plan.tasks(low)


@given(plans(), st.sampled_from(LEVELS), st.sampled_from(LEVELS))
def test_higher_level_never_lets_a_department_report_more_rarely(plan: Plan, one: str, other: str) -> None:
    low, high = sorted((one, other), key=rank)
    before, after = plan.rhythms_min(low), plan.rhythms_min(high)

    assert all(0 < after[department] <= every for department, every in before.items() if every)


@given(plans(), st.sampled_from(LEVELS))
def test_levels_above_and_below_are_apart(plan: Plan, level: str) -> None:
    assert all(rank(below) < rank(level) < rank(above) for below in plan.below(level) for above in plan.above(level))
