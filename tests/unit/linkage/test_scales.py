"""Grades as Order 493 draws them: the numbers propose, nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.scales import COLOURS, LEVELS, Harm, proposed_grade, rank


@pytest.mark.parametrize(
    ("harm", "grade"),
    [
        pytest.param(Harm(), "IV", id="no harm known"),
        pytest.param(Harm(deaths=2, injuries=9, loss_cny=9_999_999), "IV", id="below every line"),
        pytest.param(Harm(deaths=3), "III", id="three deaths"),
        pytest.param(Harm(injuries=10), "III", id="ten injured"),
        pytest.param(Harm(loss_cny=10_000_000), "III", id="ten million"),
        pytest.param(Harm(deaths=9, injuries=50), "II", id="the graver number counts"),
        pytest.param(Harm(deaths=29), "II", id="below thirty deaths"),
        pytest.param(Harm(deaths=30), "I", id="thirty deaths"),
        pytest.param(Harm(loss_cny=100_000_000), "I", id="a hundred million"),
    ],
)
def test_grade_follows_the_table(harm: Harm, grade: str) -> None:
    assert proposed_grade(harm).grade == grade


def test_proposal_says_which_numbers_speak_for_it() -> None:
    assert proposed_grade(Harm(deaths=30, injuries=5, loss_cny=200_000_000)).because == ("deaths", "loss_cny")


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 10**9), st.integers(0, 50))
def test_more_harm_is_never_a_milder_grade(deaths: int, injuries: int, loss: int, more: int) -> None:
    less = proposed_grade(Harm(deaths=deaths, injuries=injuries, loss_cny=loss))

    assert rank(proposed_grade(Harm(deaths=deaths + more, injuries=injuries, loss_cny=loss)).grade) >= rank(less.grade)


def test_ranks_rise_along_each_scale() -> None:
    assert [rank(level) for level in LEVELS] == [1, 2, 3, 4]
    assert [rank(colour) for colour in COLOURS] == [1, 2, 3, 4]
    assert rank("") == 0
