import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition
from city.clock import SECOND_NS
from city.entry import Arrivals, Connection, Entry, Tick
from city.quality import Quality
from city.reading import ReadingBatch
from rules.book import read_book
from rules.faults import BadRuleBook
from tests.support.judging import CATALOGUE, START_NS, Bench, at, book, context, hint, readings, reloaded, rule, sensor

#: Held for a minute, and a hazard of the city, so that its sensors' deaths matter by default.
FLOOD = rule("{notice: {above: 10, clear: 8, hold: 1m}, critical: {above: 30, hold: 1m}}")

BEYOND = Quality.OUT_OF_RANGE


def bench(written: str = FLOOD, **changes: object) -> Bench:
    fresh = Bench()
    fresh.feed(
        context(book(written), [sensor(1, **{"interval_s": 5.0, **changes}), sensor(2, interval_s=5.0)]),
        Connection(at(0), listening=True),
    )
    return fresh


def ticks(first: int, last: int) -> list[Entry]:
    return [Tick(at(second)) for second in range(first, last + 1)]


def wet(first: int, last: int, level_m: float, quality: Quality = Quality.GOOD) -> list[Entry]:
    """Return a reading every five seconds, and ticks."""
    entries: list[Entry] = []
    for second in range(first, last + 1):
        entries += [readings((1, second, level_m, quality))] if second % 5 == 0 else []
        entries.append(Tick(at(second)))
    return entries


def told(transitions: list[AlarmTransition]) -> list[tuple[int, str, str, bool]]:
    return [
        ((one.time_ns - START_NS) // SECOND_NS, one.change.value, one.level.word, one.unconfirmed)
        for one in transitions
    ]


def test_silence_while_a_level_is_pending_is_the_hazard_unconfirmed() -> None:
    (raised,) = bench().feed(*wet(1, 20, 0.2), *ticks(21, 60))

    assert told([raised]) == [(35, "raised", "notice", True)]
    assert (raised.value, raised.limit) == (0.2, 0.1)
    why = json.loads(raised.evidence)["unconfirmed"]
    assert why == {
        "why": "no good reading since",
        "last_good": "2026-09-21T14:13:40.000Z",
        "within_s": 600,
        "dead_after_s": 15,
    }


def test_the_worst_level_that_is_pending_is_raised() -> None:
    assert told(bench().feed(*wet(1, 20, 0.4), *ticks(21, 60))) == [(35, "raised", "critical", True)]


def test_a_raised_alarm_rises_to_what_was_pending_and_stays() -> None:
    running = bench()

    assert told(running.feed(*wet(1, 70, 0.2))) == [(65, "raised", "notice", False)]
    assert told(running.feed(*wet(71, 90, 0.4), *ticks(91, 2000))) == [(105, "risen", "critical", True)]


def test_an_alarm_whose_sensor_falls_silent_is_in_doubt_once_and_confirmed_by_what_keeps_it() -> None:
    running = bench()
    running.feed(*wet(1, 70, 0.2))

    (doubted,) = running.feed(*ticks(71, 600), *wet(601, 604, 0.2, Quality.BAD))
    (confirmed,) = running.feed(*wet(605, 700, 0.09))

    assert told([doubted, confirmed]) == [(85, "doubted", "notice", True), (605, "confirmed", "notice", False)]
    assert (doubted.alarm, doubted.value) == (confirmed.alarm, 0.2)
    assert json.loads(doubted.evidence)["unconfirmed"]["last_good"] == "2026-09-21T14:14:30.000Z"
    assert (doubted.again, confirmed.again) == (False, True)


@pytest.mark.parametrize("why", ["silence", "range"])
def test_evidence_of_a_doubt_has_the_quality_of_the_reading_that_it_shows(why: str) -> None:
    running = bench()
    running.feed(*wet(1, 70, 0.2, Quality.CLOCK | Quality.SIMULATED))

    last = ticks(71, 600) if why == "silence" else [readings((1, 72, 99.0, BEYOND))]
    (doubted,) = running.feed(*last)

    expected = ["clock", "simulated"] if why == "silence" else ["out_of_range"]
    assert json.loads(doubted.evidence)["reading"]["quality"] == expected


@pytest.mark.parametrize(
    ("last", "words"),
    [
        pytest.param(Quality.SIMULATED, ["simulated"], id="it is kept"),
        pytest.param(Quality.GOOD, [], id="a good one follows"),
    ],
)
def test_quality_of_the_last_good_reading_outlives_a_kill(last: Quality, words: list[str]) -> None:
    running = bench()
    running.feed(*wet(1, 70, 0.2, Quality.SIMULATED), *wet(71, 75, 0.2, last))

    (doubted,) = Bench(reloaded(running.engine)).feed(*ticks(76, 600))

    assert json.loads(doubted.evidence)["reading"]["quality"] == words


def test_an_alarm_that_is_only_kept_is_in_doubt_too() -> None:
    running = bench()
    running.feed(*wet(1, 70, 0.2), *wet(71, 300, 0.09))

    assert told(running.feed(*ticks(301, 400))) == [(315, "doubted", "notice", True)]


def test_an_alarm_whose_sensor_goes_beyond_its_range_is_in_doubt_at_once() -> None:
    running = bench()
    running.feed(*wet(1, 70, 0.2))

    doubted = running.feed(readings((1, 72, 99.0, BEYOND), (1, 73, 99.0, BEYOND)), *ticks(73, 200))

    assert told(doubted) == [(72, "doubted", "notice", True)]
    assert json.loads(doubted[0].evidence)["unconfirmed"]["why"] == "beyond what its sensor can measure"
    assert told(running.feed(readings((1, 201, 0.01)))) == [(201, "cleared", "notice", False)]


def test_history_from_before_a_doubt_still_raises() -> None:
    running = bench(FLOOD.replace("critical: {above: 30, hold: 1m}", "critical: {above: 30}"))
    running.feed(*wet(1, 70, 0.2), *ticks(71, 90))

    risen = running.feed(readings((1, 80, 0.4, Quality.LATE)))

    assert told(risen) == [(80, "risen", "critical", False)]


def test_an_alarm_raised_by_history_alone_has_nobody_to_die() -> None:
    running = bench(rule("{critical: {above: 30}}"))
    running.feed(*wet(1, 20, 0.2))

    assert told(running.feed(readings((1, 18, 0.4, Quality.LATE)), *ticks(21, 400))) == [
        (18, "raised", "critical", False)
    ]


def test_bad_readings_are_no_sign_of_life() -> None:
    assert told(bench().feed(*wet(1, 20, 0.2), *wet(21, 60, 0.2, Quality.BAD))) == [(35, "raised", "notice", True)]


def test_bad_readings_alone_raise_nothing() -> None:
    assert bench().feed(*wet(1, 20, 0.05), *wet(21, 900, 9.9, Quality.BAD), *ticks(901, 1000)) == []


def test_a_value_beyond_range_on_the_hazards_side_is_the_hazard_at_once() -> None:
    (raised,) = bench().feed(*wet(1, 20, 0.2), readings((1, 22, 99.0, BEYOND)))

    assert told([raised]) == [(22, "raised", "notice", True)]
    assert json.loads(raised.evidence)["reading"]["quality"] == ["out_of_range"]


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(readings((1, 22, -99.0, BEYOND)), id="on the other side"),
        pytest.param(readings((1, 700, 99.0, BEYOND)), id="too long after"),
        pytest.param(readings((2, 22, 99.0, BEYOND)), id="of another sensor"),
        pytest.param(readings((1, 22, 99.0, BEYOND | Quality.BAD)), id="bad besides"),
        pytest.param(readings((1, 18, 99.0, BEYOND | Quality.LATE)), id="late"),
    ],
)
def test_a_value_beyond_range_says_nothing_otherwise(entry: Entry) -> None:
    assert bench().feed(*wet(1, 20, 0.2), entry) == []


def test_a_value_beyond_range_with_nothing_pending_concerns_the_sensor() -> None:
    assert bench().feed(*wet(1, 20, 0.05), readings((1, 22, 99.0, BEYOND))) == []


def test_good_readings_confirm_what_is_so() -> None:
    running = bench()
    running.feed(*wet(1, 20, 0.2), *ticks(21, 39))

    (confirmed,) = running.feed(readings((1, 40, 0.09), (1, 41, 0.2), (1, 42, 0.2)), *wet(45, 90, 0.2))

    assert told([confirmed]) == [(41, "confirmed", "notice", False)]
    assert json.loads(confirmed.evidence)["reading"]["value"] == 0.2


def test_good_readings_clear_what_is_not_so() -> None:
    running = bench()
    running.feed(*wet(1, 20, 0.2), *ticks(21, 39))

    assert told(running.feed(readings((1, 40, 0.02)), *wet(41, 60, 0.02))) == [(40, "cleared", "notice", False)]


def test_our_own_outage_is_no_death() -> None:
    running = bench()
    away = [*wet(1, 20, 0.2), Connection(at(20), listening=False), *ticks(21, 900), Connection(at(900), listening=True)]

    assert running.feed(*away, *ticks(901, 960)) == []


@pytest.mark.parametrize(
    ("written", "changes"),
    [
        pytest.param(FLOOD, {"interval_s": None}, id="nobody knows when it should speak"),
        pytest.param(FLOOD, {"recorded": True}, id="a recording"),
        pytest.param(hint(FLOOD), {}, id="no hazard of the city"),
        pytest.param(FLOOD.replace("levels:", "on_death: false\n    levels:"), {}, id="switched off"),
        pytest.param(FLOOD.replace("levels:", "when: {hours: ['09:00-10:00']}\n    levels:"), {}, id="outside hours"),
    ],
)
def test_deaths_that_mean_nothing(written: str, changes: dict[str, object]) -> None:
    assert bench(written, **changes).feed(*wet(1, 20, 0.4), *ticks(21, 120)) == []


def test_a_rule_says_what_death_is() -> None:
    written = rule("{notice: {above: 10, hold: 1m}}", extra="on_death: {intervals: 5, within: 2m}")

    assert told(bench(written).feed(*wet(1, 20, 0.2), *ticks(21, 60))) == [(45, "raised", "notice", True)]


@pytest.mark.parametrize("wrong", ["on_death: {intervals: 0}", "on_death: 3", "on_death: {within: 0s}"])
def test_a_death_is_written_in_intervals_and_a_duration(wrong: str) -> None:
    with pytest.raises(BadRuleBook):
        read_book(book(rule("{critical: {above: 10, hold: 1m}}", extra=wrong)), CATALOGUE)


def test_a_derived_reading_comes_when_its_period_ends_and_is_not_missed_before() -> None:
    derived = [readings((1, 10 * time, 0.2, Quality.DERIVED)) for time in range(1, 3)]

    assert bench().feed(*derived, *ticks(21, 900)) == []


def test_an_alarm_that_comes_out_of_shadow_is_as_unconfirmed_as_it_was() -> None:
    shadow = FLOOD.replace("levels:", "shadow: true\n    levels:")
    running = bench(shadow)
    running.feed(*wet(1, 20, 0.2), *ticks(21, 39))
    known = [sensor(1, interval_s=5.0), sensor(2, interval_s=5.0)]

    ended, begun = running.feed(context(book(FLOOD), known, seconds=40))

    assert told([ended, begun]) == [(40, "cleared", "notice", False), (35, "raised", "notice", True)]
    assert json.loads(begun.evidence)["unconfirmed"]["why"] == "no good reading since"
    assert told(running.feed(readings((1, 45, 0.2)))) == [(45, "confirmed", "notice", False)]


Said = tuple[int, int, Quality]


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2), st.sampled_from([2, 9, 20, 20, 40]), st.sampled_from([Quality.GOOD, Quality.BAD, BEYOND])
        ),
        min_size=20,
        max_size=40,
    ),
    st.integers(),
)
def test_cutting_batches_otherwise_and_reloading_changes_no_alarm(said: list[Said], seed: int) -> None:
    whole, cut, cuts = bench(FLOOD.replace("1m", "8s")), bench(FLOOD.replace("1m", "8s")), random.Random(seed)
    one, other = [], []
    for start in range(0, len(said), 4):
        rows = [
            (number, 3 * (start + place), value / 100, quality)
            for place, (number, value, quality) in enumerate(said[start : start + 4])
            if number
        ]
        place = cuts.randint(0, len(rows))
        clock = [Tick(at(second)) for second in range(3 * start + 10, 3 * start + 22, 3)]
        one += whole.feed(readings(*rows), *clock)
        other += cut.feed(readings(*rows[:place]), readings(*rows[place:]), *clock)
        if cuts.random() < 0.3:
            cut.engine = reloaded(cut.engine)

    assert one == other


@settings(max_examples=10)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 0, 0, 1, 1, 2]),
            st.sampled_from([2, 9, 20, 20, 40]),
            st.sampled_from([Quality.GOOD, Quality.GOOD, Quality.GOOD, Quality.BAD, BEYOND]),
        ),
        min_size=20,
        max_size=50,
    )
)
def test_judged_at_one_leap_it_is_what_every_tick_gives(said: list[Said]) -> None:
    single, leaping = bench(FLOOD.replace("1m", "8s")), bench(FLOOD.replace("1m", "8s"))
    rows = [(number, 3 * place, value / 100, quality) for place, (number, value, quality) in enumerate(said) if number]
    entries: list[Entry] = []
    for second in range(1, 3 * len(said) + 31):
        entries += [readings(row) for row in rows if row[1] == second]
        entries.append(Tick(at(second)))
    batches = [one.readings for one in entries if isinstance(one, Arrivals)]
    coming = Arrivals(ReadingBatch.concatenate(batches) if batches else ReadingBatch.empty())

    assert leaping.engine.leap(coming, at(3 * len(said) + 30)) == single.feed(*entries)
