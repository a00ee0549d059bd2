import json
from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest

from city.clock import SECOND_NS
from city.entry import Arrivals
from city.quality import Quality
from tests.support.judging import START_NS, Bench, at, book, context, readings, rule, sensor

THREE = (
    "{notice: {above: 3, clear: 2, hold: 10s}, major: {above: 15, clear: 12, hold: 5s}, "
    "critical: {above: 27, clear: 22}}"
)


def timeline(levels: str, *steps: tuple[float, ...]) -> list[tuple[float, str, str]]:
    """Feed (seconds, centimetres, quality?) one by one; return (seconds, change, level)."""
    bench = Bench()
    bench.feed(context(book(rule(levels)), [sensor(1)]))
    return [
        ((transition.time_ns - START_NS) / SECOND_NS, transition.change.value, transition.level.word)
        for seconds, value, *quality in steps
        for transition in bench.feed(readings((1, seconds, value / 100, Quality(int(quality[0]) if quality else 0))))
    ]


@pytest.mark.parametrize(
    ("levels", "steps", "expected"),
    [
        pytest.param("{notice: {above: 3}}", [(0, 3)], [], id="at the limit is not above"),
        pytest.param("{notice: {above: 3}}", [(0, 3.1)], [(0, "raised", "notice")], id="above without hold is at once"),
        pytest.param(
            "{notice: {above: 3}}",
            [(0, 4), (1, 3)],
            [(0, "raised", "notice"), (1, "cleared", "notice")],
            id="without a clearing value the limit clears",
        ),
        pytest.param(
            "{notice: {above: 3, clear: 2}}",
            [(0, 4), (1, 2.5), (2, 3.5), (3, 2)],
            [(0, "raised", "notice"), (3, "cleared", "notice")],
            id="holds until the clearing value",
        ),
        pytest.param(
            "{notice: {above: 3, hold: 10s}}",
            [(0, 4), (9.9, 4), (10, 4)],
            [(10, "raised", "notice")],
            id="raised at the reading that completes the hold",
        ),
        pytest.param(
            "{notice: {above: 3, hold: 10s}}",
            [(0, 4), (9, 1), (10, 4), (19, 4), (20, 4)],
            [(20, "raised", "notice")],
            id="a reading within the limit starts the hold anew",
        ),
        pytest.param(
            "{notice: {above: 3, clear: 1, hold: 10s}}",
            [(0, 4), (5, 2), (10, 4), (20, 4)],
            [(20, "raised", "notice")],
            id="between clear and limit a hold does not run",
        ),
        pytest.param(
            "{notice: {above: 3, hold: 10s}}", [(0, 4), (60, 4)], [(60, "raised", "notice")], id="a gap counts as hold"
        ),
        pytest.param(
            "{notice: {below: 3, clear: 5}}",
            [(0, 3), (1, 2), (2, 4), (3, 5)],
            [(1, "raised", "notice"), (3, "cleared", "notice")],
            id="below",
        ),
        pytest.param(
            "{notice: {outside: [3, 9], clear: [4, 8]}}",
            [(0, 9), (1, 10), (2, 3.5), (3, 2), (4, 4)],
            [(1, "raised", "notice"), (4, "cleared", "notice")],
            id="outside a band, from one side to the other",
        ),
        pytest.param(
            THREE,
            [(0, 4), (10, 4), (11, 20), (16, 20), (17, 30), (18, 23), (19, 22), (20, 11), (21, 2)],
            [
                (10, "raised", "notice"),
                (16, "risen", "major"),
                (17, "risen", "critical"),
                (19, "fallen", "major"),
                (20, "fallen", "notice"),
                (21, "cleared", "notice"),
            ],
            id="through all levels and back",
        ),
        pytest.param(
            THREE,
            [(0, 30), (1, 1)],
            [(0, "raised", "critical"), (1, "cleared", "critical")],
            id="straight to the worst and to nothing",
        ),
        pytest.param(
            THREE,
            [(0, 30), (1, 20), (2, 20)],
            [(0, "raised", "critical"), (1, "fallen", "major")],
            id="a fall needs no hold of the level below",
        ),
        pytest.param(
            "{notice: {above: 3}, critical: {above: 27, clear: 22}}",
            [(0, 30), (1, 21), (2, 3)],
            [(0, "raised", "critical"), (1, "fallen", "notice"), (2, "cleared", "notice")],
            id="a level may be left out",
        ),
    ],
)
def test_threshold_follows_its_timeline(
    levels: str, steps: list[tuple[float, ...]], expected: list[tuple[float, str, str]]
) -> None:
    assert timeline(levels, *steps) == expected


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param([(0, 30, Quality.BAD)], [], id="untrusted does not raise"),
        pytest.param([(0, 30, Quality.OUT_OF_RANGE)], [], id="out of range does not raise"),
        pytest.param([(0, 30), (1, 1, Quality.STALE)], [(0, "raised", "critical")], id="untrusted does not clear"),
        pytest.param([(0, nan), (1, inf)], [], id="what is no number is not judged"),
        pytest.param(
            [(0, 4), (5, 1, Quality.BAD), (10, 4)], [(10, "raised", "notice")], id="untrusted does not break a hold"
        ),
        pytest.param([(0, 30, Quality.DUPLICATE)], [], id="a duplicate is not judged"),
        pytest.param([(0, 30, Quality.CLOCK)], [(0, "raised", "critical")], id="a doubtful clock is judged"),
        pytest.param(
            [(50, 1), (0, 30, Quality.LATE), (51, 1)],
            [(0, "raised", "critical"), (51, "cleared", "critical")],
            id="late raises for its own time until the next in order",
        ),
        pytest.param([(50, 1), (0, 4, Quality.LATE), (10, 4, Quality.LATE)], [], id="late completes no hold"),
        pytest.param([(50, 30), (0, 1, Quality.LATE)], [(50, "raised", "critical")], id="late does not clear"),
        pytest.param(
            [(50, 30), (51, 1), (49, 30, Quality.LATE), (50.5, 30, Quality.LATE), (51, 30, Quality.LATE)],
            [(50, "raised", "critical"), (51, "cleared", "critical")],
            id="late is not judged again before the last change",
        ),
        pytest.param(
            [(50, 4), (55, 1, Quality.LATE), (60, 4)], [(60, "raised", "notice")], id="late does not touch a timer"
        ),
    ],
)
def test_threshold_weighs_quality(steps: list[tuple[float, ...]], expected: list[tuple[float, str, str]]) -> None:
    assert timeline(THREE, *steps) == expected


def test_threshold_says_why() -> None:
    bench = Bench()
    bench.feed(context(book(rule(THREE)), [sensor(1)]), readings((1, 0, 0.2)), readings((1, 3, 0.2)))

    (transition,) = bench.feed(readings((1, 5, 0.25, Quality.CLOCK)))

    assert (transition.value, transition.limit, transition.unit) == (0.25, 0.15, "m")
    evidence = json.loads(transition.evidence)
    assert evidence["reading"] == {
        "time": "2026-09-21T14:13:25.000Z",
        "arrival": "2026-09-21T14:13:25.000Z",
        "value": 0.25,
        "quality": ["clock"],
    }
    assert [(one["level"], one["met"], one["kept"], one["held_s"]) for one in evidence["conditions"]] == [
        ("notice", True, True, 5.0),
        ("major", True, True, 5.0),
        ("critical", False, True, 0.0),
    ]
    assert evidence["conditions"][1]["since"] == "2026-09-21T14:13:20.000Z"


@pytest.mark.parametrize(
    ("arrival_s", "quality", "late"),
    [
        pytest.param(1.0, Quality.GOOD, False, id="at once"),
        pytest.param(301.0, Quality.GOOD, True, id="buffered for more than five minutes"),
        pytest.param(1.0, Quality.LATE, True, id="older than the newest"),
        pytest.param(1e6, Quality.RECORDED, False, id="a recording"),
    ],
)
def test_threshold_says_what_came_late(*, arrival_s: float, quality: Quality, late: bool) -> None:
    bench = Bench()
    bench.feed(context(book(rule("{notice: {above: 3}}")), [sensor(1)]))
    batch = replace(readings((1, 0, 0.2, quality)).readings, arrival_ns=np.array([at(arrival_s)]))

    (transition,) = bench.feed(Arrivals(batch))

    assert (transition.late, transition.recorded) == (late, quality is Quality.RECORDED)
