"""Many ids are found at once as each would be alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from city import id_index
from city.census import Census
from city.entry import NumberedSensor
from city.id_index import NOBODY, IdIndex
from city.level import Domain
from city.sensor import Sensor

IDS = st.text(min_size=1, max_size=3)


def census(ids: list[str]) -> Census:
    return Census.of(NumberedSensor(0, Sensor(one, "", Domain.VIDEO, "camera")) for one in ids)


@given(st.lists(IDS, unique=True, max_size=20), st.lists(IDS, max_size=20))
def test_rows_are_those_of_each_id(known: list[str], asked: list[str]) -> None:
    some = census(known)

    rows = IdIndex(some).rows([*asked, *known])

    expected = [row if (row := some.row_of(one)) is not None else NOBODY for one in (*asked, *known)]
    assert rows.tolist() == expected


def test_ids_with_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(id_index, "hash", lambda _: 7, raising=False)
    some = census(["a", "b", "c"])

    assert np.array_equal(IdIndex(some).rows(["c", "b", "x", "a"]), [2, 1, NOBODY, 0])
