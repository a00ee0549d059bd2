import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rules.baseline.rarity import Rarity, columns
from rules.baseline.scale import MOST, WEIGHT
from rules.table import StateTable

Floats = NDArray[np.float64]


def ranks(numbers: Floats, together: int = 1) -> Floats:
    """Return the rarity of each of a row of numbers, judged beside `together - 1` other series of the same."""
    rarity = Rarity(StateTable("ranks", np.arange(together), columns(2)))
    found = [pushed(rarity, np.full((together, 2), number), place) for place, number in enumerate(numbers.tolist())]
    return np.array(found)[:, -1, 0]


def pushed(rarity: Rarity, numbers: Floats, count: int, weight: int = WEIGHT) -> Floats:
    """Return the rarity of numbers of the first rows, of which `count` came before, and have them learned."""
    rows = np.arange(len(numbers))
    ranked = rarity.rank(rows, numbers)
    rarity.learn(ranked, np.full_like(rows, weight), np.full_like(rows, count))
    return ranked.rare


def test_rarity_is_minus_the_logarithm_of_the_share_of_what_was_as_large() -> None:
    past = np.random.default_rng(1).exponential(1.0, 3000)
    shares = (0.5, 0.1, 0.01, 0.003)

    found = [ranks(np.append(past, -np.log(share)))[-1] for share in shares]

    assert found == pytest.approx([-np.log10(share) for share in shares], abs=0.15)


def test_rarity_grows_with_the_number_also_beyond_all_that_came_and_ends_at_its_most() -> None:
    past = np.random.default_rng(1).exponential(1.0, 2000)

    found = [ranks(np.append(past, number))[-1] for number in (1, 3, 6, 8, 10, 12, 1e9)]

    assert found == sorted(found)
    assert found[3] > 2.5
    assert found[-1] == MOST


def test_rarity_does_not_depend_on_the_scale_of_the_numbers() -> None:
    past = np.random.default_rng(2).lognormal(0, 1, 3000)

    assert ranks(past * 2.0**40).tolist() == ranks(past).tolist()


def test_rarity_follows_numbers_that_became_a_thousand_times_larger() -> None:
    random = np.random.default_rng(3)
    numbers = np.concatenate([random.exponential(1e-3, 200), random.exponential(1.0, 12_000)])

    found = ranks(numbers)

    assert found[200:206].mean() > 1
    assert np.percentile(found[-3000:], 99) == pytest.approx(2.0, abs=0.25)


def test_rarity_goes_on_where_halving_has_cost_one_number_more_than_another() -> None:
    table = StateTable("ranks", np.arange(1), columns(2))
    spread, narrow = np.full(80, 499), np.where(np.arange(80) == 16, 39_998, 0)
    table["bins"][0] = np.concatenate([spread, narrow])
    table["first_bin"][0] = -16
    rarity = Rarity(table)

    found = [pushed(rarity, np.ones((1, 2)), 20_001 + place) for place in range(40)]

    assert np.isfinite(found).all()
    assert table["bins"][0].reshape(2, 80).sum(axis=1).max() < 20_200


def test_rarity_counts_what_stands_for_several_as_often_as_that() -> None:
    twice, once = (Rarity(StateTable("ranks", np.arange(1), columns(2))) for _ in range(2))
    numbers = np.random.default_rng(4).exponential(1.0, (100, 1, 2))

    for place, number in enumerate(numbers):
        pushed(twice, number, 2 * place, 2 * WEIGHT)
        for count in (0, 1):
            pushed(once, number, 2 * place + count)

    large = np.full((1, 2), 3.0)
    assert pushed(twice, large, 200).tolist() == pushed(once, large, 200).tolist()


@pytest.mark.parametrize("number", [0.0, 1e-320, 1e30])
def test_rarity_of_what_is_always_the_same_is_none(number: float) -> None:
    assert ranks(np.full(200, number)).max() <= 0.31  # half of the one bin that there is


@settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(st.floats(0, 1e30, allow_nan=False), min_size=60, max_size=90), st.integers(2, 70))
def test_rarity_of_a_series_is_the_same_beside_others(numbers: list[float], together: int) -> None:
    assert ranks(np.array(numbers), together).tolist() == ranks(np.array(numbers)).tolist()
