"""Reading `rosters.yaml`: what is understood, and what is refused with file and line."""

from datetime import date

import pytest

from city.errors import BadCityFile
from linkage.roster.parsing import parse_rosters, strangers
from linkage.roster.roster import Days, Every, Shift

GOOD = """\
people:
  - {username: ann, name: 安, name_en: Ann, phone: "0631-1", channels: [sms]}
posts:
  - department: water
    id: duty
    name: {zh: 值班, en: Duty}
    start: 2026-11-02
    patterns:
      - shifts: ["08:00-20:00", "20:00-08:00"]
        teams: [ann, [bob, cid], dan]
  - department: water
    id: leader
    name: {zh: 带班, en: Leader}
    start: 2026-11-02
    always: false
    signs: false
    patterns:
      - {shifts: ["00:00-24:00"], teams: [eve, fay], every: week, days: rest}
"""


def test_rosters_are_read():
    roster = parse_rosters(GOOD)

    duty, leader = roster.posts
    assert duty.patterns[0].shifts == (Shift(480, 1200), Shift(1200, 1920))
    assert duty.patterns[0].teams == (("ann",), ("bob", "cid"), ("dan",))
    assert (duty.start, duty.always, duty.signs, duty.line) == (date(2026, 11, 2), True, True, 4)
    assert (leader.patterns[0].days, leader.patterns[0].every) == (Days.REST, Every.WEEK)
    assert (leader.always, leader.signs) == (False, False)
    assert (roster.contact("ann").phone, roster.contact("ann").name_en) == ("0631-1", "Ann")
    assert roster.contact("bob").name == "bob"
    assert roster.post("water", "leader") is leader
    assert duty.people == {"ann", "bob", "cid", "dan"}


def test_a_city_without_rosters_has_none():
    assert parse_rosters("").posts == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(
            "20:00-08:00", "20-08", 'a shift such as "08:00-20:00", got `20-08` - at `rosters.yaml:9`', id="h"
        ),
        pytest.param("00:00-24:00", "00:00-24:30", "an end of at most 24:00", id="end"),
        pytest.param("start: 2026-11-02", "start: soon", "a date such as 2026-11-02, got `soon` - .*:7", id="start"),
        pytest.param("start: 2026-11-02", "start: 1926-11-02", "a year from 2000", id="year"),
        pytest.param("[bob, cid]", "[bob, bob]", "people, each once", id="a person twice in a team"),
        pytest.param("[bob, cid]", "[]", "people, each once", id="a team of nobody"),
        pytest.param("[bob, cid]", "Bob", "a name of small letters", id="no username"),
        pytest.param("id: leader", "id: duty", "each post of a department once, got `duty`", id="post twice"),
        pytest.param("every: week", "every: month", "one of `shift`, `day`, `week`", id="every"),
        pytest.param("days: rest", "days: sunday", "one of `all`, `working`, `rest`", id="days"),
        pytest.param('["00:00-24:00"]', "[]", "1 to 24 shifts", id="no shift"),
        pytest.param("[eve, fay]", "[]", "1 to 366 teams", id="no team"),
        pytest.param(
            "posts:",
            "  - {username: ann, name: A}\nposts:",
            "each person once, got `ann` - at `.*:3`",
            id="person twice",
        ),
        pytest.param("    id: duty", "    id: duty\n    colour: red", "got `colour`", id="unknown word"),
    ],
)
def test_a_mistake_is_named_with_its_line(old, new, message):
    with pytest.raises(BadCityFile, match=message):
        parse_rosters(GOOD.replace(old, new, 1))


def test_a_post_without_a_pattern_is_refused():
    with pytest.raises(BadCityFile, match="at least one pattern"):
        parse_rosters("posts:\n  - {department: a, id: b, name: {zh: 一, en: b}, start: 2026-11-02, patterns: []}")


def test_departments_that_the_city_does_not_have_are_named():
    (first, second) = strangers(parse_rosters(GOOD), {"police"})

    assert "got `water` - at `rosters.yaml:4`" in str(first)
    assert "post `leader`" in str(second)
