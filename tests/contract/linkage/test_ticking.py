from sqlalchemy import update

from linkage.states import Disposition, IncidentState, Step
from linkage.tables import INCIDENTS
from tests.support.linkage import ACCEPTOR, DISPATCHER, FOREMAN, MONITOR, WATER_OFFICER, Town, alarm, life_safety


def overdue(town: Town, number: str) -> list[tuple[object, str | None]]:
    events = town.incidents.one(number, MONITOR).events
    return [(event.data["stage"], event.department) for event in events if event.step == "overdue"]


def told_last(town: Town, count: int) -> list[str]:
    return [message.department for message in town.live.messages(MONITOR, limit=count)]


def test_clock_that_ran_out_is_marked_once_and_told(town: Town):
    number = town.reported().id
    town.wait(minutes=29)
    marked = [town.ticker.take()]
    town.wait(minutes=1)
    marked += [town.ticker.take(), town.ticker.take()]

    assert marked == [0, 1, 0]
    assert overdue(town, number) == [("verify", None)]
    assert told_last(town, 1) == ["desk"]


def test_each_department_has_its_own_clock(town: Town):
    number = town.reported().id
    town.file(number, ACCEPTOR)
    town.act(number, Step.DISPATCH, DISPATCHER, departments=("water",))
    town.wait(minutes=10)
    town.act(number, Step.DISPATCH, DISPATCHER, departments=("police",))
    town.wait(minutes=110)
    town.ticker.take()
    town.wait(minutes=10)
    town.ticker.take()

    assert overdue(town, number) == [("handle", "water"), ("handle", "police")]


def test_unconfirmed_dispatch_is_asked_for_after_15_minutes_and_goes_on(town: Town):
    number = town.raised(life_safety(alarm())).id
    town.work(number, WATER_OFFICER, Step.ACCEPT)
    town.wait(minutes=15)
    town.ticker.take()
    shown = town.incidents.one(number, MONITOR)

    assert overdue(town, number) == [("confirm", None)]
    assert sorted(told_last(town, 2)) == ["command", "desk"]
    assert shown.state is IncidentState.HANDLING
    assert shown.unconfirmed_at is not None


def test_confirmed_dispatch_is_not_asked_for(town: Town):
    number = town.raised(life_safety(alarm())).id
    town.act(number, Step.CONFIRM, FOREMAN)
    town.wait(minutes=16)

    assert town.ticker.take() == 0


def test_ended_incident_has_no_clock(town: Town):
    number = town.reported().id
    town.act(number, Step.NOT_FILE, ACCEPTOR, note="dry", disposition=Disposition.NOT_FILED)
    town.wait(days=30)

    assert town.ticker.take() == 0
    assert town.incidents.one(number, MONITOR).deadline is None


def test_clock_that_ran_out_while_nobody_looked_is_marked_afterwards(town: Town):
    numbers = [town.reported().id for _ in range(120)]
    town.wait(days=2)

    assert town.ticker.take() == 120
    assert overdue(town, numbers[-1]) == [("verify", None)]


def test_marking_does_not_make_people_s_orders_conflict(town: Town):
    seen = town.reported()
    town.wait(hours=1)
    town.ticker.take()

    assert town.file(seen.id, ACCEPTOR).state is IncidentState.FILED


def test_deadline_of_older_standards_is_derived_anew(town: Town):
    shown = town.reported()
    with town.database.write() as connection:
        connection.execute(update(INCIDENTS).values(wake_ns=0))

    marked = [town.ticker.take(), town.ticker.take()]

    assert marked == [1, 0]
    assert town.incidents.one(shown.id, ACCEPTOR).events[-1].step == "open"
