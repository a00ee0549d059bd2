from dataclasses import replace
from typing import Any

import pytest

from city.alarm import Change
from city.errors import BadRequest
from city.level import Level
from linkage import finding
from linkage.finding import QueueFilter
from linkage.legs import TaskFilter
from linkage.order import Order
from linkage.overview import reading
from linkage.person import Person, Role
from linkage.states import Disposition, Step
from tests.support.linkage import (
    ACCEPTOR,
    COLLECTOR,
    DISPATCHER,
    FOREMAN,
    MONITOR,
    POLICE_OFFICER,
    WATER_HANDLER,
    WATER_OFFICER,
    Town,
    alarm,
    person,
)


def fill(town: Town) -> None:
    """Open five: 1 reported by hand, 2 notice, 3 critical, 4 filed and sent to water, 5 ended."""
    town.reported(title="积水 100%_", place="中山路")
    town.wait(minutes=1)
    town.raised(alarm(level=Level.NOTICE))
    town.raised(alarm(level=Level.CRITICAL, target="underpass/2"))
    town.reported(by=COLLECTOR, priority=1, incident_class="heat", district="west")
    town.act("4", Step.VERIFY, ACCEPTOR)
    town.act("4", Step.FILE, ACCEPTOR)
    town.act("4", Step.DISPATCH, DISPATCHER, departments=("water",))
    town.reported(priority=5)
    town.act("5", Step.NOT_FILE, ACCEPTOR, note="dry", disposition=Disposition.FALSE_PERSON)


def ids(town: Town, who: Person = MONITOR, **wanted: Any) -> list[str]:
    return [line.id for line in town.queue.page(who, QueueFilter(**wanted)).items]


def test_queue_order_is_unacknowledged_priority_deadline_age(town: Town):
    fill(town)
    town.act("3", Step.ACKNOWLEDGE, FOREMAN)
    town.reported(priority=3)

    assert ids(town) == ["1", "6", "2", "3", "4"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param({"open": False}, ["5"], id="ended"),
        pytest.param({"open": None}, ["5", "4", "3", "2", "1"], id="both, newest first"),
        pytest.param({"states": ["reported"]}, ["3", "1", "2"], id="state"),
        pytest.param({"priorities": [1]}, ["3", "4"], id="priority"),
        pytest.param({"departments": ["water"]}, ["4"], id="department"),
        pytest.param({"domains": ["environment"]}, ["3", "2"], id="domain"),
        pytest.param({"districts": ["west"]}, ["3", "4"], id="district"),
        pytest.param({"classes": ["heat"]}, ["4"], id="class"),
        pytest.param({"q": "中山路 100%_"}, ["1"], id="words, whatever their characters"),
        pytest.param({"q": "EAST gate"}, ["2"], id="words in any case"),
        pytest.param({"q": "100%x"}, [], id="a percent sign is no wildcard"),
        pytest.param({"states": ["reported"], "districts": ["east"], "priorities": [3]}, ["1"], id="all together"),
    ],
)
def test_filter(town: Town, wanted: dict[str, Any], found: list[str]):
    fill(town)

    assert ids(town, **wanted) == found


@pytest.mark.parametrize(
    ("who", "wanted", "found"),
    [
        pytest.param(WATER_OFFICER, {}, ["4"], id="a department sees its own"),
        pytest.param(POLICE_OFFICER, {}, [], id="a department without tasks sees nothing"),
        pytest.param(person(Role.MONITOR, district="west"), {}, ["3", "4"], id="a district sees its own"),
        pytest.param(person(Role.STEWARD), {"open": None}, [], id="a role without incidents"),
        pytest.param(replace(ACCEPTOR, district="north"), {}, ["1"], id="a district sees what it reported elsewhere"),
        pytest.param(replace(WATER_OFFICER, district="east"), {}, [], id="a department of one district"),
        pytest.param(replace(WATER_OFFICER, district="west"), {}, ["4"], id="a department of that district"),
        pytest.param(COLLECTOR, {"mine": True}, ["4"], id="mine: what I reported"),
        pytest.param(WATER_OFFICER, {"mine": True}, ["4"], id="mine: what my department works on"),
        pytest.param(DISPATCHER, {"mine": True}, ["4"], id="mine: what I took a step in"),
    ],
)
def test_people_see_what_is_theirs(town: Town, who: Person, wanted: dict[str, Any], found: list[str]):
    fill(town)

    assert ids(town, who, **wanted) == found


@pytest.mark.parametrize("wanted", [QueueFilter(), QueueFilter(open=None), QueueFilter(open=False)])
def test_pages_join_up(town: Town, wanted: QueueFilter):
    for number in range(7):
        town.reported(priority=1 + number % 3)
        if number % 2:
            town.act(str(number + 1), Step.NOT_FILE, ACCEPTOR, note="x", disposition=Disposition.NOT_FILED)
    whole = [line.id for line in town.queue.page(MONITOR, wanted).items]
    pages, after = [], None
    while True:
        page = town.queue.page(MONITOR, wanted, limit=2, after=after)
        assert page.total == len(whole)
        pages += [line.id for line in page.items]
        after = page.next
        if after is None:
            break

    assert pages == whole


def test_cursor_of_another_list_is_refused(town: Town):
    for _ in range(3):
        town.reported()
    other = town.queue.page(MONITOR, QueueFilter(open=None), limit=1).next

    with pytest.raises(BadRequest, match="a cursor of this list"):
        town.queue.page(MONITOR, after=other)


def test_line_shows_departments_deadline_and_alarms(town: Town):
    fill(town)
    town.raised(alarm(Change.RISEN, Level.MAJOR, step=1))
    lines = {line.id: line for line in town.queue.page(MONITOR).items}

    assert [(leg.department, str(leg.state)) for leg in lines["4"].departments] == [("water", "dispatched")]
    assert lines["4"].deadline is not None
    assert (lines["4"].deadline.stage, lines["4"].deadline.at) == ("handle", "2026-11-20T09:01:00.000Z")
    assert (lines["2"].alarms, lines["2"].level, lines["1"].level) == (1, "major", None)
    assert lines["1"].model_dump(by_alias=True)["class"] == "road_water"


def test_tasks_come_by_deadline_with_their_steps(town: Town):
    fill(town)
    town.act("3", Step.VERIFY, ACCEPTOR)
    town.act("3", Step.FILE, ACCEPTOR)
    town.act("3", Step.DISPATCH, DISPATCHER)
    page = town.tasks.page(WATER_OFFICER)

    assert [(task.summary.id, task.department) for task in page.items] == [
        ("4", "water"),
        ("3", "water"),
        ("3", "police"),
    ]
    assert [step.step for step in page.items[0].steps] == [Step.ACCEPT, Step.ASSIGN, Step.RETURN]
    assert page.items[2].steps == ()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param(TaskFilter(mine=True), ["4", "3"], id="mine"),
        pytest.param(TaskFilter(departments=["police"]), ["3"], id="department"),
        pytest.param(TaskFilter(states=["accepted"]), ["4"], id="state"),
    ],
)
def test_task_filter(town: Town, wanted: TaskFilter, found: list[str]):
    fill(town)
    town.act("3", Step.VERIFY, ACCEPTOR)
    town.act("3", Step.FILE, ACCEPTOR)
    town.act("3", Step.DISPATCH, DISPATCHER)
    town.work("4", WATER_OFFICER, Step.ACCEPT)

    assert [task.summary.id for task in town.tasks.page(WATER_OFFICER, wanted).items] == found


@pytest.mark.parametrize(
    ("who", "wanted", "found"),
    [
        pytest.param(WATER_OFFICER, TaskFilter(), ["4", "3", "3"], id="officer"),
        pytest.param(replace(WATER_OFFICER, district="west"), TaskFilter(mine=True), ["4", "3"], id="their district"),
        pytest.param(replace(WATER_OFFICER, district="east"), TaskFilter(mine=True), [], id="another district"),
        pytest.param(replace(POLICE_OFFICER, id=COLLECTOR.id), TaskFilter(), ["4", "3", "3"], id="they reported it"),
        pytest.param(COLLECTOR, TaskFilter(mine=True), [], id="their department has none"),
        pytest.param(replace(MONITOR, district="west"), TaskFilter(), ["4", "3", "3"], id="monitor of the district"),
        pytest.param(replace(MONITOR, district="east"), TaskFilter(), [], id="monitor of another"),
        pytest.param(MONITOR, TaskFilter(), ["4", "3", "3"], id="monitor"),
        pytest.param(MONITOR, TaskFilter(mine=True), [], id="monitor without a department"),
    ],
)
def test_tasks_are_those_of_incidents_that_the_person_may_see(
    town: Town, who: Person, wanted: TaskFilter, found: list[str]
):
    fill(town)
    town.act("3", Step.VERIFY, ACCEPTOR)
    town.act("3", Step.FILE, ACCEPTOR)
    town.act("3", Step.DISPATCH, DISPATCHER)
    page = town.tasks.page(who, wanted)

    assert [task.summary.id for task in page.items] == found
    assert page.total == len(found)


def test_tasks_of_a_person_are_theirs_and_nobodys(town: Town):
    fill(town)
    (task,) = town.incidents.one("4", WATER_OFFICER).tasks
    given = Order(step=Step.ASSIGN, version=town.incidents.one("4", WATER_OFFICER).version, person=WATER_HANDLER.id)
    found = TaskFilter(given=True)

    assert [one.id for one in town.tasks.page(WATER_OFFICER, found).items] == [task.id]
    town.incidents.act_on_task(task.id, given, WATER_OFFICER)

    assert town.tasks.page(WATER_OFFICER, found).items == ()
    assert [one.id for one in town.tasks.page(WATER_HANDLER, found).items] == [task.id]


def test_tasks_that_are_late_are_found(town: Town):
    fill(town)
    late = TaskFilter(overdue=True)
    assert town.tasks.page(WATER_OFFICER, late).items == ()

    town.wait(minutes=24 * 60)
    assert [one.summary.id for one in town.tasks.page(WATER_OFFICER, late).items] == ["4"]
    town.work("4", WATER_OFFICER, Step.ACCEPT, Step.ARRIVE, Step.FEED_BACK)

    assert [one.overdue for one in town.tasks.page(WATER_OFFICER, late).items] == [True]


def test_task_pages_join_up(town: Town):
    fill(town)
    town.act("3", Step.VERIFY, ACCEPTOR)
    town.act("3", Step.FILE, ACCEPTOR)
    town.act("3", Step.DISPATCH, DISPATCHER)
    first = town.tasks.page(MONITOR, limit=2)
    rest = town.tasks.page(MONITOR, limit=2, after=first.next)

    assert (len(first.items), len(rest.items), first.total, rest.next) == (2, 1, 3, None)


def test_counts_are_of_all_open_incidents(town: Town):
    fill(town)
    town.act("3", Step.ACKNOWLEDGE, FOREMAN)
    town.wait(hours=5)

    counts = town.queue.counts(MONITOR, town.ledger.clock)

    assert (counts.open, counts.unacknowledged, counts.overdue) == (4, 2, 4)
    assert counts.by_priority == {"1": 2, "2": 0, "3": 1, "4": 1, "5": 0}


def test_counts_are_only_of_what_somebody_may_see(town: Town):
    fill(town)

    assert town.queue.counts(WATER_OFFICER, town.ledger.clock).open == 1


def test_filter_that_lets_many_through_says_at_least(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(finding, "COUNTED", 2)
    fill(town)

    narrow = town.queue.page(MONITOR, QueueFilter(open=None, priorities=[1]), limit=1)
    wide = town.queue.page(MONITOR, QueueFilter(open=None, priorities=[1, 3, 4]), limit=1)
    whole = town.queue.page(MONITOR, QueueFilter(open=None), limit=1)

    assert (narrow.total, narrow.exact) == (2, True)
    assert (wide.total, wide.exact) == (2, False)
    assert (whole.total, whole.exact) == (5, True)


def test_open_incidents_are_counted_whatever_is_asked_for(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(finding, "COUNTED", 2)
    fill(town)

    pages = [
        town.queue.page(MONITOR, wanted, limit=1)
        for wanted in (QueueFilter(), QueueFilter(priorities=[1, 3, 4]), QueueFilter(q="road"), QueueFilter(q="0"))
    ]

    assert [(page.total, page.exact) for page in pages] == [(4, True), (4, True), (0, True), (4, True)]


@pytest.mark.parametrize("counted", [pytest.param(0, id="in the index's order"), pytest.param(100, id="sorted here")])
@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param({"priorities": [1, 3, 4]}, id="chosen"),
        pytest.param({"q": "road"}, id="words"),
        pytest.param({"open": None, "q": "0"}, id="words in open and ended"),
        pytest.param({"open": None}, id="open and ended"),
    ],
)
def test_pages_are_the_whole_cut_in_pieces_however_they_are_found(
    town: Town, monkeypatch: pytest.MonkeyPatch, wanted: dict[str, Any], counted: int
):
    fill(town)
    whole = ids(town, **wanted)
    monkeypatch.setattr(finding, "COUNTED", counted)

    found, after = [], None
    while True:
        page = town.queue.page(MONITOR, QueueFilter(**wanted), limit=1, after=after)
        found += [line.id for line in page.items]
        after = page.next
        if after is None:
            break

    assert found == whole


def test_words_follow_what_is_opened_ended_and_opened_again(town: Town):
    found = [ids(town, q="kerb")]
    town.reported(title="Water over the kerb")
    found.append(ids(town, q="KERB water"))
    town.reported(title="Kerb broken")
    found.append(ids(town, q="kerb"))
    town.act("1", Step.NOT_FILE, ACCEPTOR, note="dry", disposition=Disposition.FALSE_PERSON)
    found.append(ids(town, q="kerb"))

    assert found == [[], ["1"], ["1", "2"], ["2"]]


def test_words_are_read_anew_after_many_changes(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "MOST_CHANGED", 1)
    fill(town)

    assert ids(town, q="100%_") == ["1"]
