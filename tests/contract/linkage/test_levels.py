"""An incident that the city passes down is its district's to work on, over every role, until it is passed up again."""

from dataclasses import replace

import pytest

from city.errors import BadRequest, NotFound, NotPermitted
from linkage import cases
from linkage.departments import COUNTY, LEVELS, parse_departments
from linkage.escalation.waiting import desks
from linkage.finding import QueueFilter
from linkage.incidents import Incidents
from linkage.permissions import AXIS
from linkage.person import Person, Role
from linkage.reports.book import ReportBook, parse_reports
from linkage.states import Disposition, Step
from storage.sql import Database
from tests.support.linkage import ACCEPTOR, DEPARTMENTS, DISPATCHER, FOREMAN, MONITOR, WATER_OFFICER, Town, person

DISTRICT = """\
  - {id: east-command, name: {zh: 东区指挥, en: East Command}, axis: command, level: county, district: east,
     channels: [duty]}
  - {id: east-drains, name: {zh: 东区排水, en: East Drains}, axis: department, level: county, district: east,
     channels: [duty]}
  - {id: east-roads, name: {zh: 东区道路, en: East Roads}, axis: department, level: county, district: east}
  - {id: west-command, name: {zh: 西区指挥, en: West Command}, axis: command, level: county, district: west}
"""

TABLE = """\
classes:
  - {class: road_water, priority: 3, departments: {"*": water, east: east-drains}}
"""

EAST = person(Role.DISPATCHER, name="east-dispatcher", department="east-command", district="east")
WEST = person(Role.DISPATCHER, name="west-dispatcher", department="west-command", district="west")
EAST_ACCEPTOR = person(Role.ACCEPTOR, name="east-acceptor", department="desk", district="east")
EAST_OFFICER = person(Role.OFFICER, name="east-officer", department="east-drains", district="east")


@pytest.fixture
def land(database: Database) -> Town:
    """Return a town whose east has a command desk and departments of its own."""
    town = Town(database)
    reports: ReportBook = parse_reports(TABLE)
    book = replace(town.ledger.book, directory=parse_departments(DEPARTMENTS + DISTRICT), reports=reports)
    town.ledger = replace(town.ledger, book=book)
    town.incidents = Incidents(town.ledger)
    return town


def filed(land: Town) -> str:
    number = land.reported(proposed=("water",), proposed_why={"water": "table"}).id
    land.file(number)
    return number


def passed_down(land: Town) -> str:
    number = filed(land)
    land.act(number, Step.PASS_DOWN, DISPATCHER, note="a local drain")
    return number


def offered(land: Town, number: str, by: Person) -> set[Step]:
    return {one.step for one in land.incidents.one(number, by).steps if AXIS[one.step] == "command"}


def test_the_city_commands_what_it_has_not_passed_down(land: Town):
    number = filed(land)

    assert offered(land, number, DISPATCHER) == {Step.DISPATCH, Step.SEND_BACK, Step.PASS_DOWN}
    assert offered(land, number, EAST) == set()
    with pytest.raises(NotPermitted, match="dispatchers of the city"):
        land.act(number, Step.DISPATCH, EAST)


def test_the_district_commands_what_was_passed_down(land: Town):
    number = passed_down(land)

    assert offered(land, number, EAST) == {Step.DISPATCH, Step.SEND_BACK, Step.PASS_UP}
    assert offered(land, number, DISPATCHER) == {Step.PASS_UP}
    with pytest.raises(NotPermitted, match="dispatchers of district east"):
        land.act(number, Step.DISPATCH, DISPATCHER)
    with pytest.raises(NotFound):
        land.act(number, Step.DISPATCH, WEST)


def test_the_districts_departments_are_proposed_and_dispatched_to(land: Town):
    number = passed_down(land)
    assert land.incidents.one(number, EAST).proposed == ("east-drains",)

    with pytest.raises(BadRequest, match="a department of district east"):
        land.act(number, Step.DISPATCH, EAST, departments=("water",))
    sent = land.act(number, Step.DISPATCH, EAST)

    assert [(task.department, task.reason) for task in sent.tasks] == [("east-drains", "table")]
    assert land.work(number, EAST_OFFICER, Step.ACCEPT).state == "handling"
    with pytest.raises(NotFound):
        land.incidents.one(number, WATER_OFFICER)


def test_lists_show_it_to_the_districts_people_and_to_no_others(land: Town):
    number = passed_down(land)
    land.act(number, Step.DISPATCH, EAST)

    seen = {
        by.id: [line.id for line in land.queue.page(by).items]
        for by in (EAST, EAST_ACCEPTOR, EAST_OFFICER, DISPATCHER, WEST, WATER_OFFICER)
    }

    assert seen == {
        "east-dispatcher": [number],
        "east-acceptor": [number],
        "east-officer": [number],
        "dispatcher": [number],
        "west-dispatcher": [],
        "water-officer": [],
    }
    assert land.queue.page(EAST).items[0].jurisdiction == "east"


@pytest.mark.parametrize(
    "scope", [pytest.param(QueueFilter(), id="open"), pytest.param(QueueFilter(open=None), id="all")]
)
def test_lists_are_narrowed_to_one_level(land: Town, scope: QueueFilter):
    down, kept = passed_down(land), land.reported().id
    found = {
        level: [line.id for line in land.queue.page(MONITOR, replace(scope, jurisdictions=[level])).items]
        for level in LEVELS
    }

    assert found == {"city": [kept], "county": [down]}
    land.act(down, Step.PASS_UP, EAST, note="beyond our pumps")
    assert land.queue.page(MONITOR, replace(scope, jurisdictions=[COUNTY])).items == ()


def test_what_ended_is_narrowed_to_one_level(land: Town):
    ended = [passed_down(land), filed(land)]
    for number in ended:
        land.act(number, Step.CANCEL, FOREMAN, note="twice", disposition=Disposition.DUPLICATE)
    found = {
        level: [line.id for line in land.queue.page(MONITOR, QueueFilter(open=False, jurisdictions=[level])).items]
        for level in LEVELS
    }

    assert found == {"county": ended[:1], "city": ended[1:]}


def test_supervision_of_either_level_goes_on(land: Town):
    number = land.reported().id
    land.act(number, Step.PASS_DOWN, DISPATCHER, note="local")
    both = [{one.step for one in land.incidents.one(number, by).steps} for by in (ACCEPTOR, EAST_ACCEPTOR)]

    assert both[0] == both[1]
    assert Step.VERIFY in both[0]


def test_passing_up_gives_it_back(land: Town):
    number = passed_down(land)
    land.act(number, Step.DISPATCH, EAST)
    back = land.act(number, Step.PASS_UP, EAST, note="beyond our pumps")

    assert (back.jurisdiction, back.proposed) == ("", ("water", "east-drains"))
    assert Step.DISPATCH not in offered(land, number, EAST)
    again = land.act(number, Step.DISPATCH, DISPATCHER)
    assert [task.department for task in again.tasks] == ["east-drains", "water"]
    assert [event.data.get("jurisdiction") for event in again.events if event.step.startswith("pass_")] == [
        {"from": "", "to": "east"},
        {"from": "east", "to": ""},
    ]


def test_the_city_takes_back_what_the_district_does_not_do(land: Town):
    number = passed_down(land)

    assert land.act(number, Step.PASS_UP, DISPATCHER, note="nobody answers").jurisdiction == ""


def test_the_level_that_works_on_it_is_told_and_waited_for(land: Town):
    number = passed_down(land)
    messages = reversed(land.live.messages(MONITOR, incident=number))
    with land.database.read() as connection:
        case = cases.load(connection, int(number))

    assert [one.department for one in messages] == ["desk", "command", "east-command", "command", "east-command"]
    assert case is not None
    assert desks(case, land.ledger.book.directory) == ("east-command",)
