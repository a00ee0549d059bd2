"""What `liandong check` calls doubtful of rules."""

import pytest

from city.catalogue import Catalogue
from liandong.rule_doubts import rule_doubts
from rules.book import read_book
from rules.population import Population
from tests.support.judging import book, rule, sensor

CATALOGUE = Catalogue.parse(
    """
    [quantity.water_level]
    unit = "cm"
    kind = "gauge"
    minimum = -500
    maximum = 10000
    """
)
TUNNEL = [sensor(number, site="tunnel") for number in (1, 2, 3)]
COMPARE = "against: {{quantity: water_level, kinds: [{0}]}}\n    same: site\n    within: 10m"
QUORUM = "each: {{above: {0}}}\n    same: {1}\n    within: 10m"
SEQUENCE = "event: alarm\n    then: [{{select: {{kinds: [{0}]}}, event: open}}]\n    same: site\n    within: 10m"
VALUES = "values: {{a: {{quantity: water_level, kinds: [{0}]}}}}\n    expression: a\n    same: site\n    within: 10m"
EXCEPTION = "exceptions: [{{select: {{sensors: [{0}]}}, source: lower, levels: {{notice: {{above: {1}}}}}}}]"
KNOWN = "underpass_level"


def doubted(written: str) -> list[str]:
    return list(rule_doubts(read_book(book(written), CATALOGUE), Population(TUNNEL, {}), CATALOGUE))


@pytest.mark.parametrize(
    ("levels", "how", "said"),
    [
        pytest.param(
            "{notice: {above: 15000}}",
            {},
            "a limit of `flood` that a reading can reach, -500 to 10000 cm, got `above 15000`",
            id="a limit beyond all readings",
        ),
        pytest.param(
            "{notice: {below: -500}}",
            {},
            "that a reading can reach, -500 to 10000 cm, got `below -500`",
            id="at its end",
        ),
        pytest.param(
            "{notice: {above: 15, clear: -501}}", {}, "a `clear` of `flood` that a reading can", id="never left"
        ),
        pytest.param(
            "{notice: {above: 15}}", {"extra": EXCEPTION.format("level-9", 20)}, "in its exception", id="exception"
        ),
        pytest.param(
            "{notice: {above: 15}}", {"extra": EXCEPTION.format("level-1", 20000)}, "got `above 20000`", id="its limit"
        ),
        pytest.param(
            "{notice: {above: 5}}",
            {"kind": "compare", "extra": COMPARE.format("well")},
            "some sensor of `against` in `flood`, got none",
            id="nobody to compare with",
        ),
        pytest.param(
            "{notice: {at_least: 1}}",
            {"kind": "sequence", "extra": SEQUENCE.format("door")},
            "some sensor of `open` in `flood`, got none",
            id="nobody for a step",
        ),
        pytest.param(
            "{notice: {above: 5}}",
            {"kind": "expression", "extra": VALUES.format("well")},
            "some sensor of `a` in `flood`, got none",
            id="nobody for a value",
        ),
        pytest.param(
            "{notice: {at_least: 4}}",
            {"kind": "quorum", "extra": QUORUM.format(15, "site")},
            "a place with at least 4 sensors for `flood`, got at most 3 of one site",
            id="more votes than voters",
        ),
        pytest.param(
            "{notice: {share: 50}}",
            {"kind": "quorum", "extra": QUORUM.format(15, "grid")},
            "got at most 0 of one grid",
            id="no place at all",
        ),
        pytest.param(
            "{notice: {at_least: 2}}",
            {"kind": "quorum", "extra": QUORUM.format(15000, "site")},
            "got `above 15000`",
            id="a vote that nobody can cast",
        ),
    ],
)
def test_what_no_reading_can_meet_is_doubted(levels: str, how: dict[str, str], said: str) -> None:
    (doubt,) = doubted(rule(levels, unit="cm", **how))

    assert said in doubt
    assert " - at `rules/test.yaml:" in doubt


@pytest.mark.parametrize(
    ("levels", "how"),
    [
        pytest.param("{notice: {above: 9999.9, clear: 10}}", {}, id="within its range"),
        pytest.param("{notice: {outside: [-500, 9000]}}", {}, id="one end will do"),
        pytest.param("{notice: {rises: 20000}}", {"extra": "over: 10m"}, id="a change has a range of its own"),
        pytest.param("{notice: {above: 15}}", {"extra": EXCEPTION.format("level-1", 20)}, id="exception"),
        pytest.param("{notice: {above: 5}}", {"kind": "compare", "extra": COMPARE.format(KNOWN)}, id="compare"),
        pytest.param("{notice: {at_least: 3}}", {"kind": "quorum", "extra": QUORUM.format(15, "site")}, id="quorum"),
        pytest.param("{notice: {at_least: 1}}", {"kind": "sequence", "extra": SEQUENCE.format(KNOWN)}, id="sequence"),
        pytest.param("{notice: {above: 5}}", {"kind": "expression", "extra": VALUES.format(KNOWN)}, id="expression"),
    ],
)
def test_what_can_be_met_is_not(levels: str, how: dict[str, str]) -> None:
    assert doubted(rule(levels, unit="cm", **how)) == []
