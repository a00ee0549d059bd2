import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition
from city.clock import SECOND_NS
from city.quality import UNTRUSTED, Quality
from tests.support.judging import START_NS, Bench, book, context, readings, rule, sensor
from tests.unit.rules.test_engine import Row, cuts, judged, streams

RISES = "{notice: {rises: 5, clear: 2}, major: {rises: 10, clear: 4}}"


def timeline(levels: str, *steps: tuple[float, ...], over: str = "10m") -> list[tuple[float, str, str]]:
    """Feed (minutes, centimetres, quality?) one by one; return (minutes, change, level)."""
    bench = Bench()
    bench.feed(context(book(rule(levels, extra=f"over: {over}")), [sensor(1)]))
    return [
        ((transition.time_ns - START_NS) / SECOND_NS / 60, transition.change.value, transition.level.word)
        for minutes, value, *quality in steps
        for transition in bench.feed(
            readings((1, 60 * minutes, value / 100, Quality(int(quality[0]) if quality else 0)))
        )
    ]


@pytest.mark.parametrize(
    ("levels", "steps", "expected"),
    [
        pytest.param(RISES, [(0, 0), (9, 5.5)], [(9, "raised", "notice")], id="rises within the window"),
        pytest.param(RISES, [(0, 0), (10, 6)], [(10, "raised", "notice")], id="the window's own length counts"),
        pytest.param(RISES, [(0, 2), (1, 7)], [], id="by the limit itself is not above"),
        pytest.param(RISES, [(0, 0), (11, 6)], [], id="slower than the window"),
        pytest.param(RISES, [(0, 0), (1, 11), (2, 11)], [(1, "raised", "major")], id="straight to the worse level"),
        pytest.param(
            RISES,
            [(0, 0), (5, 6), (12, 6.5), (16, 6.5)],
            [(5, "raised", "notice"), (12, "cleared", "notice")],
            id="cleared when it rises no more",
        ),
        pytest.param(RISES, [(0, 9), (5, 1), (6, 7)], [(6, "raised", "notice")], id="from the lowest in between"),
        pytest.param(RISES, [(0, 90), (5, 1)], [], id="a fall is no rise"),
        pytest.param("{notice: {falls: 5}}", [(0, 90), (5, 84)], [(5, "raised", "notice")], id="falls"),
        pytest.param(RISES, [(0, 0, Quality.BAD), (5, 6)], [], id="an untrusted value is not where it rose from"),
        pytest.param(RISES, [(8, 3), (0, 0, Quality.LATE), (9, 6)], [], id="nor is a late one"),
    ],
)
def test_change_follows_its_timeline(
    levels: str, steps: list[tuple[float, ...]], expected: list[tuple[float, str, str]]
) -> None:
    assert timeline(levels, *steps) == expected


def test_change_says_from_where_it_rose() -> None:
    bench = Bench()
    bench.feed(context(book(rule(RISES, extra="over: 10m")), [sensor(1)]))

    (raised,) = bench.feed(readings((1, 0, 0.02), (1, 60, 0.01), (1, 120, 0.07)))

    assert raised.value == pytest.approx(0.06)
    assert (raised.limit, raised.unit) == (0.05, "m")
    evidence = json.loads(raised.evidence)
    assert evidence["changed_from"]["value"] == 0.01
    assert evidence["reading"]["value"] == 0.07
    assert evidence["window_s"] == 600


def changing(rows: list[Row], places: list[int], over_s: int, levels: str) -> list[AlarmTransition]:
    files = book(
        rule(levels, unit="", extra=f"over: {over_s}s"),
        rule("{notice: {falls: 4}}", name="b", unit="", extra="over: 9s"),
    )
    return judged(context(files, [sensor(number) for number in (1, 2, 3)]), rows, places)


@settings(max_examples=40)
@given(streams(), cuts, st.integers(2, 60))
def test_change_gives_the_same_however_batches_are_cut(rows: list[Row], places: list[int], over_s: int) -> None:
    levels = "{notice: {rises: 3, hold: 2s}, major: {rises: 6, clear: 1}}"

    assert changing(rows, places, over_s, levels) == changing(rows, [], over_s, levels)


@settings(max_examples=40)
@given(streams(), st.integers(16, 60).map(lambda seconds: seconds // 16 * 16))
def test_change_is_the_value_less_the_lowest_of_its_window(rows: list[Row], over_s: int) -> None:
    seen: dict[int, list[tuple[int, float]]] = {}
    rising: list[tuple[int, int]] = []
    for number, seconds, value, quality in rows:
        if quality & (UNTRUSTED | Quality.DUPLICATE | Quality.LATE):
            continue
        of_sensor = seen.setdefault(number, [])
        of_sensor.append((seconds, value))
        lowest = min(low for then, low in of_sensor if seconds - over_s <= then)
        if value - lowest > 5:
            rising.append((number, seconds))

    transitions = changing(rows, [], over_s, "{notice: {rises: 5}}")

    raised = {
        (int(one.target.removeprefix("level-")), (one.time_ns - START_NS) // SECOND_NS)
        for one in transitions
        if one.rule == "flood" and one.change == "raised"
    }
    assert raised <= set(rising)
    assert {number for number, _ in raised} == {number for number, _ in rising}
