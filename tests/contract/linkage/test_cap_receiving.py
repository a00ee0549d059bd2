from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from city.errors import BadDocument
from linkage.cap.config import CapSettings
from linkage.cap.in_force import Received, warned
from linkage.cap.model import Alert, Area
from linkage.cap.office import CapOffice
from linkage.cap.receiving import Receiver, Taken
from linkage.cap.tables import CAP_RECEIVED
from linkage.cap.words import MsgType, Status
from linkage.cap.writing import written
from linkage.config import LinkageSettings
from linkage.event_log import verify
from linkage.tables import EVENTS
from storage.sql import Database
from tests.support.cap import RAIN, WARNING, later
from tests.support.linkage import Town, alarm
from tests.support.response import ResponseTown

SETTINGS = CapSettings(
    senders=("met@binhai.example", "other@met.example"), token="t", districts={"东区": "east", "330100": "west"}
)


@pytest.fixture
def city(database: Database) -> Town:
    return Town(database, LinkageSettings(cap=SETTINGS))


def heard(town: Town, *alerts: Alert) -> list[Taken]:
    receiver = Receiver(town.ledger)
    return [receiver.take(written(alert), "test") for alert in alerts]


def in_force(town: Town, *, drill: bool = False) -> list[str]:
    """Return the levels of the warnings that arm plans."""
    with town.database.read() as connection:
        return [one.level for one in warned(connection, town.ledger.clock.now_ns(), drill=drill)]


def test_warning_arms_and_is_kept_word_for_word(city: Town) -> None:
    text = written(WARNING)
    (taken,) = heard(city, WARNING)

    assert (taken.state, taken.reason) == ("in_force", "warns")
    with city.database.read() as connection:
        (armed,) = warned(connection, city.ledger.clock.now_ns())
        assert connection.execute(select(CAP_RECEIVED.c.text)).scalar_one() == text
    assert (armed.category, armed.level, armed.districts) == ("rainstorm", "orange", ())
    (shown,) = Received(city.database).in_force(city.ledger.clock.now_ns())
    assert shown.headline.zh == "滨海市气象台发布暴雨橙色预警信号"
    assert shown.level_from == "words"


def test_warning_that_comes_again_changes_nothing(city: Town) -> None:
    first, second = heard(city, WARNING, WARNING)

    assert second == replace(first, repeated=True)
    assert in_force(city) == ["orange"]


def test_list_says_what_a_warning_does_which_plans_it_arms_and_what_was_proposed(database: Database) -> None:
    town = ResponseTown(database)
    settings = LinkageSettings(cap=SETTINGS, plans=town.ledger.settings.plans)
    receiver = Receiver(replace(town.ledger, settings=settings))
    office = CapOffice(town.ledger)
    town.admitter.admit([alarm(), alarm(target="underpass/2")])
    receiver.take(written(WARNING), "test")
    receiver.take(written(replace(WARNING, identifier="draft", status=Status.TEST)), "test")
    (proposal,) = town.proposals()

    kept, acting = office.heard(0, 10)

    assert (kept.state, kept.reason, kept.acting, kept.arms) == ("kept", "not_meant", False, ())
    assert (acting.state, acting.acting, acting.source) == ("in_force", True, "test")
    assert [(one.plan, one.level) for one in acting.arms] == [("flood", "III")]
    assert [(one.id, one.level, one.state) for one in acting.proposed] == [(proposal.id, "III", "open")]
    assert [one.id for one in office.heard(int(kept.id), 10)] == [acting.id]


def test_receipt_stands_in_the_log(city: Town) -> None:
    heard(city, WARNING, WARNING)

    with city.database.read() as connection:
        (event,) = connection.execute(select(EVENTS))
    assert event.step == "cap_received"
    assert verify(city.database) == []


def test_update_replaces_and_cancel_ends(city: Town) -> None:
    red = replace(RAIN, headline="暴雨红色预警")
    update = later(WARNING, MsgType.UPDATE, infos=(red,))
    heard(city, WARNING, update)
    raised = in_force(city)
    heard(city, later(update, MsgType.CANCEL, 60))

    assert raised == ["red"]
    assert in_force(city) == []


def test_order_of_coming_does_not_matter(city: Town) -> None:
    update = later(WARNING, MsgType.UPDATE)
    cancel = later(update, MsgType.CANCEL, 60)
    taken = heard(city, cancel, update, WARNING)

    assert [one.state for one in taken] == ["kept", "cancelled", "cancelled"]
    assert in_force(city) == []


def test_nobody_cancels_anothers_warning(city: Town) -> None:
    heard(city, WARNING, later(WARNING, MsgType.CANCEL, sender="other@met.example"))

    assert in_force(city) == ["orange"]


def test_exercise_arms_drills_only_and_ends_nothing_real(city: Town) -> None:
    heard(city, WARNING, later(WARNING, MsgType.CANCEL, status=Status.EXERCISE))
    heard(city, replace(WARNING, identifier="drill", status=Status.EXERCISE))

    assert in_force(city) == ["orange"]
    assert in_force(city, drill=True) == ["orange"]


@pytest.mark.parametrize(
    ("alert", "reason"),
    [
        pytest.param(replace(WARNING, status=Status.TEST), "not_meant", id="a test"),
        pytest.param(replace(WARNING, status=Status.SYSTEM), "not_meant", id="a system's own"),
        pytest.param(replace(WARNING, status=Status.DRAFT), "not_meant", id="a draft"),
        pytest.param(later(WARNING, MsgType.ACK), "answer", id="an ack"),
        pytest.param(later(WARNING, MsgType.ERROR), "answer", id="an error"),
        pytest.param(replace(WARNING, infos=()), "says_nothing", id="nothing said"),
        pytest.param(
            replace(WARNING, infos=(replace(RAIN, expires=WARNING.sent - timedelta(hours=1)),)),
            "expired",
            id="too late",
        ),
    ],
)
def test_what_does_not_warn_is_kept_with_its_reason(city: Town, alert: Alert, reason: str) -> None:
    (taken,) = heard(city, alert)

    assert (taken.state, taken.reason) == ("kept", reason)
    assert in_force(city) == []


def test_test_message_cancels_nothing(city: Town) -> None:
    heard(city, WARNING, later(WARNING, MsgType.CANCEL, status=Status.TEST))

    assert in_force(city) == ["orange"]


def test_warning_expires(city: Town) -> None:
    heard(city, WARNING)
    city.wait(hours=3)

    assert in_force(city) == []
    assert Received(city.database).in_force(city.ledger.clock.now_ns()) == []


def test_warning_for_later_arms_when_its_time_comes(city: Town) -> None:
    heard(city, replace(WARNING, infos=(replace(RAIN, effective=WARNING.sent + timedelta(hours=1)),)))
    before = in_force(city)
    city.wait(hours=2)

    assert (before, in_force(city)) == ([], ["orange"])


def test_stranger_is_refused(city: Town) -> None:
    with pytest.raises(BadDocument, match=r"linkage\.cap\.senders"):
        heard(city, replace(WARNING, sender="stranger"))

    assert in_force(city) == []


@pytest.mark.parametrize(
    ("areas", "districts"),
    [
        pytest.param((Area(description="东区"),), ("east",), id="by its description"),
        pytest.param((Area(description="东区"), Area(description="月球")), (), id="one unknown area warns all"),
        pytest.param((), (), id="no area warns all"),
    ],
)
def test_areas_become_districts(city: Town, areas: tuple[Area, ...], districts: tuple[str, ...]) -> None:
    heard(city, replace(WARNING, infos=(replace(RAIN, areas=areas),)))

    (shown,) = Received(city.database).in_force(city.ledger.clock.now_ns())

    assert shown.districts == districts
