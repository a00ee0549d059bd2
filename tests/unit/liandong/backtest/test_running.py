"""A back-test over a history: the alarms of the live engine over the same journal, and the incidents that they open."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from city.alarm import AlarmTransition
from city.calendar import Calendar
from city.census import Census
from city.clock import SECOND_NS
from city.entry import Arrivals, Connection, Context, Entry, Journaled, NumberedSensor, SensorEvent, Tick
from city.reading import ReadingBatch
from city.sensor import Sensor
from liandong.backtest import running
from liandong.backtest.asking import moment_ns, question
from liandong.backtest.counting import Organisation
from liandong.backtest.judging import UNHEARD_NS, Judging
from liandong.backtest.numbering import Renumbering
from liandong.backtest.running import Books, TooManyAlarms, Town, run
from linkage.config import LinkageSettings
from linkage.roster.parsing import parse_rosters
from rules.book import RuleBook, read_book
from rules.engine import Engine
from storage.duckdb import DuckdbHistory
from tests.support.judging import CATALOGUE, START_NS, at, book, rule
from tests.support.linkage import book as linkage_book

MINUTES, COUNT = 12, 24
ROSTERS = """
posts:
  - department: water
    id: duty
    name: {zh: 防汛, en: Flood duty}
    start: 2026-11-02
    patterns: [{shifts: ["08:00-16:00", "16:00-24:00", "00:00-08:00"], teams: [a, b]}]
"""
LEVELS = "{notice: {above: 30, clear: 25, hold: 60s}, major: {above: 60, clear: 50}}"
RULES = (
    rule(LEVELS),
    rule("{notice: {intervals: 3}}", name="quiet", kind="silence"),
    rule("{notice: {at_least: 2}}", name="often", kind="count", extra="event: knock\n    same: sensor\n    within: 5m"),
)
NUMBERS = {"water_level": 0}


class Names:
    """Names of the history that ingest wrote, whose numbers are its own."""

    def sensor(self, number: int) -> str:
        return f"level-{number - 100}"

    def quantity(self, number: int) -> str:
        return "water_level" if number == 9 else "unjudged"


def sensors() -> list[Sensor]:
    plain = linkage_book().sensor("underpass/1")
    assert plain is not None
    return [replace(plain, id=f"level-{number}", interval_s=30.0, name="") for number in range(COUNT)]


@cache
def journal() -> tuple[Entry, ...]:
    """Return twelve minutes as ingest would have journaled it: wandering levels, pauses, events, and every tick."""
    random, levels = np.random.default_rng(8), np.full(COUNT, 0.2)
    entries: list[Entry] = []
    for second in range(1, MINUTES * 60 + 1):
        speaking = np.flatnonzero((np.arange(COUNT) + second) % 20 == 0)
        speaking = speaking[random.random(len(speaking)) < 0.8]
        levels = np.clip(levels + random.normal(0, 0.01, COUNT), 0, 1)
        arrived_ns = at(second) - SECOND_NS // 4
        rows = [(100 + int(one), 9, arrived_ns - 10**8, arrived_ns, float(levels[one]), 0) for one in speaking]
        events = [SensorEvent(103, "knock", arrived_ns, arrived_ns)] if second % 170 == 0 else []
        if rows or events:
            entries.append(Arrivals(ReadingBatch.of(rows), tuple(events)))
        entries.append(Tick(at(second)))
    return tuple(entries)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckdbHistory]:
    store = DuckdbHistory(tmp_path_factory.mktemp("backtest") / "readings.duckdb", Names())
    told = [(position, entry) for position, entry in enumerate(journal(), 1) if isinstance(entry, Arrivals)]
    store.append(told, len(journal()))
    store.tend(at(86_400 * 3))
    yield store
    store.close()


def census() -> Census:
    return Census.of(NumberedSensor(number, one) for number, one in enumerate(sensors()))


def town() -> Town:
    known = {one.id: one for one in sensors()}
    zone = ZoneInfo("Asia/Shanghai")
    small = replace(linkage_book(), sensor=known.get, sensors=known.values)
    who = Organisation(small.directory, parse_rosters(ROSTERS, "rosters.yaml"), Calendar(zone=zone))
    return Town(
        catalogue=CATALOGUE,
        census=census(),
        zone=zone.key,
        holidays="",
        linkage=small,
        settings=LinkageSettings(),
        who=who,
    )


def rules(*written: str) -> RuleBook:
    return read_book(book(*(written or RULES)), CATALOGUE)


def engine_of(some: RuleBook) -> Engine:
    engine = Engine(CATALOGUE)
    engine.start(Context(START_NS, "test", (), census(), NUMBERS, "Asia/Shanghai"), some)
    return engine


def live() -> list[AlarmTransition]:
    """Return what the engine that judges the city makes of the journal, entry by entry."""
    engine = engine_of(rules())
    entries = [Connection(START_NS, listening=True), *(_numbered(one) for one in journal())]
    return [one for position, entry in enumerate(entries) for one in engine.apply(Journaled(position, entry))]


def _numbered(entry: Entry) -> Entry:
    """Return an entry under the numbers of the census."""
    if not isinstance(entry, Arrivals):
        return entry
    batch = entry.readings
    readings = replace(batch, sensor=batch.sensor - 100, quantity=np.zeros_like(batch.quantity))
    return Arrivals(readings, tuple(replace(event, sensor=event.sensor - 100) for event in entry.events))


def asked(minutes: float = MINUTES, warm_up_s: float = 0) -> running.Question:
    return question(START_NS, at(minutes * 60), warm_up_s=warm_up_s, closes_after_s=300)


def test_alarms_over_the_history_are_those_of_the_live_engine_over_its_journal(history: DuckdbHistory) -> None:
    judging, renumbering = Judging(engine_of(rules()), START_NS, sensors=COUNT), Renumbering(census(), NUMBERS)

    found = [
        one
        for past in history.past(START_NS, at(MINUTES * 60))
        for one in judging.judge(renumbering.of(past), past.until_ns)
    ]

    assert found == live()
    assert {one.kind for one in found} == {"threshold", "silence", "count"}
    assert len(found) > 20


def test_the_same_book_twice_differs_in_nothing(history: DuckdbHistory) -> None:
    report = run(asked(), Books(rules(), rules()), town(), history, lambda *_: None)

    assert report.difference is not None
    assert report.live == report.proposed
    assert {kind for kind, count in report.difference.counts.items() if count} == {"same"}
    assert report.proposed.incidents > 3
    assert report.notes == []


def test_report_counts_incidents_by_rule_level_hour_and_shift(history: DuckdbHistory) -> None:
    side = run(asked(), Books(rules()), town(), history, lambda *_: None).proposed

    flood = next(one for one in side.by_rule if one.rule == "flood")
    assert (
        sum(one.incidents for one in side.by_rule) == sum(side.by_hour) == sum(side.by_level.values()) == side.incidents
    )
    assert sum(flood.levels.values()) == flood.incidents
    assert flood.alarms >= flood.incidents > 0
    load = {one.department: one for one in side.by_department}
    assert load["desk"].incidents == load["command"].incidents == side.incidents
    assert load["desk"].most >= load["desk"].mean > 0
    assert load["desk"].off_duty == 0
    assert sum(one.changes for one in side.decided if one.action == "open") >= side.incidents


def test_stricter_book_is_later_or_gone_and_a_new_rule_is_new(history: DuckdbHistory) -> None:
    stricter = rules(
        rule(LEVELS.replace("60s", "240s").replace("60,", "75,")), *RULES[1:], rule("{notice: {above: 35}}", name="new")
    )

    report = run(asked(), Books(stricter, rules()), town(), history, lambda *_: None)

    assert report.difference is not None
    counts = report.difference.counts
    assert counts["later"] + counts["gone"] > 0
    assert counts["earlier"] == 0
    assert {one.rule for one in report.difference.items if one.what == "new"} >= {"new"}
    assert all(one.seconds > 0 for one in report.difference.items if one.what == "later")


def test_progress_rises_to_the_end(history: DuckdbHistory) -> None:
    told: list[tuple[float, int]] = []

    report = run(asked(), Books(rules()), town(), history, lambda done, readings: told.append((done, readings)))

    assert told == sorted(told)
    assert told[-1] == (1.0, report.readings)
    assert report.events > 0


def test_span_from_before_the_history_says_where_it_begins(history: DuckdbHistory) -> None:
    day_ns = 86_400 * SECOND_NS
    early = question(START_NS - day_ns, START_NS + 60 * SECOND_NS, warm_up_s=0, closes_after_s=0)
    before = question(START_NS - day_ns, START_NS - day_ns // 2, warm_up_s=0, closes_after_s=0)

    (note,) = run(early, Books(rules()), town(), history, lambda *_: None).notes
    (nothing,) = run(before, Books(rules()), town(), history, lambda *_: None).notes

    assert note.startswith("The history begins at 2026-")
    assert nothing.endswith("after the span.")


def test_empty_span_is_told(history: DuckdbHistory) -> None:
    late = question(at(7200), at(7260), warm_up_s=0, closes_after_s=0)

    report = run(late, Books(rules()), town(), history, lambda *_: None)

    assert (report.readings, report.proposed.incidents) == (0, 0)
    assert report.notes == ["Nothing arrived in the span."]


def test_book_that_raises_too_much_is_stopped_and_named(
    history: DuckdbHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "MOST_CHANGES", 3)

    with pytest.raises(TooManyAlarms, match="changes of alarms"):
        run(asked(), Books(rules()), town(), history, lambda *_: None)


def test_time_in_which_nobody_was_heard_is_nobodys_silence() -> None:
    engine = engine_of(rules())
    judging = Judging(engine, START_NS, sensors=COUNT)
    rows = [(number, 0, at(second), at(second), 0.1, 0) for second in (5, 600) for number in range(COUNT)]

    found = list(judging.judge(Arrivals(ReadingBatch.of(rows)), at(660)))

    assert found == []
    assert judging.unheard_ns == 600 * SECOND_NS - (5 * SECOND_NS + UNHEARD_NS)


def test_few_sensors_may_all_be_silent() -> None:
    judging = Judging(engine_of(rules()), START_NS, sensors=2)
    rows = [(0, 0, at(second), at(second), 0.1, 0) for second in (5, 600)]

    found = list(judging.judge(Arrivals(ReadingBatch.of(rows)), at(660)))

    assert {one.rule for one in found} == {"quiet"}


def test_day_is_the_citys_own() -> None:
    zone = ZoneInfo("Asia/Shanghai")

    assert moment_ns("2026-11-01", zone, "--from") == moment_ns("2026-10-31T16:00:00Z", zone, "--from")
    assert (
        date(2026, 11, 1)
        == datetime.fromtimestamp(moment_ns("2026-11-01", zone, "--from") / 1e9, UTC).astimezone(zone).date()
    )
