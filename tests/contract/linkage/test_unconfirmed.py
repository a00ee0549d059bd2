"""A hazard whose sensor died while it was pending is called unconfirmed wherever its incident is, until a reading."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from city.alarm import AlarmTransition, Change
from city.level import Level
from linkage.admission.decision import Action, Reason
from linkage.departments import Axis
from linkage.finding import QueueFilter
from linkage.merging.merging import Asked, Merging
from linkage.merging.parting import Chosen
from linkage.roster.brief import brief_of
from linkage.states import Disposition, Step
from linkage.tables import MESSAGES
from tests.support.linkage import ACCEPTOR, FOREMAN, MONITOR, Town, alarm


def doubted(change: Change = Change.RAISED, **parts: object) -> AlarmTransition:
    return replace(alarm(change, **parts), unconfirmed=True)  # type: ignore[arg-type]


def shown(town: Town, number: str = "1", *, still_open: bool = True) -> tuple[bool, bool]:
    """Return what the list's line and the incident's page say."""
    wanted = QueueFilter(open=still_open)
    (line,) = (one for one in town.queue.page(MONITOR, wanted).items if one.id == number)
    return line.hazard_unconfirmed, town.incidents.one(number, MONITOR).hazard_unconfirmed


def asked(town: Town, number: str) -> Asked:
    return Asked(person=ACCEPTOR, version=town.incidents.one(number, ACCEPTOR).version, note="same water")


def subjects(town: Town) -> list[str]:
    with town.database.read() as connection:
        return list(connection.execute(select(MESSAGES.c.subject).order_by(MESSAGES.c.id)).scalars())


def test_it_is_unconfirmed_until_a_reading_confirms_it(town: Town):
    town.raised(doubted())
    before = shown(town)
    (confirmed,) = town.admitter.admit([alarm(Change.CONFIRMED, step=1)])
    (again,) = town.admitter.admit([alarm(Change.CONFIRMED, step=2)])

    assert (before, shown(town)) == ((True, True), (False, False))
    assert (confirmed.decision.action, confirmed.decision.reason) == (Action.CONFIRMED, Reason.CONFIRMED)
    assert again.decision.action is Action.IGNORE
    assert town.incidents.one("1", MONITOR).events[-1].step == "confirmed"


def test_messages_say_so_and_the_next_one_that_it_is_confirmed(town: Town):
    town.raised(doubted())
    town.raised(alarm(Change.CONFIRMED, step=1))

    first, second = subjects(town)
    assert "新事件（险情待证实）" in first
    assert "New incident (hazard unconfirmed)" in first
    assert "险情已证实" in second
    assert "待证实" not in second


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        pytest.param(alarm(Change.RISEN, Level.CRITICAL, step=1), False, id="a reading raises it further"),
        pytest.param(alarm(Change.FALLEN, Level.NOTICE, step=1), False, id="a reading lets it fall"),
        pytest.param(alarm(Change.CLEARED, step=1), False, id="a reading clears it"),
        pytest.param(doubted(Change.RISEN, level=Level.CRITICAL, step=1), True, id="it rises as unseen"),
        pytest.param(alarm(run=1, step=1), True, id="another alarm of it is sure"),
    ],
)
def test_any_good_reading_of_that_alarm_decides(town: Town, then: AlarmTransition, *, expected: bool):
    town.raised(doubted())
    town.raised(then)

    assert shown(town) == (expected, expected)


def test_an_alarm_that_was_sure_and_rises_unseen_is_in_doubt(town: Town):
    town.raised(alarm())
    town.raised(doubted(Change.RISEN, level=Level.CRITICAL, step=1))

    assert shown(town) == (True, True)


def test_merged_and_split_incidents_take_their_doubts_with_them(town: Town):
    town.raised(alarm())
    town.raised(doubted(target="underpass/2"))
    merging = Merging(town.ledger)
    merging.merge("2", "1", asked(town, "2"))
    together = shown(town)
    parted = merging.split("1", Chosen(alarms=("water/underpass/2/0",)), asked(town, "1"))

    assert together == (True, True)
    assert shown(town) == (False, False)
    assert shown(town, parted) == (True, True)


def test_what_comes_back_is_as_sure_as_what_brought_it_back(town: Town):
    town.raised(doubted())
    town.file("1")
    town.act("1", Step.FORCE_CLOSE, FOREMAN, disposition=Disposition.RESOLVED, note="pumped")
    town.raised(alarm(Change.CLEARED, step=1), alarm(run=1))

    assert shown(town) == (False, False)
    assert town.incidents.one("1", ACCEPTOR).reopened == 1


def test_what_ended_in_doubt_stays_listed_as_it_ended(town: Town):
    town.raised(doubted())
    town.file("1")
    town.act("1", Step.FORCE_CLOSE, FOREMAN, disposition=Disposition.RESOLVED, note="sensor is under water")
    town.raised(alarm(Change.CONFIRMED, step=1))

    assert shown(town, still_open=False) == (True, True)


def test_a_brief_says_what_is_in_doubt(town: Town):
    town.raised(doubted(), alarm(target="underpass/2"))
    desk = next(one for one in town.ledger.book.directory if one.axis is Axis.SUPERVISION)
    with town.database.read() as connection:
        lines = brief_of(connection, desk, town.ledger.clock.now_ns()).open

    assert {line.incident: line.hazard_unconfirmed for line in lines} == {"1": True, "2": False}
