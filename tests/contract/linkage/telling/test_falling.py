"""Channels that die: what they cannot deliver goes by the next within a minute, and somebody hears of it, once."""

from dataclasses import replace

from sqlalchemy import select

from city.level import Domain
from linkage.config import LinkageSettings, MessageSettings
from linkage.escalation.climber import Climber
from linkage.finding import QueueFilter
from linkage.tables import EVENTS, MESSAGES
from linkage.telling.channels import Channels
from linkage.telling.clearing import attempt_clearing
from linkage.telling.couriers import Letterbox, Receipt
from linkage.telling.falling import ChannelWatch
from linkage.telling.post import Post
from linkage.telling.sent import Sent, WantedMessages
from linkage.views import Incident
from storage.sql import Database
from tests.support.linkage import MONITOR, Town

DOWN = Receipt(delivered=False, answer="connection refused")
SETTINGS = LinkageSettings(messages=MessageSettings(fallback=("radio",), rate_per_min=6000))


def town_on(database: Database) -> Town:
    return Town(database, SETTINGS)


def deliver(town: Town, box: Letterbox) -> None:
    sender = Post(town.database, town.ledger.clock, SETTINGS.messages, box)
    for channel in sender.waiting():
        sender.send(channel)


def live(town: Town, box: Letterbox, seconds: int) -> None:
    """Let time pass as the desk does: look at the channels and at the post every second."""
    watch = ChannelWatch(town.ledger)
    for _ in range(seconds):
        deliver(town, box)
        watch.take()
        town.wait(seconds=1)


def states(town: Town) -> list[tuple[str, str, str]]:
    with town.database.read() as connection:
        rows = connection.execute(select(MESSAGES).order_by(MESSAGES.c.id))
        return [(row.kind, row.channel, row.state) for row in rows]


def steps(town: Town) -> list[str]:
    with town.database.read() as connection:
        return list(connection.execute(select(EVENTS.c.step).order_by(EVENTS.c.number)).scalars())


def test_dead_channel_falls_through_within_a_minute(database: Database):
    town, box = town_on(database), Letterbox({"duty": DOWN})
    town.reported()
    live(town, box, 60)

    assert ("open", "duty", "replaced") in states(town)
    assert ("open", "radio", "sent") in states(town)


def test_everything_that_waits_for_a_dead_channel_falls_at_once(database: Database):
    town, box = town_on(database), Letterbox({"duty": DOWN})
    for _ in range(110):
        town.reported()
    live(town, box, 40)

    assert states(town).count(("open", "radio", "sent")) == 110


def test_death_and_return_are_told_once_each_under_one_key(database: Database):
    town, box = town_on(database), Letterbox({"duty": DOWN})
    town.reported()
    live(town, box, 60)
    town.reported()
    live(town, box, 5)
    box.answers.clear()
    town.reported()
    live(town, box, 5)

    kinds = [kind for kind, channel, state in states(town) if channel == "radio" and state == "sent"]
    assert kinds.count("channel_dead") == 1
    assert kinds.count("channel_back") == 1
    assert [step for step in steps(town) if step.startswith("channel_")] == ["channel_dead", "channel_back"]


def test_what_a_channel_can_never_deliver_falls_at_once(database: Database):
    refused = Receipt(delivered=False, answer="no such channel", final=True)
    town, box = town_on(database), Letterbox({"duty": refused})
    town.reported()
    live(town, box, 3)

    assert ("open", "radio", "sent") in states(town)


def test_message_without_another_channel_stays_and_is_tried_on(database: Database):
    town, box = Town(database), Letterbox({"duty": DOWN})
    town.reported()
    sender = Post(town.database, town.ledger.clock, MessageSettings(), box)
    for _ in range(60):
        sender.send("duty")
        ChannelWatch(town.ledger).take()
        town.wait(seconds=1)

    assert states(town) == [("open", "duty", "waiting")]


def test_channels_say_how_they_are(database: Database):
    town, box = town_on(database), Letterbox({"duty": DOWN})
    town.reported()
    live(town, box, 40)
    found = {one.name: one for one in Channels(replace(town.ledger)).all()}

    assert (found["duty"].state, found["duty"].answer) == ("dead", "connection refused")
    assert found["radio"].state == "working"
    assert found["mqtt"].state == "unused"


def test_every_attempt_is_kept_with_its_answer(database: Database):
    town, box = town_on(database), Letterbox({"duty": DOWN})
    incident = town.reported().id
    live(town, box, 10)
    (sent,) = Sent(database).page(MONITOR, WantedMessages(incident=incident), 10)

    assert sent.attempts == len(sent.tries) == 3
    assert {one.answer for one in sent.tries} == {"connection refused"}


def about_channels(town: Town) -> list[Incident]:
    page = town.queue.page(MONITOR, QueueFilter(open=None, domains=[Domain.MACHINE_ROOM]))
    return [town.incidents.one(line.id, MONITOR) for line in page.items]


def test_dead_channel_is_one_incident_that_recovers_when_it_delivers_again(database: Database):
    town, box = town_on(database), Letterbox({"duty": DOWN})
    town.reported()
    live(town, box, 60)
    (burning,) = about_channels(town)
    box.answers.clear()
    town.reported()
    live(town, box, 5)
    (recovered,) = about_channels(town)
    box.answers["duty"] = DOWN
    town.reported()
    live(town, box, 60)
    (again,) = about_channels(town)

    assert (burning.title.en, burning.priority) == ("Notification channel dead: channel/duty", 2)
    assert (burning.recovered_at, recovered.recovered_at is None) == (None, False)
    assert (again.id, again.recovered_at) == (burning.id, None)
    assert [event.step for event in again.events if event.step in {"open", "recover", "join"}] == [
        "open",
        "recover",
        "join",
    ]


def test_incident_about_a_channel_is_told_by_the_others_only(database: Database):
    town, box = town_on(database), Letterbox({"duty": DOWN})
    town.reported()
    live(town, box, 60)
    (incident,) = about_channels(town)
    for _ in range(3):
        town.wait(minutes=20)
        Climber(town.ledger).take()
        town.ticker.take()
    town.file(incident.id)

    sent = Sent(database).page(MONITOR, WantedMessages(incident=incident.id), 50)
    assert {one.kind for one in sent} >= {"channel_dead"}
    assert {one.channel for one in sent} == {"radio"}


def test_two_dead_channels_are_two_incidents_and_no_more(database: Database):
    town, box = town_on(database), Letterbox({"duty": DOWN, "radio": DOWN})
    town.reported()
    live(town, box, 120)

    assert sorted(one.sensor or "" for one in about_channels(town)) == ["channel/duty", "channel/radio"]
    assert steps(town).count("channel_dead") == 2


def test_old_attempts_are_deleted_and_counted_and_the_rest_stays(database: Database):
    town = Town(database, LinkageSettings(messages=MessageSettings(attempts_kept_days=30)))
    town.reported()
    deliver(town, Letterbox())
    town.wait(days=20)
    town.reported()
    deliver(town, Letterbox())
    before = len(steps(town))
    town.wait(days=11)
    clearing = attempt_clearing(town.ledger)

    assert [clearing.take(), clearing.take()] == [1, 0]
    assert len(steps(town)) == before
    assert [len(one.tries) for one in Sent(database).page(MONITOR, WantedMessages(), 10)] == [1, 0]
