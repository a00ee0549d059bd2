import numpy as np
import pytest

from rules.table import Column, StateTable

COLUMNS: dict[str, Column] = {"level": (np.int8, 0), "at_ns": (np.int64, -1, 3)}


def table(bits: int, keys: tuple[int, ...] = (7, 8, 9)) -> StateTable:
    return StateTable("memory", np.array(keys), COLUMNS, rows_a_chunk_bits=bits)


@pytest.mark.parametrize("bits", [0, 1, 12], ids=["a row", "two rows", "all"])
def test_table_reads_back_what_it_wrote(bits: int) -> None:
    written, read = table(bits), table(bits, (9, 8, 7))
    written["at_ns"][1] = [1, 2, 3]
    written["level"][2] = 4
    written.touch(np.array([1, 2]))

    strangers = read.load(body for _, body in written.touched())

    assert strangers == 0
    assert read["at_ns"].tolist() == [[-1, -1, -1], [1, 2, 3], [-1, -1, -1]]
    assert read["level"].tolist() == [4, 0, 0]


def test_table_writes_only_rows_that_changed_and_are_not_default() -> None:
    one = table(0)
    assert [*one.touched()] == []

    one["at_ns"][1] = [1, -1, -1]
    one.touch(np.array([1, 2]))

    assert [(chunk, bool(body)) for chunk, body in one.touched()] == [(1, True), (2, False)]


@pytest.mark.parametrize(
    ("kept", "width", "expected"),
    [
        pytest.param([3, 1, 2], 3, [3, 1, 2], id="as wide"),
        pytest.param([3, 1, 2], 5, [3, 1, 2, -1, -1], id="wider now"),
        pytest.param([7], 2, [7, -1], id="one value has become two"),
        pytest.param([3, 1, -1], 2, [3, 1], id="narrower, with room for all"),
        pytest.param([3, 1, 2], 2, [2, 3], id="narrower: the newest stay"),
    ],
)
def test_table_carries_wide_columns(kept: list[int], width: int, expected: list[int]) -> None:
    old, new = (
        StateTable("memory", np.array([7, 8, 9]), {"at_ns": (np.int64, -1, wide)}) for wide in (len(kept), width)
    )
    old["at_ns"][0] = kept

    new.carry(old, np.array([0]), np.array([2]))

    assert new["at_ns"][2].tolist() == expected
