import pytest

from city.errors import BadCityFile
from city.level import PRIORITIES
from linkage.escalation.chain import By, Chain, Rung, Way, default_chains, groups_missing, parse_chains

ONE = """
chains:
  - priorities: [1]
    forgotten_min: 15
    again_min: 10
    steps:
      - {after_s: 0, tell: duty}
      - {after_s: 60, tell: duty, by: next}
      - {after_s: 120, call: leader}
      - {after_s: 420, tell: "group:flood"}
"""


def test_chain_is_read_whole():
    chain = parse_chains(ONE, groups={"flood"}).of(1)

    assert chain == Chain(
        priorities=(1,),
        rungs=(
            Rung(0, Way.TELL, "duty"),
            Rung(60, Way.TELL, "duty", By.NEXT),
            Rung(120, Way.CALL, "leader"),
            Rung(420, Way.TELL, "group:flood"),
        ),
        forgotten_s=900,
        again_s=600,
    )


def test_default_has_a_chain_for_every_priority_that_ends_at_command_for_the_urgent():
    chains = default_chains()

    assert all(chains.of(priority) is not None for priority in PRIORITIES)
    urgent = chains.of(1)
    assert urgent is not None
    assert [rung.whom for rung in urgent.rungs][-1] == "command"
    assert Way.CALL in {rung.way for rung in urgent.rungs}


def test_priority_without_a_chain_tells_nobody_again():
    assert parse_chains(ONE).of(2) is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("tell: duty}", "tell: mayor}", r"one of `duty`, `department`, `leader`, `command`, got `mayor`"),
        ("{after_s: 0, tell: duty}", "{after_s: 0}", "one of `tell`, `call`"),
        ("call: leader", "call: leader, by: next", "`by` with `tell` only"),
        ("after_s: 120", "after_s: 30", "`after_s` of at least 60, got `30`"),
        ("after_s: 420", "after_s: 999999", "0 to 604800 seconds"),
        ("priorities: [1]", "priorities: [7]", "a priority from 1 to 5, got `7`"),
        ("forgotten_min: 15", "forgotten_min: 0", "1 to 10080 minutes"),
        ("group:flood", "group:storm", "a group of messages.yaml, got `group:storm`"),
        ("by: next", "by: pigeon", "one of `first`, `next`, `all`"),
        ("forgotten_min", "forgoten_min", "one of `priorities`"),
    ],
    ids=["whom", "no way", "by with call", "order", "too long", "priority", "forgotten", "group", "by", "key"],
)
def test_mistake_is_named_with_its_line(old: str, new: str, message: str):
    with pytest.raises(BadCityFile, match=message) as caught:
        parse_chains(ONE.replace(old, new), groups={"flood"})

    assert caught.value.at.startswith("escalation.yaml:")


def test_priority_in_two_chains_is_refused():
    with pytest.raises(BadCityFile, match="each priority in one chain, got `1 again`"):
        parse_chains(ONE + "  - {priorities: [1], steps: [{after_s: 0, tell: duty}]}\n")


def test_group_that_the_city_lacks_is_named():
    (mistake,) = groups_missing(parse_chains(ONE), ())

    assert mistake.got == "flood"
