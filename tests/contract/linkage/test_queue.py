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
from linkage.views import IncidentPage
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


def fill_with_tasks(town: Town) -> None:
    """Open the five, and send 3 to water and police."""
    fill(town)
    town.act("3", Step.VERIFY, ACCEPTOR)
    town.act("3", Step.FILE, ACCEPTOR)
    town.act("3", Step.DISPATCH, DISPATCHER)


def ids(town: Town, who: Person = MONITOR, **wanted: Any) -> list[str]:
    return [line.id for line in town.queue.page(who, QueueFilter(**wanted)).items]


def test_queue_order_is_unacknowledged_priority_deadline_age(town: Town):
    fill(town)
    town.act("3", Step.ACKNOWLEDGE, FOREMAN)
    town.reported(priority=3)

    assert ids(town) == ["1", "6", "2", "3", "4"]


FILTERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "ended": ({"open": False}, ["5"]),
    "both, newest first": ({"open": None}, ["5", "4", "3", "2", "1"]),
    "state": ({"states": ["reported"]}, ["3", "1", "2"]),
    "priority": ({"priorities": [1]}, ["3", "4"]),
    "department": ({"departments": ["water"]}, ["4"]),
    "domain": ({"domains": ["environment"]}, ["3", "2"]),
    "district": ({"districts": ["west"]}, ["3", "4"]),
    "class": ({"classes": ["heat"]}, ["4"]),
    "words, whatever their characters": ({"q": "中山路 100%_"}, ["1"]),
    "words in any case": ({"q": "EAST gate"}, ["2"]),
    "a percent sign is no wildcard": ({"q": "100%x"}, []),
    "all together": ({"states": ["reported"], "districts": ["east"], "priorities": [3]}, ["1"]),
}


def test_filter(town: Town):
    fill(town)

    found = {name: ids(town, **wanted) for name, (wanted, _) in FILTERS.items()}

    assert found == {name: wanted for name, (_, wanted) in FILTERS.items()}


THEIRS: dict[str, tuple[Person, dict[str, Any], list[str]]] = {
    "a department sees its own": (WATER_OFFICER, {}, ["4"]),
    "a department without tasks sees nothing": (POLICE_OFFICER, {}, []),
    "a district sees its own": (person(Role.MONITOR, district="west"), {}, ["3", "4"]),
    "a role without incidents": (person(Role.STEWARD), {"open": None}, []),
    "a district sees what it reported elsewhere": (replace(ACCEPTOR, district="north"), {}, ["1"]),
    "a department of one district": (replace(WATER_OFFICER, district="east"), {}, []),
    "a department of that district": (replace(WATER_OFFICER, district="west"), {}, ["4"]),
    "mine: what I reported": (COLLECTOR, {"mine": True}, ["4"]),
    "mine: what my department works on": (WATER_OFFICER, {"mine": True}, ["4"]),
    "mine: what I took a step in": (DISPATCHER, {"mine": True}, ["4"]),
}


def test_people_see_what_is_theirs(town: Town):
    fill(town)

    found = {name: ids(town, who, **wanted) for name, (who, wanted, _) in THEIRS.items()}

    assert found == {name: theirs for name, (_, _, theirs) in THEIRS.items()}


def cut(town: Town, wanted: QueueFilter, limit: int) -> list[IncidentPage]:
    """Return all pages, one after the other."""
    pages = [town.queue.page(MONITOR, wanted, limit=limit)]
    while pages[-1].next is not None:
        pages.append(town.queue.page(MONITOR, wanted, limit=limit, after=pages[-1].next))
    return pages


def test_pages_join_up(town: Town):
    for number in range(7):
        town.reported(priority=1 + number % 3)
        if number % 2:
            town.act(str(number + 1), Step.NOT_FILE, ACCEPTOR, note="x", disposition=Disposition.NOT_FILED)
    for wanted in (QueueFilter(), QueueFilter(open=None), QueueFilter(open=False)):
        whole, pages = town.queue.page(MONITOR, wanted).items, cut(town, wanted, 2)

        assert [line.id for page in pages for line in page.items] == [line.id for line in whole]
        assert {page.total for page in pages} == {len(whole)}


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
    fill_with_tasks(town)
    page = town.tasks.page(WATER_OFFICER)

    assert [(task.summary.id, task.department) for task in page.items] == [
        ("4", "water"),
        ("3", "water"),
        ("3", "police"),
    ]
    assert [step.step for step in page.items[0].steps] == [Step.ACCEPT, Step.ASSIGN, Step.RETURN]
    assert page.items[2].steps == ()


TASK_FILTERS = {
    "mine": (TaskFilter(mine=True), ["4", "3"]),
    "department": (TaskFilter(departments=["police"]), ["3"]),
    "state": (TaskFilter(states=["accepted"]), ["4"]),
}


def test_task_filter(town: Town):
    fill_with_tasks(town)
    town.work("4", WATER_OFFICER, Step.ACCEPT)

    found = {
        name: [task.summary.id for task in town.tasks.page(WATER_OFFICER, wanted).items]
        for name, (wanted, _) in TASK_FILTERS.items()
    }

    assert found == {name: ids for name, (_, ids) in TASK_FILTERS.items()}


SEEN_TASKS: dict[str, tuple[Person, TaskFilter, list[str]]] = {
    "officer": (WATER_OFFICER, TaskFilter(), ["4", "3", "3"]),
    "their district": (replace(WATER_OFFICER, district="west"), TaskFilter(mine=True), ["4", "3"]),
    "another district": (replace(WATER_OFFICER, district="east"), TaskFilter(mine=True), []),
    "they reported it": (replace(POLICE_OFFICER, id=COLLECTOR.id), TaskFilter(), ["4", "3", "3"]),
    "their department has none": (COLLECTOR, TaskFilter(mine=True), []),
    "monitor of the district": (replace(MONITOR, district="west"), TaskFilter(), ["4", "3", "3"]),
    "monitor of another": (replace(MONITOR, district="east"), TaskFilter(), []),
    "monitor": (MONITOR, TaskFilter(), ["4", "3", "3"]),
    "monitor without a department": (MONITOR, TaskFilter(mine=True), []),
}


def test_tasks_are_those_of_incidents_that_the_person_may_see(town: Town):
    fill_with_tasks(town)

    pages = {name: town.tasks.page(who, wanted) for name, (who, wanted, _) in SEEN_TASKS.items()}

    seen = {name: ids for name, (_, _, ids) in SEEN_TASKS.items()}
    assert {name: [task.summary.id for task in page.items] for name, page in pages.items()} == seen
    assert {name: page.total for name, page in pages.items()} == {name: len(ids) for name, ids in seen.items()}


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
    fill_with_tasks(town)
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
def test_pages_are_the_whole_cut_in_pieces_however_they_are_found(
    town: Town, monkeypatch: pytest.MonkeyPatch, counted: int
):
    fill(town)
    chosen: tuple[dict[str, Any], ...] = (
        {"priorities": [1, 3, 4]},
        {"q": "road"},
        {"open": None, "q": "0"},
        {"open": None},
    )
    whole = [ids(town, **wanted) for wanted in chosen]
    monkeypatch.setattr(finding, "COUNTED", counted)

    pages = [cut(town, QueueFilter(**wanted), 1) for wanted in chosen]
    assert [[line.id for page in some for line in page.items] for some in pages] == whole


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
