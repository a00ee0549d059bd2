"""The first places of an order: the same as those of the whole order, sorted."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.overview.ranking import after, first

#: Few values, so that many tie; the last column tells all apart, as an id does.
LINES = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(-1, 1)), max_size=40)


@given(LINES, st.integers(1, 45), st.integers(-1, 40))
def test_page_is_a_piece_of_the_sorted_whole(lines: list[tuple[int, int, int]], most: int, start: int) -> None:
    lines_with_id = [(*line, number) for number, line in enumerate(lines)]
    key = (
        [np.array(column, np.int64) for column in zip(*lines_with_id, strict=True)]
        if lines
        else [np.zeros(0, np.int64)]
    )
    ranked = sorted(range(len(lines)), key=lines_with_id.__getitem__)
    places = np.arange(len(lines))
    if 0 <= start < len(lines):
        places = after(key, places, lines_with_id[ranked[start]])
        ranked = ranked[start + 1 :]

    found = first(key, places, most)

    assert found.tolist() == ranked[:most]
