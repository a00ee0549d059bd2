import numpy as np
import pytest

from city.growing import grown, room_for


@pytest.mark.parametrize("shape", [(3,), (3, 2)], ids=["a column", "a column of pairs"])
def test_what_was_used_is_kept_and_the_rest_is_zero(shape: tuple[int, ...]) -> None:
    column = np.full(shape, 7, np.int32)

    longer = grown(column, 2, 5)

    assert (longer.dtype, longer.shape) == (column.dtype, (5, *shape[1:]))
    assert longer.tolist() == [*column[:2].tolist(), *np.zeros((3, *shape[1:])).tolist()]


def test_a_column_doubles_until_there_are_millions() -> None:
    assert [room_for(rows) for rows in (0, 1, 1000, 4_000_000)] == [0, 2, 2000, 5_000_000]
