"""What is proposed: up at once, down after calm, nothing twice, and never a start by itself."""

from linkage.plans.conditions import Burning, Facts, Warned
from linkage.plans.parsing import parse_plan
from linkage.plans.proposal import Called, Kind, Standing, at_least, called, proposed
from tests.support.plans import FLOOD_PLAN

_PLAN = parse_plan(FLOOD_PLAN)
_MINUTE_NS = 60_000_000_000
_NOW = 1_000_000 * _MINUTE_NS


def spots(count: int) -> tuple[Burning, ...]:
    return tuple(
        Burning(id=one, incident_class="road_water", district="east", level=2, priority=2, opened_ns=_NOW)
        for one in range(count)
    )


def test_highest_level_that_is_called_for_counts() -> None:
    warning = Warned(id=1, category="rainstorm", level="orange")

    assert called(_PLAN, Facts(_NOW)).level == ""
    assert called(_PLAN, Facts(_NOW, spots(2))).level == "IV"
    assert called(_PLAN, Facts(_NOW, spots(2), (warning,))).level == "III"


def test_start_is_proposed_where_nothing_runs() -> None:
    wanted = proposed(_PLAN, Called("IV"), Standing(), _NOW)

    assert wanted is not None
    assert (wanted.kind, wanted.level) == (Kind.START, "IV")


def test_raise_is_proposed_at_once() -> None:
    wanted = proposed(_PLAN, Called("III"), Standing("IV"), _NOW)

    assert wanted is not None
    assert (wanted.kind, wanted.level, wanted.from_level) == (Kind.RAISE, "III", "IV")


def test_nothing_is_proposed_where_what_runs_is_called_for() -> None:
    assert proposed(_PLAN, Called("IV"), Standing("IV"), _NOW) is None


def test_lower_and_end_wait_for_calm() -> None:
    early, late = _NOW - 29 * _MINUTE_NS, _NOW - 30 * _MINUTE_NS

    assert proposed(_PLAN, Called("IV"), Standing("III", early), _NOW) is None
    lower = proposed(_PLAN, Called("IV"), Standing("III", late), _NOW)
    end = proposed(_PLAN, Called(), Standing("III", late), _NOW)

    assert lower is not None
    assert (lower.kind, lower.level) == (Kind.LOWER, "IV")
    assert end is not None
    assert end.kind is Kind.END


def test_exercise_plays_its_level_and_says_so() -> None:
    found = at_least(Called(), "IV")

    assert found.level == "IV"
    assert found.reasons[-1].trigger == "scenario"
    assert at_least(Called("III"), "IV").level == "III"
