from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from city.place import Place
from linkage.cap.atlas import Atlas
from linkage.cap.config import CapSettings
from linkage.cap.following import CapFollower
from linkage.cap.model import Alert
from linkage.cap.notice import Notice
from linkage.cap.publishing import Publisher
from linkage.cap.reading import read
from linkage.cap.tables import CAP_MESSAGES
from linkage.cap.words import Category, Certainty, MsgType, ResponseType, Scope, Severity, Status, Urgency
from linkage.config import LinkageSettings
from linkage.states import Disposition, Step
from linkage.warnings.issuing import WarningContent, Warnings
from storage.sql import Database
from tests.support.linkage import ACCEPTOR, DISPATCHER, FOREMAN, WATER_OFFICER, Town, alarm

EAST = tuple(Place(x, y) for x, y in ((121, 31), (122, 31), (122, 32), (121, 32), (121, 31)))
ATLAS = Atlas(names={"east": {"zh": "东区", "en": "East"}}, shapes={"east": (EAST,)})
SETTINGS = CapSettings(sender="desk@city.example", incidents=True, public=True)

STORM = Notice(
    subject="warning:1",
    event={"zh": "暴雨", "en": "Rainstorm"},
    headline={"zh": "暴雨橙色预警", "en": "Orange rainstorm warning"},
    category=Category.MET,
    urgency=Urgency.EXPECTED,
    severity=Severity.SEVERE,
    certainty=Certainty.LIKELY,
    colour="orange",
    places=(ATLAS.place("east"),),
    approved=True,
)


@pytest.fixture
def city(database: Database) -> Town:
    town = Town(database, LinkageSettings(cap=SETTINGS))
    book = replace(town.ledger.book, atlas=ATLAS)
    made = Town(database, LinkageSettings(cap=SETTINGS))
    object.__setattr__(made.ledger, "book", book)
    CapFollower(made.ledger).take()
    return made


def messages(database: Database) -> list[Alert]:
    with database.read() as connection:
        texts = connection.execute(select(CAP_MESSAGES.c.xml).order_by(CAP_MESSAGES.c.id)).scalars()
        return [read(text.encode()) for text in texts]


def said(town: Town) -> list[Alert]:
    town.wait(seconds=2)
    CapFollower(town.ledger).take()
    return messages(town.database)


def publish(database: Database, *notices: Notice, settings: CapSettings = SETTINGS) -> list[Alert]:
    publisher = Publisher(settings, ZoneInfo("Asia/Shanghai"))
    for second, notice in enumerate(notices, 1_795_000_000):
        with database.write() as connection:
            publisher.publish(connection, notice, second * 1_000_000_000)
    return messages(database)


def test_incident_is_said_updated_and_cancelled(city: Town) -> None:
    shown = city.raised(alarm())
    said(city)
    city.act(shown.id, Step.VERIFY, ACCEPTOR, priority=1)
    said(city)
    city.act(shown.id, Step.FILE, ACCEPTOR)
    city.act(shown.id, Step.CANCEL, FOREMAN, note="a test", disposition=Disposition.FALSE_SENSOR)

    first, second, third = said(city)

    assert [one.msg_type for one in (first, second, third)] == [MsgType.ALERT, MsgType.UPDATE, MsgType.CANCEL]
    assert second.references == (first.reference,)
    assert third.references == (first.reference, second.reference)
    assert {one.scope for one in (first, second, third)} == {Scope.RESTRICTED}
    assert third.infos[0].response_types == (ResponseType.ALL_CLEAR,)
    assert first.incidents == (shown.number,)


def test_incident_is_said_in_both_languages_with_its_place(city: Town) -> None:
    city.raised(alarm())

    (alert,) = said(city)

    zh, en = alert.infos
    assert (zh.language, zh.event, en.language, en.event) == ("zh-CN", "道路积水", "en", "Road water")
    assert (zh.areas[0].description, en.areas[0].description) == ("东区 东门下穿", "East 东门下穿")
    assert zh.areas[0].circles[0].center == Place(121.5, 31.2)
    assert zh.certainty is Certainty.OBSERVED
    assert zh.onset == alert.sent.replace(hour=16, minute=0, second=0)


def test_report_without_a_place_has_its_districts_shape(city: Town) -> None:
    city.reported()

    (alert,) = said(city)

    assert alert.infos[0].areas[0].polygons == (EAST,)
    assert alert.infos[0].certainty is Certainty.LIKELY


def test_what_changes_nothing_that_was_said_is_not_said_again(city: Town) -> None:
    shown = city.raised(alarm())
    said(city)
    city.act(shown.id, Step.COMMENT, DISPATCHER, note="looking")

    assert len(said(city)) == 1


def test_what_happened_before_cap_was_switched_on_is_not_told(database: Database) -> None:
    town = Town(database, LinkageSettings(cap=SETTINGS))
    town.raised(alarm())
    CapFollower(town.ledger).take()

    assert said(town) == []


def test_replayed_incident_is_not_said(city: Town) -> None:
    city.raised(alarm(target="replay"))

    assert said(city) == []


def test_incidents_are_not_said_unless_asked_for(town: Town) -> None:
    town.raised(alarm())

    assert CapFollower(town.ledger).take() == 0
    assert messages(town.database) == []


def test_approved_warning_is_public_with_its_colour(database: Database) -> None:
    (alert,) = publish(database, STORM)

    assert (alert.scope, alert.status) == (Scope.PUBLIC, Status.ACTUAL)
    assert [(one.name, one.value) for one in alert.infos[0].parameters] == [("warning_level", "orange")]
    assert alert.infos[0].areas[0].polygons == (EAST,)


@pytest.mark.parametrize(
    ("notice", "settings", "status"),
    [
        pytest.param(replace(STORM, drill=True), SETTINGS, Status.EXERCISE, id="a drill"),
        pytest.param(STORM, SETTINGS.model_copy(update={"test": True}), Status.TEST, id="a test"),
        pytest.param(replace(STORM, approved=False), SETTINGS, Status.ACTUAL, id="not approved"),
        pytest.param(STORM, SETTINGS.model_copy(update={"public": False}), Status.ACTUAL, id="nothing is public"),
        pytest.param(
            replace(STORM, drill=True),
            SETTINGS.model_copy(update={"test": True}),
            Status.EXERCISE,
            id="drill in a test",
        ),
    ],
)
def test_public_sees_no_drill_and_nothing_unapproved(
    database: Database, notice: Notice, settings: CapSettings, status: Status
) -> None:
    (alert,) = publish(database, notice, settings=settings)

    assert (alert.scope, alert.status) == (Scope.RESTRICTED, status)


def test_what_begins_again_after_its_end_is_a_new_alert(database: Database) -> None:
    *_, last = publish(database, STORM, replace(STORM, over=True), STORM)

    assert last.msg_type is MsgType.ALERT
    assert last.references == ()


def test_end_of_what_was_never_said_is_not_said(database: Database) -> None:
    assert publish(database, replace(STORM, over=True)) == []


def test_messages_of_one_second_still_come_one_after_the_other(database: Database) -> None:
    publisher = Publisher(SETTINGS, ZoneInfo("Asia/Shanghai"))
    for colour in ("orange", "red", "yellow"):
        with database.write() as connection:
            publisher.publish(connection, replace(STORM, colour=colour), 1_795_000_000_500_000_000)

    sent = [alert.sent for alert in messages(database)]

    assert len(set(sent)) == 3
    assert sent == sorted(sent)


def test_long_story_keeps_its_references_bounded(database: Database) -> None:
    notices = [replace(STORM, headline={"zh": str(n), "en": str(n)}) for n in range(30)]

    alerts = publish(database, *notices)

    assert len(alerts[-1].references) == 20
    assert alerts[-1].references[0] == alerts[0].reference
    assert alerts[-1].references[-1] == alerts[-2].reference


def test_signs_that_xml_cannot_hold_do_not_keep_a_message_back(database: Database) -> None:
    (alert,) = publish(database, replace(STORM, headline={"zh": "暴\x01雨", "en": "a\x02b"}))

    assert [info.headline for info in alert.infos] == ["暴雨", "ab"]


CONTENT = WarningContent(
    level="orange",
    starts_ns=1_795_000_000_000_000_000,
    ends_ns=1_795_020_000_000_000_000,
    area="东区沿海",
    cautions="内涝",
    measures="不要外出",
    issuer="气象台",
)


def test_warning_of_the_city_is_said_raised_and_cancelled(city: Town) -> None:
    warnings = Warnings(city.ledger)
    number = warnings.issue("rainstorm", CONTENT, FOREMAN)
    warnings.update(number, 1, replace(CONTENT, level="red"), FOREMAN)
    warnings.cancel(number, 2, "rain is over", FOREMAN)

    first, second, third = said(city)

    assert [one.msg_type for one in (first, second, third)] == [MsgType.ALERT, MsgType.UPDATE, MsgType.CANCEL]
    assert {(one.scope, one.status) for one in (first, second, third)} == {(Scope.PUBLIC, Status.ACTUAL)}
    assert third.references == (first.reference, second.reference)
    assert [one.infos[0].severity for one in (first, second)] == [Severity.SEVERE, Severity.EXTREME]
    assert first.infos[0].headline == "暴雨橙色预警"
    assert first.infos[0].instruction == "不要外出"


def test_task_steps_update_the_state(city: Town) -> None:
    shown = city.raised(alarm())
    city.act(shown.id, Step.VERIFY, ACCEPTOR)
    city.act(shown.id, Step.FILE, ACCEPTOR)
    city.act(shown.id, Step.DISPATCH, DISPATCHER, departments=("water",))
    said(city)
    city.work(shown.id, WATER_OFFICER, Step.ACCEPT)

    alert = said(city)[-1]

    assert ("state", "handling") in [(one.name, one.value) for one in alert.infos[0].parameters]
