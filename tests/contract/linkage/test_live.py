from linkage.deed import Deed
from linkage.live import sees
from linkage.states import Step
from tests.support.linkage import ACCEPTOR, DISPATCHER, MONITOR, POLICE_OFFICER, WATER_OFFICER, Town


def test_events_go_on_after_a_number(town: Town):
    number = town.reported().id
    town.file(number, ACCEPTOR)
    town.reported()
    first = town.live.events_after(0, limit=2)
    rest = town.live.events_after(first[-1].number)

    found = [(event.number, event.event.step) for event in (*first, *rest)]
    assert found == [(1, "open"), (2, "verify"), (3, "file"), (4, "open")]
    assert town.live.last() == 4
    assert town.live.events_after(4) == []


def test_event_comes_with_the_incident_as_it_stands_now(town: Town):
    number = town.reported().id
    town.file(number, ACCEPTOR)

    assert {event.summary and event.summary.state for event in town.live.events_after(0)} == {"filed"}


def test_event_is_for_those_who_may_see_the_incident(town: Town):
    number = town.reported().id
    town.file(number, ACCEPTOR)
    town.act(number, Step.DISPATCH, DISPATCHER, departments=("water",))
    event = town.live.events_after(0)[0]

    assert [who.id for who in (MONITOR, WATER_OFFICER, POLICE_OFFICER) if sees(who, event)] == [
        "monitor",
        "water-officer",
    ]
    assert "reporter" not in event.model_dump()


def test_event_of_the_whole_city_is_told_only_where_it_changes_a_list(town: Town):
    with town.ledger.writing() as page:
        page.note(Deed(step="handover_late"))
        page.note(Deed(step="cease_proposal"))
    (event,) = town.live.events_after(0)

    assert (event.summary, event.listed) == (None, "responses")
    assert not sees(MONITOR, event)


def test_messages_are_for_those_who_may_see_the_incident(town: Town):
    first, second = town.reported().id, town.reported().id
    seen = [message.incident for message in town.live.messages(MONITOR)]

    assert seen == [second, first]
    assert town.live.messages(POLICE_OFFICER) == []
    assert [message.incident for message in town.live.messages(MONITOR, incident=first)] == [first]
    assert town.live.messages(MONITOR, incident="x") == []
