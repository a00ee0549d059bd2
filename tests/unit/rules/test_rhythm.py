import json
import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from city.clock import SECOND_NS
from city.entry import Connection, Entry, Tick
from rules.rhythm import FEWEST, Rhythm
from tests.support.judging import Bench, at, book, context, readings, reloaded, rule, sensor

LEARNED = rule("{notice: {intervals: 3}}", name="quiet", kind="silence", extra="interval: learned\n    learn: 1m")


def learned_s(*pauses_s: float) -> float:
    """Return the interval learned from words with these pauses between them, in seconds."""
    rhythm, heard_ns = Rhythm(np.array([7])), np.cumsum([0, *(round(pause_s * SECOND_NS) for pause_s in pauses_s)])
    rhythm.take(np.zeros(len(heard_ns), dtype=np.int64), heard_ns)
    return float(rhythm.table["interval_ns"][0]) / SECOND_NS


def test_a_regular_sensor_is_known_by_its_interval() -> None:
    assert learned_s(*[60.0] * 50) == 60


def test_one_outage_does_not_make_a_quick_sensor_slow() -> None:
    assert learned_s(*[60.0] * 1500, 86_400, *[60.0] * 70) == 60


def test_a_sender_of_bursts_is_known_by_the_pauses_between_them() -> None:
    burst = [*[2.0] * 30, 3600.0]

    assert 3500 < learned_s(*burst * 40) <= 3600


def test_what_comes_within_a_second_is_one_word() -> None:
    assert learned_s(*[0.05, 0.05, 29.9] * 30) == 30


def test_a_pause_that_comes_back_is_part_of_the_rhythm() -> None:
    day = [*[60.0] * 960, 8 * 3600.0]  # sixteen hours by the minute, and a night

    assert learned_s(*day * 5) == 8 * 3600
    assert 7 * 3600 < learned_s(*day * 5, *[60.0] * 960) < 8 * 3600


def seconds(first: int, last: int, every: int, numbers: tuple[int, ...] = (1,)) -> list[Entry]:
    entries: list[Entry] = []
    for second in range(first, last + 1):
        if second % every == 0:
            entries.append(readings(*((number, second - 0.5, 0.0) for number in numbers)))
        entries.append(Tick(at(second)))
    return entries


def test_a_sensor_without_interval_is_judged_by_its_own_once_it_is_known() -> None:
    bench = Bench()
    written = rule("{notice: {intervals: 3}}", name="quiet", kind="silence", extra="learn: 1m")
    bench.feed(context(book(written), [sensor(1, interval_s=None)]), Connection(at(0), listening=True))

    assert bench.feed(*seconds(1, 100, 4)) == []
    (raised,) = bench.feed(*seconds(101, 130, 1000))

    assert raised.time_ns == at(112)  # three times four seconds after the last word, at 99.5
    evidence = json.loads(raised.evidence)
    assert (evidence["interval"], evidence["interval_s"], evidence["pauses"]) == ("learned", 4.0, FEWEST)


def test_nothing_is_raised_before_the_rhythm_is_known() -> None:
    few, short = Bench(), Bench()
    for bench in (few, short):
        bench.feed(context(book(LEARNED), [sensor(1)]), Connection(at(0), listening=True))

    assert few.feed(*seconds(1, 76, 4), *seconds(77, 400, 1000)) == []  # 18 pauses, 72 seconds
    assert short.feed(*seconds(1, 50, 2), *seconds(51, 400, 1000)) == []  # 24 pauses, 48 seconds


def test_a_rhythm_is_learned_in_time_in_which_somebody_listened() -> None:
    bench = Bench()
    bench.feed(context(book(LEARNED), [sensor(1)]), Connection(at(0), listening=True))
    bench.feed(*seconds(1, 100, 4), Connection(at(100), listening=False), Connection(at(5000), listening=True))

    (raised,) = bench.feed(*seconds(5001, 5100, 4), *seconds(5101, 5130, 1000))

    assert json.loads(raised.evidence)["interval_s"] == 4.0


def test_a_rule_about_registered_intervals_learns_nothing() -> None:
    bench = Bench()
    written = rule("{notice: {intervals: 3}}", name="quiet", kind="silence", extra="interval: registered")
    bench.feed(context(book(written), [sensor(1, interval_s=None)]), Connection(at(0), listening=True))

    assert bench.feed(*seconds(1, 120, 4), *seconds(121, 400, 1000)) == []


def test_an_absolute_time_needs_no_interval() -> None:
    bench = Bench()
    written = rule(
        "{notice: {intervals: 3}, major: {after: 30s, hold: 5s}}", name="quiet", kind="silence", extra="learn: 1m"
    )
    sensors = [sensor(1, interval_s=None), sensor(2, interval_s=4.0)]
    bench.feed(context(book(written), sensors), Connection(at(0), listening=True))

    raised = bench.feed(*seconds(1, 40, 1000))

    assert [(one.target, one.level.word, one.time_ns) for one in raised] == [
        ("level-2", "notice", at(12)),
        ("level-1", "major", at(35)),
        ("level-2", "major", at(35)),
    ]


Arrival = tuple[int, float]


@settings(max_examples=10)
@given(st.lists(st.tuples(st.integers(1, 3), st.floats(0, 30)), min_size=30, max_size=60), st.integers())
def test_cutting_batches_otherwise_and_reloading_changes_no_rhythm(said: list[Arrival], seed: int) -> None:
    clock, rows, cuts = 0.0, [], random.Random(seed)
    for number, pause in said:
        clock += pause
        rows.append((number, clock))
    whole, cut = Bench(), Bench()
    for bench in (whole, cut):
        sensors = [sensor(number) for number in (1, 2, 3)]
        bench.feed(context(book(LEARNED), sensors), Connection(at(0), listening=True))
    one, other = [], []
    for tick in range(3, int(clock) + 20, 3):
        some = [(number, second, 0.0) for number, second in rows if tick - 3 <= second < tick]
        place = cuts.randint(0, len(some))
        one += whole.feed(readings(*some), Tick(at(tick)))
        other += cut.feed(readings(*some[:place]), readings(*some[place:]), Tick(at(tick)))
        if tick == 30:
            cut.engine = reloaded(cut.engine)

    assert one == other
    for table, before in zip(whole.engine.tables(), cut.engine.tables(), strict=True):
        assert [(table[name] == before[name]).all() for name in table.columns]
