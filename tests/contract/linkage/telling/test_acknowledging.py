"""The signed link on both databases: it acknowledges, once, and nothing else."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from city.errors import NotFound
from linkage.config import MessageSettings
from linkage.escalation.climber import Climber
from linkage.escalation.desk import Escalations
from linkage.incidents import Incidents
from linkage.states import Step
from linkage.tables import MESSAGES
from linkage.telling.acknowledging import Acknowledging, LinkState
from linkage.telling.couriers import Letterbox
from linkage.telling.link import LinkKeys, Links
from linkage.telling.post import Post
from tests.support.linkage import ACCEPTOR, MONITOR, Town, dispatched

KEYS = LinkKeys([b"k" * 32])
URL = "https://wall.example"


def linked(town: Town) -> Town:
    """Let the town's messages carry links."""
    town.ledger = replace(town.ledger, console_url=URL)
    town.incidents = Incidents(town.ledger)
    return town


def tokens(town: Town) -> list[str]:
    """Send what waits and return the tokens in the letters, in order."""
    box = Letterbox()
    sender = Post(town.database, town.ledger.clock, MessageSettings(), box, links=Links(KEYS, URL))
    for channel in sorted(sender.waiting()):
        sender.send(channel)
    ends = [letter.body.rpartition("/ack/")[2] for letter in box.letters if "/ack/" in letter.body]
    return [end.strip() for end in ends]


def test_link_acknowledges_the_incident_once_in_the_departments_name(town: Town):
    incident = linked(town).reported().id
    (token,) = tokens(town)
    links = Acknowledging(town.ledger, KEYS)
    seen = [links.look(token).state, links.acknowledge(token).state, links.acknowledge(token).state]

    shown = town.incidents.one(incident, MONITOR)
    last = shown.events[-1]
    assert seen == [LinkState.READY, LinkState.DONE, LinkState.USED]
    assert shown.acknowledged_at is not None
    assert [event.step for event in shown.events] == ["open", "told", "acknowledge"]
    assert last.actor is not None
    assert (last.actor.id, last.data["by"]) == ("department:desk", "link")


def test_looking_changes_nothing(town: Town):
    incident = linked(town).reported().id
    (token,) = tokens(town)
    before = town.incidents.one(incident, MONITOR)
    Acknowledging(town.ledger, KEYS).look(token)

    assert town.incidents.one(incident, MONITOR) == before


def test_link_of_a_task_stops_its_escalation_and_does_not_accept_it(town: Town):
    incident = dispatched(linked(town))
    Climber(town.ledger).take()
    Acknowledging(town.ledger, KEYS).acknowledge(tokens(town)[-1])

    (task,) = town.incidents.one(incident, MONITOR).tasks
    (one,) = (one for one in Escalations(town.ledger).running(MONITOR, incident=incident) if one.task)
    assert task.state == "dispatched"
    assert one.state == "watching"


def test_link_expires(town: Town):
    linked(town).reported()
    (token,) = tokens(town)
    town.wait(hours=25)

    assert Acknowledging(town.ledger, KEYS).acknowledge(token).state is LinkState.EXPIRED


def test_link_of_an_ended_incident_is_moot(town: Town):
    incident = linked(town).reported().id
    (token,) = tokens(town)
    town.act(incident, Step.NOT_FILE, ACCEPTOR, note="nothing there", disposition="not_filed")

    assert Acknowledging(town.ledger, KEYS).acknowledge(token).state is LinkState.MOOT


def test_link_signed_by_another_is_unknown(town: Town):
    linked(town).reported()
    (token,) = tokens(town)

    with pytest.raises(NotFound):
        Acknowledging(town.ledger, LinkKeys([b"o" * 32])).look(token)


def test_database_holds_no_link(town: Town):
    linked(town).reported()
    (token,) = tokens(town)
    with town.database.read() as connection:
        rows = list(connection.execute(select(MESSAGES)).mappings())

    assert token not in repr(rows)
