import numpy as np
import pytest

from city.clock import SECOND_NS
from rules.baseline import compiling
from rules.baseline.scoring import Detector, Readings

#: So many series, each with so many readings a batch.
SERIES, EACH, BATCHES = 24, 25, 50


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


def used_up(detector: Detector) -> None:
    """Fill the ranks, so that they are halved soon, and three numbers of each series moved by then."""
    bins = detector.table["bins"].reshape(SERIES, -1, 80)
    bins[:] = 0
    bins[:, :, 16], detector.table["first_bin"][:] = 38_900, -16
    for number, bin_ in ((0, 3), (7, 40), (22, 79)):
        bins[:, number, 16], bins[:, number, bin_] = 0, 38_900
    detector.refresh()


@pytest.mark.timeout(120)  # it compiles, once for each version
def test_compiled_pass_scores_and_remembers_bit_by_bit_what_columns_do(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = Detector("columns", np.arange(SERIES))
    monkeypatch.setattr(compiling, "WORTH", SERIES)
    kernel = Detector("kernel", np.arange(SERIES))
    random, began_ns = np.random.default_rng(11), np.zeros(SERIES, np.int64)

    for batch in range(BATCHES):
        if batch == BATCHES // 2:
            used_up(columns)
            used_up(kernel)
        readings = made_up(random, began_ns)
        began_ns = readings.time_ns[EACH - 1 :: EACH]
        for expected, got in zip(columns.push(readings), kernel.push(readings), strict=True):
            np.testing.assert_array_equal(expected, got)

    for name in columns.table.columns:
        np.testing.assert_array_equal(columns.table[name], kernel.table[name], err_msg=name)
    assert columns.table["bins"].reshape(SERIES, -1, 80).sum(axis=2).max() < 30_000


@pytest.mark.timeout(120)
def test_compiled_pass_goes_on_from_a_loaded_table_and_from_batches_cut_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compiling, "WORTH", SERIES)
    whole, first, second = (Detector("kernel", np.arange(SERIES)) for _ in range(3))
    readings = made_up(np.random.default_rng(12), np.zeros(SERIES, np.int64))
    later = made_up(np.random.default_rng(13), readings.time_ns[EACH - 1 :: EACH])
    for detector in (whole, first):
        detector.push(readings)

    assert second.table.load(body for _, body in first.table.touched()) == 0
    second.refresh()
    expected, got = (
        whole.push(later),
        [second.push(later.of(np.arange(one, SERIES * EACH, EACH))) for one in range(EACH)],
    )

    for column, parts in zip(expected, zip(*got, strict=True), strict=True):
        np.testing.assert_array_equal(column, np.stack(parts, axis=1).reshape(column.shape))


def test_few_series_are_learned_in_columns_and_many_without_numba_too(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Detector("few", np.arange(compiling.WORTH - 1)).table
    sums = np.zeros((len(table), 23, 8), np.uint16)

    assert compiling.compiled(table, sums) is None
    monkeypatch.setattr(compiling, "WORTH", 1)
    monkeypatch.setattr(compiling, "find_spec", lambda name: None)
    assert compiling.compiled(table, sums) is None
