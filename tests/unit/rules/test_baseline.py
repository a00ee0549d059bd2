import json
from itertools import pairwise
from math import pi, sin

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition, Lane
from city.entry import Arrivals
from city.quality import Quality
from city.reading import ReadingBatch
from rules.book import read_book
from rules.faults import BadRuleBook
from rules.kinds.baseline import BaselineTerms
from tests.support.judging import CATALOGUE, Bench, book, context, readings, rule, sensor

Row = tuple[int, float, float] | tuple[int, float, float, Quality]

MINUTES = 5
A_DAY = 24 * 60 // MINUTES


def habit(levels: str = "{notice: {score: 1.6}}", extra: str = "warm_up: 1d") -> str:
    return rule(levels, kind="baseline", select="{quantity: water_level}", extra=extra)


def moment(number: int) -> float:
    return number * MINUTES * 60


def tide(number: int, seed: int = 1) -> float:
    """Return a level that comes and goes with the hour, with noise of its own."""
    noise = float(np.random.default_rng((seed, number)).normal(0, 0.05))
    return 1.0 + sin(2 * pi * number / A_DAY) + noise


def days(seed: int = 1, count: int = 4 * A_DAY) -> list[Row]:
    return [(seed, moment(number), tide(number, seed)) for number in range(count)]


def started(extra: str = "warm_up: 1d", levels: str = "{notice: {score: 1.6}}", sensors: int = 1) -> Bench:
    bench = Bench()
    bench.feed(context(book(habit(levels, extra)), [sensor(number, site="quay") for number in range(1, sensors + 1)]))
    return bench


def told(transitions: list[AlarmTransition]) -> list[tuple[str, str]]:
    return [(one.target, one.change.value) for one in transitions]


def after_a_days(rows: list[Row]) -> list[AlarmTransition]:
    bench = started()
    bench.feed(readings(*days()))
    return [one for row in rows for one in bench.feed(readings(row))]


def test_baseline_raises_when_a_sensor_leaves_its_habit_and_clears_when_it_is_back() -> None:
    end = 4 * A_DAY
    leaves = [(1, moment(end + number), tide(end + number) + 4) for number in range(6)]
    back = [(1, moment(end + number), tide(end + number)) for number in range(6, 300)]

    transitions = after_a_days([*leaves, *back])

    assert [one.change.value for one in transitions] == ["raised", "cleared"]
    assert transitions[0].response.lane is Lane.EQUIPMENT
    assert 1.6 < (transitions[0].value or 0) <= 5
    assert transitions[0].unit == ""


def test_baseline_shows_what_it_expected_and_how_long_it_has_learned() -> None:
    end = 4 * A_DAY

    evidence = json.loads(after_a_days([(1, moment(end + n), tide(end + n) + 4) for n in range(6)])[0].evidence)

    own = evidence["against"]["self"]
    assert own["expected"] == pytest.approx(1.0, abs=0.4)
    assert 0 < own["spread"] < 0.6
    assert set(own["families"]) == {"level", "season", "scaled season", "scaled spread", "spread"}
    assert own["learned"]["readings"] >= end
    assert own["learned"]["seconds"] >= moment(end)
    assert evidence["warm_up"] == {"readings": 50, "seconds": 86_400.0}
    assert evidence["reading"]["value"] > 3


@pytest.mark.parametrize(
    ("count", "warm_up", "raised"),
    [
        pytest.param(49, "0s", 0, id="too few readings"),
        pytest.param(A_DAY - 1, "1d", 0, id="not learned long enough"),
        pytest.param(A_DAY + 1, "1d", 1, id="learned"),
        pytest.param(60, "0s", 1, id="learned as briefly as the rule says"),
    ],
)
def test_baseline_judges_nothing_before_it_has_warmed_up(count: int, warm_up: str, raised: int) -> None:
    bench = started(f"warm_up: {warm_up}")
    bench.feed(readings(*days(count=count)))

    assert len(bench.feed(readings((1, moment(count), 40)))) == raised


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([(1, moment(n), 7.0) for n in range(600)], id="a constant"),
        pytest.param([(1, 0.0, 1.0), (1, 300.0, 9.0)], id="two readings"),
        pytest.param([*days(count=100), *((1, moment(100 + n), float("nan")) for n in range(9))], id="no numbers"),
        pytest.param([*days(), *((1, moment(1200), 1e300, Quality.BAD) for _ in range(5))], id="bad readings"),
        pytest.param([*days(), (1, moment(5), 60.0, Quality.LATE)], id="a late one"),
        pytest.param([(1, moment(n), -1e12 + tide(n) * 1e-3) for n in range(600)], id="far from zero"),
    ],
)
def test_baseline_says_nothing_of(rows: list[Row]) -> None:
    assert started().feed(readings(*rows)) == []


def test_baseline_is_not_stirred_by_a_pause_alone() -> None:
    pause = 3 * A_DAY + A_DAY // 2

    transitions = after_a_days([(1, moment(n), tide(n)) for n in range(4 * A_DAY + pause, 5 * A_DAY + pause)])

    assert transitions == []


def test_baseline_goes_on_after_numbers_that_are_hardly_any() -> None:
    bench = started("warm_up: 0s")

    bench.feed(readings(*days(count=80), (1, moment(80), 1.7e308), (1, moment(81), -1.7e308)))
    transitions = bench.feed(readings(*((1, moment(n), tide(n)) for n in range(82, 500))))

    assert all(np.isfinite(one.value or 0) for one in transitions)


def test_baseline_against_neighbours_leaves_out_what_all_of_them_do() -> None:
    def said(number: int, offset: float = 0.0) -> list[Row]:
        flood = 0.03 * max(0, number - 2 * A_DAY)
        return [(of, moment(number) + of, tide(number, of) + flood + offset * (of == 2)) for of in range(1, 6)]

    calm, alone = (started("against: neighbours\n    same: site\n    within: 10m", sensors=5) for _ in range(2))
    own = started(sensors=5)
    for bench in (calm, alone, own):
        bench.feed(*(readings(*said(number)) for number in range(2 * A_DAY)))

    flood = [row for number in range(2 * A_DAY, 2 * A_DAY + 90) for row in said(number)]
    differs = [row for number in range(2 * A_DAY, 2 * A_DAY + 30) for row in said(number, 2.0)]

    assert {one.target for one in own.feed(readings(*flood))} == {f"level-{number}" for number in range(1, 6)}
    assert [change for _, change in told(calm.feed(readings(*flood)))].count("raised") < 3
    assert "level-2" in {one.target for one in alone.feed(readings(*differs))}


def test_baseline_against_both_asks_for_a_departure_from_either() -> None:
    bench = started("against: both\n    same: site\n    within: 10m", sensors=5)
    rows = [(of, moment(number) + of, tide(number, of)) for number in range(2 * A_DAY) for of in range(1, 6)]
    bench.feed(readings(*rows))
    end = 2 * A_DAY

    transitions = bench.feed(
        readings(
            *((of, moment(end + n) + of, tide(end + n, of) + 3 * (of == 2)) for n in range(12) for of in range(1, 6))
        )
    )

    assert told(transitions) == [("level-2", "raised")]
    assert set(json.loads(transitions[0].evidence)["against"]) == {"self", "neighbours"}


def test_baseline_levels_are_left_at_a_share_of_their_limits() -> None:
    found = read_book(book(habit("{notice: {score: 1.6}, major: {score: 3, clear: 2.5}}", "warm_up: 2d")), CATALOGUE)

    terms = found.rules[0].terms
    assert isinstance(terms, BaselineTerms)
    assert [round(band.clear.high, 6) for band in terms.bands] == [0.96, 2.5]
    assert terms.described()["notice"] == (
        "departure (0 to 5) from its own habit, learned for 2d and 50 readings: above 1.6, until not above 0.96"
    )


@pytest.mark.parametrize(
    ("levels", "extra", "expected"),
    [
        pytest.param("{notice: {score: 5}}", "warm_up: 1d", "a score above 0 and below 5", id="no such score"),
        pytest.param("{notice: {score: 2}}", "against: both", "`same` and `within`", id="no neighbours"),
        pytest.param("{notice: {score: 2}}", "same: site", "only where a rule is `against` neighbours", id="needless"),
    ],
)
def test_baseline_rules_with_mistakes_are_named(levels: str, extra: str, expected: str) -> None:
    with pytest.raises(BadRuleBook, match="Expected") as caught:
        read_book(book(habit(levels, extra)), CATALOGUE)

    assert expected in str(caught.value)


def made_up(seed: int) -> list[Row]:
    """Return what four sensors say in a day and a half, with departures and gaps."""
    random = np.random.default_rng(seed)
    rows: list[Row] = []
    value = random.normal(0, 1, 4)
    for number in range(150):
        value += random.normal(0, 0.2, 4) + 6 * (random.random(4) < 0.02)
        rows += [(of + 1, moment(number) + of, float(round(value[of], 3))) for of in range(4) if random.random() < 0.9]
    return rows


def batches(rows: list[Row], cuts: list[int]) -> list[Arrivals]:
    ends = sorted({0, len(rows), *(min(cut, len(rows)) for cut in cuts)})
    return [readings(*rows[begin:end]) for begin, end in pairwise(ends)]


EVERY_WAY = (
    "warm_up: 2h",
    "warm_up: 2h\n    against: neighbours\n    same: site\n    within: 10m",
    "warm_up: 2h\n    against: both\n    same: site\n    within: 10m",
)


#: A failing journal is as good as a shorter one, and looking for that takes minutes.
@settings(max_examples=6, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.integers(0, 99), st.lists(st.integers(0, 600), max_size=12), st.sampled_from(EVERY_WAY))
def test_cutting_batches_otherwise_changes_no_baseline_alarm(seed: int, cuts: list[int], extra: str) -> None:
    rows = made_up(seed)
    levels = "{notice: {score: 1.2}, major: {score: 1.6, hold: 5m}}"

    whole = started(extra, levels, 4).feed(readings(*rows))

    assert started(extra, levels, 4).feed(*batches(rows, cuts)) == whole


def test_rows_of_a_table_written_and_loaded_go_on_as_if_nothing_had_happened() -> None:
    rows = made_up(3)
    levels = "{notice: {score: 1.2}}"
    for extra in EVERY_WAY:
        whole, first, second = (started(extra, levels, 4) for _ in range(3))
        expected = whole.feed(readings(*rows))

        so_far = first.feed(readings(*rows[:300]))
        for table, kept in zip(second.engine.tables(), first.engine.tables(), strict=True):
            assert table.load(body for _, body in kept.touched()) == 0
        second.engine.refresh()

        assert so_far + second.feed(readings(*rows[300:])) == expected
        assert len(expected) > 2


def test_an_empty_batch_and_a_stranger_are_passed_over() -> None:
    assert started().feed(Arrivals(ReadingBatch.empty()), readings((77, 0.0, 1.0))) == []
