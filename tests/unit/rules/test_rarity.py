import numpy as np
import pytest
from numpy.typing import NDArray

from rules.baseline.scale import MOST, WEIGHT
from tests.support.plain_baseline import PlainRanks

Floats = NDArray[np.float64]


def ranks(numbers: Floats) -> Floats:
    """Return the rarity of each of a row of numbers, by plain words, which are the compiled pass's too."""
    rarity = PlainRanks(1)
    return np.array([rarity.push([number])[0] for number in numbers.tolist()])


def test_rarity_is_minus_the_logarithm_of_the_share_of_what_was_as_large() -> None:
    past = np.random.default_rng(1).exponential(1.0, 3000)
    shares = [0.003, 0.01, 0.1, 0.5]

    found = ranks(np.concatenate([past, -np.log(shares)]))[-4:]

    assert found == pytest.approx(-np.log10(shares), abs=0.15)


def test_rarity_grows_with_the_number_also_beyond_all_that_came_and_ends_at_its_most() -> None:
    past = np.random.default_rng(1).exponential(1.0, 2000)

    found = ranks(np.concatenate([past, [1e9, 12, 10, 8, 6, 3, 1]]))[-1:-8:-1].tolist()

    assert found == sorted(found)
    assert found[3] > 2.5
    assert found[-1] == MOST


def test_rarity_does_not_depend_on_the_scale_of_the_numbers() -> None:
    past = np.random.default_rng(2).lognormal(0, 1, 1000)

    assert ranks(past * 2.0**40) == pytest.approx(ranks(past))


def test_rarity_follows_numbers_that_became_a_thousand_times_larger() -> None:
    random = np.random.default_rng(3)
    numbers = np.concatenate([random.exponential(1e-3, 200), random.exponential(1.0, 11_000)])

    found = ranks(numbers)

    assert found[200:206].mean() > 1
    assert np.percentile(found[-3000:], 99) == pytest.approx(2.0, abs=0.25)


def test_rarity_counts_what_stands_for_several_as_often_as_that() -> None:
    twice, once = PlainRanks(1), PlainRanks(1)
    for number in np.random.default_rng(4).exponential(1.0, 100).tolist():
        twice.push([number], 2 * WEIGHT)
        once.push([number])
        once.push([number])
    large = [3.0]

    assert twice.push(large) == once.push(large)


@pytest.mark.parametrize("number", [0.0, 1e-320, 1e30])
def test_rarity_of_what_is_always_the_same_is_none(number: float) -> None:
    assert ranks(np.full(200, number)).max() <= 0.31  # half of the one bin that there is
