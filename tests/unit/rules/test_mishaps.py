"""A fault of ours in one kind of rules costs its state, not the other kinds, and the same across a crash."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from city.alarm import AlarmTransition
from city.clock import ManualClock
from city.entry import Arrivals, Connection, Entry, Journaled, Tick
from rules.checkpoint import Judge
from rules.kind import Verdict
from rules.kinds.threshold import Threshold
from rules.listening import Listening
from rules.population import Population
from rules.rule import Rule
from rules.together import Together
from rules.values import ThresholdPass
from tests.support.judging import CATALOGUE, Bench, at, book, context, readings, rule, sensor

CLOCK = ManualClock(datetime(2026, 11, 20, tzinfo=UTC))
FLOOD = rule("{notice: {above: 30, clear: 20, hold: 2s}}")
QUIET = rule("{notice: {intervals: 3}}", name="quiet", kind="silence")
SENSORS = [sensor(1, interval_s=1.0), sensor(2, interval_s=1.0), sensor(3)]
POISON = 0.666


def second_of(second: int) -> list[Entry]:
    """Return what comes in a second: the second sensor falls silent after 5, when the third says the poison."""
    first = (1, second + 0.5, 0.4)
    others = [(2, second + 0.5, 0.1)] if second < 6 else []
    poison = [(3, 5.7, POISON)] if second == 5 else []
    return [readings(first, *others, *poison), Tick(at(second + 1))]


JOURNAL: list[Entry] = [
    context(book(FLOOD, QUIET), SENSORS),
    Connection(at(0), listening=True),
    *[entry for second in range(1, 12) for entry in second_of(second)],
]


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Have thresholds meet a fault behind their work on a batch with the poison; the test may put in another one."""
    faults: list[Exception] = [ZeroDivisionError("a mistake")]
    judged = ThresholdPass.arrivals

    def poisoned(self: ThresholdPass, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        verdicts = judged(self, arrivals, listening)
        if (arrivals.readings.value == POISON).any():
            raise faults[0]
        return verdicts

    monkeypatch.setattr(ThresholdPass, "arrivals", poisoned)
    return faults


def fed(judge: Judge, entries: list[Entry]) -> None:
    for position, entry in enumerate(entries, 1):
        if position > judge.position:
            judge.apply(Journaled(position, entry))


def sent(judge: Judge) -> list[AlarmTransition]:
    return [item.transition for item in judge.outbox(1000)]


def told(transitions: list[AlarmTransition]) -> list[tuple[str, str, str, float]]:
    return [(one.rule, one.target, one.change.value, (one.time_ns - at(0)) / 1e9) for one in transitions]


def counted() -> float:
    return REGISTRY.get_sample_value("rules_faults_total", {"kind": "threshold"}) or 0.0


def test_kind_that_meets_a_fault_begins_anew_and_the_others_go_on(tmp_path: Path, fault: list[Exception]) -> None:
    judge, before = Judge.open(tmp_path / "rules.sqlite", CATALOGUE, CLOCK), counted()
    fed(judge, JOURNAL)

    assert told(sent(judge)) == [
        ("flood", "level-1", "raised", 3.5),
        ("flood", "level-1", "raised", 8.5),  # held for 2 s from 6.5 on: nothing was cleared, and it still burns
        ("quiet", "level-2", "raised", 9.0),
    ]
    assert counted() - before == 1
    assert [(one.kind, one.name, one.detail) for one in judge.engine.troubles()] == [
        ("rules_fault", "threshold", "ZeroDivisionError")
    ]


@pytest.mark.parametrize("survived", range(len(JOURNAL) + 1))
def test_judge_killed_anywhere_around_a_fault_loses_and_doubles_nothing(
    survived: int, tmp_path: Path, fault: list[Exception]
) -> None:
    straight = Judge.open(tmp_path / "straight" / "rules.sqlite", CATALOGUE, CLOCK)
    fed(straight, JOURNAL)
    killed = Judge.open(tmp_path / "killed" / "rules.sqlite", CATALOGUE, CLOCK)
    fed(killed, JOURNAL[:survived])
    shutil.copytree(tmp_path / "killed", tmp_path / "copy")
    judge = Judge.open(tmp_path / "copy" / "rules.sqlite", CATALOGUE, CLOCK)
    fed(judge, JOURNAL)

    assert sent(judge) == sent(straight)


def test_book_that_meets_a_fault_leaves_the_one_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = Threshold.compile

    def poisoned(self: Threshold, rules: Sequence[tuple[int, Rule]], population: Population) -> Together:
        if any(one.id == "poison" for _, one in rules):
            raise ZeroDivisionError
        return compiled(self, rules, population)

    monkeypatch.setattr(Threshold, "compile", poisoned)
    judge = Judge.open(tmp_path / "rules.sqlite", CATALOGUE, CLOCK)
    fed(judge, JOURNAL[:2])
    changed = context(book(FLOOD, rule("{notice: {above: 1}}", name="poison")), SENSORS, seconds=0.5)
    judge.engine.prepare(changed)
    fed(judge, [*JOURNAL[:2], changed, *JOURNAL[2:]])

    assert judge.engine.book_error == "A fault of the program, described in its log, not of the book: ZeroDivisionError"
    assert [one.name for one in judge.engine.troubles()] == ["book"]
    assert told(sent(judge))[0] == ("flood", "level-1", "raised", 3.5)


def test_who_has_no_room_for_mishaps_is_told_at_once(fault: list[Exception]) -> None:
    with pytest.raises(ZeroDivisionError):
        Bench().feed(*JOURNAL)


def test_lack_of_memory_is_no_mishap(tmp_path: Path, fault: list[Exception]) -> None:
    fault[0] = MemoryError()
    with pytest.raises(MemoryError):
        fed(Judge.open(tmp_path / "rules.sqlite", CATALOGUE, CLOCK), JOURNAL)
