"""The clocks of reports upward as a city folder says them."""

import pytest

from city.errors import BadCityFile
from linkage.plans.upward_book import UpwardBook, parse_upward, upward_strangers


def test_city_that_says_nothing_has_the_laws_clocks() -> None:
    assert parse_upward("") == UpwardBook()
    assert parse_upward("").initial_min == {"I": 60, "II": 60, "III": 120, "IV": 120}


def test_city_says_its_own() -> None:
    book = parse_upward(
        "initial_min: {I: 20, II: 30, III: 60, IV: 60}\nfollow_up_min: {I: 30}\nfinal_days: 7\nto: [water]"
    )

    assert (book.initial_min["I"], book.follow_up_min, book.final_days, book.to) == (20, {"I": 30}, 7.0, ("water",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("initial: 1", "one of `initial_min`", id="unknown key"),
        pytest.param("initial_min: {I: 60}", "Expected `IV`", id="a grade without a clock"),
        pytest.param("initial_min: {I: 0, II: 1, III: 1, IV: 1}", "1 to 43200 minutes", id="at once"),
        pytest.param("follow_up_min: {V: 60}", "one of `IV`", id="no grade"),
        pytest.param("final_days: 400", "to 365 days", id="too late"),
        pytest.param("to: water", "a list", id="one word for a list"),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, expected: str) -> None:
    with pytest.raises(BadCityFile, match=expected) as caught:
        parse_upward(f"source: rules\n{text}")

    assert caught.value.at == "upward.yaml:2"


def test_unknown_department_is_named_with_its_line() -> None:
    (mistake,) = upward_strangers(parse_upward("to:\n  - water\n  - moon"), ["water"])

    assert (mistake.got, mistake.at) == ("moon", "upward.yaml:3")
