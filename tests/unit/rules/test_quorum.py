import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition
from city.clock import SECOND_NS
from city.entry import NumberedSensor
from city.place import Place
from city.quality import UNTRUSTED, Quality
from tests.support.judging import START_NS, Bench, book, context, readings, rule, sensor
from tests.unit.rules.test_engine import Row, cuts, judged, streams

TUNNEL = [sensor(number, site="tunnel") for number in (1, 2, 3, 4)]
TWO = "{notice: {at_least: 2}, major: {at_least: 3}}"


def extra(*, each: str = "{above: 15, clear: 10}", same: str = "site", within: str = "10m") -> str:
    return f"each: {each}\n    same: {same}\n    within: {within}"


def started(levels: str = TWO, sensors: list[NumberedSensor] = TUNNEL, **how: str) -> Bench:
    bench = Bench()
    bench.feed(context(book(rule(levels, kind="quorum", extra=extra(**how))), sensors))
    return bench


def told(transitions: list[AlarmTransition]) -> list[tuple[str, str, str, float | None]]:
    return [(one.target, one.change.value, one.level.word, one.value) for one in transitions]


@pytest.mark.parametrize(
    ("levels", "rows", "expected"),
    [
        pytest.param(TWO, [(1, 0, 0.2), (1, 1, 0.2)], [], id="one sensor is no quorum"),
        pytest.param(TWO, [(1, 0, 0.2), (2, 60, 0.2)], [("raised", "notice", 2)], id="two are"),
        pytest.param(
            TWO,
            [(1, 0, 0.2), (2, 1, 0.2), (3, 2, 0.2), (1, 3, 0.12), (1, 4, 0.1), (2, 5, 0.1)],
            [("raised", "notice", 2), ("risen", "major", 3), ("fallen", "notice", 2), ("cleared", "notice", 1)],
            id="up and down, with the clearing value of each",
        ),
        pytest.param(TWO, [(1, 0, 0.2), (2, 601, 0.2)], [], id="a vote grows old"),
        pytest.param(TWO, [(1, 0, 0.2), (1, 300, 0.2), (2, 601, 0.2)], [("raised", "notice", 2)], id="but is renewed"),
        pytest.param(
            TWO, [(1, 0, 0.2), (2, 1, 0.2), (2, 900, 0.2)], [("raised", "notice", 2)], id="silence takes nothing back"
        ),
        pytest.param(
            "{notice: {share: 50}}",
            [(1, 0, 0.2), (2, 1, 0.2)],
            [("raised", "notice", 50)],
            id="a share of all that there are",
        ),
        pytest.param(
            "{notice: {at_least: 2, hold: 1m}}",
            [(1, 0, 0.2), (2, 1, 0.2), (3, 60, 0), (3, 61, 0.2)],
            [("raised", "notice", 3)],
            id="held",
        ),
    ],
)
def test_quorum_follows_its_timeline(
    levels: str, rows: list[tuple[int, float, float]], expected: list[tuple[str, str, float]]
) -> None:
    bench = started(levels)

    transitions = [transition for row in rows for transition in bench.feed(readings(row))]

    assert told(transitions) == [("tunnel", *one) for one in expected]


def test_quorum_is_counted_within_a_batch_too() -> None:
    assert told(started().feed(readings((1, 0, 0.2), (2, 1, 0.2), (1, 2, 0), (2, 3, 0)))) == [
        ("tunnel", "raised", "notice", 2),
        ("tunnel", "cleared", "notice", 1),
    ]


def test_quorum_names_the_voters() -> None:
    (raised,) = started().feed(readings((1, 0, 0.2), (3, 1, 0.3)))

    evidence = json.loads(raised.evidence)
    assert (evidence["votes"], evidence["of"], evidence["within_s"]) == (2, 4, 600)
    assert [(voter["sensor"], voter["value"]) for voter in evidence["voters"]] == [("level-1", 0.2), ("level-3", 0.3)]
    assert evidence["conditions"][1]["limit"] == "at least 3"
    assert raised.limit == 2


@pytest.mark.parametrize(
    ("same", "expected"),
    [
        pytest.param("site", ["tunnel"], id="a site"),
        pytest.param("upstream", ["gateway-1"], id="an upstream asset"),
        pytest.param("grid", ["990101"], id="a grid"),
        pytest.param("district", ["harbour"], id="a district"),
        pytest.param("500 m", ["level-2"], id="a radius, named by the sensor in the middle"),
        pytest.param("60 m", [], id="a radius too small"),
    ],
)
def test_quorum_counts_by(same: str, expected: list[str]) -> None:
    common = {"site": "tunnel", "upstream": "gateway-1", "grid": "990101", "district": "harbour"}
    sensors = [sensor(number, place=Place(120 + number * 0.004, 30), **common) for number in (1, 2, 3)]

    transitions = started("{notice: {at_least: 3}}", sensors, same=same).feed(
        readings((1, 0, 0.2), (2, 1, 0.2), (3, 2, 0.2), (4, 2, 0.2))
    )

    assert [one.target for one in transitions] == expected


def test_quorum_keeps_votes_and_alarms_over_a_new_book() -> None:
    bench = started()
    bench.feed(readings((1, 0, 0.2), (2, 1, 0.2)))
    other = rule("{notice: {above: 90}}", name="other")
    files = book(other, rule(TWO, kind="quorum", extra=extra()))

    transitions = bench.feed(context(files, [*TUNNEL, sensor(9, site="bridge")], seconds=5), readings((3, 6, 0.2)))

    assert told(transitions) == [("tunnel", "risen", "major", 3)]


def test_quorum_clears_a_group_that_nobody_judges_any_more() -> None:
    bench = started()
    bench.feed(readings((1, 0, 0.2), (2, 1, 0.2)))

    transitions = bench.feed(context(book(), TUNNEL, seconds=5))

    assert told(transitions) == [("tunnel", "cleared", "notice", None)]


SITES = {1: "a", 2: "a", 3: "b"}
EACH = "{above: 6, clear: 4}"


def expected_counts(rows: list[Row], within_s: int) -> list[tuple[str, int, int]]:
    """Judge as one would for one reading at a time: (site, seconds, level) where the level of a site changes."""
    votes: dict[int, int] = {}
    clocks: dict[str, int] = {}
    levels = {"a": 0, "b": 0}
    changes = []
    for number, seconds, value, quality in rows:
        if quality & (UNTRUSTED | Quality.DUPLICATE | Quality.LATE):
            continue
        if value > 6 or (number in votes and value > 4):
            votes[number] = seconds
        elif votes.pop(number, None) is None:
            continue
        site = SITES[number]
        clocks[site] = max(clocks.get(site, 0), seconds)
        standing = [then for voter, then in votes.items() if SITES[voter] == site]
        fresh = sum(then >= clocks[site] - within_s for then in standing)
        after = max(min(fresh, 2), min(levels[site], len(standing)))
        if after != levels[site]:
            levels[site] = after
            changes.append((site, clocks[site], after))
    return changes


def counted(rows: list[Row], places: list[int], within_s: int) -> list[AlarmTransition]:
    written = rule(
        "{notice: {at_least: 1}, major: {at_least: 2}}",
        kind="quorum",
        unit="",
        extra=extra(each=EACH, within=f"{within_s}s"),
    )
    sensors = [sensor(number, site=site) for number, site in SITES.items()]
    return judged(context(book(written), sensors), rows, places)


@settings(max_examples=60)
@given(streams(), cuts, st.integers(1, 20))
def test_quorum_agrees_with_counting_one_by_one(rows: list[Row], places: list[int], within_s: int) -> None:
    transitions = counted(rows, places, within_s)

    seen = [
        (one.target, (one.time_ns - START_NS) // SECOND_NS, 0 if one.change == "cleared" else int(one.level))
        for one in transitions
    ]
    assert seen == expected_counts(rows, within_s)


@settings(max_examples=40)
@given(streams(), cuts, st.integers(1, 20))
def test_quorum_gives_the_same_however_batches_are_cut(rows: list[Row], places: list[int], within_s: int) -> None:
    assert counted(rows, places, within_s) == counted(rows, [], within_s)


def test_quorum_share_is_of_those_who_are_installed_by_then() -> None:
    # The readings are of 2026-09-21: the third is installed two days later, the fourth nobody knows when.
    sensors = [*TUNNEL[:2], sensor(3, site="tunnel", installed=date(2026, 9, 23)), TUNNEL[3]]
    bench = started("{notice: {share: 60, clear: 40}}", sensors)

    now = bench.feed(readings((1, 0, 0.2), (2, 1, 0.2)))
    later = bench.feed(readings((1, 3 * 86_400, 0.2), (2, 3 * 86_400 + 1, 0.1)))

    assert [one.change.value for one in now] == ["raised"]
    assert now[0].value == pytest.approx(200 / 3)
    assert json.loads(now[0].evidence)["of"] == 3
    assert told(later) == [("tunnel", "cleared", "notice", 25)]
