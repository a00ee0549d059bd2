"""Alarms that come back after closing: within their class's own time, and again dispatched where lives are at risk."""

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import select

from city.alarm import AlarmTransition, Change, Response
from linkage.admission.decision import Action
from linkage.states import Disposition, IncidentState, Step
from linkage.tables import MESSAGES
from linkage.views import Incident
from tests.support.linkage import (
    ACCEPTOR,
    COLLECTOR,
    FOREMAN,
    MONITOR,
    POLICE_OFFICER,
    WATER_OFFICER,
    Town,
    alarm,
    life_safety,
)

#: Of a class whose standard gives two natural days for reopening; road water gives none, and has half an hour.
HEAT = Response(incident_class="heat", priority={"major": 2}, departments=("water",))


def closed_at_once(town: Town, transition: AlarmTransition) -> str:
    """Let an alarm open an incident, clear, and be closed by force."""
    cleared = replace(transition, id=f"{transition.id}/cleared", change=Change.CLEARED)
    number = town.raised(transition, cleared).id
    town.file(number, ACCEPTOR)
    town.act(number, Step.FORCE_CLOSE, FOREMAN, disposition=Disposition.RECOVERED, note="fan replaced")
    return number


@pytest.mark.parametrize(
    ("response", "hours", "action"),
    [
        pytest.param(HEAT, 47, Action.REOPEN, id="within its class's own time"),
        pytest.param(HEAT, 49, Action.OPEN, id="after it"),
        pytest.param(None, 1, Action.OPEN, id="after the usual time, though another class has more"),
    ],
)
def test_alarm_reopens_within_the_time_of_its_class(town: Town, response: Response | None, hours: int, action: Action):
    first = alarm() if response is None else replace(alarm(), response=response)
    closed_at_once(town, first)
    town.wait(hours=hours)

    decided = town.admitter.admit([replace(alarm(run=1), response=first.response)])

    assert decided[0].decision.action is action


def ended_life_safety(town: Town) -> str:
    """Return an incident of a life-safety rule that departments have handled and the foreman has closed."""
    number = town.raised(life_safety(alarm())).id
    town.act(number, Step.CONFIRM, ACCEPTOR)
    for officer in (WATER_OFFICER, POLICE_OFFICER):
        town.work(number, officer, Step.ACCEPT, Step.ARRIVE, Step.FEED_BACK)
        town.check(number, COLLECTOR, officer.department)
    town.admitter.admit([life_safety(alarm(Change.CLEARED, step=1))])
    town.act(number, Step.CLOSE, FOREMAN, disposition=Disposition.RESOLVED)
    town.wait(minutes=5)
    return number


def written_to(town: Town, incident: Incident) -> Counter[str]:
    """Return how many messages each department got of what happened at this moment."""
    query = select(MESSAGES.c.department).where(
        MESSAGES.c.incident == int(incident.id),
        MESSAGES.c.channel == "duty",
        MESSAGES.c.created_ns == town.ledger.clock.now_ns(),
    )
    with town.database.read() as connection:
        return Counter(connection.execute(query).scalars())


def test_life_safety_that_reopens_is_dispatched_again_at_once(town: Town):
    number = ended_life_safety(town)
    again = life_safety(alarm(run=1))
    incident = town.raised(again)

    assert (incident.id, incident.state, incident.reopened) == (number, IncidentState.DISPATCHED, 1)
    assert incident.unconfirmed_at is not None
    assert [(task.department, task.state) for task in incident.tasks][2:] == [
        ("water", "dispatched"),
        ("police", "dispatched"),
    ]
    assert [event.step for event in incident.events][-2:] == ["reopen", "dispatch"]
    assert written_to(town, incident) == {"desk": 1, "command": 1, "water": 1, "police": 1}


def test_life_safety_that_reopens_is_not_dispatched_twice(town: Town):
    ended_life_safety(town)
    again = life_safety(alarm(run=1))
    first = town.raised(again)
    town.admitter.admit([again])
    joined = town.raised(life_safety(alarm(run=2)))

    assert len(joined.tasks) == len(first.tasks)
    assert written_to(town, joined) == {"desk": 1, "command": 1, "water": 1, "police": 1}
    assert town.act(joined.id, Step.CONFIRM, ACCEPTOR).confirm_by is None


def test_an_alarm_without_danger_to_life_that_reopens_waits_for_the_dispatcher(town: Town):
    number = ended_life_safety(town)
    incident = town.raised(alarm(run=1))

    assert (incident.id, incident.state) == (number, IncidentState.FILED)
    assert town.incidents.one(number, MONITOR).unconfirmed_at is None
