import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition
from city.clock import SECOND_NS, iso
from city.entry import NumberedSensor
from city.quality import UNTRUSTED, Quality
from tests.support.judging import START_NS, Bench, at, book, context, readings, rule, sensor
from tests.unit.rules.test_engine import Row, cuts, judged, streams

INSIDE = [sensor(number, site="tunnel", tags=frozenset({"inside"})) for number in (1, 2)]
OUTSIDE = [sensor(number, site="tunnel", tags=frozenset({"outside"})) for number in (3, 4)]
LEVELS = "{notice: {above: 5, clear: 2}, major: {above: 10}}"


def extra(more: str = "", *, same: str = "site", within: str = "10m") -> str:
    against = "against: {quantity: water_level, tags: [outside]}"
    return f"{against}\n    same: {same}\n    within: {within}\n    {more}"


def compared(levels: str = LEVELS, more: str = "", unit: str = "cm") -> str:
    select = "{quantity: water_level, tags: [inside]}"
    return rule(levels, kind="compare", unit=unit, select=select, extra=extra(more))


def started(levels: str = LEVELS, more: str = "", sensors: list[NumberedSensor] | None = None) -> Bench:
    bench = Bench()
    bench.feed(context(book(compared(levels, more)), [*INSIDE, *OUTSIDE] if sensors is None else sensors))
    return bench


def told(transitions: list[AlarmTransition]) -> list[tuple[str, str, str, float | None]]:
    return [
        (one.target, one.change.value, one.level.word, None if one.value is None else round(one.value, 6))
        for one in transitions
    ]


@pytest.mark.parametrize(
    ("levels", "more", "rows", "expected"),
    [
        pytest.param(LEVELS, "", [(1, 0, 0.5)], [], id="nobody to compare with"),
        pytest.param(LEVELS, "", [(1, 0, 0.5), (3, 1, 0.44)], [("raised", "notice", 0.06)], id="by either side"),
        pytest.param(LEVELS, "", [(3, 0, 0.5), (1, 1, 0.44)], [], id="the other way round"),
        pytest.param(
            LEVELS,
            "",
            [(1, 0, 0.2), (2, 1, 0.4), (3, 2, 0.2), (4, 3, 0.28)],
            [("raised", "notice", 0.1)],
            id="means of several",
        ),
        pytest.param(
            LEVELS,
            "take: max\n    take_against: min",
            [(1, 0, 0.2), (2, 1, 0.4), (3, 2, 0.2), (4, 3, 0.38)],
            [("raised", "major", 0.2)],
            id="most against least",
        ),
        pytest.param(LEVELS, "", [(1, 0, 0.5), (3, 601, 0.4)], [], id="too old to compare"),
        pytest.param(
            "{notice: {outside: [-5, 5]}}",
            "",
            [(1, 0, 0.1), (3, 1, 0.3)],
            [("raised", "notice", -0.2)],
            id="either way",
        ),
    ],
)
def test_compare_follows_its_timeline(
    levels: str, more: str, rows: list[tuple[int, float, float]], expected: list[tuple[str, str, float]]
) -> None:
    bench = started(levels, more)

    transitions = [transition for row in rows for transition in bench.feed(readings(row))]

    assert [one for one in told(transitions) if one[1] != "cleared"] == [("tunnel", *one) for one in expected]


def test_compare_by_ratio_has_no_unit_and_passes_over_nothing() -> None:
    bench = started("{notice: {above: 2}}", "as: ratio")

    transitions = bench.feed(readings((1, 0, 0.6), (3, 1, 0), (3, 2, 0.2)))

    assert told(transitions) == [("tunnel", "raised", "notice", 3)]
    assert transitions[0].unit == ""


def test_compare_says_both_sides() -> None:
    (raised,) = started().feed(readings((1, 0, 0.3), (2, 0, 0.48), (3, 1, 0.3)))

    evidence = json.loads(raised.evidence)
    assert evidence["one"] == {"value": pytest.approx(0.39), "sensors": 2, "oldest": iso(START_NS)}
    assert evidence["other"] == {"value": 0.3, "sensors": 1, "oldest": iso(at(1))}
    assert (evidence["reading"]["sensor"], evidence["reading"]["value"]) == (OUTSIDE[0].sensor.id, 0.3)
    assert (raised.limit, raised.unit) == (0.05, "m")


def test_compare_of_two_quantities_of_one_sensor() -> None:
    bench = Bench()
    select, against = "{quantity: water_level}", "against: {quantity: temperature}"
    written = rule(
        "{notice: {above: 2}}",
        kind="compare",
        unit="",
        select=select,
        extra=f"{against}\n    same: sensor\n    within: 1m\n    as: ratio",
    )
    bench.feed(context(book(written), INSIDE))

    transitions = bench.feed(readings((1, 0, 6)), readings((1, 1, 2), (2, 1, 1), quantity=2))

    assert told(transitions) == [("level-1", "raised", "notice", 3)]


def test_compare_keeps_what_it_knows_over_a_new_book() -> None:
    bench = started()
    bench.feed(readings((1, 0, 0.5)))
    files = book(rule("{notice: {above: 90}}", name="other"), compared())

    transitions = bench.feed(context(files, [*INSIDE, *OUTSIDE], seconds=5), readings((3, 6, 0.44)))

    assert told(transitions) == [("tunnel", "raised", "notice", 0.06)]


SIDES = {1: 0, 2: 0, 3: 1}


def one_by_one(rows: list[Row], within_s: int) -> list[tuple[int, int]]:
    """Judge as one would for one reading at a time: (seconds, level) where the level changes.

    What was taken when a level was raised, or came since, keeps it, however old it is.
    """
    newest: dict[int, tuple[int, float]] = {}
    clock, level, raised = 0, 0, -1.0
    changes = []
    for number, seconds, value, quality in rows:
        if quality & (UNTRUSTED | Quality.DUPLICATE | Quality.LATE):
            continue
        newest[number], clock = (seconds, value), max(clock, seconds)
        apart = difference(newest, clock - within_s)
        if apart is None:
            continue
        keeping = difference(newest, min(clock, raised) - within_s) if level else apart
        assert keeping is not None
        met, kept = sum(apart > limit for limit in (2, 6)), sum(keeping > clear for clear in (1, 6))
        after = max(met, min(level, kept))
        if after != level:
            raised = raised if level else max(clock, raised + 1e-9)
            level = after
            changes.append((clock, level))
    return changes


def difference(newest: dict[int, tuple[int, float]], since: float) -> float | None:
    """Return the mean of one side less the most of the other, of what was said since; None where one said nothing."""
    said: tuple[list[float], list[float]] = ([], [])
    for one, (then, value) in newest.items():
        if then >= since:
            said[SIDES[one]].append(value)
    return sum(said[0]) / len(said[0]) - max(said[1]) if said[0] and said[1] else None


def apart(rows: list[Row], places: list[int], within_s: int) -> list[AlarmTransition]:
    against = "against: {quantity: water_level, tags: [outside]}\n    take_against: max"
    select = "{quantity: water_level, tags: [inside]}"
    how = f"{against}\n    same: site\n    within: {within_s}s"
    written = rule(
        "{notice: {above: 2, clear: 1}, major: {above: 6}}", kind="compare", unit="", select=select, extra=how
    )
    return judged(context(book(written), [*INSIDE, OUTSIDE[0]]), rows, places)


@settings(max_examples=60)
@given(streams(), cuts, st.integers(1, 20))
def test_compare_agrees_with_comparing_one_by_one(rows: list[Row], places: list[int], within_s: int) -> None:
    transitions = apart(rows, places, within_s)

    seen = [
        ((one.time_ns - START_NS) // SECOND_NS, 0 if one.change == "cleared" else int(one.level)) for one in transitions
    ]
    assert seen == one_by_one(rows, within_s)


@settings(max_examples=40)
@given(streams(), cuts, st.integers(1, 20))
def test_compare_gives_the_same_however_batches_are_cut(rows: list[Row], places: list[int], within_s: int) -> None:
    assert apart(rows, places, within_s) == apart(rows, [], within_s)
