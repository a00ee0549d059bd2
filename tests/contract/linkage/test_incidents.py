import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from city.errors import BadRequest, Conflict, IllegalTransition, LiandongError, NotFound, NotPermitted
from linkage.acting import Order
from linkage.event_log import verify
from linkage.person import Role
from linkage.states import Disposition, IncidentState, Step, TaskState
from linkage.views import Incident
from tests.support.linkage import (
    ACCEPTOR,
    COLLECTOR,
    DISPATCHER,
    FOREMAN,
    LEADER,
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
    town.act(incident.id, Step.FILE, ACCEPTOR)
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
        "acceptor": {Step.COMMENT},
        "dispatcher": {Step.DISPATCH, Step.URGE, Step.COMMENT},
        "water-officer": {Step.ACCEPT, Step.RETURN, Step.COMMENT},
        "monitor": set(),
    }


def test_shown_steps_are_exactly_those_that_work(town: Town):
    number = sent_out(town).id
    town.work(number, WATER_OFFICER, Step.ACCEPT, Step.HANDLE, Step.FEED_BACK)
    for who, step in itertools.product((ACCEPTOR, FOREMAN, DISPATCHER, LEADER), Step):
        shown = town.incidents.one(number, who)
        offered = {(None, one.step) for one in shown.steps} | {
            (task.id, one.step) for task in shown.tasks for one in task.steps
        }
        order = Order(step=step, version=-1)
        for task in (None, *(task.id for task in shown.tasks)):
            refusal = refused(town, number, task, replace(order, version=shown.version), who)
            if (task, step) in offered:
                assert refusal in {None, BadRequest}
            else:
                assert refusal in {IllegalTransition, NotPermitted}


def refused(town: Town, incident: str, task: str | None, order: Order, who) -> type[LiandongError] | None:
    """Return how the queue refuses an order that lacks all it needs, without taking it."""
    try:
        with town.database.write() as connection:
            del connection
        if task is None:
            town.incidents.check(incident, order, who)
        else:
            town.incidents.check_on_task(task, order, who)
    except LiandongError as error:
        return type(error)
    return None
