import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.key_table import NOWHERE, KeyTable

KEYS = st.integers(-(2**63), 2**63 - 1) | st.integers(0, 50)


@given(st.lists(st.lists(KEYS, max_size=40), max_size=6), st.lists(KEYS, max_size=10))
def test_keys_have_places_in_the_order_in_which_they_came(batches: list[list[int]], asked: list[int]) -> None:
    table, expected = KeyTable(), dict[int, int]()

    for batch in batches:
        new = [key for key in dict.fromkeys(batch) if key not in expected]
        places = table.add(np.array(new, np.int64))
        expected |= dict(zip(new, places.tolist(), strict=True))

    wanted = [expected.get(key, NOWHERE) for key in asked]
    assert table.places(np.array(asked, np.int64)).tolist() == wanted
    assert [table.place(key) for key in asked] == wanted
    assert list(expected.values()) == list(range(len(table)))
    assert table.keys(np.arange(len(table))).tolist() == list(expected)


def test_thousands_of_keys_stay_found_while_it_grows() -> None:
    table, keys = KeyTable(), np.arange(-5_000, 5_000, dtype=np.int64) << 32

    for some in np.array_split(keys, 7):
        table.add(some)

    assert table.places(keys).tolist() == list(range(len(keys)))
    assert table.place(int(keys[-1])) == len(keys) - 1
