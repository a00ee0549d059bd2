"""Notices for the public: drafted, signed by another, sent by the public channels alone, kept when of a drill."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from city.errors import BadRequest, Conflict, IllegalTransition, NotFound, NotPermitted
from linkage.config import LinkageSettings, MessageSettings
from linkage.notices.about import Subject
from linkage.notices.notices import Notices
from linkage.plans.orders import Start
from linkage.tables import MESSAGES
from linkage.telling.couriers import Letterbox
from linkage.telling.falling import ChannelWatch
from linkage.telling.post import Post
from linkage.telling.public_guard import PublicGuard
from storage.sql import Database
from tests.support.linkage import DISPATCHER, FOREMAN, LEADER, WATER_OFFICER
from tests.support.plans import FLOOD_PLAN
from tests.support.response import CONTENT, WARNING, ResponseTown

TEXT = {"zh": "东门积水，请绕行", "en": "East gate flooded, take another way"}

PUBLIC_PLAN = FLOOD_PLAN.replace(
    "    measures: {zh: 排水, en: Pump}\n",
    "    measures: {zh: 排水, en: Pump}\n    public: {zh: '{place}积水', en: 'Flooding at {place}'}\n",
)


class NoticeTown(ResponseTown):
    """A town with two public channels, and a desk that sends by them."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, [PUBLIC_PLAN])
        messages = MessageSettings(public=("weibo", "screens"), public_per_h=2)
        self.ledger = replace(self.ledger, settings=LinkageSettings(messages=messages))
        self.notices = Notices(self.ledger)
        self.box = Letterbox()
        guard = PublicGuard(self.box, database, messages.public)
        self.post = Post(database, self.ledger.clock, messages, guard)

    def warned(self) -> Subject:
        """Return a warning without an incident."""
        return Subject(warning=self.office.warnings.issue("gale", WARNING, FOREMAN))

    def public(self) -> list[tuple[str, str]]:
        """Send what waits, and return what reached the public."""
        for channel in ("weibo", "screens"):
            self.post.send(channel)
        return [(letter.channel, letter.body) for letter in self.box.letters]


@pytest.fixture
def town(database: Database) -> NoticeTown:
    return NoticeTown(database)


def test_nothing_is_sent_before_it_is_signed(town: NoticeTown) -> None:
    number = town.notices.draft(town.warned(), TEXT, FOREMAN)

    assert town.public() == []
    assert (town.notices.one(number).state, town.notices.one(number).signer) == ("drafted", "leader")


def test_signed_notice_goes_once_by_every_public_channel_and_nowhere_else(town: NoticeTown) -> None:
    number = town.notices.draft(town.warned(), TEXT, FOREMAN)
    town.notices.sign(number, LEADER)
    body = f"{TEXT['zh']}\n{TEXT['en']}"

    assert town.public() == town.public() == [("weibo", body), ("screens", body)]
    assert [(one.channel, one.state) for one in town.notices.one(number).sent] == [
        ("weibo", "sent"),
        ("screens", "sent"),
    ]
    (event,) = town.events("sign_notice")
    assert (event["actor"], event["incident"]) == ("leader", None)


def test_notice_of_a_response_begins_with_the_plans_words(town: NoticeTown) -> None:
    response = town.started(incident=int(town.reported(place="东门").id))
    number = town.notices.draft(Subject(activation=response), {}, DISPATCHER)
    town.notices.sign(number, LEADER)

    assert town.public()[0] == ("weibo", "东门积水\nFlooding at 东门")
    assert [event["incident"] for event in town.events("draft_notice")] == [int(town.events("open")[0]["incident"])]


def test_notice_of_a_drill_is_signed_and_kept_from_the_public(town: NoticeTown) -> None:
    drill = town.office.drills.one(town.office.drills.start("flood", "east", LEADER))
    order = Start(plan="flood", level="IV", content=CONTENT, incident=int(drill.incident))
    number = town.notices.draft(Subject(activation=town.responses.start(order, LEADER)), TEXT, FOREMAN)
    town.notices.sign(number, LEADER)

    assert town.public() == []
    assert {(one.state, one.answer[-5:]) for one in town.notices.one(number).sent} == {("failed", "drill")}


@pytest.mark.parametrize(
    "signer",
    [
        pytest.param(DISPATCHER, id="a role that the law does not name"),
        pytest.param(replace(LEADER, id="foreman"), id="whoever drafted it"),
    ],
)
def test_wrong_person_does_not_sign(town: NoticeTown, signer: object) -> None:
    number = town.notices.draft(town.warned(), TEXT, FOREMAN)

    with pytest.raises(NotPermitted):
        town.notices.sign(number, signer)  # type: ignore[arg-type]


def test_refused_notice_is_never_sent(town: NoticeTown) -> None:
    number = town.notices.draft(town.warned(), TEXT, FOREMAN)
    with pytest.raises(BadRequest):
        town.notices.refuse(number, " ", LEADER)
    town.notices.refuse(number, "wrong road", LEADER)

    with pytest.raises(IllegalTransition):
        town.notices.sign(number, LEADER)
    assert town.public() == []
    assert town.notices.page()[0].note == "wrong road"


def test_quota_of_the_hour_holds(town: NoticeTown) -> None:
    numbers = [town.notices.draft(town.warned(), TEXT, FOREMAN) for _ in range(3)]
    for number in numbers[:2]:
        town.notices.sign(number, LEADER)

    with pytest.raises(Conflict, match="quota"):
        town.notices.sign(numbers[2], LEADER)
    town.wait(minutes=61)
    town.notices.sign(numbers[2], LEADER)


def test_notice_does_not_fall_through_to_departments_channels(town: NoticeTown) -> None:
    town.notices.sign(town.notices.draft(town.warned(), TEXT, FOREMAN), LEADER)
    with town.database.write() as connection:
        connection.execute(MESSAGES.update().where(MESSAGES.c.kind == "public").values(state="failed"))
    ChannelWatch(town.ledger).take()

    with town.database.read() as connection:
        assert len(connection.execute(select(MESSAGES.c.id).where(MESSAGES.c.kind == "public")).all()) == 2


def test_what_cannot_be_drafted_is_refused(town: NoticeTown) -> None:
    with pytest.raises(NotPermitted):
        town.notices.draft(town.warned(), TEXT, WATER_OFFICER)
    with pytest.raises(BadRequest):
        town.notices.draft(town.warned(), {}, FOREMAN)
    with pytest.raises(BadRequest):
        town.notices.draft(Subject(), TEXT, FOREMAN)
    with pytest.raises(NotFound):
        town.notices.draft(Subject(warning=99), TEXT, FOREMAN)
    with pytest.raises(NotFound):
        town.notices.sign(99, LEADER)


def test_without_a_public_channel_nobody_signs(town: NoticeTown) -> None:
    number = town.notices.draft(town.warned(), TEXT, FOREMAN)

    with pytest.raises(BadRequest, match="public"):
        Notices(replace(town.ledger, settings=LinkageSettings())).sign(number, LEADER)
