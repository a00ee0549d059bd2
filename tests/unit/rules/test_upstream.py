import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition
from city.clock import SECOND_NS
from city.entry import Connection, Entry, Journaled, NumberedSensor, Tick
from rules.checkpoint import Judge
from rules.checkpoint_file import CheckpointFile
from rules.engine import Engine
from rules.states import AlarmStates
from tests.support.judging import CATALOGUE, START_NS, Bench, at, book, context, readings, rule, sensor

QUIET = rule("{notice: {intervals: 3}, major: {intervals: 10}}", name="quiet", kind="silence")


def behind(asset: str, numbers: Sequence[int], interval_s: float = 2.0) -> list[NumberedSensor]:
    return [sensor(number, interval_s=interval_s, upstream=asset) for number in numbers]


def gateway(number: int, name: str, upstream: str = "") -> NumberedSensor:
    """Return an asset that is registered and promised nothing itself."""
    return sensor(number, id=name, interval_s=None, upstream=upstream)


class Timeline:
    """Sensors that all speak every second, but for those that are cut off meanwhile."""

    def __init__(self, sensors: Sequence[NumberedSensor], written: str = QUIET) -> None:
        self.bench, self.second = Bench(), 0
        self.numbers = [one.number for one in sensors]
        self.sensors, self.written = sensors, written
        self.bench.feed(context(book(written), sensors), Connection(at(0), listening=True))

    def run(self, seconds: int, cut: Sequence[int] = ()) -> list[tuple[int, str, str, str]]:
        """Let time pass; return second, target, change and level of what comes of it."""
        return [told(one) for one in self.transitions(seconds, cut)]

    def transitions(self, seconds: int, cut: Sequence[int] = ()) -> list[AlarmTransition]:
        entries: list[Entry] = []
        for _ in range(seconds):
            self.second += 1
            speaking = [number for number in self.numbers if number not in cut]
            entries += [readings(*((one, self.second - 0.5, 0.0) for one in speaking)), Tick(at(self.second))]
        return self.bench.feed(*entries)


def told(one: AlarmTransition) -> tuple[int, str, str, str]:
    return (one.time_ns - START_NS) // SECOND_NS, one.target, one.change.value, one.level.word


def test_four_hundred_silent_sensors_behind_a_gateway_are_one_alarm() -> None:
    timeline = Timeline(behind("gw-1", range(1, 401)))
    timeline.run(5)

    (raised,) = timeline.transitions(10, cut=range(1, 401))

    assert told(raised) == (11, "gw-1", "raised", "notice")
    assert raised.asset
    evidence = json.loads(raised.evidence)
    assert (evidence["asset"], evidence["silent"], evidence["alive"], evidence["behind"]) == ("gw-1", 400, 0, 400)
    assert evidence["sensors"][0] == "level-1"
    assert len(evidence["sensors"]) == 20
    assert (raised.value, raised.limit) == (6.5, 6.0)


def test_a_gateways_alarm_rises_and_clears_as_one() -> None:
    timeline = Timeline(behind("gw-1", range(1, 6)))
    timeline.run(5)

    assert timeline.run(20, cut=range(1, 6)) == [(11, "gw-1", "raised", "notice"), (25, "gw-1", "risen", "major")]
    assert timeline.run(10) == [(26, "gw-1", "cleared", "major")]


def test_who_stays_silent_when_the_gateway_is_back_is_raised_by_itself_after_its_intervals() -> None:
    timeline = Timeline(behind("gw-1", range(1, 11)))
    timeline.run(5)
    timeline.run(10, cut=range(1, 11))

    assert timeline.run(10, cut=[4]) == [
        (16, "gw-1", "cleared", "notice"),
        (22, "level-4", "raised", "notice"),
    ]


def test_a_few_silent_sensors_among_many_are_their_own_alarms() -> None:
    timeline = Timeline(behind("gw-1", range(1, 11)))
    timeline.run(5)

    assert [target for _, target, _, _ in timeline.run(7, cut=[1, 2, 3, 4])] == [
        "level-1",
        "level-2",
        "level-3",
        "level-4",
    ]


def test_the_share_is_the_rules() -> None:
    written = rule("{notice: {intervals: 3}}", name="quiet", kind="silence", extra="upstream: {share: 40, at_least: 4}")
    timeline = Timeline(behind("gw-1", range(1, 11)), written)
    timeline.run(5)

    assert timeline.run(7, cut=[1, 2, 3, 4]) == [(11, "gw-1", "raised", "notice")]


@pytest.mark.parametrize("extra", ["with_asset: false", "life_safety: true"])
def test_rules_that_fold_nothing_raise_each_sensor(extra: str) -> None:
    written = QUIET.replace("incident: {", f"incident: {{{extra}, ")
    timeline = Timeline(behind("gw-1", range(1, 5)), written)

    assert len({target for _, target, _, _ in timeline.run(10, cut=range(1, 5))}) == 4


def test_what_was_raised_before_is_absorbed_and_named() -> None:
    timeline = Timeline(behind("gw-1", range(1, 5)))
    timeline.run(5)
    first = timeline.run(2, cut=[1])  # its last word came two seconds before the others'

    raised, absorbed = [one for one in timeline.transitions(9, cut=range(1, 5)) if one.time_ns > at(12)]

    assert first == []
    assert (told(raised), told(absorbed)) == ((13, "gw-1", "raised", "notice"), (13, "level-1", "cleared", "notice"))
    assert json.loads(absorbed.evidence)["cleared"] == "is now about `gw-1`, on which this sensor depends"


def test_a_sensor_that_was_dead_before_keeps_its_own_alarm() -> None:
    timeline = Timeline(behind("gw-1", range(1, 7)))
    timeline.run(30, cut=[1])

    assert timeline.run(8, cut=range(1, 7)) == [(36, "gw-1", "raised", "notice")]
    assert [one.target for one in timeline.bench.engine.open_alarms()] == ["gw-1", "level-1"]
    assert timeline.run(3, cut=[1]) == [(39, "gw-1", "cleared", "notice")]


def test_slow_sensors_do_not_hold_up_what_quick_ones_say() -> None:
    quick, slow = behind("gw-1", range(1, 5)), behind("gw-1", range(5, 60), interval_s=3600.0)
    timeline = Timeline([*quick, *slow])
    timeline.run(5)

    (raised,) = timeline.transitions(9, cut=range(1, 60))

    assert told(raised)[1] == "gw-1"
    assert json.loads(raised.evidence)["silent"] == 4


def test_of_nested_assets_the_topmost_that_explains_all_has_failed() -> None:
    rows = [*behind("gw-1", range(1, 5)), *behind("gw-2", range(5, 9))]
    timeline = Timeline([*rows, gateway(100, "gw-1", "feeder"), gateway(101, "gw-2", "feeder")])
    timeline.numbers = list(range(1, 9))
    timeline.run(5)

    assert timeline.run(10, cut=range(1, 5)) == [(11, "gw-1", "raised", "notice")]
    assert timeline.run(6, cut=range(1, 9)) == [(21, "feeder", "raised", "notice"), (21, "gw-1", "cleared", "notice")]
    assert [one.target for one in timeline.bench.engine.open_alarms()] == ["feeder"]
    assert timeline.run(8, cut=range(1, 5)) == [(22, "feeder", "cleared", "notice"), (28, "gw-1", "raised", "notice")]


def test_an_asset_that_lives_below_shows_that_the_one_above_does() -> None:
    rows = [*behind("gw-1", range(1, 41)), *behind("gw-2", range(41, 44))]
    timeline = Timeline([*rows, gateway(100, "gw-1", "feeder"), gateway(101, "gw-2", "feeder")])
    timeline.numbers = list(range(1, 44))
    timeline.run(5)

    assert timeline.run(8, cut=range(1, 41)) == [(11, "gw-1", "raised", "notice")]


def test_a_gateway_that_speaks_itself_is_among_those_behind_it() -> None:
    rows = [*behind("gw-1", range(1, 4)), sensor(4, id="gw-1", interval_s=2.0)]
    timeline = Timeline(rows)
    states = AlarmStates()
    timeline.run(5)
    states.apply(timeline.transitions(8, cut=[4]))
    assert states.states() == {"gw-1": "silent"}

    states.apply(timeline.transitions(9, cut=[1, 2, 3, 4]))
    states.explain(timeline.bench.engine.explained)

    assert [(one.target, one.asset) for one in timeline.bench.engine.open_alarms()] == [("gw-1", True), ("gw-1", False)]
    assert states.states() == dict.fromkeys(("gw-1", "level-1", "level-2", "level-3"), "silent")
    states.apply(timeline.transitions(1))
    states.explain(timeline.bench.engine.explained)
    assert states.states() == {}


def test_a_judge_tells_who_is_silent_behind_a_failed_asset(tmp_path: Path) -> None:
    file = CheckpointFile.open(tmp_path / "rules.sqlite", first_number=1)
    judge = Judge(Engine(CATALOGUE), file)
    entries: list[Entry] = [context(book(QUIET), behind("gw-1", range(1, 4))), Connection(at(0), listening=True)]
    entries += [Tick(at(second)) for second in range(1, 8)]
    for position, entry in enumerate(entries, 1):
        judge.apply(Journaled(position, entry))

    assert judge.states.states() == dict.fromkeys(("gw-1", "level-1", "level-2", "level-3"), "silent")
    assert [item.transition.target for item in judge.outbox(9)] == ["gw-1"]
    judge.close()


def test_assets_that_feed_each_other_in_a_circle_end_somewhere() -> None:
    rows = [*behind("gw-1", range(1, 5)), gateway(100, "gw-1", "gw-2"), gateway(101, "gw-2", "gw-1")]
    timeline = Timeline(rows)
    timeline.numbers = [1, 2, 3, 4]

    assert len(timeline.run(8, cut=[1, 2, 3, 4])) == 1


def test_a_new_context_keeps_the_alarm_and_clears_one_whose_asset_is_gone() -> None:
    timeline = Timeline(behind("gw-1", range(1, 5)))
    timeline.run(10, cut=range(1, 5))

    grown = context(book(QUIET), [*timeline.sensors, sensor(9)], seconds=10.5)
    assert timeline.bench.feed(grown, Tick(at(11))) == []
    moved = context(book(QUIET), behind("gw-9", range(1, 5)), seconds=11.5)
    assert [told(one)[1:3] for one in timeline.bench.feed(moved, Tick(at(12)))] == [
        ("gw-1", "cleared"),
        ("gw-9", "raised"),
    ]


@settings(max_examples=25)
@given(st.lists(st.sets(st.integers(1, 12), max_size=12), min_size=15, max_size=30), st.data())
def test_cutting_batches_otherwise_changes_no_alarm(speaking: list[set[int]], data: st.DataObject) -> None:
    rows = [*behind("gw-1", range(1, 6)), *behind("gw-2", range(6, 11), 3.0), *behind("", range(11, 13))]
    rows += [gateway(100, "gw-1", "feeder"), gateway(101, "gw-2", "feeder")]
    together, apart = Timeline(rows).bench, Timeline(rows).bench
    one, other = [], []
    for second, numbers in enumerate(speaking, 1):
        said = [(number, second - 0.5, 0.0) for number in sorted(numbers)]
        cut = data.draw(st.integers(0, len(said)))
        tick = Tick(at(second))
        one += together.feed(readings(*said), tick)
        other += apart.feed(readings(*said[:cut]), readings(*said[cut:]), tick)

    assert one == other
