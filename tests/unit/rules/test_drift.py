import json
from collections.abc import Iterator
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition, Lane
from city.clock import SECOND_NS
from city.entry import NumberedSensor
from city.errors import BadCityFile
from city.place import Place
from city.quality import UNTRUSTED, Quality
from rules.book import read_book
from tests.support.judging import CATALOGUE, START_NS, Bench, book, context, readings, rule, sensor
from tests.unit.rules.test_engine import Row, judged, streams

SELECT = "{quantity: water_level}"
LEVELS = "{notice: {drifts: 30, clear: 20}, major: {drifts: 60}}"
PACE = "within: 20s\n    memory: 64s\n    learn: 256s"


def drift(levels: str = LEVELS, extra: str = f"same: site\n    {PACE}", unit: str = "cm") -> str:
    return rule(levels, kind="drift", select=SELECT, extra=f"unit: {unit}\n    {extra}")


def row_of(count: int, **changes: object) -> list[NumberedSensor]:
    return [sensor(number, **{"site": "quay", **changes}) for number in range(1, count + 1)]


def started(extra: str = f"same: site\n    {PACE}", sensors: list[NumberedSensor] | None = None) -> Bench:
    bench = Bench()
    bench.feed(context(book(drift(extra=extra)), row_of(4) if sensors is None else sensors))
    return bench


def tide(seconds: range, off: dict[int, float], count: int = 4) -> Iterator[tuple[int, float, float]]:
    """Yield readings of sensors that share a tide, each with an offset of its own."""
    for second in seconds:
        for number in range(1, count + 1):
            yield number, second, 1 + second % 7 / 10 + off.get(number, 0.0)


def told(transitions: list[AlarmTransition]) -> list[tuple[str, str, str]]:
    return [(one.target, one.change.value, one.level.word) for one in transitions]


def test_drift_is_from_what_has_always_been() -> None:
    bench = started()
    bench.feed(readings(*tide(range(0, 512), {1: 5.0})))

    gone = bench.feed(readings(*tide(range(512, 900), {1: 5.5})))
    back = bench.feed(readings(*tide(range(900, 1300), {1: 5.0})))

    assert told(gone) == [("level-1", "raised", "notice")]
    assert told(back) == [("level-1", "cleared", "notice")]
    assert gone[0].response.lane is Lane.EQUIPMENT


def test_drift_is_not_judged_before_it_was_learned() -> None:
    bench = started()

    assert bench.feed(readings(*tide(range(0, 100), {})), readings(*tide(range(100, 255), {1: 9.0}))) == []


def test_drift_needs_three_neighbours_that_spoke_lately() -> None:
    alone = started(sensors=row_of(3))
    silent = started()
    quiet = [one for one in tide(range(512, 900), {1: 0.5}) if one[0] != 4]

    assert alone.feed(readings(*tide(range(0, 900), {1: 0.0}, 3)), readings(*tide(range(900, 1500), {1: 9.0}, 3))) == []
    assert silent.feed(readings(*tide(range(0, 512), {})), readings(*quiet)) == []


def test_drift_is_no_matter_of_one_reading() -> None:
    bench = started()
    bench.feed(readings(*tide(range(0, 512), {})))

    assert bench.feed(readings((1, 512, 20.0)), readings(*tide(range(513, 700), {}))) == []


def test_drift_of_all_together_is_none() -> None:
    bench = started()
    bench.feed(readings(*tide(range(0, 512), {})))

    assert bench.feed(readings(*tide(range(512, 900), dict.fromkeys(range(1, 5), 3.0)))) == []


def test_drift_says_against_whom() -> None:
    bench = started()
    raised, *_ = bench.feed(readings(*tide(range(0, 512), {})), readings(*tide(range(512, 900), {2: -0.5})))

    evidence = json.loads(raised.evidence)
    assert [one["sensor"] for one in evidence["neighbours"]] == ["level-1", "level-3", "level-4"]
    assert evidence["median"] == evidence["neighbours"][1]["value"]
    assert raised.value == pytest.approx(evidence["usual_difference"] - evidence["difference"])
    assert (raised.limit, raised.unit, evidence["learned_s"]) == (0.3, "m", 256)


def test_neighbours_are_within_the_radius() -> None:
    far = Place(123.1, 36.1)
    sensors = [
        *(sensor(number, place=Place(122.8 + number / 10_000, 36.1)) for number in (1, 2, 3)),
        sensor(4, place=far),
        sensor(5),
    ]
    bench = started(f"same: 1 km\n    {PACE}", sensors)
    near = started(f"same: 50 km\n    {PACE}", sensors)
    moved = readings(*tide(range(0, 512), {}, 5)), readings(*tide(range(512, 900), {1: 0.5}, 5))

    assert bench.feed(*moved) == []
    assert told(near.feed(*moved)) == [("level-1", "raised", "notice")]


@pytest.mark.parametrize(
    ("levels", "extra", "expected"),
    [
        (LEVELS, "same: sensor\n    within: 1m", "a field that several sensors share, or a radius"),
        ("{notice: {drifts: 0}}", "same: site\n    within: 1m", "a difference above 0"),
        (
            LEVELS,
            "same: site\n    within: 1m\n    memory: 2h\n    learn: 3h",
            "to `learn` for at least twice as long as it has `memory`",
        ),
        (LEVELS, "same: site", "`within`"),
    ],
)
def test_drift_refuses(levels: str, extra: str, expected: str) -> None:
    with pytest.raises(BadCityFile) as caught:
        read_book(book(drift(levels, extra)), CATALOGUE)

    assert caught.value.expected == expected


class Model:
    """The rule as one would write it for one sensor among others, judging one reading at a time; seconds."""

    within, memory, learn, step = 10, 5.12, 12.0, 0.02

    def __init__(self, number: int) -> None:
        self.number, self.looked, self.compared = number, -1e9, -1.0
        self.mean = self.usual = self.known = 0.0
        self.level = 0

    def judge(self, seconds: float, value: float, newest: dict[int, tuple[float, float]]) -> int | None:
        if seconds // self.step <= self.looked // self.step:
            return None
        self.looked = seconds
        said = [
            one for number, (then, one) in newest.items() if number != self.number and then >= seconds - self.within
        ]
        if len(said) < 3:
            return None
        apart = value - median(said)
        step = min(seconds - self.compared if self.compared >= 0 else 0.0, self.within)
        self.compared, self.known = seconds, self.known + step
        self.mean = self.moved(self.mean, apart, step, min(self.known, self.memory))
        learned = self.known >= self.learn
        if not (learned and abs(self.mean - self.usual) > 1):
            self.usual = self.moved(self.usual, apart, step, min(self.known, self.learn))
        if not learned:
            return None
        drifts = abs(self.mean - self.usual)
        after = max(sum(drifts > limit for limit in (2, 4)), min(self.level, sum(drifts > limit for limit in (1, 4))))
        before, self.level = self.level, after
        return after if after != before else None

    @staticmethod
    def moved(mean: float, value: float, step: float, weight: float) -> float:
        return mean + (step / weight if weight > 0 else 1.0) * (value - mean)


@st.composite
def crowds(draw: st.DrawFn) -> list[Row]:
    """Draw readings of five sensors, of which the first moves away in the end."""
    rows = draw(streams())
    moves = draw(st.sampled_from([0, 8, 12]))
    crowd = [(1 + place % 5, place // 4, value % 3, quality) for place, (_, _, value, quality) in enumerate(rows * 6)]
    return [
        (number, seconds, value + (moves if number == 1 and place > len(crowd) // 2 else 0), quality)
        for place, (number, seconds, value, quality) in enumerate(crowd)
    ]


def drifted(rows: list[Row], places: list[int]) -> list[AlarmTransition]:
    extra = "same: site\n    within: 10s\n    memory: 5.12s\n    learn: 12s"
    city = context(book(drift("{notice: {drifts: 2, clear: 1}, major: {drifts: 4}}", extra, "m")), row_of(5))
    return judged(city, rows, places)


def one_by_one(rows: list[Row]) -> list[tuple[int, int, int]]:
    """Return sensor, seconds and level of each change."""
    models = {number: Model(number) for number in range(1, 6)}
    newest: dict[int, tuple[float, float]] = {}
    changes = []
    for number, seconds, value, quality in rows:
        if quality & (UNTRUSTED | Quality.DUPLICATE | Quality.LATE):
            continue
        after = models[number].judge(seconds, value, newest)
        newest[number] = (seconds, value)
        if after is not None:
            changes.append((number, seconds, after))
    return changes


@settings(max_examples=15)
@given(crowds(), st.lists(st.integers(0, 600), max_size=8))
def test_drift_agrees_with_judging_one_by_one_however_batches_are_cut(rows: list[Row], places: list[int]) -> None:
    transitions = drifted(rows, places)

    seen = [
        (
            int(one.target.removeprefix("level-")),
            (one.time_ns - START_NS) // SECOND_NS,
            0 if one.change == "cleared" else int(one.level),
        )
        for one in transitions
    ]
    assert seen == one_by_one(rows)
    assert drifted(rows, []) == transitions
