from datetime import UTC, date, datetime
from math import nan
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from city.calendar import Calendar
from city.clock import SECOND_NS, to_ns
from rules.baseline.hours import WallClock
from rules.baseline.scoring import Detector, Readings
from rules.baseline.stage import Stage

SHANGHAI = Calendar(ZoneInfo("Asia/Shanghai"), national=False, holidays={date(2026, 11, 20): {"en": "Harbour day"}})


@pytest.mark.parametrize(
    ("moment", "hour", "rest"),
    [
        pytest.param(datetime(2026, 11, 19, 15, 59, tzinfo=UTC), 23, 0, id="a Thursday night"),
        pytest.param(datetime(2026, 11, 19, 16, 0, tzinfo=UTC), 0, 1, id="the city's own holiday begins"),
        pytest.param(datetime(2026, 11, 21, 1, 0, tzinfo=UTC), 9, 1, id="a Saturday"),
        pytest.param(datetime(2026, 11, 23, 1, 0, tzinfo=UTC), 9, 0, id="a Monday"),
    ],
)
def test_hours_go_by_the_wall_clock_and_the_calendar(moment: datetime, hour: int, rest: int) -> None:
    hours = WallClock(SHANGHAI).hours(np.array([to_ns(moment)] * 2))

    assert (hours.hour.tolist(), hours.rest.tolist()) == ([hour] * 2, [rest] * 2)


def test_hours_know_zones_that_are_not_whole_hours_apart() -> None:
    hours = WallClock(Calendar(ZoneInfo("Asia/Kathmandu"))).hours(np.array([to_ns(datetime(2026, 1, 5, tzinfo=UTC))]))

    assert hours.hour.tolist() == [5]  # 05:45


def slots(minutes: list[float]) -> list[int]:
    """Return for how many intervals each reading stands that comes so long after the one before."""
    detector, row = Detector("series", np.arange(1)), np.array([0])
    moments = (np.cumsum(minutes) * 60 * SECOND_NS).astype(np.int64).tolist()
    value = np.random.default_rng(5).normal(0, 1, len(minutes)).tolist()
    return [
        int(detector.push(Readings(row, np.array([number]), np.array([at_ns]), row, row)).slots[0])
        for number, at_ns in zip(value, moments, strict=True)
    ]


@pytest.mark.parametrize(
    ("before", "then", "expected"),
    [
        pytest.param([5] * 60, [5, 10, 15, 5], [1, 2, 3, 1], id="some missing"),
        pytest.param([5, 5, 5, 5, 10] * 20, [5, 10, 5], [1, 2, 1], id="a fifth missing"),
        pytest.param([5] * 60, [100], [4], id="many missing"),
        pytest.param([5] * 60, [6 * 60], [1], id="a pause"),
        pytest.param([*[5] * 60, *[10] * 200], [10, 20], [1, 2], id="half as often by now"),
        pytest.param([4, 5] * 50, [4, 5], [1, 1], id="uneven"),
    ],
)
def test_a_reading_stands_for_those_that_are_missing_before_it(
    before: list[float], then: list[float], expected: list[int]
) -> None:
    assert slots([*before, *then])[-len(then) :] == expected


def staged(scores: list[float]) -> list[tuple[float, bool]]:
    """Return what scores are lowered to, and whether an alarm stands, with one raised above 1.6 and left at 0.96."""
    stage, row = Stage("stage", np.arange(1), np.array([1.6]), np.array([0.96])), np.array([0])
    return [
        (round(float(stage.push(row, np.array([one]), np.array([1])).reaching[0]), 3), bool(stage.table["raised"][0]))
        for one in scores
    ]


def test_stage_takes_scores_of_several_rows_in_their_order_and_passes_over_what_was_not_judged() -> None:
    limits = np.array([1.6, 1.6]), np.array([0.96, 0.96])
    scores, rows = np.array([1.7, nan, 3.0, 1.7, 1.7]), np.array([0, 0, 0, 1, 1])

    staged = Stage("stage", np.arange(2), *limits).push(rows, scores, np.ones(5, np.int64))

    assert staged.reaching == pytest.approx(np.array([1.7, nan, 2.8, 1.7, 1.5]), abs=1e-3, nan_ok=True)
    assert staged.keeping == pytest.approx(np.array([1.7, nan, 3.0, 1.7, 1.7]), nan_ok=True)


def test_stage_is_harder_to_move_after_an_alarm_and_counts_a_standing_one_once() -> None:
    assert staged([1.7, 1.7, 3.0]) == [(1.7, True), (1.5, True), (2.8, True)]


def test_stage_lets_an_alarm_go_when_the_peak_has_faded() -> None:
    found = staged([2.0, *([0.1] * 40)])

    assert [stands for _, stands in found].index(False) == 37  # 2 · 0.98^37 is below 0.96
    assert staged([1.7, *([0.1] * 60), 1.75])[-1] == (1.552, False)
