"""Triggers n of m, each with its reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.plans.conditions import Burning, Facts, Incidents, Trigger, Triggers, Warned, WarningInForce, judge
from linkage.scales import COLOURS

_MINUTE_NS = 60_000_000_000
_NOW = 1_000_000 * _MINUTE_NS
_NAMES = {"zh": "名", "en": "name"}


def burning(number: int, *, level: int = 2, district: str = "east", minutes: int = 0, priority: int = 3) -> Burning:
    return Burning(
        id=number,
        incident_class="road_water",
        district=district,
        level=level,
        priority=priority,
        opened_ns=_NOW - minutes * _MINUTE_NS,
    )


def trigger(name: str, condition: Incidents | WarningInForce) -> Trigger:
    return Trigger(id=name, name=_NAMES, condition=condition)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        pytest.param(Incidents(classes=("road_water",)), True, id="class"),
        pytest.param(Incidents(classes=("heat",)), False, id="another class"),
        pytest.param(Incidents(classes=("road_water",), at_least=3), False, id="too few"),
        pytest.param(Incidents(classes=("road_water",), level=3), False, id="not bad enough"),
        pytest.param(Incidents(classes=("road_water",), priority=2), False, id="not urgent enough"),
        pytest.param(Incidents(classes=("road_water",), lasting_ns=20 * _MINUTE_NS), True, id="long enough"),
        pytest.param(Incidents(classes=("road_water",), lasting_ns=21 * _MINUTE_NS), False, id="not long enough"),
    ],
)
def test_incidents_are_counted(condition: Incidents, *, holds: bool) -> None:
    facts = Facts(_NOW, (burning(1, minutes=20), burning(2)))

    assert condition.find(facts).holds is holds


@pytest.mark.parametrize("wanted", COLOURS)
@pytest.mark.parametrize("given_level", COLOURS)
def test_warning_counts_from_its_colour_on(wanted: str, given_level: str) -> None:
    facts = Facts(_NOW, warnings=(Warned(id=1, category="rainstorm", level=given_level),))

    found = WarningInForce(category="rainstorm", level=wanted).find(facts)

    assert found.holds is (COLOURS.index(given_level) >= COLOURS.index(wanted))


def test_other_districts_do_not_count() -> None:
    here = Warned(id=1, category="gale", level="blue", districts=("west",))
    facts = Facts(_NOW, (burning(1), burning(2, district="west")), (here,)).within("east")

    assert [one.id for one in facts.incidents] == [1]
    assert facts.warnings == ()


def test_verdict_says_what_every_trigger_found() -> None:
    triggers = Triggers(
        2,
        (
            trigger("spot", Incidents(classes=("road_water",))),
            trigger("warning", WarningInForce(category="rainstorm", level="blue")),
        ),
    )

    verdict = judge(triggers, Facts(_NOW, (burning(7),)))

    assert not verdict.called
    assert [(reason.trigger, reason.holds, reason.found, reason.wanted) for reason in verdict.reasons] == [
        ("spot", True, 1, 1),
        ("warning", False, 0, 1),
    ]
    assert verdict.incidents == (7,)


@given(st.integers(1, 4), st.lists(st.integers(0, 3), max_size=8))
def test_more_incidents_never_call_for_less(need: int, levels: list[int]) -> None:
    of = tuple(
        trigger(f"t{count}", Incidents(classes=("road_water",), at_least=count, level=1)) for count in range(1, 5)
    )
    triggers = Triggers(need, of)
    some = tuple(burning(number, level=level) for number, level in enumerate(levels))

    assert judge(triggers, Facts(_NOW, some)).called <= judge(triggers, Facts(_NOW, (*some, burning(99)))).called
