from itertools import groupby

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rules.ordering import begins, lengths, stable_order
from rules.segment import Segments

keys = arrays(np.int64, st.integers(0, 20), elements=st.integers(0, 4))


@given(keys)
def test_stable_order_is_that_of_a_stable_sort(numbers: np.ndarray) -> None:
    order = stable_order(numbers)

    expected = np.argsort(numbers, kind="stable")
    assert (np.arange(len(numbers)) if order is None else order).tolist() == expected.tolist()


@given(keys)
def test_begins_are_where_a_key_is_another_than_before(numbers: np.ndarray) -> None:
    told = numbers.tolist()

    assert begins(numbers).tolist() == [at for at in range(len(told)) if at == 0 or told[at] != told[at - 1]]


@given(keys, st.data())
def test_segments_know_the_greatest_so_far(numbers: np.ndarray, data: st.DataObject) -> None:
    runs = Segments.alike(np.sort(numbers))
    values = data.draw(arrays(np.int64, len(numbers), elements=st.integers(-5, 5)))

    first = runs.first[runs.owners].tolist()
    assert runs.so_far(values).tolist() == [values[begin : at + 1].max() for at, begin in enumerate(first)]


@given(keys, st.data())
def test_segments_pick_runs_with_their_elements(numbers: np.ndarray, data: st.DataObject) -> None:
    runs = Segments.alike(np.sort(numbers))
    wanted = data.draw(st.lists(st.sampled_from(range(len(runs.first))), unique=True)) if len(numbers) else []

    picked, element = runs.pick(np.array(wanted, dtype=np.int64))

    expected = [at for one in wanted for at in range(int(runs.first[one]), int(runs.last[one]) + 1)]
    assert element.tolist() == expected
    assert picked.size == len(expected)


@given(keys)
def test_lengths_are_those_of_equal_keys_side_by_side(numbers: np.ndarray) -> None:
    expected = [len([*run]) for _, run in groupby(numbers.tolist())]

    assert lengths(begins(numbers), len(numbers)).tolist() == expected
