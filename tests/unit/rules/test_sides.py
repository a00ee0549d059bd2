from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.alarms import NEVER_NS
from rules.limits import ENDLESS_NS
from rules.sides import TAKES, OneNumber, Side, Spoken
from rules.table import StateTable

#: Members of each group; more sizes than are usually looked at each by itself.
SIZES = (1, 2, 3, 4, 5, 7, 0, 9, 12, 20)
WITHIN_NS = 6

#: A reading: group, place of the member (beyond the side: of the other), time, value.
Said = tuple[int, int, int, float]

streams = st.lists(
    st.tuples(
        st.integers(0, len(SIZES) - 1),
        st.integers(0, 22),
        st.integers(0, 20),
        st.floats(-1e3, 1e3, allow_nan=False).map(lambda value: round(value, 3)),
    ),
    max_size=60,
)


#: What several values are taken as; sums are added in order.
_ONE: Mapping[str, Callable[[Sequence[float]], float]] = {
    "mean": lambda values: reduce(add, values) / len(values),
    "sum": lambda values: reduce(add, values),
    "min": min,
    "max": max,
}


def side(ways: Sequence[str]) -> Side:
    size = np.array(SIZES)
    return Side(0, np.arange(size.sum()), size, [ways[group % len(ways)] for group in range(len(SIZES))])


def members() -> StateTable:
    columns: Mapping[str, tuple[type, int]] = {"time_ns": (np.int64, NEVER_NS), "value": (np.float64, 0)}
    return StateTable("said", np.arange(sum(SIZES)), columns)


def spoken(said: Sequence[Said]) -> Spoken:
    columns = [*zip(*said, strict=True)] if said else [(), (), (), ()]
    group, place, time_ns = (np.array(column, dtype=np.int64) for column in columns[:3])
    other = place >= np.array(SIZES)[group]
    return Spoken(
        group, other.astype(np.int64), place, time_ns, np.array(columns[3], dtype=np.float64), time_ns - WITHIN_NS
    )


def one_by_one(said: Sequence[Said], ways: Sequence[str]) -> list[tuple[float | None, int, int]]:
    """Take one reading at a time: the number, of how many, and the oldest."""
    newest: dict[int, dict[int, tuple[int, float]]] = {}
    found = []
    for group, place, time_ns, value in said:
        if place < SIZES[group]:
            newest.setdefault(group, {})[place] = time_ns, value
        fresh = {at: one for at, one in newest.get(group, {}).items() if one[0] >= time_ns - WITHIN_NS}
        values = [fresh[at][1] for at in sorted(fresh)]
        way = ways[group % len(ways)]
        found.append(
            (
                _ONE[way](values) if values else None,
                len(values),
                min((one[0] for one in fresh.values()), default=ENDLESS_NS),
            )
        )
    return found


def told(number: OneNumber) -> list[tuple[float | None, int, int]]:
    values = [None if np.isnan(value) else value for value in number.value.tolist()]
    return list(zip(values, number.sensors.tolist(), number.oldest_ns.tolist(), strict=True))


@settings(max_examples=60)
@given(streams, st.sampled_from([TAKES, ("mean",), ("min",)]), st.sampled_from([(8, 8), (1 << 15, 20)]))
def test_a_side_is_what_it_is_reading_by_reading(said: list[Said], ways: Sequence[str], sizes: tuple[int, int]) -> None:
    said = sorted(said, key=lambda one: one[0])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rules.sides._CELLS", sizes[0])
        patch.setattr("rules.sides._SIZES", sizes[1])
        together = side(ways).look(spoken(said), members())

    assert told(together) == one_by_one(said, ways)


def test_a_side_of_many_sums_alike_however_many_readings_there_are() -> None:
    group = SIZES.index(20)
    said = [(group, place, 1, 0.1 + place / 7) for place in range(20)] * 3
    size = np.array(SIZES)

    together = side(["sum"]).look(spoken(said), members())
    kept = members()
    alone = []
    for one in said:
        alone += told(side(["sum"]).look(spoken([one]), kept))
        kept["value"][size[:group].sum() + one[1]], kept["time_ns"][size[:group].sum() + one[1]] = one[3], one[2]

    assert told(together) == alone
