"""An incident on which a response runs ends in no way; a leader ends the response, and then it ends as any other."""

from dataclasses import replace

import pytest

from city.errors import IllegalTransition
from linkage.merging.merging import Asked, Merging
from linkage.person import Person, Role
from linkage.plans.orders import Start
from linkage.plans.responses import Responses
from linkage.states import Disposition, IncidentState, Step
from storage.sql import Database
from tests.support.linkage import DISPATCHER, FOREMAN, LEADER, POLICE_OFFICER, WATER_OFFICER, alarm, life_safety, person
from tests.support.plans import FLOOD_PLAN
from tests.support.response import CONTENT, ResponseTown

OTHER_PLAN = FLOOD_PLAN.replace("id: flood", "id: storm").replace("id: pump", "id: other-pump")

#: The desk's second foreman: whoever checked may close, whoever called up may not.
CLOSER = person(Role.FOREMAN, name="closer", department="desk")


@pytest.fixture
def town(database: Database) -> ResponseTown:
    return ResponseTown(database, [FLOOD_PLAN, OTHER_PLAN])


def worked(town: ResponseTown) -> tuple[int, str]:
    """Start a response on a reported incident and let its only department work to a checked end."""
    incident = town.reported().id
    response = town.started(incident=int(incident))
    town.work(incident, WATER_OFFICER, Step.ACCEPT, Step.ARRIVE, Step.HANDLE, Step.FEED_BACK)
    town.check(incident, FOREMAN, "water")
    return response, incident


def offered(town: ResponseTown, incident: str, by: Person = CLOSER) -> set[str]:
    return {step.step for step in town.incidents.one(incident, by).steps}


@pytest.mark.parametrize(
    ("step", "disposition"),
    [
        (Step.CLOSE, Disposition.RESOLVED),
        (Step.FORCE_CLOSE, Disposition.UNRESOLVED),
        (Step.CANCEL, Disposition.CANCELLED),
    ],
)
def test_incident_does_not_end_while_its_response_runs(
    town: ResponseTown, step: Step, disposition: Disposition
) -> None:
    _, incident = worked(town)

    assert step not in offered(town, incident)
    with pytest.raises(IllegalTransition) as caught:
        town.act(incident, step, CLOSER, disposition=disposition, note="over")

    assert caught.value.at.startswith("incident ")
    assert town.case(incident).incident.is_open


def test_incident_closes_after_the_response_was_ended(town: ResponseTown) -> None:
    response, incident = worked(town)
    town.responses.end(response, 1, "water is gone", LEADER)

    assert Step.CLOSE in offered(town, incident)
    after = town.act(incident, Step.CLOSE, CLOSER, disposition=Disposition.RESOLVED, note="dry")

    assert after.state is IncidentState.CLOSED
    assert [event["from_state"] for event in town.events("end_response")] == ["checking"]


def test_lowering_is_no_ending(town: ResponseTown) -> None:
    response, incident = worked(town)
    town.responses.raise_(response, town.change(1, "III"), LEADER)
    town.work(incident, POLICE_OFFICER, Step.ACCEPT, Step.ARRIVE, Step.HANDLE, Step.FEED_BACK)
    town.responses.lower(response, replace(town.change(2, "IV"), content=None), LEADER)

    assert {Step.CLOSE, Step.FORCE_CLOSE, Step.CANCEL}.isdisjoint(offered(town, incident))


def test_incident_of_two_responses_waits_for_both(town: ResponseTown) -> None:
    incident = town.reported().id
    both = [town.started(incident=int(incident), plan=plan) for plan in ("flood", "storm")]
    town.responses.raise_(both[0], town.change(1, "III"), LEADER)
    town.responses.end(both[0], 2, "over", LEADER)

    assert town.case(incident).incident.response_level == "IV"
    assert Step.CANCEL not in offered(town, incident)
    town.responses.end(both[1], 1, "over", LEADER)
    assert town.case(incident).incident.response_level == ""
    assert Step.CANCEL in offered(town, incident)


def test_what_the_system_dispatched_is_not_voided_while_a_response_runs(town: ResponseTown) -> None:
    incident = town.raised(life_safety(alarm())).id
    response = town.started(incident=int(incident))

    with pytest.raises(IllegalTransition):
        town.act(incident, Step.VOID, FOREMAN, disposition=Disposition.FALSE_RULE, note="a test pour")
    town.responses.end(response, 1, "nothing there", LEADER)
    voided = town.act(incident, Step.VOID, FOREMAN, disposition=Disposition.FALSE_RULE, note="a test pour")

    assert not town.case(voided.id).incident.is_open


def test_incident_of_a_response_goes_on_in_no_other(town: ResponseTown) -> None:
    _, incident = worked(town)
    other = town.reported()
    seen = town.incidents.one(incident, DISPATCHER)

    with pytest.raises(IllegalTransition, match="responding"):
        Merging(town.ledger).merge(incident, other.id, Asked(person=DISPATCHER, version=seen.version, note="one flood"))


def test_drills_incident_ends_after_response_and_exercise(town: ResponseTown) -> None:
    drill = town.office.drills.start("flood", "east", LEADER)
    incident = town.office.drills.one(drill).incident
    order = Start(plan="flood", level="IV", content=CONTENT, incident=int(incident))
    response = Responses(town.ledger).start(order, LEADER)

    with pytest.raises(IllegalTransition):
        town.act(incident, Step.CANCEL, CLOSER, disposition=Disposition.CANCELLED, note="enough")
    town.responses.end(response, 1, "over", LEADER)
    town.act(incident, Step.CANCEL, CLOSER, disposition=Disposition.CANCELLED, note="enough")

    assert not town.case(incident).incident.is_open
