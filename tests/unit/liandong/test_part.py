import pytest

from liandong.part import how


@pytest.mark.parametrize(
    ("exit_code", "word"),
    [
        pytest.param(-9, "SIGKILL", id="by a signal"),
        pytest.param(5, "unavailable", id="by itself, for a reason that has a code"),
        pytest.param(70, "unknown", id="in another way"),
    ],
)
def test_ending_has_a_word(exit_code: int, word: str):
    assert how(exit_code) == word
