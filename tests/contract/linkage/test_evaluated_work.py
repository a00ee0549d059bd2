"""Work that people really do in the queue, and what evaluation makes of it."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from shapely.geometry import box
from sqlalchemy import select

from linkage.config import MessageSettings
from linkage.evaluation.evaluation import Ask, Evaluation, Figures
from linkage.evaluation.following import Follower
from linkage.evaluation.formulas import default_formulas
from linkage.evaluation.period import custom_between
from linkage.evaluation.tables import STORIES
from linkage.evaluation.timing import Measure
from linkage.evaluation.vocabulary import Subject
from linkage.grids import Grids
from linkage.incidents import Incidents
from linkage.responsibility import parse_responsibility
from linkage.states import Disposition, Step
from linkage.tables import MESSAGES
from linkage.telling.couriers import Letterbox
from linkage.telling.first_told import TOLD
from linkage.telling.post import Post
from tests.support.linkage import (
    ACCEPTOR,
    COLLECTOR,
    DISPATCHER,
    FOREMAN,
    POLICE_OFFICER,
    WATER_OFFICER,
    Town,
    alarm,
    life_safety,
)

ASK = Ask(custom_between(date(2026, 11, 1), date(2026, 12, 31)))


def figures(town: Town, subject: Subject, key: str = "") -> Figures:
    Follower(town.database).take()
    asked = Evaluation(town.database, default_formulas(), ZoneInfo("Asia/Shanghai"), town.ledger.clock)
    sheet = asked.sheet(subject, ASK)
    return next((line.now for line in sheet.lines if line.id == key), sheet.whole.now)


def filed(town: Town, *, source: str = "hotline", **words: float) -> str:
    """Return an incident that was verified after 10 minutes and filed after 5 more."""
    number = town.reported(ACCEPTOR, source=source, **words).id
    town.wait(minutes=10)
    town.act(number, Step.VERIFY, COLLECTOR)
    town.wait(minutes=5)
    town.act(number, Step.FILE, FOREMAN)
    return number


def closed(town: Town, number: str, *, after_h: float) -> None:
    town.act(number, Step.DISPATCH, DISPATCHER, departments=("water",))
    town.work(number, WATER_OFFICER, Step.ACCEPT, Step.ARRIVE)
    town.wait(hours=after_h)
    town.work(number, WATER_OFFICER, Step.FEED_BACK)
    town.check(number, COLLECTOR, "water")
    town.act(number, Step.CLOSE, FOREMAN, disposition=Disposition.RESOLVED)


def test_department_in_time_and_late(town: Town) -> None:
    closed(town, filed(town), after_h=1)
    closed(town, filed(town), after_h=3)

    found = figures(town, Subject.DEPARTMENT, "water")

    assert found.counts["handled_in_time"] == found.counts["handled_late"] == 1
    assert (found.rates["closing_rate"].numerator, found.rates["closing_rate"].denominator) == (2, 2)
    assert found.verdict.score == 10 + 30 + 15 + 30


def test_task_becomes_late_when_its_time_comes(town: Town) -> None:
    town.act(filed(town), Step.DISPATCH, DISPATCHER, departments=("water",))

    before = figures(town, Subject.DEPARTMENT, "water").counts
    town.wait(hours=2, minutes=1)
    after = figures(town, Subject.DEPARTMENT, "water").counts
    town.ticker.take()

    assert before == {"pending": 1}
    assert (after["unhandled"], after["should_handle"]) == (1, 1)
    assert figures(town, Subject.DEPARTMENT, "water").counts == after


def test_posts_are_measured_by_what_their_people_did(town: Town) -> None:
    closed(town, filed(town), after_h=1)

    assert figures(town, Subject.COLLECTOR, COLLECTOR.id).counts["verified_in_time"] == 1
    assert figures(town, Subject.COLLECTOR, COLLECTOR.id).counts["checked_in_time"] == 1
    assert figures(town, Subject.ACCEPTOR, ACCEPTOR.id).counts["accepted"] == 1
    assert figures(town, Subject.FOREMAN, FOREMAN.id).counts["filed_in_time"] == 1
    assert figures(town, Subject.FOREMAN, FOREMAN.id).counts["ended_in_time"] == 1
    assert figures(town, Subject.DISPATCHER, DISPATCHER.id).counts["dispatched_in_time"] == 1


def test_public_report_counts_for_the_district(town: Town) -> None:
    closed(town, filed(town), after_h=1)
    closed(town, filed(town, source="collector"), after_h=1)

    found = figures(town, Subject.DISTRICT, "east")

    assert (found.counts["public"], found.counts["filed"], found.counts["closed_in_time"]) == (1, 2, 2)


def test_what_the_public_found_in_a_collectors_grids_was_missed(town: Town) -> None:
    walked = parse_responsibility('collectors:\n  - {username: lin, grids: ["1101*"]}\n')
    grids = Grids([("110101", box(121, 31, 122, 32))])
    known = {"lin": COLLECTOR.id}.get
    book = replace(town.ledger.book, responsibility=walked, grids=grids, account=known)
    town.ledger = replace(town.ledger, book=book)
    town.incidents = Incidents(town.ledger)
    for source in ("hotline", "collector", "leader", "hotline"):
        filed(town, source=source, longitude=121.5, latitude=31.5)
    filed(town, longitude=120.5, latitude=31.5)

    mine = figures(town, Subject.COLLECTOR, COLLECTOR.id)
    everybody = figures(town, Subject.COLLECTOR)

    assert [mine.counts[name] for name in ("watched", "missed", "missed_by_office")] == [4, 2, 1]
    assert mine.rates["missed_rate"].value == 0.5
    assert (everybody.counts["watched"], everybody.counts["missed"]) == (5, 3)
    town.wait(hours=24)
    assert figures(town, Subject.GRID, "110101").counts["public"] == 2


def test_missed_rate_without_a_case_is_no_data(town: Town) -> None:
    assert figures(town, Subject.COLLECTOR).rates["missed_rate"].value is None


def test_department_that_gives_back_is_told_apart(town: Town) -> None:
    number = filed(town)
    town.act(number, Step.DISPATCH, DISPATCHER, departments=("police",))
    town.work(number, POLICE_OFFICER, Step.RETURN)
    closed(town, number, after_h=1)

    assert figures(town, Subject.DEPARTMENT, "police").counts == {"returned": 1}
    assert figures(town, Subject.DISPATCHER, DISPATCHER.id).counts["redispatched"] == 1


def test_system_earns_nobody_anything(town: Town) -> None:
    shown = town.raised(life_safety(alarm()))
    town.act(shown.id, Step.CONFIRM, FOREMAN)

    assert figures(town, Subject.FOREMAN, FOREMAN.id).counts["filed_in_time"] == 1
    assert figures(town, Subject.DISPATCHER).counts == {}
    assert figures(town, Subject.DEPARTMENT, "water").counts == {"pending": 1}


def test_rule_that_was_wrong_is_counted(town: Town) -> None:
    shown = town.raised(alarm())
    town.act(shown.id, Step.NOT_FILE, ACCEPTOR, disposition=Disposition.FALSE_RULE, note="a puddle")
    Follower(town.database).take()

    (line,) = Evaluation(town.database, default_formulas(), ZoneInfo("Asia/Shanghai"), town.ledger.clock).rules(ASK)

    assert (line.rule, line.false_share.numerator, line.false_share.denominator) == ("water", 1, 1)


def test_time_until_told_comes_from_the_log(town: Town) -> None:
    number = filed(town)
    town.act(number, Step.DISPATCH, DISPATCHER, departments=("water",))
    town.wait(minutes=1)
    sender = Post(town.database, town.ledger.clock, MessageSettings(rate_per_min=6000), Letterbox())
    for channel in ("duty", "mail", "duty"):
        sender.send(channel)
    with town.database.write() as connection:
        connection.execute(MESSAGES.update().values(sent_ns=None))
    Follower(town.database).take()

    spreads = Evaluation(town.database, default_formulas(), ZoneInfo("Asia/Shanghai"), town.ledger.clock).times(ASK)
    told = [event for event in town.incidents.one(number, ACCEPTOR).events if event.step == TOLD]

    minutes = {one.measure: one.p50_ns / 60e9 for one in spreads if (one.department, one.priority) == ("water", 0)}
    assert (minutes[Measure.TOLD], minutes[Measure.DISPATCHED]) == (16, 15)
    assert {(event.department, event.task) for event in told} == {("command", None), ("desk", None), ("water", "1")}
    assert len(told) == 3


def test_conditions_that_were_chosen_are_in_the_story(town: Town) -> None:
    number = town.reported(incident_class="cover").id
    town.file(number, FOREMAN, condition="noisy")
    town.act(number, Step.DISPATCH, DISPATCHER, departments=("water",))
    town.work(number, WATER_OFFICER, Step.ACCEPT, Step.ARRIVE, Step.FEED_BACK)
    town.check(number, COLLECTOR, "water")
    town.act(number, Step.CLOSE, FOREMAN, disposition=Disposition.RESOLVED, condition="missing")
    Follower(town.database).take()

    with town.database.read() as connection:
        story = connection.execute(select(STORIES)).mappings().one()

    assert (story["incident_class"], story["filing"], story["closing"]) == ("cover", "noisy", "missing")
