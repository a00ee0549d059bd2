from math import exp
from pathlib import Path

import pytest

from benchmarks.detection_nab import detected
from benchmarks.nab import PROFILES, Series, judged, read_nab, score

#: Two road sensors of the benchmark, with its licence.
ROADS = Path(__file__).resolve().parents[2] / "support" / "nab"

#: A hundred rows, of which the first fifteen are not scored; windows of eleven rows each.
WINDOWS = ((20, 30), (60, 70))


def series(windows: tuple[tuple[int, int], ...] = WINDOWS, rows: int = 100) -> Series:
    return Series("made/up.csv", tuple(range(rows)), (0.0,) * rows, windows)


def standard(alarms: list[int], windows: tuple[tuple[int, int], ...] = WINDOWS) -> float:
    return judged(series(windows), alarms).worth["standard"]


def worth(place: float) -> float:
    return 2 / (1 + exp(5 * place)) - 1


@pytest.mark.parametrize(
    ("alarms", "expected"),
    [
        pytest.param([], -2.0, id="two missed"),
        pytest.param([20, 60], 2 * worth(-1), id="found at once"),
        pytest.param([25, 60], worth(-0.5) + worth(-1), id="found half way"),
        pytest.param([30, 60], 0.0 + worth(-1), id="found at the end"),
        pytest.param([20, 21, 22, 60], 2 * worth(-1), id="only the first of a window"),
        pytest.param([14, 20, 60], 2 * worth(-1), id="not scored yet"),
        pytest.param([16, 20, 60], 2 * worth(-1) - 0.11, id="before any window"),
        pytest.param([20, 35, 60], 2 * worth(-1) + 0.11 * worth(0.5), id="just behind a window"),
        pytest.param([20, 60, 99], 2 * worth(-1) + 0.11 * worth(2.9), id="hardly near"),
    ],
)
def test_alarms_are_worth_what_the_benchmark_says(alarms: list[int], expected: float) -> None:
    assert standard(alarms) == pytest.approx(expected)


def test_alarms_far_behind_a_window_cost_their_whole_price() -> None:
    assert standard([20, 55], ((20, 30),)) == pytest.approx(worth(-1) + 0.11 * worth(2.5))
    assert standard([20, 65], ((20, 30),)) == pytest.approx(worth(-1) - 0.11)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda one: one.name)
def test_scores_go_from_silence_to_perfection(profile: object) -> None:
    one = next(known for known in PROFILES if known is profile)

    assert score([series()], [judged(series(), [])], one) == pytest.approx(0)
    assert score([series()], [judged(series(), [20, 60])], one) == pytest.approx(100)


def test_profiles_price_false_and_missed_alarms_apart() -> None:
    verdict = judged(series(), [16, 20])

    assert (verdict.found, verdict.false) == (1, 1)
    assert verdict.worth["low_fp"] == pytest.approx(verdict.worth["standard"] - 0.11)
    assert verdict.worth["low_fn"] == pytest.approx(verdict.worth["standard"] - 1)


@pytest.mark.timeout(90)  # a second of computing, one reading after the other, which a busy machine stretches
def test_two_roads_of_the_benchmark_are_detected_as_well_as_ever() -> None:
    roads = list(read_nab(ROADS))

    alarms, _ = detected(roads)
    verdicts = [judged(one, rows) for one, rows in zip(roads, alarms, strict=True)]

    assert sum(one.found for one in verdicts) == sum(len(one.windows) for one in roads) == 3
    assert sum(one.false for one in verdicts) <= 3
    assert score(roads, verdicts) > 75
