"""What is one incident: assets, nearness by plan, and merging, splitting and detaching by people."""

from dataclasses import replace
from pathlib import Path

import pytest

from city.alarm import AlarmTransition, Change
from city.entry import Connection, Tick
from city.errors import BadRequest, IllegalTransition, NotPermitted
from city.level import Domain, Level
from city.place import Place
from city.sensor import Sensor
from linkage.admission.admit import Admitter
from linkage.admission.config import AdmissionSettings
from linkage.admission.decision import Action, Reason
from linkage.admission.held import HeldAlarms
from linkage.config import LinkageSettings
from linkage.finding import QueueFilter
from linkage.incidents import Incidents
from linkage.merging.merging import Asked, Merging
from linkage.merging.parting import Chosen
from linkage.person import Person
from linkage.plans.library import Plans
from linkage.plans.parsing import parse_plan
from linkage.states import Step
from linkage.tables import KEYS
from linkage.views import Incident
from storage.sql import Database
from tests.support.judging import Bench, at, book, context, readings, rule
from tests.support.judging import sensor as judged_sensor
from tests.support.linkage import (
    ACCEPTOR,
    DISPATCHER,
    MONITOR,
    WATER_OFFICER,
    Town,
    admitted,
    alarm,
)

#: The plan of the example city says what is one flood.
PLAN = (Path(__file__).parents[3] / "examples/haibin/plans/waterlogging.yaml").read_text("utf-8")


def town_with(database: Database, *sensors: Sensor, plans: Plans | None = None) -> Town:
    """Return a town that has these sensors too."""
    town = Town(database)
    known = {sensor.id: sensor for sensor in sensors}
    book = town.ledger.book
    book = replace(
        book, sensor=lambda name: known.get(name, book_sensor(name)), plans=book.plans if plans is None else plans
    )
    ledger = replace(town.ledger, book=book)
    town.ledger, town.admitter, town.incidents = ledger, Admitter(ledger), Incidents(ledger)
    return town


def book_sensor(name: str) -> Sensor | None:
    """Return a sensor of the small city."""
    places = {"underpass/1": Place(121.5, 31.2), "underpass/2": Place(121.4, 31.2)}
    if name not in places:
        return None
    return Sensor(name, name, Domain.ENVIRONMENT, "underpass_level", name, places[name], "east")


def children(count: int) -> list[Sensor]:
    return [
        Sensor(f"s/{n}", f"S{n}", Domain.ENVIRONMENT, "level", place=Place(121.5, 31.2), upstream="gw")
        for n in range(count)
    ]


GATEWAY = Sensor("gw", "网关", Domain.ENVIRONMENT, "gateway", "Gateway", Place(121.5, 31.2))


def silent(target: str, **changes: object) -> AlarmTransition:
    return replace(alarm(target=target, level=Level.NOTICE, rule="silent"), kind="silence", **changes)  # type: ignore[arg-type]


def test_several_silent_children_of_one_asset_are_one_incident_about_it(database: Database):
    town = town_with(database, GATEWAY, *children(5))
    found = admitted(town, *(silent(f"s/{n}") for n in range(5)))
    (line,) = town.queue.page(MONITOR).items
    gone = town.queue.page(MONITOR, QueueFilter(open=False)).items

    assert [reason for _, reason in found] == ["new", "new", "siblings", "same_asset", "same_asset"]
    assert (line.title.en, line.sensor, line.alarms) == ("Asset failed: Gateway", "gw", 5)
    assert [one.state for one in gone] == ["merged", "merged"]


def test_children_of_one_asset_one_by_one_decide_alike(database: Database):
    town = town_with(database, GATEWAY, *children(4))
    found = [admitted(town, silent(f"s/{n}"))[0][1] for n in range(4)]

    assert found == ["new", "new", "siblings", "same_asset"]
    assert town.queue.page(MONITOR).items[0].alarms == 4


def test_an_alarm_about_an_asset_takes_in_its_childrens_incidents_however_old(database: Database):
    town = town_with(database, GATEWAY, *children(3))
    admitted(town, silent("s/0"), silent("s/1"))
    town.wait(hours=1)
    about = silent("gw", asset=True)
    cleared = [replace(silent(f"s/{n}"), id=f"absorbed/{n}", change=Change.CLEARED) for n in range(2)]

    assert admitted(town, about, *cleared) == [
        (Action.OPEN, Reason.SIBLINGS),
        (Action.FALL, Reason.OTHERS_BURN),
        (Action.FALL, Reason.OTHERS_BURN),
    ]
    (line,) = town.queue.page(MONITOR).items
    assert (line.title.en, line.sensor, line.recovered_at) == ("Asset failed: Gateway", "gw", None)
    back = replace(about, id="gw/back", change=Change.CLEARED)
    assert admitted(town, back, silent("s/2")) == [
        (Action.RECOVER, Reason.LAST_CLEARED),
        (Action.JOIN, Reason.CAME_BACK),
    ]


def test_four_hundred_sensors_that_the_rules_find_silent_are_one_incident(database: Database):
    rows = [judged_sensor(number, interval_s=2.0, upstream="gw") for number in range(1, 401)]
    town = town_with(database, GATEWAY, *(one.sensor for one in rows))
    quiet = rule("{notice: {intervals: 3}, major: {intervals: 6}}", name="quiet", kind="silence")
    bench = Bench()
    bench.feed(context(book(quiet), rows), Connection(at(0), listening=True))
    early = readings(*((number, 0.5, 0.0) for number in (1, 2)))
    late = readings(*((number, 2.5, 0.0) for number in range(3, 401)))

    found = bench.feed(early, Tick(at(1)), Tick(at(2)), late, *(Tick(at(second)) for second in range(3, 20)))
    town.admitter.admit(found)
    (line,) = town.queue.page(MONITOR).items
    back = bench.feed(readings(*((number, 19.5, 0.0) for number in range(1, 401))), Tick(at(20)))
    town.admitter.admit(back)

    assert [(one.target, one.change.value) for one in found] == [
        ("level-1", "raised"),
        ("level-2", "raised"),
        ("gw", "raised"),
        ("level-1", "cleared"),
        ("level-2", "cleared"),
        ("gw", "risen"),
    ]
    assert (line.title.en, line.sensor, line.level, line.recovered_at) == ("Asset failed: Gateway", "gw", "major", None)
    assert town.queue.page(MONITOR).items[0].recovered_at is not None


def test_an_alarm_about_an_asset_joins_what_is_open_about_it(database: Database):
    town = town_with(database, GATEWAY, *children(3))
    admitted(town, *(silent(f"s/{n}") for n in range(3)))

    assert admitted(town, silent("gw", asset=True)) == [(Action.JOIN, Reason.SAME_ASSET)]


def test_a_confirmed_alarm_changes_nothing_but_that_it_is_sure(database: Database):
    town = town_with(database)
    why = '{"unconfirmed":{"why":"no good reading since"}}'
    raised = replace(alarm(), unconfirmed=True, evidence=why)

    found = admitted(town, raised, alarm(Change.CONFIRMED, step=1))
    shown = [(one.change, one.unconfirmed) for one in town.incidents.one("1", MONITOR).alarms]

    assert found == [(Action.OPEN, Reason.NEW), (Action.CONFIRMED, Reason.CONFIRMED)]
    assert sorted(shown) == [("confirmed", False), ("raised", True)]


def test_child_joins_the_incident_about_its_gateway(database: Database):
    town = town_with(database, GATEWAY, *children(2))
    found = admitted(town, silent("gw"), silent("s/0"), silent("s/1", level=Level.MAJOR))

    assert found == [
        (Action.OPEN, Reason.NEW),
        (Action.JOIN, Reason.SAME_ASSET),
        (Action.RISE, Reason.HIGHER_LEVEL),
    ]


def test_cap_does_not_keep_a_child_from_the_incident_about_its_gateway(database: Database):
    capped = LinkageSettings(admission=AdmissionSettings(storm_most=1))
    town = town_with(database, GATEWAY, *children(1))
    town.admitter = Admitter(replace(town.ledger, settings=capped))

    assert admitted(town, silent("gw"), silent("s/0"), alarm()) == [
        (Action.OPEN, Reason.NEW),
        (Action.JOIN, Reason.SAME_ASSET),
        (Action.HOLD, Reason.STORM),
    ]


def test_what_a_failed_asset_does_not_explain_opens_its_own(database: Database):
    town = town_with(database, GATEWAY, *children(1))

    assert admitted(town, silent("gw"), alarm(target="s/0"))[1] == (Action.OPEN, Reason.NEW)


def test_incident_on_which_somebody_works_stays_when_its_asset_failed(database: Database):
    town = town_with(database, GATEWAY, *children(4))
    admitted(town, silent("s/0"))
    town.act("1", Step.VERIFY, ACCEPTOR)
    admitted(town, silent("s/1"), silent("s/2"))

    assert town.incidents.one("1", MONITOR).state == "reported"
    assert town.incidents.one("2", MONITOR).state == "merged"


def test_gateway_incident_recovers_when_all_children_are_heard_again(database: Database):
    town = town_with(database, GATEWAY, *children(3))
    admitted(town, *(silent(f"s/{n}") for n in range(3)))
    admitted(town, *(silent(f"s/{n}", change=Change.CLEARED, id=f"cleared/{n}") for n in range(3)))

    assert town.incidents.one("3", MONITOR).recovered_at is not None


@pytest.fixture
def two(town: Town) -> Town:
    """Return a town with two incidents."""
    admitted(town, alarm(), alarm(target="underpass/2", level=Level.CRITICAL))
    return town


def asked(town: Town, number: str, by: Person = ACCEPTOR, note: str = "same water") -> Asked:
    return Asked(person=by, version=town.incidents.one(number, by).version, note=note)


def shown(town: Town, number: str) -> Incident:
    return town.incidents.one(number, MONITOR)


def test_merged_incident_keeps_its_trail_and_its_alarms_move(two: Town):
    Merging(two.ledger).merge("2", "1", asked(two, "2"))
    gone, on = shown(two, "2"), shown(two, "1")

    assert (gone.state, on.level, on.priority) == ("merged", "critical", 1)
    assert (gone.events[-1].step, gone.events[-1].note) == ("merge", "same water")
    assert on.events[-1].data["from"] == 2
    assert HeldAlarms(two.ledger).members("1", MONITOR).total == 2


def test_alarms_after_a_merge_belong_to_the_incident_that_goes_on(two: Town):
    Merging(two.ledger).merge("2", "1", asked(two, "2"))
    found = two.admitter.admit(
        [alarm(Change.CLEARED, Level.CRITICAL, target="underpass/2", step=1), alarm(target="underpass/2", run=1)]
    )

    assert [one.incident for one in found] == [1, 1]
    with two.database.read() as connection:
        rows = connection.execute(KEYS.select().where(KEYS.c.open)).all()
    assert {row.incident for row in rows} == {1}


def test_tasks_move_and_a_department_in_both_goes_on_in_one(two: Town):
    for number, departments in (("1", ("water",)), ("2", ("water", "police"))):
        two.act(number, Step.VERIFY, ACCEPTOR)
        two.act(number, Step.FILE, ACCEPTOR)
        two.act(number, Step.DISPATCH, DISPATCHER, departments=departments)
    Merging(two.ledger).merge("2", "1", asked(two, "2"))
    gone, on = shown(two, "2"), shown(two, "1")

    assert sorted(task.department for task in on.tasks) == ["police", "water"]
    assert [(task.department, task.state) for task in gone.tasks] == [("water", "cancelled")]


@pytest.mark.parametrize(
    ("number", "into", "by", "note", "error"),
    [
        pytest.param("2", "2", ACCEPTOR, "why", BadRequest, id="into itself"),
        pytest.param("2", "1", ACCEPTOR, " ", BadRequest, id="without a reason"),
        pytest.param("2", "1", MONITOR, "why", NotPermitted, id="by somebody who only looks"),
    ],
)
def test_merge_is_refused(two: Town, number: str, into: str, by: Person, note: str, error: type[Exception]):
    with pytest.raises(error):
        Merging(two.ledger).merge(number, into, asked(two, number, by, note))


def test_merged_incident_is_not_merged_again(two: Town):
    Merging(two.ledger).merge("2", "1", asked(two, "2"))

    with pytest.raises(IllegalTransition):
        Merging(two.ledger).merge("2", "1", asked(two, "2"))


def test_detached_alarm_is_an_incident_of_its_own_and_stays_one(two: Town):
    Merging(two.ledger).merge("2", "1", asked(two, "2"))
    name = alarm(target="underpass/2").alarm
    number = Merging(two.ledger).split("1", Chosen((name,)), asked(two, "1", note="elsewhere"), Step.DETACH)
    new, old = shown(two, number), shown(two, "1")
    found = two.admitter.admit([alarm(Change.CLEARED, Level.CRITICAL, target="underpass/2", step=1)])

    assert (new.sensor, new.level, new.events[0].data["from"]) == ("underpass/2", "critical", 1)
    assert (old.level, old.events[-1].step, old.events[-1].data["into"]) == ("major", "detach", int(number))
    assert (found[0].incident, shown(two, number).recovered_at is not None) == (int(number), True)


def test_task_is_split_off_with_its_deadline(two: Town):
    two.act("1", Step.VERIFY, ACCEPTOR)
    two.act("1", Step.FILE, ACCEPTOR)
    before = two.act("1", Step.DISPATCH, DISPATCHER, departments=("water", "police"))
    task = next(one for one in before.tasks if one.department == "police")
    number = Merging(two.ledger).split("1", Chosen((), (task.id,)), asked(two, "1"))
    new = shown(two, number)

    assert (new.state, [one.deadline for one in new.tasks]) == ("dispatched", [task.deadline])
    assert [one.department for one in shown(two, "1").tasks] == ["water"]


@pytest.mark.parametrize("chosen", [Chosen(), Chosen(("water/underpass/1/0",)), Chosen(("nobody",))])
def test_split_is_refused_when_nothing_goes_or_nothing_stays(two: Town, chosen: Chosen):
    with pytest.raises(BadRequest):
        Merging(two.ledger).split("1", chosen, asked(two, "1"))


def test_officer_does_not_merge(two: Town):
    for number in ("1", "2"):
        two.act(number, Step.VERIFY, ACCEPTOR)
        two.act(number, Step.FILE, ACCEPTOR)
        two.act(number, Step.DISPATCH, DISPATCHER, departments=("water",))

    with pytest.raises(NotPermitted):
        Merging(two.ledger).merge("2", "1", asked(two, "2", WATER_OFFICER))


def flood(database: Database, text: str = PLAN) -> Town:
    """Return a town where water and traffic stand a few steps apart."""
    traffic = Sensor("loop/1", "线圈", Domain.TRAFFIC, "loop", "Loop", Place(121.502, 31.2), "east")
    return town_with(database, traffic, plans=Plans([parse_plan(text)]))


STOPPED = replace(
    alarm(target="loop/1", rule="congestion"), response=replace(alarm().response, incident_class="congestion")
)


def test_near_incidents_of_other_domains_are_proposed_to_a_person_and_joined_when_accepted(database: Database):
    town = flood(database)
    admitted(town, alarm(), STOPPED)
    merging = Merging(town.ledger)
    (proposal,) = merging.proposals("1", MONITOR)
    seen_from_both = merging.proposals("2", MONITOR) == (proposal,)
    on = merging.accept(proposal.id, ACCEPTOR)

    assert (proposal.incident, proposal.into, proposal.plan, proposal.state) == ("2", "1", "waterlogging", "open")
    assert (seen_from_both, round(proposal.distance_m)) == (True, 190)
    assert (on, town.incidents.one("2", MONITOR).state) == ("1", "merged")
    assert merging.proposals("1", MONITOR)[0].state == "accepted"


def test_declined_proposal_needs_a_reason_and_is_in_both_trails(database: Database):
    town = flood(database)
    admitted(town, alarm(), STOPPED)
    merging = Merging(town.ledger)
    with pytest.raises(BadRequest):
        merging.decline("1", ACCEPTOR, " ")
    merging.decline("1", ACCEPTOR, "an accident")

    for number in ("1", "2"):
        event = town.incidents.one(number, MONITOR).events[-1]
        assert (event.step, event.note) == ("decline_join", "an accident")
    with pytest.raises(IllegalTransition):
        merging.accept("1", ACCEPTOR)


def test_plan_that_joins_by_itself_joins(database: Database):
    town = flood(database, PLAN.replace("automatic: false", "automatic: true"))

    assert admitted(town, alarm(), STOPPED)[1] == (Action.JOIN, Reason.SAME_PLAN)
    assert "congestion" in {one.rule for one in HeldAlarms(town.ledger).members("1", MONITOR).items}


@pytest.mark.parametrize(
    ("later_s", "target"), [pytest.param(3600, "loop/1", id="an hour later"), pytest.param(0, "underpass/2", id="far")]
)
def test_what_is_not_near_is_not_proposed(database: Database, later_s: int, target: str):
    town = flood(database)
    admitted(town, alarm(), replace(STOPPED, target=target, time_ns=STOPPED.time_ns + later_s * 10**9))

    assert Merging(town.ledger).proposals("1", MONITOR) == ()


def test_report_near_an_incident_is_proposed_too(database: Database):
    town = flood(database)
    admitted(town, alarm())
    town.reported(longitude=121.501, latitude=31.2)

    assert [one.incident for one in Merging(town.ledger).proposals("1", MONITOR)] == ["2"]
