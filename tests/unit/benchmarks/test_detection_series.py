from itertools import islice

import numpy as np
import pytest

from benchmarks.detection_irregular import CHANGES, changed
from benchmarks.detection_made_up import FAMILIES, made_up
from benchmarks.nab import Series
from city.clock import SECOND_NS

ROWS = 2_000
WHOLE = Series(
    "made/up.csv",
    tuple(row * 300 * SECOND_NS for row in range(ROWS)),
    tuple(float(row) for row in range(ROWS)),
    ((500, 599), (1500, 1599)),
)


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_series_has_the_windows_of_the_whole_one_and_a_clock_that_goes_on(name: str) -> None:
    found = changed(WHOLE, CHANGES[name][0], seed=1)

    for (first, last), (was_first, was_last) in zip(found.windows, WHOLE.windows, strict=True):
        assert was_first <= found.value[first] < was_first + 13
        assert was_last - 13 < found.value[last] <= was_last
    assert (np.diff(found.time_ns) > 0).all()
    assert changed(WHOLE, CHANGES[name][0], seed=1) == found


def test_as_many_rows_are_missing_as_is_said() -> None:
    left = {name: len(changed(WHOLE, change, seed=2).value) / ROWS for name, (change, _) in CHANGES.items()}

    assert left["20 % missing"] == pytest.approx(0.8, abs=0.03)
    assert left["outages of 2 to 12 rows"] == pytest.approx(0.8, abs=0.05)
    assert left["half as often from midway on"] == 0.75
    assert left["clocks half an interval off"] == left["six at once"] == 1.0


def test_made_up_series_are_the_same_each_time_and_labelled_where_they_depart() -> None:
    first, again = (list(islice(made_up(), 4)) for _ in range(2))

    assert first == again
    assert [len(one.windows) for one in first] == [1, 3, 5, 0]
    for one in first:
        value, usual = np.array(one.value), np.median(one.value)
        for begin, _ in one.windows:
            departs = value[begin : begin + FAMILIES[one.group].length].mean() - usual
            assert departs > 2.5 * np.std(value[:200])
