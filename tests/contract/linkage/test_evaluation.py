from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from city.clock import ManualClock, to_ns
from linkage import event_log
from linkage.deed import Deed
from linkage.evaluation.counting import KINDS, Cell, counted, standing
from linkage.evaluation.evaluation import Ask, Evaluation
from linkage.evaluation.facts import Outcome, Story
from linkage.evaluation.fold import folded
from linkage.evaluation.following import Follower
from linkage.evaluation.formulas import default_formulas
from linkage.evaluation.period import Period, PeriodKind, custom_between, period_at
from linkage.evaluation.tables import BOOKMARK, FACTS, LEGS, STORIES
from linkage.evaluation.timing import Measure, percentile
from linkage.evaluation.vocabulary import Subject
from linkage.event_log import Stamp
from linkage.tables import CHAIN, EVENTS, INCIDENTS
from storage.sql import Database
from tests.support.event_rows import write_cases
from tests.support.made_up_cases import HOUR_NS, MadeCase, Maker
from tests.support.tampering import unprotected

SHANGHAI = ZoneInfo("Asia/Shanghai")
START_NS = to_ns(datetime(2026, 10, 20, tzinfo=UTC))
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
PERIOD = period_at(PeriodKind.MONTH, date(2026, 11, 1))


def evaluation(database: Database) -> Evaluation:
    return Evaluation(database, default_formulas(), SHANGHAI, ManualClock(NOW), {Subject.DEPARTMENT: ["fire"]})


def city(database: Database, seed: int = 1, count: int = 120) -> list[MadeCase]:
    maker = Maker(seed, START_NS, 30 * 24 * HOUR_NS)
    cases = [maker.made() for _ in range(count)]
    write_cases(database, cases)
    return cases


def emptied(database: Database) -> None:
    with database.write() as connection, unprotected(connection):
        for table in (FACTS, LEGS, STORIES, BOOKMARK, CHAIN, EVENTS, INCIDENTS):
            connection.execute(table.delete())


def everything(database: Database) -> list[list[tuple[object, ...]]]:
    with database.read() as connection:
        ordered = [select(table).order_by(*table.primary_key.columns) for table in (STORIES, FACTS, LEGS)]
        return [[tuple(row) for row in connection.execute(query)] for query in ordered]


def expected(stories: list[Story], subject: Subject, period: Period, **chosen: str) -> dict[str, int]:
    """Count the facts of a period one by one, as no SQL does."""
    from_ns, to_ns_ = period.bounds_ns(SHANGHAI)
    now_ns = to_ns(NOW)
    cells = [
        Cell(
            fact.kind, standing(fact.outcome, overdue=fact.outcome is Outcome.OPEN and fact.due_ns < now_ns), fact.marks
        )
        for story in stories
        if not story.drill
        for fact in story.facts
        if fact.kind in KINDS[subject] and from_ns <= fact.due_ns < to_ns_
        if all(value == (getattr(fact, name, None) or getattr(story, name, None)) for name, value in chosen.items())
    ]
    return dict(counted(cells))


def test_sheet_is_what_the_log_says(database: Database) -> None:
    stories = [folded(case.number, case.events) for case in city(database)]
    Follower(database).take()
    asked = evaluation(database)

    departments = {line.id: line.now.counts for line in asked.sheet(Subject.DEPARTMENT, Ask(PERIOD)).lines}
    districts = {line.id: line.now.counts for line in asked.sheet(Subject.DISTRICT, Ask(PERIOD)).lines}
    foremen = {line.id: line.now.counts for line in asked.sheet(Subject.FOREMAN, Ask(PERIOD)).lines}

    assert departments == {
        **{
            name: expected(stories, Subject.DEPARTMENT, PERIOD, department=name)
            for name in ("water", "police", "power")
        },
        "fire": {},
    }
    assert districts == {name: expected(stories, Subject.DISTRICT, PERIOD, district=name) for name in ("east", "west")}
    assert foremen == {
        name: expected(stories, Subject.FOREMAN, PERIOD, person=name) for name in ("foreman-1", "foreman-2")
    }


@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.lists(st.integers(0, 30), min_size=1, max_size=4))
@pytest.mark.timeout(120)
def test_tables_that_followed_step_by_step_equal_a_fresh_fold(database: Database, seed: int, parts: list[int]) -> None:
    emptied(database)
    follower = Follower(database)
    maker = Maker(seed, START_NS, 24 * HOUR_NS)
    for count in parts:
        write_cases(database, [maker.made() for _ in range(count)])
        follower.take()
    followed = everything(database)

    follower.rebuild()
    follower.take()

    assert everything(database) == followed
    assert follower.behind() == 0


def test_drills_are_kept_apart(database: Database) -> None:
    cases = city(database)
    Follower(database).take()
    asked = evaluation(database)

    real = asked.sheet(Subject.DISTRICT, Ask(custom_between(date(2026, 10, 1), date(2026, 12, 31)))).whole.now.counts
    drilled = asked.sheet(
        Subject.DISTRICT, Ask(custom_between(date(2026, 10, 1), date(2026, 12, 31)), drill=True)
    ).whole.now.counts

    assert real["reported"] == sum(not case.drill for case in cases)
    assert drilled["reported"] == sum(case.drill for case in cases)


def test_sources_and_districts_narrow_it(database: Database) -> None:
    cases = city(database)
    Follower(database).take()
    asked, months = evaluation(database), custom_between(date(2026, 10, 1), date(2026, 12, 31))

    sheet = asked.sheet(Subject.DISTRICT, Ask(months, sources=("hotline",), district="east"))

    assert sheet.whole.now.counts["reported"] == sum(
        case.source == "hotline" and case.district == "east" and not case.drill for case in cases
    )
    assert [line.id for line in sheet.lines] == ["east"]


def test_periods_stand_side_by_side(database: Database) -> None:
    city(database)
    Follower(database).take()
    asked = evaluation(database)
    month = Ask(PERIOD)

    line = asked.sheet(Subject.DEPARTMENT, month).whole
    points = asked.trend(Subject.DEPARTMENT, "", month)

    assert [point.period.label for point in points][-2:] == ["2026-10", "2026-11"]
    assert points[-1].figures.counts == line.now.counts
    assert points[-2].figures.counts == line.before.counts
    assert line.year_before is not None
    assert line.year_before.counts == {}


def test_rule_that_cries_wolf_comes_first(database: Database) -> None:
    cases = city(database)
    Follower(database).take()

    (line,) = evaluation(database).rules(Ask(custom_between(date(2026, 10, 1), date(2026, 12, 31))))

    assert line.opened == sum(not case.drill for case in cases)
    assert sum(line.ended.values()) == line.false_share.denominator


def test_times_are_told_by_department_and_priority(database: Database) -> None:
    stories = [folded(case.number, case.events) for case in city(database)]
    Follower(database).take()
    months = custom_between(date(2026, 10, 1), date(2026, 12, 31))

    spreads = {(one.department, one.priority, one.measure): one for one in evaluation(database).times(Ask(months))}

    spans = sorted(leg.dispatched_ns - story.opened_ns for story in stories for leg in story.legs if not story.drill)
    found = spreads["", 0, Measure.DISPATCHED]
    assert (found.number, found.p50_ns, found.p90_ns) == (len(spans), percentile(spans, 0.5), percentile(spans, 0.9))
    assert spreads["water", 3, Measure.DISPATCHED].number < found.number


def test_two_desks_follow_without_treading_on_each_other(database: Database) -> None:
    city(database, count=40)
    one, other = Follower(database), Follower(database)

    while one.follow_some() + other.follow_some():
        pass

    followed = everything(database)
    one.rebuild()
    one.take()
    assert everything(database) == followed


def test_incident_whose_events_make_no_sense_is_left_out_alone(database: Database) -> None:
    write_cases(database, [Maker(1, START_NS, HOUR_NS).made()])
    with database.write() as connection:
        deed = Deed(step="merge", data={"gave_tasks": ["seven"]})
        event_log.append(connection, [(deed, Stamp(at_ns=START_NS, incident=1))])

    Follower(database).take()

    assert Follower(database).behind() == 0
    assert everything(database) == [[], [], []]
