"""Numbers that are made of several readings: what it means that one of their sensors dies while a level is pending."""

import json
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition
from city.clock import SECOND_NS
from city.entry import Arrivals, Connection, Entry, Tick
from city.quality import Quality
from city.reading import ReadingBatch
from tests.support.judging import START_NS, Bench, at, book, context, hint, readings, reloaded, rule, sensor

#: Two inside, one outside, all of one tunnel; who speaks every five seconds is dead after fifteen.
INSIDE, OUTSIDE = frozenset({"inside"}), frozenset({"outside"})
TUNNEL = [
    sensor(number, site="tunnel", interval_s=5.0, tags=OUTSIDE if number == 3 else INSIDE) for number in (1, 2, 3)
]
HELD = "{notice: {above: 2, clear: 1, hold: 1m}}"
AGAINST = "against: {quantity: water_level, tags: [outside]}\n    take: max\n    same: site\n    within: 10m"
VALUES = (
    "values:\n      deep: {quantity: water_level, tags: [inside], take: max}\n"
    "      dry: {quantity: water_level, tags: [outside]}\n"
    "    expression: deep - dry\n    same: site\n    within: 10m"
)
BEYOND = Quality.OUT_OF_RANGE


def rising(extra: str = "") -> str:
    return rule(
        "{notice: {rises: 2, clear: 1, hold: 1m}}", unit="", extra=f"over: 10m{extra and f'{chr(10)}    {extra}'}"
    )


def compared(extra: str = "", levels: str = HELD) -> str:
    more = AGAINST + (f"\n    {extra}" if extra else "")
    return rule(levels, kind="compare", unit="", select="{quantity: water_level, tags: [inside]}", extra=more)


def reckoned(extra: str = "", levels: str = HELD) -> str:
    return rule(levels, kind="expression", extra=VALUES + (f"\n    {extra}" if extra else ""))


SIDED = [pytest.param(compared, id="compare"), pytest.param(reckoned, id="expression")]


def bench(written: str) -> Bench:
    fresh = Bench()
    fresh.feed(context(book(written), TUNNEL), Connection(at(0), listening=True))
    return fresh


def spoken(first: int, last: int, values: dict[int, float], quality: Quality = Quality.GOOD) -> list[Entry]:
    """Return what sensors say every five seconds, and ticks."""
    entries: list[Entry] = []
    for second in range(first, last + 1):
        if second % 5 == 0 and values:
            entries.append(readings(*((number, second, value, quality) for number, value in values.items())))
        entries.append(Tick(at(second)))
    return entries


def told(transitions: list[AlarmTransition]) -> list[tuple[int, str, str, bool]]:
    return [
        ((one.time_ns - START_NS) // SECOND_NS, one.change.value, one.target, one.unconfirmed) for one in transitions
    ]


def unconfirmed(transition: AlarmTransition) -> list[str]:
    return [one["sensor"] for one in json.loads(transition.evidence)["unconfirmed"]["lost"]]


def test_a_rise_whose_sensor_dies_is_the_hazard() -> None:
    stream = [*spoken(1, 10, {1: 0.0}), *spoken(11, 20, {1: 3.0}), *spoken(21, 900, {})]

    (raised,) = bench(rising()).feed(*stream)

    assert told([raised]) == [(35, "raised", "level-1", True)]
    assert (raised.value, raised.limit, unconfirmed(raised)) == (3.0, 2.0, ["level-1"])


@pytest.mark.parametrize("written", SIDED)
@pytest.mark.parametrize("dies", [pytest.param((1, 2), id="the one side"), pytest.param((3,), id="the other")])
def test_a_difference_whose_side_dies_is_the_hazard(written: object, dies: tuple[int, ...]) -> None:
    alive = {1: 5.0, 2: 4.0, 3: 1.0}
    rest = {number: value for number, value in alive.items() if number not in dies}
    assert callable(written)

    (raised,) = bench(written()).feed(*spoken(1, 20, alive), *spoken(21, 50, rest))

    assert told([raised]) == [(35, "raised", "tunnel", True)]
    assert (raised.value, unconfirmed(raised)) == (4.0, [f"level-{number}" for number in dies])


@pytest.mark.parametrize("written", SIDED)
@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        pytest.param({2: 4.0, 3: 1.0}, (65, "raised", "tunnel", False), id="reach it by themselves"),
        pytest.param({2: 2.0, 3: 1.0}, (35, "raised", "tunnel", True), id="do not"),
    ],
)
def test_the_living_are_asked_first(written: object, rest: dict[int, float], expected: object) -> None:
    assert callable(written)

    raised = bench(written()).feed(*spoken(1, 20, {1: 5.0, 2: rest[2], 3: 1.0}), *spoken(21, 70, rest))

    assert told(raised)[:1] == [expected]


@pytest.mark.parametrize("written", [pytest.param(rising, id="change"), *SIDED])
def test_a_value_beyond_range_is_the_hazard_at_once(written: object) -> None:
    assert callable(written)
    wet, last = [*spoken(1, 10, {1: 0.0, 3: 0.0}), *spoken(11, 20, {1: 3.0, 3: 0.0})], readings((1, 21, 99.0, BEYOND))

    assert told(bench(written()).feed(*wet, last, *spoken(21, 24, {}))) == [
        (21, "raised", "level-1" if written is rising else "tunnel", True)
    ]


@pytest.mark.parametrize("written", SIDED)
@pytest.mark.parametrize(
    "stream",
    [
        pytest.param([*spoken(1, 20, {1: 5.0, 3: 1.0}), *spoken(21, 30, {1: 1.0, 3: 1.0})], id="it went back before"),
        pytest.param(spoken(1, 20, {1: 1.0, 3: 1.0}), id="nothing was pending"),
        pytest.param(
            [*spoken(1, 20, {1: 1.0, 3: 1.0}), *spoken(21, 60, {1: 9.0, 3: 1.0}, Quality.BAD)], id="only bad readings"
        ),
        pytest.param(
            [
                *spoken(1, 20, {2: 5.0, 1: 5.0, 3: 5.0}),
                *spoken(21, 60, {1: 5.0, 3: 5.0}),
                *spoken(61, 75, {1: 8.0, 3: 5.0}),
            ],
            id="who died before it was",
        ),
        pytest.param([*spoken(1, 20, {1: 5.0, 3: 1.0}), Connection(at(20), listening=False)], id="our own outage"),
    ],
)
def test_deaths_that_mean_nothing(written: object, stream: list[Entry]) -> None:
    assert callable(written)
    after = spoken(76, 89, {}) if stream[-1] == Tick(at(75)) else spoken(61, 400, {})

    assert bench(written()).feed(*stream, *after) == []


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(hint(compared()), id="no hazard of the city"),
        pytest.param(compared("on_death: false"), id="switched off"),
    ],
)
def test_rules_for_which_deaths_mean_nothing(written: str) -> None:
    assert bench(written).feed(*spoken(1, 20, {1: 5.0, 3: 1.0}), *spoken(21, 90, {})) == []


@pytest.mark.parametrize("written", SIDED)
def test_what_the_living_reach_confirms_it_and_nothing_of_the_dead_does(written: object) -> None:
    assert callable(written)
    running = bench(written())
    running.feed(*spoken(1, 20, {1: 5.0, 2: 1.0, 3: 1.0}), *spoken(21, 40, {2: 1.0, 3: 1.0}))

    by_the_dead = running.feed(*spoken(41, 60, {2: 1.0, 3: 1.0}))
    (confirmed,) = running.feed(*spoken(61, 70, {1: 6.0, 2: 1.0, 3: 1.0}))

    assert by_the_dead == []
    assert told([confirmed]) == [(65, "confirmed", "tunnel", False)]


@pytest.mark.parametrize("written", SIDED)
def test_who_comes_back_and_is_well_clears_it(written: object) -> None:
    assert callable(written)
    running = bench(written())
    running.feed(*spoken(1, 20, {1: 5.0, 3: 1.0}), *spoken(21, 60, {}))

    assert told(running.feed(*spoken(61, 65, {1: 1.0, 3: 1.0}))) == [(65, "cleared", "tunnel", False)]


@pytest.mark.parametrize("written", SIDED)
def test_one_of_several_that_falls_silent_clears_nothing(written: object) -> None:
    assert callable(written)
    running = bench(written(levels="{notice: {above: 2, clear: 1}}").replace("10m", "30s"))
    (raised,) = running.feed(*spoken(1, 20, {1: 5.0, 2: 1.0, 3: 1.0}))

    silent = running.feed(*spoken(21, 900, {2: 1.0, 3: 1.0}))
    (cleared,) = running.feed(*spoken(901, 905, {1: 1.5, 2: 1.0, 3: 1.0}))

    assert told(silent) == [(35, "doubted", "tunnel", True)]
    assert told([raised, cleared]) == [(5, "raised", "tunnel", False), (905, "cleared", "tunnel", False)]


AT_ONCE = "{notice: {above: 2, clear: 1}}"


@pytest.mark.parametrize("written", SIDED)
def test_an_alarm_that_stands_is_in_doubt_once_when_the_living_do_not_keep_it(written: object) -> None:
    assert callable(written)
    running = bench(written(levels=AT_ONCE))
    running.feed(*spoken(1, 20, {1: 5.0, 2: 1.0, 3: 1.0}))

    (doubted,) = running.feed(*spoken(21, 200, {2: 1.0, 3: 1.0}))
    (again,) = running.feed(*spoken(201, 215, {1: 2.5, 2: 1.0, 3: 1.0}))

    assert told([doubted, again]) == [(35, "doubted", "tunnel", True), (205, "confirmed", "tunnel", False)]
    assert json.loads(doubted.evidence)["unconfirmed"]["lost"] == [
        {"sensor": "level-1", "time": "2026-09-21T14:13:40.000Z", "by": "silence"}
    ]
    assert (doubted.again, again.again) == (False, True)


@pytest.mark.parametrize("written", SIDED)
def test_an_alarm_that_the_living_keep_is_in_no_doubt(written: object) -> None:
    assert callable(written)
    running = bench(written(levels=AT_ONCE))
    running.feed(*spoken(1, 20, {1: 5.0, 2: 4.0, 3: 1.0}))

    assert running.feed(*spoken(21, 200, {2: 4.0, 3: 1.0})) == []


@pytest.mark.parametrize("written", SIDED)
def test_one_who_goes_beyond_its_range_is_named_by_it(written: object) -> None:
    assert callable(written)
    running = bench(written(levels=AT_ONCE))
    running.feed(*spoken(1, 20, {1: 5.0, 3: 1.0}))

    (doubted,) = running.feed(readings((1, 21, 99.0, BEYOND)), *spoken(21, 24, {}))

    assert told([doubted]) == [(21, "doubted", "tunnel", True)]
    assert [one["by"] for one in json.loads(doubted.evidence)["unconfirmed"]["lost"]] == ["range"]


def test_who_dies_within_a_batch_confirms_nothing_in_it() -> None:
    whole, cut = bench(compared()), bench(compared())
    start = [*spoken(1, 20, {1: 5.0, 2: 1.0, 3: 1.0}), *spoken(21, 40, {2: 1.0, 3: 1.0})]
    rows: list[Row] = [
        (1, 41, 5.0, Quality.GOOD),
        (1, 42, 99.0, BEYOND),
        (2, 43, 1.0, Quality.GOOD),
        (3, 44, 1.0, Quality.GOOD),
    ]

    assert whole.feed(*start, readings(*rows)) == cut.feed(*start, *(readings(row) for row in rows))


@pytest.mark.parametrize("written", SIDED)
def test_a_word_from_before_the_alarm_keeps_nothing(written: object) -> None:
    assert callable(written)
    running = bench(written(levels="{notice: {above: 2, clear: 1}}").replace("10m", "30s"))
    running.feed(*spoken(1, 5, {1: 2.8, 2: 1.0, 3: 1.0}), *spoken(6, 100, {2: 1.0, 3: 1.0}))

    after = running.feed(*spoken(101, 105, {2: 5.0, 3: 1.0}), *spoken(106, 110, {2: 1.0, 3: 1.0}))

    assert told(after) == [(105, "raised", "tunnel", False), (110, "cleared", "tunnel", False)]


STREAM = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from([1.0, 2.0, 5.0, 5.0, 9.0]),
        st.sampled_from([Quality.GOOD, Quality.GOOD, Quality.GOOD, Quality.BAD, BEYOND]),
    ),
    min_size=20,
    max_size=48,
)
QUICK = ("on_death: {intervals: 1.5}", "{notice: {above: 2, clear: 1, hold: 9s}, critical: {above: 4, hold: 12s}}")
BOOK = (
    compared(*QUICK).replace("10m", "20s"),
    reckoned(*QUICK).replace("10m", "20s").replace("flood", "reckoned"),
    rising(QUICK[0]).replace("10m", "20s").replace("1m", "9s").replace("flood", "rising"),
)

#: Sensor, seconds, value and quality.
Row = tuple[int, int, float, Quality]


def rows_of(said: list[tuple[int, float, Quality]]) -> list[Row]:
    return [(number, 3 * place, value, quality) for place, (number, value, quality) in enumerate(said) if number]


def all_of_them() -> Bench:
    fresh = Bench()
    fresh.feed(context(book(*BOOK), TUNNEL), Connection(at(0), listening=True))
    return fresh


@settings(max_examples=12)
@given(said=STREAM, seed=st.integers())
def test_cutting_batches_otherwise_and_reloading_changes_no_alarm(
    said: list[tuple[int, float, Quality]], seed: int
) -> None:
    whole, cut, cuts = all_of_them(), all_of_them(), random.Random(seed)
    one, other, rows = [], [], rows_of(said)
    for start in range(0, len(rows), 6):
        some, place = rows[start : start + 6], cuts.randint(0, 6)
        last = some[-1][1]
        clock = [Tick(at(second)) for second in range(last + 1, last + 10, 3)]
        one += whole.feed(readings(*some), *clock)
        other += cut.feed(readings(*some[:place]), readings(*some[place:]), *clock)
        if cuts.random() < 0.3:
            cut.engine = reloaded(cut.engine)

    assert one == other


@settings(max_examples=10)
@given(said=STREAM)
def test_judged_at_one_leap_it_is_what_every_tick_gives(said: list[tuple[int, float, Quality]]) -> None:
    rows, single, leaping = rows_of(said), all_of_them(), all_of_them()
    last = 3 * len(said) + 30
    entries: list[Entry] = []
    for second in range(1, last + 1):
        entries += [readings(row) for row in rows if row[1] == second]
        entries.append(Tick(at(second)))
    batch = ReadingBatch.concatenate([one.readings for one in entries if isinstance(one, Arrivals)])
    later = batch.take(np.flatnonzero(batch.arrival_ns > at(0)))

    assert leaping.engine.leap(Arrivals(later), at(last)) == single.feed(*entries)
