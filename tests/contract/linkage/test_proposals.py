"""The system proposes by what burns and what is warned of; people decide."""

import json
from dataclasses import replace

import pytest

from city.alarm import Change
from city.errors import IllegalTransition, NotPermitted
from linkage.plans.orders import Start
from storage.sql import Database
from tests.support.linkage import DISPATCHER, FOREMAN, LEADER, alarm
from tests.support.response import CONTENT, WARNING, ResponseTown


@pytest.fixture
def town(database: Database) -> ResponseTown:
    return ResponseTown(database)


def test_nothing_is_proposed_where_nothing_burns(town: ResponseTown) -> None:
    assert town.proposals() == []


def test_alarm_proposes_a_response_and_starts_none(town: ResponseTown) -> None:
    incident = town.admitter.admit([alarm()])[0].incident

    (proposal,) = town.proposals()

    assert (proposal.kind, proposal.level, proposal.incidents) == ("start", "IV", (str(incident),))
    assert [(reason.trigger, reason.holds) for reason in proposal.reasons] == [("spot", True)]
    assert town.office.board.page() == []
    assert town.case(str(incident)).incident.response_level == ""


def test_proposal_is_made_once_and_told_to_command(town: ResponseTown) -> None:
    town.admitter.admit([alarm()])
    town.proposals()
    town.proposals()

    (event,) = town.events("propose")
    assert json.loads(event["data"])["told"] == ["command"]


def test_warning_alone_is_no_response_but_may_propose_one(town: ResponseTown) -> None:
    town.admitter.admit([alarm()])
    town.office.warnings.issue("rainstorm", WARNING, FOREMAN)
    town.admitter.admit([alarm(target="underpass/2")])

    (proposal,) = town.proposals()

    assert proposal.level == "III"
    assert {reason.trigger: reason.holds for reason in proposal.reasons} == {
        "spots": True,
        "warning": True,
        "lasting": False,
    }
    assert town.office.board.page() == []


def test_recovered_incident_calls_for_nothing_any_more(town: ResponseTown) -> None:
    town.admitter.admit([alarm()])
    assert len(town.proposals()) == 1

    town.admitter.admit([alarm(Change.CLEARED, step=1)])

    assert town.proposals() == []
    (event,) = town.events("cease_proposal")
    assert (event["incident"], json.loads(event["data"])["plan"]) == (None, "flood")


def test_following_a_proposal_takes_it_and_spans_its_incidents(town: ResponseTown) -> None:
    town.admitter.admit([alarm(), alarm(target="underpass/2")])
    (proposal,) = town.proposals()
    first, second = proposal.incidents
    order = Start(plan="flood", level="IV", content=CONTENT, incident=int(first), proposal=int(proposal.id))

    response = town.responses.start(order, LEADER)

    assert town.proposals() == []
    assert town.office.board.one(response).incidents == (first, second)


def test_dismissed_proposal_comes_up_when_more_is_called_for(town: ResponseTown) -> None:
    town.admitter.admit([alarm()])
    (proposal,) = town.proposals()
    town.responses.dismiss(int(proposal.id), "pumps are there", LEADER)
    assert town.proposals() == []

    town.admitter.admit([alarm(target="underpass/2")])
    assert town.proposals() == []
    town.office.warnings.issue("rainstorm", WARNING, FOREMAN)

    assert [one.level for one in town.proposals()] == ["III"]


def test_only_a_leader_dismisses_and_only_once(town: ResponseTown) -> None:
    town.admitter.admit([alarm()])
    (proposal,) = town.proposals()

    with pytest.raises(NotPermitted):
        town.responses.dismiss(int(proposal.id), "no", DISPATCHER)
    town.responses.dismiss(int(proposal.id), "no", LEADER)
    with pytest.raises(IllegalTransition):
        town.responses.dismiss(int(proposal.id), "no", LEADER)


def test_more_proposes_to_raise_and_calm_proposes_to_end(town: ResponseTown) -> None:
    incident = town.admitter.admit([alarm()])[0].incident
    response = town.started(incident=incident)
    town.office.warnings.issue("rainstorm", WARNING, FOREMAN)
    town.admitter.admit([alarm(target="underpass/2")])

    assert [(one.kind, one.level, one.activation) for one in town.proposals()] == [("raise", "III", str(response))]

    for target in ("underpass/1", "underpass/2"):
        town.admitter.admit([alarm(Change.CLEARED, target=target, step=1)])
    assert town.proposals() == []
    town.wait(minutes=31)
    assert [(one.kind, one.level) for one in town.proposals()] == [("end", "")]


def test_triggers_of_another_area_stay_there(database: Database) -> None:
    by_district = ResponseTown(database, [_BY_DISTRICT])
    by_district.admitter.admit([alarm()])

    assert [one.area for one in by_district.proposals()] == ["east"]


def test_response_in_one_district_leaves_the_other_free(database: Database) -> None:
    town = ResponseTown(database, [_BY_DISTRICT])
    order = Start(plan="flood", level="IV", content=CONTENT, area="east")

    town.responses.start(order, LEADER)
    town.responses.start(replace(order, area="west"), LEADER)

    assert {line.area for line in town.office.board.page()} == {"east", "west"}


_BY_DISTRICT = ResponseTown.PLAN.replace("area: city", "area: district")
