"""Every kind says how it stands: its number against each limit, and what it comes from."""

from itertools import takewhile

import pytest

from city.entry import Tick
from tests.support.judging import Bench, at
from tests.support.judging_run import RULES, journal

#: Seconds of the stream that every kind judges, after which each has a number.
_JUDGED = 190


@pytest.fixture(scope="module")
def watched() -> Bench:
    bench, entries = Bench(), journal()
    bench.feed(next(entries))
    bench.engine.watch()
    bench.feed(*takewhile(lambda one: not isinstance(one, Tick) or one.time_ns <= at(_JUDGED), entries))
    return bench


@pytest.mark.parametrize("number", range(len(RULES)))
def test_each_rule_says_its_number_against_each_limit_and_what_it_comes_from(watched: Bench, number: int) -> None:
    engine = watched.engine
    rule = engine.book.rules[number]

    standings = engine.standing(rule, "level-1", at(_JUDGED))

    assert standings, rule.id
    for one in standings:
        assert one.value is not None, rule.id
        assert [each["level"] for each in one.conditions] == [level.word for level in rule.terms.levels]
        assert all(each["limit"] and each["met"] in {True, False} for each in one.conditions), rule.id
        assert one.evidence, rule.id
    assert engine.reads(rule, "level-1")
