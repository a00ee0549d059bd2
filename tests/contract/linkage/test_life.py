"""What happens between dispatch and the end, and after it: more time, other hands, doubt, and appeal."""

from dataclasses import replace

import pytest

from city.alarm import Change
from city.clock import SECOND_NS
from city.errors import BadRequest, IllegalTransition, NotOver, NotPermitted
from linkage import cases
from linkage.acting import Order
from linkage.person import Person, Role
from linkage.record import TaskRecord
from linkage.states import Disposition, IncidentState, Step, TaskState
from linkage.views import Incident
from tests.support.linkage import (
    ACCEPTOR,
    COLLECTOR,
    DISPATCHER,
    FOREMAN,
    WATER_HANDLER,
    WATER_OFFICER,
    Town,
    alarm,
    person,
)

SECOND_OFFICER = person(Role.OFFICER, name="second-officer", department="water")
HOUR_NS = 3600 * SECOND_NS


def on(town: Town, number: str, step: Step, by: Person, **with_it: object) -> Incident:
    """Let somebody who has just looked take a step with the water department's newest task."""
    shown = town.incidents.one(number, by)
    task = [one for one in shown.tasks if one.department == "water"][-1]
    order = Order(step=step, version=shown.version, **{"note": "because", **with_it})  # type: ignore[arg-type]
    return town.incidents.act_on_task(task.id, order, by)


def leg(town: Town, number: str) -> TaskRecord:
    with town.database.read() as connection:
        case = cases.load(connection, int(number))
    assert case is not None
    return case.tasks[-1]


def accepted(town: Town) -> str:
    """Return an incident in which water has accepted its task of two urgent hours."""
    number = town.raised(alarm()).id
    town.file(number, ACCEPTOR)
    town.act(number, Step.DISPATCH, DISPATCHER, departments=("water",))
    on(town, number, Step.ACCEPT, WATER_OFFICER)
    return number


def checked(town: Town) -> str:
    number = accepted(town)
    on(town, number, Step.HANDLE, WATER_OFFICER)
    on(town, number, Step.FEED_BACK, WATER_OFFICER)
    on(town, number, Step.CHECK, COLLECTOR)
    return number


def test_delay_adds_one_limit_twice_and_no_more(town: Town):
    number = accepted(town)
    given = leg(town, number).due_ns
    for _ in range(2):
        on(town, number, Step.ASK_DELAY, WATER_HANDLER)
        on(town, number, Step.ENDORSE, WATER_OFFICER)
        on(town, number, Step.GRANT, DISPATCHER)

    assert leg(town, number).due_ns == given + 4 * HOUR_NS
    with pytest.raises(IllegalTransition):
        on(town, number, Step.ASK_DELAY, WATER_HANDLER)


def test_delay_needs_a_second_person_and_then_the_dispatcher(town: Town):
    number = accepted(town)
    on(town, number, Step.ASK_DELAY, WATER_OFFICER)

    with pytest.raises(IllegalTransition):
        on(town, number, Step.GRANT, DISPATCHER)
    with pytest.raises(NotPermitted, match="another officer"):
        on(town, number, Step.ENDORSE, WATER_OFFICER)
    on(town, number, Step.ENDORSE, SECOND_OFFICER)

    assert leg(town, number).delays == 0


def test_more_time_is_neither_asked_for_nor_granted_once_overdue(town: Town):
    number = accepted(town)
    on(town, number, Step.ASK_DELAY, WATER_OFFICER)
    on(town, number, Step.ENDORSE, SECOND_OFFICER)
    town.wait(hours=3)

    with pytest.raises(IllegalTransition):
        on(town, number, Step.GRANT, DISPATCHER)
    on(town, number, Step.REFUSE, DISPATCHER)
    with pytest.raises(IllegalTransition):
        on(town, number, Step.ASK_SUSPEND, WATER_OFFICER)


def test_suspension_keeps_what_was_left_once(town: Town):
    number = accepted(town)
    town.wait(minutes=30)
    on(town, number, Step.ASK_SUSPEND, WATER_OFFICER)
    on(town, number, Step.ENDORSE, SECOND_OFFICER)
    suspended = on(town, number, Step.GRANT, DISPATCHER)
    town.wait(days=30)
    resumed = on(town, number, Step.RESUME, DISPATCHER)

    assert (suspended.state, suspended.deadline) == (IncidentState.SUSPENDED, None)
    assert resumed.tasks[0].state is TaskState.ACCEPTED
    assert leg(town, number).due_ns == town.ledger.clock.now_ns() + HOUR_NS * 3 // 2
    with pytest.raises(IllegalTransition):
        on(town, number, Step.ASK_SUSPEND, WATER_OFFICER)


def test_suspension_ends_by_itself_after_a_year(town: Town):
    number = accepted(town)
    on(town, number, Step.ASK_SUSPEND, WATER_OFFICER)
    on(town, number, Step.ENDORSE, SECOND_OFFICER)
    on(town, number, Step.GRANT, DISPATCHER)
    town.wait(days=365, seconds=1)
    town.ticker.take()

    assert leg(town, number).state is TaskState.ACCEPTED
    assert leg(town, number).due_ns == town.ledger.clock.now_ns() + 2 * HOUR_NS


def test_assignment_is_revoked_before_a_return(town: Town):
    town.ledger = replace(town.ledger)
    number = accepted(town)
    on(town, number, Step.ASSIGN, WATER_OFFICER, person=WATER_HANDLER.id)

    with pytest.raises(IllegalTransition):
        on(town, number, Step.RETURN, WATER_OFFICER)
    with pytest.raises(BadRequest, match="a handler of department water"):
        on(town, number, Step.ASSIGN, WATER_OFFICER, person=COLLECTOR.id)
    on(town, number, Step.REVOKE, WATER_OFFICER)
    on(town, number, Step.RETURN, WATER_OFFICER)

    back = town.act(number, Step.SEND_BACK, DISPATCHER, note="not ours")
    assert (back.state, back.deadline.stage if back.deadline else "") == (IncidentState.REPORTED, "verify")


def test_transfer_leaves_a_trail(town: Town):
    number = accepted(town)
    moved = on(town, number, Step.TRANSFER, DISPATCHER, departments=("power",))

    assert [(task.department, task.state) for task in moved.tasks] == [
        ("water", "transferred"),
        ("power", "dispatched"),
    ]
    assert (moved.tasks[1].from_task, moved.tasks[1].reason) == (moved.tasks[0].id, "transferred")


def test_closing_what_burns_needs_the_foremans_words(town: Town):
    number = checked(town)

    with pytest.raises(NotOver, match="the alarm at `underpass/1` still burns"):
        town.act(number, Step.CLOSE, ACCEPTOR, disposition=Disposition.RESOLVED)
    with pytest.raises(NotPermitted):
        town.act(number, Step.CLOSE, ACCEPTOR, disposition=Disposition.RESOLVED, override="trust me")
    closed = town.act(number, Step.CLOSE, FOREMAN, disposition=Disposition.RESOLVED, override="probe wet")

    assert closed.state is IncidentState.CLOSED
    assert closed.events[-1].data["override"] == "probe wet"


def test_closing_with_a_silent_sensor_is_refused(town: Town):
    town.ledger = replace(town.ledger, sense=lambda _: "silent")
    town.incidents = type(town.incidents)(town.ledger)
    number = checked(town)
    town.admitter.admit([alarm(Change.CLEARED, step=1)])

    with pytest.raises(NotOver, match="sensor `underpass/1` is silent"):
        town.act(number, Step.CLOSE, ACCEPTOR, disposition=Disposition.RESOLVED)


def test_reopened_incident_keeps_its_legs_and_takes_new_ones(town: Town):
    number = checked(town)
    town.admitter.admit([alarm(Change.CLEARED, step=1)])
    town.act(number, Step.CLOSE, ACCEPTOR, disposition=Disposition.RESOLVED)
    again = town.act(number, Step.REOPEN, ACCEPTOR, note="water is back")
    sent = town.act(number, Step.DISPATCH, DISPATCHER)

    assert (again.state, again.reopened, again.disposition) == (IncidentState.FILED, 1, None)
    assert [(task.department, task.state) for task in sent.tasks][:2] == [("water", "checked"), ("water", "dispatched")]


def test_appeal_exempts_and_keeps_the_raw_fact(town: Town):
    number = accepted(town)
    town.wait(hours=3)
    on(town, number, Step.HANDLE, WATER_OFFICER)
    on(town, number, Step.FEED_BACK, WATER_OFFICER)
    on(town, number, Step.CHECK, COLLECTOR)
    with pytest.raises(IllegalTransition):
        on(town, number, Step.APPEAL, WATER_OFFICER)
    town.admitter.admit([alarm(Change.CLEARED, step=1)])
    town.act(number, Step.CLOSE, FOREMAN, disposition=Disposition.RESOLVED)
    on(town, number, Step.APPEAL, WATER_OFFICER)
    on(town, number, Step.ENDORSE_APPEAL, DISPATCHER)
    on(town, number, Step.UPHOLD, ACCEPTOR)

    assert (leg(town, number).overdue, leg(town, number).exempt) == (True, True)
    with pytest.raises(IllegalTransition):
        on(town, number, Step.APPEAL, WATER_OFFICER)
