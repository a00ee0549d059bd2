"""An alarm whose sensor dies while it stands: its incident is in doubt, and nobody is told anew."""

from dataclasses import replace

from sqlalchemy import func, select

from city.alarm import AlarmTransition, Change
from linkage.admission.decision import Action, Reason
from linkage.tables import MESSAGES
from tests.support.linkage import MONITOR, Town, alarm


def doubted(step: int) -> AlarmTransition:
    return replace(alarm(Change.DOUBTED, step=step), unconfirmed=True)


def again(step: int) -> AlarmTransition:
    return replace(alarm(Change.CONFIRMED, step=step), again=True)


def messages(town: Town) -> int:
    with town.database.read() as connection:
        return connection.execute(select(func.count()).select_from(MESSAGES)).scalar_one()


def test_its_incident_counts_it_until_a_reading_confirms_it_and_nobody_is_told(town: Town):
    town.raised(alarm())
    before = messages(town)
    (first,) = town.admitter.admit([doubted(1)])
    in_doubt = town.incidents.one("1", MONITOR)
    (second,) = town.admitter.admit([again(2)])
    sure = town.incidents.one("1", MONITOR)

    assert (first.decision.action, first.decision.reason) == (Action.DOUBTED, Reason.DOUBTED)
    assert second.decision.action is Action.CONFIRMED
    assert (in_doubt.hazard_unconfirmed, sure.hazard_unconfirmed) == (True, False)
    assert [event.step for event in sure.events[-2:]] == ["doubted", "confirmed"]
    assert (in_doubt.state, in_doubt.acknowledged_at) == (sure.state, sure.acknowledged_at)
    assert messages(town) == before


def test_doubts_are_no_flapping_and_open_nothing(town: Town):
    town.raised(alarm())
    for step in range(1, 21):
        town.admitter.admit([doubted(step) if step % 2 else again(step)])

    town.raised(alarm(Change.CLEARED, step=21), alarm(run=1))

    assert town.incidents.one("1", MONITOR).events[-1].data["reason"] == "came_back"


def test_a_doubt_about_what_is_not_known_is_left(town: Town):
    (admission,) = town.admitter.admit([doubted(1)])

    assert (admission.decision.action, admission.incident) == (Action.IGNORE, None)
