from dataclasses import replace

import pytest

from linkage.deed import Deed
from linkage.escalation.chain import Chain, Rung, Way
from linkage.escalation.climb import Escalation, EscalationState
from linkage.escalation.waiting import Moment, Need, desks, moved, needs
from linkage.record import Case, IncidentRecord, TaskRecord
from linkage.states import IncidentState, TaskState
from linkage.tables import NEVER_NS
from tests.support.linkage import book

CHAIN = Chain((1,), (Rung(0, Way.TELL, "duty"), Rung(60, Way.TELL, "leader")), forgotten_s=900)
INCIDENT = IncidentRecord(
    id=1,
    number="1",
    title={"zh": "水", "en": "Water"},
    incident_class="road_water",
    domain="",
    priority=1,
    source="hotline",
    opened_ns=0,
    happened_ns=0,
    district="east",
)
TASK = TaskRecord(id=7, incident=1, department="water", dispatched_ns=0, due_ns=100)
REPORTED = Case(INCIDENT)
SEEN = Case(replace(INCIDENT, acknowledged_ns=5))
SENT = Case(replace(INCIDENT, acknowledged_ns=5, filed_ns=5, state=IncidentState.DISPATCHED), (TASK,))


def with_task(state: TaskState, **facts: object) -> Case:
    task = replace(TASK, state=state, **facts)  # type: ignore[arg-type]
    return Case(replace(SENT.incident, state=IncidentState.HANDLING), (task,))


def follow(
    known: list[Escalation], before: Case | None, after: Case, *deeds: Deed, by: str = "Wang"
) -> list[Escalation]:
    changed = moved(known, before, after, deeds, CHAIN, Moment(10, by))
    return [*(one for one in known if one.task not in {new.task for new in changed}), *changed]


OPENED = follow([], None, REPORTED, Deed(step="open"), by="")
DISPATCHED = follow(follow(OPENED, REPORTED, SEEN, Deed(step="acknowledge")), SEEN, SENT, Deed(step="dispatch"))


def state_of(known: list[Escalation], task: int | None) -> EscalationState:
    return next(one.state for one in known if one.task == task)


def test_new_incident_waits_for_an_answer():
    (one,) = OPENED

    assert (one.task, one.state, one.next_ns) == (None, EscalationState.CLIMBING, 10)


def test_acknowledgement_stops_it_and_says_by_whom():
    (one,) = follow(OPENED, REPORTED, SEEN, Deed(step="acknowledge"))

    assert (one.state, one.answered_by) == (EscalationState.WATCHING, "Wang")
    assert one.next_ns == 10 + 900 * 1_000_000_000


def test_dispatch_rests_the_incident_and_waits_for_the_department():
    assert state_of(DISPATCHED, None) is EscalationState.RESTING
    assert state_of(DISPATCHED, 7) is EscalationState.CLIMBING


def test_acceptance_stops_the_task():
    known = follow(DISPATCHED, SENT, with_task(TaskState.ACCEPTED), Deed(step="accept", task=7))

    assert state_of(known, 7) is EscalationState.WATCHING


def test_link_of_a_task_stops_it_without_accepting_it():
    known = follow(DISPATCHED, SENT, SENT, Deed(step="acknowledge", task=7))

    assert state_of(known, 7) is EscalationState.WATCHING
    assert needs(SENT)[7] is Need.ANSWER


@pytest.mark.parametrize("step", ["comment", "urge", "overdue", "escalate"])
def test_what_others_do_is_no_answer(step: str):
    known = follow(DISPATCHED, SENT, SENT, Deed(step=step))

    assert state_of(known, 7) is EscalationState.CLIMBING


def test_rise_begins_what_was_answered_anew():
    linked = follow(DISPATCHED, SENT, SENT, Deed(step="acknowledge", task=7))
    worse = Case(replace(SENT.incident, acknowledged_ns=None), SENT.tasks)
    known = follow(linked, SENT, worse, Deed(step="rise"), by="")

    assert [one.state for one in known] == [EscalationState.CLIMBING] * 2
    assert {one.round for one in known} == {1}


def test_step_of_a_person_postpones_being_forgotten_and_ends_a_forgotten_climb():
    accepted = with_task(TaskState.ACCEPTED)
    known = follow(DISPATCHED, SENT, accepted, Deed(step="accept", task=7))
    forgotten = [replace(one, state=EscalationState.CLIMBING) if one.task == 7 else one for one in known]
    arrived = with_task(TaskState.ARRIVED)

    assert state_of(follow(forgotten, accepted, accepted, Deed(step="overdue", task=7), by=""), 7) is (
        EscalationState.CLIMBING
    )
    assert state_of(follow(forgotten, accepted, arrived, Deed(step="arrive", task=7)), 7) is EscalationState.WATCHING


def test_feedback_rests_the_task_and_wakes_the_desk():
    accepted, done = with_task(TaskState.HANDLING), with_task(TaskState.FED_BACK)
    known = follow(DISPATCHED, SENT, accepted, Deed(step="handle", task=7))
    known = follow(known, accepted, done, Deed(step="feed_back", task=7))

    assert state_of(known, 7) is EscalationState.RESTING
    assert state_of(known, None) is EscalationState.WATCHING


def test_end_of_the_incident_ends_all():
    closed = Case(replace(SENT.incident, state=IncidentState.CLOSED), SENT.tasks)
    known = follow(DISPATCHED, SENT, closed, Deed(step="close"))

    assert {(one.state, one.next_ns) for one in known} == {(EscalationState.ENDED, NEVER_NS)}


def test_reopened_incident_waits_again():
    closed = Case(replace(SEEN.incident, state=IncidentState.CLOSED))
    known = follow(OPENED, REPORTED, closed, Deed(step="not_file"))

    assert state_of(follow(known, closed, REPORTED, Deed(step="reopen"), by=""), None) is EscalationState.CLIMBING


def test_filed_incident_without_a_task_is_commands():
    filed = Case(replace(SEEN.incident, state=IncidentState.FILED))

    assert desks(filed, book().directory) == ("command",)
    assert desks(REPORTED, book().directory) == ("desk",)
