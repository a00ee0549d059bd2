import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.fairness.fair import fair_shares, firsts

demands = st.lists(st.tuples(st.integers(0, 500), st.sampled_from([0.5, 1.0, 2.0, 7.0])), min_size=1, max_size=20)


def shares(asked: list[tuple[int, float]], room: int) -> list[int]:
    demand, weight = zip(*asked, strict=True)
    given_out: list[int] = fair_shares(np.array(demand, dtype=np.int64), np.array(weight), room).tolist()
    return given_out


@given(demands, st.integers(0, 2000))
def test_nobody_gets_more_than_it_asks_and_nothing_is_left_over(asked, room):
    given_out = shares(asked, room)

    assert all(0 <= got <= demand for got, (demand, _) in zip(given_out, asked, strict=True))
    assert sum(given_out) == min(room, sum(demand for demand, _ in asked))


@given(demands, st.integers(0, 2000))
def test_nobody_who_still_asks_has_less_than_another_of_its_weight(asked, room):
    given_out = shares(asked, room)

    for got, (demand, weight) in zip(given_out, asked, strict=True):
        if got < demand:
            assert all(
                other / its <= (got + 1) / weight + 1 / its for other, (_, its) in zip(given_out, asked, strict=True)
            )


@given(demands, st.integers(0, 2000), st.integers(1, 1000))
def test_a_flood_takes_nothing_from_those_who_ask_little(asked, room, flood):
    calm, flooded = shares(asked, room), shares([*asked, (10_000 + flood, 1.0)], room)
    fair = room / (sum(weight for _, weight in asked) + 1.0)

    for before, after, (demand, weight) in zip(calm, flooded, asked, strict=False):
        assert after <= before or before < demand
        if demand <= int(fair * weight):
            assert after == demand


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), max_size=30),
    st.lists(st.integers(0, 20), min_size=4, max_size=4),
)
def test_firsts_are_the_beginning_of_each_group_that_fits(members, most):
    group = np.array([one for one, _ in members], dtype=np.int64)
    size = np.array([worth for _, worth in members], dtype=np.int64)

    chosen = firsts(group, np.arange(len(group)), np.array(most, dtype=np.int64), size)

    for own in range(4):
        mine = np.flatnonzero(group == own)
        fits = np.cumsum(size[mine]) <= most[own]
        assert chosen[mine].tolist() == fits.tolist()
