"""A response from its start to its end, on both databases."""

import json

import pytest
from sqlalchemy import select

from city.errors import BadRequest, Conflict, IllegalTransition, NotFound, NotPermitted
from linkage import cases, event_log
from linkage.person import Role
from linkage.plans.activation import MINUTE_NS, load
from linkage.plans.orders import Content
from linkage.plans.tables import PARTS
from linkage.record import Case
from linkage.states import Disposition, IncidentState, Step, TaskState
from linkage.tables import MESSAGES
from storage.sql import Database
from tests.support.linkage import DISPATCHER, FOREMAN, LEADER, POLICE_OFFICER, WATER_OFFICER, person
from tests.support.response import CONTENT, ResponseTown


@pytest.fixture
def town(database: Database) -> ResponseTown:
    return ResponseTown(database)


def host(town: ResponseTown, response: int) -> Case:
    with town.database.read() as connection:
        case = cases.load(connection, load(connection, response).incident)
    assert case is not None
    return case


def told(town: ResponseTown) -> set[str]:
    with town.database.read() as connection:
        return set(connection.execute(select(MESSAGES.c.department)).scalars())


def acknowledged(town: ResponseTown) -> set[str]:
    with town.database.read() as connection:
        query = select(PARTS.c.department).where(PARTS.c.acknowledged_ns.is_not(None))
        return set(connection.execute(query).scalars())


def test_start_opens_files_and_calls_up(town: ResponseTown) -> None:
    incident = host(town, town.started("III"))

    assert incident.incident.state is IncidentState.DISPATCHED
    assert incident.incident.response_level == "III"
    assert sorted((task.department, task.plan_task) for task in incident.tasks) == [
        ("police", "1/close"),
        ("water", "1/levels"),
        ("water", "1/pump"),
    ]
    assert {"water", "police"} <= told(town)


def test_tasks_run_against_the_plans_own_clocks(town: ResponseTown) -> None:
    incident = host(town, town.started("III"))

    minutes = {task.plan_task: (task.due_ns - task.dispatched_ns) // MINUTE_NS for task in incident.tasks}

    assert minutes == {"1/pump": 30, "1/close": 15, "1/levels": 60}


def test_start_hangs_on_the_incident_that_is_given(town: ResponseTown) -> None:
    incident = town.reported()

    response = town.started(incident=int(incident.id))

    assert host(town, response).incident.id == int(incident.id)
    assert host(town, response).incident.priority == incident.priority


@pytest.mark.parametrize("by", [DISPATCHER, FOREMAN, WATER_OFFICER], ids=lambda one: str(one.id))
def test_only_a_leader_decides(town: ResponseTown, by: object) -> None:
    with pytest.raises(NotPermitted):
        town.started(by=by)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(Content(matter=" ", measures="close", expected_h=6), id="no matter"),
        pytest.param(Content(matter="water", measures="", expected_h=6), id="no measures"),
        pytest.param(Content(matter="water", measures="close", expected_h=0), id="no duration"),
    ],
)
def test_what_the_law_asks_for_must_be_said(town: ResponseTown, content: Content) -> None:
    with pytest.raises(BadRequest):
        town.started(content=content)


def test_second_response_in_the_same_place_is_refused(town: ResponseTown) -> None:
    town.started()

    with pytest.raises(Conflict):
        town.started()


def test_unknown_plan_and_level_are_refused(town: ResponseTown) -> None:
    with pytest.raises(NotFound):
        town.started(plan="war")
    with pytest.raises(BadRequest):
        town.started(level="I")
    with pytest.raises(BadRequest):
        town.started(area="east")


def test_raising_adds_and_asks_everybody_again(town: ResponseTown) -> None:
    response = town.started()
    before = {task.id for task in host(town, response).tasks}
    town.parts.acknowledge(response, WATER_OFFICER)

    town.responses.raise_(response, town.change(1, "II"), LEADER)

    after = host(town, response)
    assert before < {task.id for task in after.tasks}
    assert after.incident.response_level == "II"
    assert acknowledged(town) == set()


def test_lowering_keeps_what_was_given_and_raising_again_gives_nothing_twice(town: ResponseTown) -> None:
    response = town.started("III")
    given = {task.id for task in host(town, response).tasks}

    town.responses.lower(response, town.change(1, "IV"), LEADER)
    town.responses.raise_(response, town.change(2, "III"), LEADER)

    assert {task.id for task in host(town, response).tasks} == given
    assert {task.state for task in host(town, response).tasks} == {TaskState.DISPATCHED}


def test_change_of_what_somebody_else_changed_is_refused(town: ResponseTown) -> None:
    response = town.started()
    town.responses.raise_(response, town.change(1, "III"), LEADER)

    with pytest.raises(Conflict):
        town.responses.raise_(response, town.change(1, "II"), LEADER)
    with pytest.raises(IllegalTransition):
        town.responses.raise_(response, town.change(2, "IV"), LEADER)


def test_end_leaves_the_incident_to_supervision(town: ResponseTown) -> None:
    response = town.started()

    town.responses.end(response, 1, "water is gone", LEADER)

    incident = host(town, response)
    assert incident.incident.response_level == ""
    assert incident.incident.state is IncidentState.DISPATCHED
    with pytest.raises(IllegalTransition):
        town.responses.end(response, 2, "again", LEADER)


def test_response_runs_by_the_version_it_was_started_by(town: ResponseTown) -> None:
    response = town.started()

    with town.database.read() as connection:
        copy = load(connection, response).plan_copy()

    assert copy.tasks("IV")[0].action["en"] == "Pumps on site"


def test_stranger_cannot_acknowledge(town: ResponseTown) -> None:
    response = town.started()

    with pytest.raises(NotPermitted):
        town.parts.acknowledge(response, POLICE_OFFICER)
    with pytest.raises(NotPermitted):
        town.parts.acknowledge(response, person(Role.MONITOR, name="watcher", department="water"))


def test_leader_who_called_up_may_not_close(town: ResponseTown) -> None:
    both = person(Role.LEADER, Role.FOREMAN, name="both")
    incident = host(town, town.started(by=both))

    with pytest.raises(NotPermitted, match="dispatch"):
        town.act(str(incident.incident.id), Step.CANCEL, both, note="over", disposition=Disposition.CANCELLED)


def test_missed_report_is_an_event_once_a_period(town: ResponseTown) -> None:
    response = town.started("III")
    town.wait(minutes=31)

    assert town.rhythm.take() == 2
    assert town.rhythm.take() == 0
    town.parts.report(response, "20 cm", WATER_OFFICER)
    town.wait(minutes=29.5)

    assert town.rhythm.take() == 1
    assert sorted(event["department"] for event in town.events("report_overdue")) == ["police", "police", "water"]


def test_periods_that_nobody_looked_at_are_told_of_once(town: ResponseTown) -> None:
    town.started()
    town.wait(hours=3, minutes=30)

    assert town.rhythm.take() == 1
    (event,) = town.events("report_overdue")
    assert json.loads(event["data"])["missed"] == 3


def test_ended_response_asks_for_no_reports(town: ResponseTown) -> None:
    response = town.started()
    town.responses.end(response, 1, "over", LEADER)
    town.wait(hours=5)

    assert town.rhythm.take() == 0


def test_log_is_whole_after_all_that(town: ResponseTown) -> None:
    response = town.started()
    town.parts.acknowledge(response, WATER_OFFICER)
    town.responses.raise_(response, town.change(1, "III"), LEADER)
    town.responses.end(response, 2, "over", LEADER)

    assert list(event_log.verify(town.database)) == []
    assert json.loads(town.events("end_response")[0]["data"])["matter"] == CONTENT.matter
