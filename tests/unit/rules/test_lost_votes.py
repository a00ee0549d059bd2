"""Voters that die while a level of their place is pending raise it, unconfirmed."""

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

TUNNEL = [sensor(number, site="tunnel", interval_s=5.0) for number in (1, 2, 3)]
VOTE = "each: {above: 15, clear: 10}\n    same: site\n    within: 10m"
LEVELS = "{notice: {at_least: 2, hold: 1m}, critical: {at_least: 3, hold: 1m}}"
BEYOND = Quality.OUT_OF_RANGE

#: Sensor, seconds, value and quality.
Row = tuple[int, int, float, Quality]


def quorum(levels: str = LEVELS, extra: str = "") -> str:
    return rule(levels, kind="quorum", extra=VOTE + (f"\n    {extra}" if extra else ""))


def bench(written: str = "") -> Bench:
    fresh = Bench()
    fresh.feed(context(book(written or quorum()), TUNNEL), Connection(at(0), listening=True))
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
        ((one.time_ns - START_NS) // SECOND_NS, one.change.value, one.level.word, one.unconfirmed)
        for one in transitions
    ]


def test_a_quorum_whose_voters_all_die_is_the_hazard_unconfirmed() -> None:
    (raised,) = bench().feed(*spoken(1, 20, {1: 0.2, 2: 0.2}), *spoken(21, 900, {}))

    assert told([raised]) == [(35, "raised", "notice", True)]
    assert (raised.target, raised.value) == ("tunnel", 2)
    evidence = json.loads(raised.evidence)
    assert [one["sensor"] for one in evidence["unconfirmed"]["lost"]] == ["level-1", "level-2"]
    assert evidence["unconfirmed"]["dead_after_s"] == 15
    assert evidence["votes"] == 2


def test_the_worst_level_that_was_pending_is_raised() -> None:
    assert told(bench().feed(*spoken(1, 20, dict.fromkeys((1, 2, 3), 0.2)), *spoken(21, 60, {}))) == [
        (35, "raised", "critical", True)
    ]


def test_the_living_who_reach_the_level_by_themselves_complete_its_hold() -> None:
    only = quorum("{notice: {at_least: 2, hold: 1m}}")
    stream = [*spoken(1, 20, dict.fromkeys((1, 2, 3), 0.2)), *spoken(21, 90, {1: 0.2, 2: 0.2})]

    assert told(bench(only).feed(*stream)) == [(65, "raised", "notice", False)]


def test_the_living_who_do_not_reach_it_are_not_waited_for() -> None:
    stream = [*spoken(1, 20, {1: 0.2, 2: 0.2}), *spoken(21, 50, {1: 0.2})]

    assert told(bench().feed(*stream)) == [(35, "raised", "notice", True)]


def test_a_voter_beyond_what_it_can_measure_is_lost_at_once() -> None:
    stream = [*spoken(1, 20, {1: 0.2, 2: 0.2}), readings((1, 21, 99.0, BEYOND)), *spoken(21, 30, {2: 0.2})]

    assert told(bench().feed(*stream)) == [(21, "raised", "notice", True)]


def test_an_alarm_whose_voters_die_is_in_doubt_once_until_the_living_keep_it() -> None:
    running = bench()
    running.feed(*spoken(1, 70, {1: 0.2, 2: 0.2}))

    (doubted,) = running.feed(*spoken(71, 400, {1: 0.2}))
    (again,) = running.feed(*spoken(401, 410, {1: 0.2, 2: 0.2}))

    assert told([doubted, again]) == [(85, "doubted", "notice", True), (405, "confirmed", "notice", False)]
    assert [(one["sensor"], one["by"]) for one in json.loads(doubted.evidence)["unconfirmed"]["lost"]] == [
        ("level-2", "silence")
    ]
    assert again.again


def test_an_alarm_that_the_living_keep_is_in_no_doubt() -> None:
    only = quorum("{notice: {at_least: 2}}")
    running = bench(only)
    running.feed(*spoken(1, 20, dict.fromkeys((1, 2, 3), 0.2)))

    assert running.feed(*spoken(21, 300, {1: 0.2, 2: 0.2})) == []


@pytest.mark.parametrize(
    "row",
    [
        pytest.param((1, 21, -9.0, BEYOND), id="on the other side"),
        pytest.param((1, 21, 99.0, BEYOND | Quality.BAD), id="bad besides"),
        pytest.param((3, 21, 99.0, BEYOND), id="of one who did not vote"),
    ],
)
def test_a_value_beyond_range_says_nothing_otherwise(row: Row) -> None:
    stream = [*spoken(1, 20, {1: 0.2, 2: 0.2}), readings(row), *spoken(21, 30, {1: 0.2, 2: 0.2})]

    assert bench().feed(*stream) == []


@pytest.mark.parametrize(
    ("written", "stream"),
    [
        pytest.param(hint(quorum()), spoken(1, 20, {1: 0.2, 2: 0.2}), id="no hazard of the city"),
        pytest.param(quorum(extra="on_death: false"), spoken(1, 20, {1: 0.2, 2: 0.2}), id="switched off"),
        pytest.param(quorum(), spoken(1, 20, {1: 0.2}), id="nothing is pending"),
        pytest.param(
            quorum(),
            [*spoken(1, 20, {1: 0.2, 2: 0.2}), Connection(at(20), listening=False)],
            id="our own outage",
        ),
    ],
)
def test_deaths_that_mean_nothing(written: str, stream: list[Entry]) -> None:
    assert bench(written).feed(*stream, *spoken(21, 120, {})) == []


def test_votes_of_the_living_confirm_it_and_nothing_clears_it_in_silence() -> None:
    running = bench()
    running.feed(*spoken(1, 20, {1: 0.2, 2: 0.2}), *spoken(21, 2000, {}))
    one = running.feed(*spoken(2001, 2010, {3: 0.2}))
    (confirmed,) = running.feed(*spoken(2011, 2020, {2: 0.2, 3: 0.2}))

    assert one == []
    assert told([confirmed]) == [(2015, "confirmed", "notice", False)]


def test_who_comes_back_and_takes_the_vote_back_clears_it() -> None:
    running = bench()
    running.feed(*spoken(1, 20, {1: 0.2, 2: 0.2}), *spoken(21, 60, {}))

    assert told(running.feed(*spoken(61, 80, {1: 0.05, 2: 0.2}))) == [(65, "cleared", "notice", False)]


STREAM = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from([0.05, 0.2, 0.2, 0.2, 99.0]),
        st.sampled_from([Quality.GOOD, Quality.GOOD, Quality.BAD, BEYOND]),
    ),
    min_size=20,
    max_size=48,
)
QUICK = quorum("{notice: {at_least: 2, hold: 12s}, critical: {at_least: 3, hold: 12s}}", "on_death: {intervals: 1}")


def rows_of(said: list[tuple[int, float, Quality]]) -> list[Row]:
    return [(number, 3 * place, value, quality) for place, (number, value, quality) in enumerate(said) if number]


@settings(max_examples=12)
@given(said=STREAM, seed=st.integers())
def test_cutting_batches_otherwise_and_reloading_changes_no_alarm(
    said: list[tuple[int, float, Quality]], seed: int
) -> None:
    whole, cut, cuts = bench(QUICK), bench(QUICK), random.Random(seed)
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


@settings(max_examples=8)
@given(said=STREAM)
def test_judged_at_one_leap_it_is_what_every_tick_gives(said: list[tuple[int, float, Quality]]) -> None:
    rows, single, leaping = rows_of(said), bench(QUICK), bench(QUICK)
    last = 3 * len(said) + 30
    entries: list[Entry] = []
    for second in range(1, last + 1):
        entries += [readings(row) for row in rows if row[1] == second]
        entries.append(Tick(at(second)))
    batch = ReadingBatch.concatenate([one.readings for one in entries if isinstance(one, Arrivals)])
    later = batch.take(np.flatnonzero(batch.arrival_ns > at(0)))

    assert leaping.engine.leap(Arrivals(later), at(last)) == single.feed(*entries)
