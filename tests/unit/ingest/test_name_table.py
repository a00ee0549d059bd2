from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import name_table
from ingest.name_table import NameTable

NAMES = st.lists(st.text(max_size=6), unique=True, max_size=30)


def hash_by_length(raw: bytes) -> int:
    """Give many names one hash, which 64 bits never do in a test."""
    return len(raw)


@pytest.mark.parametrize("hashed", [hash, hash_by_length])
@given(batches=st.lists(NAMES, max_size=5), asked=NAMES)
def test_names_and_numbers_are_found_as_in_a_dictionary(
    hashed: Callable[[bytes], int], batches: list[list[str]], asked: list[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(name_table, "_hash", hashed)
        table, expected = NameTable(), dict[str, int]()
        for names in batches:
            new = [name for name in names if name not in expected]
            numbers = range(table.end, table.end + len(new))
            table.give(numbers, new)
            expected |= dict(zip(new, numbers, strict=True))
        everything = [*expected, *asked]

        assert {name: table.number(name) for name in everything} == {name: expected.get(name) for name in everything}
        assert table.numbers(everything).tolist() == [expected.get(name, 0) for name in everything]
        assert {name: number for number, name in table.all()} == expected
        assert table.end == len(expected) + 1


def test_numbers_may_be_given_in_any_order_and_with_gaps() -> None:
    table = NameTable()

    table.give([5000, 3], ["far", "near"])
    table.give([4], ["\u6c34"])

    assert [table.name(number) for number in (0, 2, 3, 4, 5, 5000, 5001)] == [
        None, None, "near", "\u6c34", None, "far", None
    ]  # fmt: skip
    assert (table.number("far"), table.number("\u6c34"), table.end) == (5000, 4, 5001)


def test_more_names_than_are_looked_at_together() -> None:
    names = [f"sensor-{number}" for number in range(45_000)]
    table = NameTable()

    table.give(range(1, len(names) + 1), names)

    assert table.numbers([*names, "nobody"]).tolist() == [*range(1, len(names) + 1), 0]
    assert table.name(len(names)) == names[-1]
