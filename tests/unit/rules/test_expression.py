import json

import pytest
from hypothesis import given, settings

from city.alarm import AlarmTransition, Lane
from city.clock import SECOND_NS, iso
from city.errors import BadCityFile
from city.quality import UNTRUSTED, Quality
from rules.book import read_book
from tests.support.judging import CATALOGUE, START_NS, Bench, at, book, context, readings, rule, sensor
from tests.unit.rules.test_engine import Row, cuts, judged, streams

SENSORS = [sensor(number, site="tunnel", tags=frozenset({f"side-{number % 2}"})) for number in (1, 2, 3)]
VALUES = "{level: {quantity: water_level, unit: cm}, heat: {quantity: temperature}}"


def written(
    formula: str, values: str = VALUES, levels: str = "{notice: {above: 5, clear: 3}}", same: str = "sensor"
) -> str:
    extra = f"values: {values}\n    expression: {json.dumps(formula)}\n    same: {same}\n    within: 10s"
    return rule(levels, name="mixed", kind="expression", extra=extra)


def started(formula: str, **how: str) -> Bench:
    bench = Bench()
    bench.feed(context(book(written(formula, **how)), SENSORS))
    return bench


def test_expression_judges_named_values_of_one_sensor_in_the_units_it_says() -> None:
    bench = started("level / heat")

    raised, cleared = bench.feed(
        readings((1, 0, 0.6), (2, 0, 9.0)), readings((1, 1, 10.0), quantity=2), readings((1, 2, 0.3))
    )

    assert [(one.target, one.change, one.value) for one in (raised, cleared)] == [
        ("level-1", "raised", 6),
        ("level-1", "cleared", 3),
    ]
    assert raised.response.lane is Lane.CITY


def test_expression_says_what_each_value_was_and_when() -> None:
    (raised,) = started("level / heat").feed(readings((1, 0, 0.6)), readings((1, 1, 10.0), quantity=2))

    evidence = json.loads(raised.evidence)
    assert evidence["expression"] == "level / heat"
    assert evidence["values"]["level"] == {
        "quantity": "water_level",
        "value": 60,
        "sensors": 1,
        "oldest": iso(at(0)),
    }
    assert evidence["values"]["heat"]["value"] == 10


def test_expression_takes_several_sensors_of_a_place_as_it_is_told() -> None:
    values = "{odd: {quantity: water_level, tags: [side-1], take: max}, even: {quantity: water_level, tags: [side-0]}}"
    bench = started("if(even > 0, odd / even, 0)", values=values, same="site")

    (raised,) = bench.feed(readings((1, 0, 3.0), (3, 0, 6.0), (2, 1, 1.0)))

    assert (raised.target, raised.value) == ("tunnel", 6)


def test_expression_without_a_result_is_not_judged_and_counted() -> None:
    bench = started("level / heat")
    bench.feed(readings((1, 0, 0.6)))

    quiet = bench.feed(readings((1, 1, 0.0), (1, 2, 0.0), quantity=2))
    (raised,) = bench.feed(readings((1, 3, 10.0), quantity=2))
    kept = bench.feed(readings((1, 4, 0.0), quantity=2))

    assert quiet == kept == []
    assert json.loads(raised.evidence)["without_result"] == 2


def test_expression_that_never_had_a_result_says_so_when_it_is_asked() -> None:
    bench = started("level / heat")
    bench.engine.watch()
    bench.feed(readings((1, 0, 0.6)))
    bench.feed(readings((1, 1, 0.0), (1, 2, 0.0), quantity=2))
    (one,) = bench.engine.book.rules
    (never,) = bench.engine.standing(one, "level-1", at(3))
    bench.feed(readings((1, 3, 10.0), quantity=2), readings((1, 4, 0.0), quantity=2))
    (since,) = bench.engine.standing(one, "level-1", at(4))

    assert (never.value, never.evidence["without_result"]) == (None, 2)
    assert (since.value, since.evidence["without_result"]) == (6.0, 3)


def test_expression_waits_for_values_that_are_not_too_old() -> None:
    bench = started("level / heat")

    assert bench.feed(readings((1, 0, 0.6)), readings((1, 11, 10.0), quantity=2)) == []


@pytest.mark.parametrize(
    ("formula", "how", "expected", "got"),
    [
        (
            "level +",
            {},
            "one of `(`, `-`, a name, a number",
            "the end in line 1, column 8 of the expression",
        ),
        ("level + wind + heat", {}, "one of `level`, `heat`", "`wind` in line 1, column 9 of the expression"),
        ("level", {}, "`heat`, one of the `values`, in the expression", "level"),
        ("a", {"values": "{a: {domain: environment}}"}, "`quantity`", "nothing"),
        ("a", {"values": "{a: {quantity: wind}}"}, "a quantity of the catalogue", "wind"),
        ("a", {"values": "{a: {quantity: temperature, unit: cm}}"}, "a unit that converts to `°C`", "cm"),
        (
            "a",
            {"values": "{max: {quantity: temperature}}"},
            "a name of letters, digits and `_` that is no function",
            "max",
        ),
        ("a", {"values": "{}"}, "1 to 8 values", "0"),
    ],
)
def test_expression_refuses(formula: str, how: dict[str, str], expected: str, got: str) -> None:
    with pytest.raises(BadCityFile) as caught:
        read_book(book(written(formula, **how)), CATALOGUE)

    assert (caught.value.expected, caught.value.got) == (expected, got)
    assert caught.value.at.startswith("rules/test.yaml:")


def reckoned(rows: list[Row], places: list[int]) -> list[AlarmTransition]:
    values = "{one: {quantity: water_level, tags: [side-1], take: sum}, other: {quantity: water_level, tags: [side-0]}}"
    levels = "{notice: {above: 2, clear: 1}, major: {above: 4}}"
    return judged(context(book(written("one / other", values, levels, "site")), SENSORS), rows, places)


def one_by_one(rows: list[Row]) -> list[tuple[int, int]]:
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
        result = result_of(newest, clock - 10)
        if result is None:
            continue
        keeping = result_of(newest, min(clock, raised) - 10) if level else result
        keeping = result if keeping is None else keeping
        after = max(sum(result > limit for limit in (2, 4)), min(level, sum(keeping > limit for limit in (1, 4))))
        if after != level:
            raised = raised if level else max(clock, raised + 1e-9)
            level = after
            changes.append((clock, level))
    return changes


def result_of(newest: dict[int, tuple[int, float]], since: float) -> float | None:
    """Return what the formula makes of what was said since; None where it has no result."""
    fresh = {one: said for one, (then, said) in newest.items() if then >= since}
    odd = [said for one, said in fresh.items() if one % 2]
    return round(sum(odd) / fresh[2], 9) if odd and fresh.get(2) else None


@settings(max_examples=40)
@given(streams(), cuts)
def test_expression_agrees_with_one_by_one_however_batches_are_cut(rows: list[Row], places: list[int]) -> None:
    transitions = reckoned(rows, places)

    seen = [
        ((one.time_ns - START_NS) // SECOND_NS, 0 if one.change == "cleared" else int(one.level)) for one in transitions
    ]
    assert seen == one_by_one(rows)
    assert reckoned(rows, []) == transitions
