"""A drill runs the same chain, marked, and never meets what is real."""

import pytest
from sqlalchemy import select, update

from city.errors import Conflict, IllegalTransition, NotFound, NotPermitted
from linkage.plans.orders import Start
from linkage.tables import INCIDENTS, MESSAGES
from linkage.telling.couriers import Letter, Letterbox
from linkage.telling.public_guard import PublicGuard
from storage.sql import Database
from tests.support.linkage import FOREMAN, LEADER, WATER_OFFICER, alarm
from tests.support.response import CONTENT, ResponseTown


@pytest.fixture
def town(database: Database) -> ResponseTown:
    return ResponseTown(database)


def played(town: ResponseTown) -> int:
    """Begin the exercise and return its incident."""
    drill = town.office.drills.start("flood", "east", LEADER)
    return int(town.office.drills.one(drill).incident)


def test_scenario_opens_an_incident_and_a_warning_both_marked(town: ResponseTown) -> None:
    incident = played(town)

    assert town.case(incident).incident.drill
    assert town.case(incident).incident.title["en"] == "[DRILL] East underpass flooded"
    (warning,) = town.office.warning_list.page()
    assert warning.drill


def test_same_chain_proposes_and_is_started_by_a_person(town: ResponseTown) -> None:
    incident = played(town)
    (proposal,) = town.proposals()
    assert (proposal.drill, proposal.level, proposal.incidents) == (True, "IV", (str(incident),))

    order = Start(plan="flood", level="IV", content=CONTENT, incident=incident, proposal=int(proposal.id))
    response = town.responses.start(order, LEADER)

    board = town.office.board.one(response)
    assert board.drill
    assert town.case(incident).tasks[0].plan_task == f"{response}/pump"


def test_drill_does_not_stand_in_the_way_of_the_real_thing(town: ResponseTown) -> None:
    incident = played(town)
    order = Start(plan="flood", level="IV", content=CONTENT, incident=incident)
    town.responses.start(order, LEADER)

    real = town.started()

    assert not town.office.board.one(real).drill


def test_drills_warning_and_incident_call_for_nothing_real(town: ResponseTown) -> None:
    played(town)

    assert [one.drill for one in town.proposals()] == [True]


def test_real_alarm_does_not_join_the_exercise(town: ResponseTown) -> None:
    incident = played(town)

    admission = town.admitter.admit([alarm()])[0]

    assert admission.incident != incident
    assert sorted(one.drill for one in town.proposals()) == [False, True]


def test_injects_come_at_their_time_once(town: ResponseTown) -> None:
    played(town)
    assert town.injects.take() == 0
    town.wait(minutes=10)

    assert town.injects.take() == 1
    assert town.injects.take() == 0
    (inject,) = town.events("inject")
    assert "A car is trapped" in inject["note"]


def test_drill_ends_after_its_response(town: ResponseTown) -> None:
    incident = played(town)
    response = town.responses.start(Start(plan="flood", level="IV", content=CONTENT, incident=incident), LEADER)

    with pytest.raises(IllegalTransition):
        town.office.drills.end(1, "good", LEADER)
    town.responses.end(response, 1, "over", LEADER)
    town.office.drills.end(1, "good", LEADER)

    assert town.office.drills.page(running=True) == []
    assert town.injects.take() == 0


def test_exercise_of_a_plan_is_played_once_at_a_time(town: ResponseTown) -> None:
    played(town)

    with pytest.raises(Conflict):
        played(town)


def test_only_those_who_lead_play(town: ResponseTown) -> None:
    with pytest.raises(NotPermitted):
        town.office.drills.start("flood", "east", WATER_OFFICER)
    with pytest.raises(NotFound):
        town.office.drills.start("flood", "moon", FOREMAN)


@pytest.mark.rows_forged
@pytest.mark.parametrize(
    ("drill", "channel", "delivered"),
    [
        pytest.param(True, "weibo", False, id="a drill to the public"),
        pytest.param(False, "weibo", True, id="the real thing to the public"),
        pytest.param(True, "duty", True, id="a drill to those on duty"),
    ],
)
def test_drill_never_reaches_the_public(town: ResponseTown, drill: bool, channel: str, delivered: bool) -> None:  # noqa: FBT001
    incident = town.reported()
    with town.database.write() as connection:
        connection.execute(update(INCIDENTS).where(INCIDENTS.c.id == int(incident.id)).values(drill=drill))
        key = connection.execute(select(MESSAGES.c.key).limit(1)).scalar_one()
    box = Letterbox()

    receipt = PublicGuard(box, town.database, ("weibo",)).carry(Letter(key, channel, "subject", "body"))

    assert (receipt.delivered, len(box.letters)) == (delivered, int(delivered))
    assert receipt.final is not delivered


def test_messages_of_a_drill_say_so_first(town: ResponseTown) -> None:
    played(town)

    with town.database.read() as connection:
        subjects = set(connection.execute(select(MESSAGES.c.subject)).scalars())

    assert subjects
    assert all(subject.startswith("【演练 DRILL】") for subject in subjects)


def test_proposal_of_a_drill_goes_with_it(town: ResponseTown) -> None:
    played(town)
    assert len(town.proposals()) == 1

    town.office.drills.end(1, "good", LEADER)

    assert town.proposals() == []
