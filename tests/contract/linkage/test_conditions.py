"""The case-standard item: filing and closing need one chosen where a class has several, and say which there are."""

import pytest

from city.errors import BadRequest, IllegalTransition
from linkage.states import Disposition, Step
from linkage.views import NextStep
from tests.support.linkage import ACCEPTOR, COLLECTOR, DISPATCHER, FOREMAN, WATER_OFFICER, Town

RESOLVED = Disposition.RESOLVED


def offered(town: Town, number: str, step: Step) -> NextStep:
    return next(one for one in town.incidents.one(number, FOREMAN).steps if one.step is step)


def checked_cover(town: Town) -> str:
    number = town.reported(incident_class="cover").id
    town.file(number, ACCEPTOR, condition="noisy")
    town.act(number, Step.DISPATCH, DISPATCHER, departments=("water",))
    town.work(number, WATER_OFFICER, Step.ACCEPT, Step.ARRIVE, Step.FEED_BACK)
    town.check(number, COLLECTOR, "water")
    return number


def test_filing_alone_is_refused(town: Town):
    number = town.reported().id

    with pytest.raises(IllegalTransition, match="verify"):
        town.act(number, Step.FILE, ACCEPTOR)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        pytest.param("", "Expected one of `missing`, `noisy`, got `nothing`", id="none"),
        pytest.param("broken", "Expected one of `missing`, `noisy`, got `broken`", id="unknown"),
    ],
)
def test_filing_needs_a_condition_that_the_standard_has(town: Town, chosen: str, message: str):
    number = town.reported(incident_class="cover").id

    with pytest.raises(BadRequest, match=message):
        town.file(number, ACCEPTOR, condition=chosen)

    assert [one.id for one in offered(town, number, Step.FILE).conditions] == ["missing", "noisy"]


def test_filing_takes_the_condition_that_the_reporter_chose(town: Town):
    number = town.reported(incident_class="cover", condition="noisy").id
    town.act(number, Step.VERIFY, COLLECTOR)
    assert offered(town, number, Step.FILE).condition == "noisy"

    filed = town.act(number, Step.FILE, ACCEPTOR)

    assert filed.events[-1].data["filing"] == {"condition": "noisy", "zh": "异响", "en": "Noisy"}


def test_closing_needs_the_closing_condition_that_was_reached(town: Town):
    number = checked_cover(town)
    step = offered(town, number, Step.CLOSE)

    with pytest.raises(BadRequest, match="one of `missing`, `noisy`, got `nothing`"):
        town.act(number, Step.CLOSE, FOREMAN, disposition=RESOLVED)
    closed = town.act(number, Step.CLOSE, FOREMAN, disposition=RESOLVED, condition="noisy")

    assert (step.needs, step.condition) == (("disposition", "condition"), "noisy")
    assert [one.name.en for one in step.conditions] == ["Restored", "Repaired"]
    assert closed.events[-1].data["closing"] == {"condition": "noisy", "zh": "修复", "en": "Repaired"}


def test_the_only_condition_needs_no_choice(town: Town):
    number = town.reported().id
    town.act(number, Step.VERIFY, COLLECTOR)
    step = offered(town, number, Step.FILE)

    filed = town.act(number, Step.FILE, ACCEPTOR)

    assert (step.needs, step.conditions) == ((), ())
    assert filed.events[-1].data["filing"] == {"condition": "road_water", "zh": "道路积水", "en": "Road water"}
