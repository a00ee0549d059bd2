import numpy as np
import pytest

from city.clock import SECOND_NS
from rules.baseline import scoring
from rules.baseline.memory import NUMBERS, ROOM
from rules.baseline.scale import BINS, BLOCK, BLOCKS
from rules.baseline.scoring import Detector, Readings
from tests.support.plain_baseline import PlainBaseline

#: So many series, each with so many readings a batch.
SERIES, EACH, BATCHES = 6, 25, 12


def made_up(random: np.random.Generator, began_ns: np.ndarray) -> Readings:
    """Return a batch of series of all sorts: coarse, still, huge, spiky; with missing rows, pauses and jumps."""
    shape = (SERIES, EACH)
    passed_s = 300 + 300 * (random.random(shape) < 0.1) + random.random(shape) + 1e5 * (random.random(shape) < 0.002)
    time_ns = began_ns[:, None] + (passed_s * SECOND_NS).astype(np.int64).cumsum(axis=1)
    scale = 10.0 ** np.linspace(-6, 6, SERIES)[:, None]
    value = scale * (
        np.sin(time_ns / 86_400e9 * 6.28) + random.normal(0, 0.3, shape) + 9 * (random.random(shape) < 0.01)
    )
    value[::4] = np.round(value[::4] / scale[::4])
    value[1::12] = 7.0
    value[2, random.random(EACH) < 0.05] = 1e300
    hour = time_ns // (3_600 * SECOND_NS) % 24
    rest = (time_ns // (86_400 * SECOND_NS) % 7 >= 5).astype(np.int64)
    row = np.repeat(np.arange(SERIES), EACH)
    return Readings(row, value.ravel(), time_ns.ravel(), hour.ravel(), rest.ravel())


def bins_of(detector: Detector) -> np.ndarray:
    """Return all bins by series and number, as they lie in memory: written there when they are changed."""
    bins = detector.table["bins"].reshape(SERIES, BLOCKS, NUMBERS, BLOCK)
    return bins.transpose(0, 2, 1, 3).reshape(SERIES, NUMBERS, BINS)


def used_up(detector: Detector, plain: list[PlainBaseline]) -> None:
    """Fill the ranks, so that they are halved soon, and three numbers of each series moved by then."""
    bins = np.zeros((NUMBERS, BINS), np.int64)
    bins[:, 16] = 39_900
    for number, bin_ in ((0, 3), (7, 40), (22, 79)):
        bins[number, 16], bins[number, bin_] = 0, 39_900
    detector.table["bins"][:] = bins.reshape(NUMBERS, BLOCKS, BLOCK).transpose(1, 0, 2).ravel()
    sums = np.zeros((BLOCKS, ROOM), np.int64)
    sums[:, :NUMBERS] = bins.reshape(NUMBERS, BLOCKS, BLOCK).sum(axis=2).T
    detector.table["sums"][:, : sums.size] = sums.ravel()
    detector.table["first_bin"][:] = -16
    for one in plain:
        one.ranks.bins, one.ranks.first = bins.copy(), [-16] * NUMBERS


@pytest.mark.timeout(120)  # it compiles, once for each version
def test_compiled_pass_scores_and_remembers_what_the_plain_words_say() -> None:
    detector, plain = Detector("compiled", np.arange(SERIES)), [PlainBaseline() for _ in range(SERIES)]
    random, began_ns = np.random.default_rng(11), np.zeros(SERIES, np.int64)

    for batch in range(BATCHES):
        if batch == BATCHES // 2:
            used_up(detector, plain)
        readings = made_up(random, began_ns)
        began_ns = readings.time_ns[EACH - 1 :: EACH]
        columns = (column.tolist() for column in readings)
        expected = [plain[row].push(*reading) for row, *reading in zip(*columns, strict=True)]
        np.testing.assert_allclose(detector.push(readings).score, expected, atol=1e-4)

    for series, bins in zip(plain, bins_of(detector), strict=True):
        np.testing.assert_array_equal(bins, series.ranks.bins)
    assert 0 < max(series.ranks.bins.sum(axis=1).max() for series in plain) < 25_000  # they were halved


@pytest.mark.timeout(120)
def test_compiled_pass_goes_on_from_a_loaded_table_and_from_batches_cut_otherwise() -> None:
    whole, first, second = (Detector("compiled", np.arange(SERIES)) for _ in range(3))
    readings = made_up(np.random.default_rng(12), np.zeros(SERIES, np.int64))
    later = made_up(np.random.default_rng(13), readings.time_ns[EACH - 1 :: EACH])
    for detector in (whole, first):
        detector.push(readings)

    assert second.table.load(body for _, body in first.table.touched()) == 0
    expected, got = (
        whole.push(later),
        [second.push(later.of(np.arange(one, SERIES * EACH, EACH))) for one in range(EACH)],
    )

    for column, parts in zip(expected, zip(*got, strict=True), strict=True):
        np.testing.assert_array_equal(column, np.stack(parts, axis=1).reshape(column.shape))
    for name in whole.table.columns:
        np.testing.assert_array_equal(whole.table[name], second.table[name], err_msg=name)


def test_nothing_is_compiled_where_no_series_is_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(scoring, "import_module")

    found = Detector("nobody", np.arange(0)).push(Readings(*np.zeros((5, 0), np.int64)))

    assert len(found.score) == 0
