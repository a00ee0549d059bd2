from concurrent.futures import ThreadPoolExecutor

import pytest

from city.alarm import Change
from city.errors import BadRequest, Conflict, IllegalTransition, NotFound, NotPermitted
from city.level import Level
from linkage.acting import Order
from linkage.event_log import verify
from linkage.person import Person, Role
from linkage.states import Disposition, IncidentState, Step, TaskState
from linkage.views import Incident
from tests.support.linkage import (
    ACCEPTOR,
    COLLECTOR,
    DISPATCHER,
    FOREMAN,
    MONITOR,
    POLICE_OFFICER,
    WATER_HANDLER,
    WATER_OFFICER,
    Town,
    alarm,
    person,
)


def sent_out(town: Town) -> Incident:
    """Return a reported incident dispatched to two departments."""
    incident = town.reported()
    town.file(incident.id, ACCEPTOR)
    return town.act(incident.id, Step.DISPATCH, DISPATCHER, departments=("water", "police"))


def test_incident_lives_through_two_departments_and_different_people(town: Town):
    number = town.raised(alarm()).id
    town.act(number, Step.ACKNOWLEDGE, FOREMAN)
    town.act(number, Step.VERIFY, COLLECTOR)
    town.act(number, Step.FILE, ACCEPTOR)
    town.act(number, Step.DISPATCH, DISPATCHER)
    town.work(number, WATER_OFFICER, Step.ACCEPT)
    town.work(number, WATER_HANDLER, Step.ARRIVE, Step.HANDLE, Step.FEED_BACK)
    town.work(number, POLICE_OFFICER, Step.ACCEPT, Step.HANDLE, Step.FEED_BACK)
    town.check(number, COLLECTOR, "water")
    town.check(number, COLLECTOR, "police")
    town.raised(alarm(Change.CLEARED, step=1))
    closed = town.act(number, Step.CLOSE, FOREMAN, disposition=Disposition.RESOLVED)

    assert closed.state is IncidentState.CLOSED
    assert closed.disposition is Disposition.RESOLVED
    assert {task.state for task in closed.tasks} == {TaskState.CHECKED}
    assert [event.actor.id if event.actor else None for event in closed.events][:5] == [
        None,
        "foreman",
        "collector",
        "acceptor",
        "dispatcher",
    ]
    assert [event.number for event in closed.events] == sorted(event.number for event in closed.events)
    assert verify(town.database) == []


def test_states_on_the_way(town: Town):
    number = sent_out(town).id
    states = [
        town.work(number, WATER_OFFICER, Step.ACCEPT).state,
        town.work(number, WATER_OFFICER, Step.HANDLE, Step.FEED_BACK).state,
        town.work(number, POLICE_OFFICER, Step.ACCEPT, Step.ARRIVE, Step.FEED_BACK).state,
        town.check(number, ACCEPTOR, "water").state,
        town.check(number, ACCEPTOR, "police").state,
    ]

    assert [str(state) for state in states] == ["handling", "handling", "fed_back", "checking", "checking"]


def test_person_is_shown_only_the_steps_they_may_take(town: Town):
    number = sent_out(town).id

    seen = {
        who.id: {step.step for step in shown.steps} | {step.step for task in shown.tasks for step in task.steps}
        for who in (ACCEPTOR, DISPATCHER, WATER_OFFICER, MONITOR)
        for shown in [town.incidents.one(number, who)]
    }

    assert seen == {
        "acceptor": {Step.GRADE, Step.COMMENT},
        "dispatcher": {Step.DISPATCH, Step.URGE, Step.TRANSFER, Step.GRADE, Step.PASS_DOWN, Step.COMMENT},
        "water-officer": {Step.ACCEPT, Step.ASSIGN, Step.RETURN, Step.COMMENT},
        "monitor": {Step.COMMENT},
    }


def test_same_person_may_not_handle_and_check(town: Town):
    both = person(Role.OFFICER, Role.COLLECTOR, Role.FOREMAN, name="both", department="water")
    number = sent_out(town).id
    town.work(number, both, Step.ACCEPT, Step.HANDLE, Step.FEED_BACK)

    with pytest.raises(NotPermitted, match="`check` is for somebody who did not `accept` in it"):
        town.check(number, both, "water")


def test_same_person_may_not_dispatch_and_close(town: Town):
    both = person(Role.DISPATCHER, Role.FOREMAN, name="both")
    number = town.reported().id
    town.file(number, ACCEPTOR)
    town.act(number, Step.DISPATCH, both, departments=("water",))

    with pytest.raises(NotPermitted, match="`cancel` is for somebody who did not `dispatch` in it"):
        town.act(number, Step.CANCEL, both, note="x", disposition=Disposition.CANCELLED)


def test_other_department_does_not_see_it(town: Town):
    number = town.reported().id
    town.file(number, ACCEPTOR)
    town.act(number, Step.DISPATCH, DISPATCHER, departments=("water",))

    with pytest.raises(NotFound, match="No incident"):
        town.incidents.one(number, POLICE_OFFICER)


def test_another_department_may_not_work_on_the_task(town: Town):
    incident = sent_out(town)
    (task,) = (task for task in incident.tasks if task.department == "water")

    with pytest.raises(NotPermitted, match="`accept` is for department water"):
        town.incidents.act_on_task(task.id, Order(step=Step.ACCEPT, version=incident.version), POLICE_OFFICER)


def test_second_of_two_who_act_at_once_is_told_what_changed(town: Town):
    seen = town.act(town.reported().id, Step.VERIFY, COLLECTOR)
    town.incidents.act(seen.id, Order(step=Step.FILE, version=seen.version), ACCEPTOR)

    with pytest.raises(Conflict, match=r"Conflict: `file` by Acceptor \(reported → filed\)"):
        town.incidents.act(seen.id, Order(step=Step.FILE, version=seen.version), FOREMAN)


def test_of_many_at_once_exactly_one_wins(town: Town):
    seen = town.act(town.reported().id, Step.VERIFY, COLLECTOR)
    people = [person(Role.FOREMAN, name=f"foreman{number}") for number in range(6)]

    def file(who: Person) -> str:
        try:
            town.incidents.act(seen.id, Order(step=Step.FILE, version=seen.version), who)
        except Conflict:
            return "told"
        return "won"

    with ThreadPoolExecutor(6) as threads:
        outcomes = sorted(threads.map(file, people))

    assert outcomes == ["told"] * 5 + ["won"]
    assert [event.step for event in town.incidents.one(seen.id, MONITOR).events] == ["open", "verify", "file"]


def test_old_version_does_not_matter_where_nothing_that_matters_changed(town: Town):
    incident = sent_out(town)
    (water,) = (task.id for task in incident.tasks if task.department == "water")
    town.work(incident.id, POLICE_OFFICER, Step.ACCEPT)

    shown = town.incidents.act_on_task(water, Order(step=Step.ACCEPT, version=incident.version), WATER_OFFICER)

    assert shown.state is IncidentState.HANDLING


def test_acknowledging_what_has_risen_since_is_a_conflict(town: Town):
    seen = town.raised(alarm())
    town.raised(alarm(step=1, change=Change.RISEN, level=Level.CRITICAL))

    with pytest.raises(Conflict, match="`rise` by the system"):
        town.incidents.act(seen.id, Order(step=Step.ACKNOWLEDGE, version=seen.version), ACCEPTOR)


def test_version_from_the_future_is_refused(town: Town):
    seen = town.reported()

    with pytest.raises(BadRequest, match="Expected 0 to 1, got `2` - at `version`"):
        town.incidents.act(seen.id, Order(step=Step.FILE, version=2), ACCEPTOR)


def test_illegal_step_names_the_legal_ones(town: Town):
    seen = town.reported()

    with pytest.raises(IllegalTransition, match="Expected `acknowledge`, `verify`, `assign_verifier`, `not_file`"):
        town.incidents.act(seen.id, Order(step=Step.URGE, version=seen.version, note="x"), DISPATCHER)


def test_refused_step_leaves_no_trace(town: Town):
    seen = town.reported()
    with pytest.raises(BadRequest):
        town.act(seen.id, Step.NOT_FILE, ACCEPTOR, note="dry")

    assert town.incidents.one(seen.id, ACCEPTOR) == seen


def test_unfiled_incident_that_recovered_is_ended_by_supervision(town: Town):
    number = town.raised(alarm()).id
    town.raised(alarm(Change.CLEARED, step=1))
    ended = town.act(number, Step.NOT_FILE, ACCEPTOR, note="gone", disposition=Disposition.RECOVERED)

    assert ended.state is IncidentState.NOT_FILED
    assert ended.disposition is Disposition.RECOVERED


@pytest.mark.parametrize(
    "who", [person(Role.EVALUATOR), person(Role.OPERATOR), person(Role.STEWARD)], ids=lambda who: who.id
)
def test_people_without_a_part_report_nothing(town: Town, who: Person):
    with pytest.raises(NotPermitted, match="`open` is for"):
        town.reported(who)


@pytest.mark.parametrize("number", ["0", "99", "-1", "1.5", "x", "9" * 30, "٣"])
def test_incident_that_is_not_there_is_not_found(town: Town, number: str):
    with pytest.raises(NotFound):
        town.incidents.one(number, MONITOR)


def test_bell_rings_after_the_commit(town: Town):
    heard: list[tuple[int, int]] = []
    leave = town.ledger.bell.listen(lambda number: heard.append((number, town.live.last())))
    seen = town.reported()
    leave()
    town.file(seen.id, ACCEPTOR)

    assert heard == [(1, 1)]
