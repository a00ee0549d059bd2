import json
from dataclasses import replace

import pytest

from city.alarm import AlarmTransition
from city.entry import Connection, Tick
from city.place import Place
from tests.support.judging import Bench, at, book, context, readings, rule, sensor

FLOOD = rule("{notice: {above: 3, clear: 2, hold: 10s}, critical: {above: 27}}")
SENSORS = [sensor(1), sensor(2)]


def changes(transitions: list[AlarmTransition]) -> list[tuple[str, str, str]]:
    return [(transition.rule, transition.target, transition.change.value) for transition in transitions]


def flooded() -> Bench:
    """Return an engine with an alarm open on sensor 1, and a hold running on sensor 2."""
    bench = Bench()
    bench.feed(context(book(FLOOD), SENSORS), readings((1, 0, 0.3), (2, 0, 0.1)))
    return bench


def test_context_keeps_the_state_of_rules_that_judge_as_before() -> None:
    bench = flooded()
    renamed = FLOOD.replace("Flooding", "Water").replace(
        "priority: {notice: 4, critical: 3}", "priority: {notice: 3, critical: 1}"
    )

    transitions = bench.feed(
        context(book(rule("{notice: {above: 9}}", name="first"), renamed), [sensor(3), *SENSORS], seconds=5),
        readings((2, 10, 0.05), (1, 11, 0.01)),
    )

    assert changes(transitions) == [("flood", "level-2", "raised"), ("flood", "level-1", "cleared")]
    assert transitions[0].rule_name["en"] == "Water"
    assert transitions[0].response.priority == {"notice": 3, "critical": 1}


@pytest.mark.parametrize(
    ("files", "sensors"),
    [
        pytest.param(book(), SENSORS, id="the rule is gone"),
        pytest.param(book(FLOOD.replace("27", "28")), SENSORS, id="the rule has another limit"),
        pytest.param(book(FLOOD), [sensor(2)], id="the sensor is gone"),
        pytest.param(
            book(FLOOD), [sensor(1, quantities=("temperature",)), sensor(2)], id="the rule selects it no more"
        ),
    ],
)
def test_context_clears_what_nobody_judges_any_more(files: tuple[tuple[str, str], ...], sensors: list[object]) -> None:
    bench = flooded()

    (transition,) = bench.feed(context(files, sensors, seconds=5))  # type: ignore[arg-type]

    assert changes([transition]) == [("flood", "level-1", "cleared")]
    assert transition.time_ns == at(5)
    assert "cleared" in json.loads(transition.evidence)
    assert list(bench.engine.open_alarms()) == []


def test_context_with_a_bad_book_leaves_the_one_in_force() -> None:
    bench = flooded()

    nothing = bench.feed(context((("rules/test.yaml", "rules: 5"),), [*SENSORS, sensor(3)], seconds=5))
    transitions = bench.feed(readings((2, 10, 0.05), (3, 10, 0.3)))

    assert nothing == []
    assert changes(transitions) == [("flood", "level-2", "raised"), ("flood", "level-3", "raised")]
    assert bench.engine.book_error == "Expected a list, got `5` - at `rules/test.yaml:1`"


def test_context_with_a_good_book_again_forgets_the_mistake() -> None:
    bench = flooded()
    bench.feed(context((("rules/test.yaml", "rules: 5"),), SENSORS, seconds=5))

    bench.feed(context(book(FLOOD), SENSORS, seconds=6))

    assert bench.engine.book_error == ""


def test_book_that_names_no_series_leaves_the_rules_in_force_theirs() -> None:
    bench = flooded()

    bench.feed(replace(context((("rules/test.yaml", "rules: 5"),), SENSORS, seconds=5), quantities={}))

    assert changes(bench.feed(readings((2, 10, 0.3)))) == [("flood", "level-2", "raised")]


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        pytest.param("quantity: water_level", {1, 2, 3, 4}, id="all that may send it"),
        pytest.param("quantity: temperature", {2, 3, 4}, id="not those that list others"),
        pytest.param("quantity: water_level, domain: traffic", {2}, id="domain"),
        pytest.param("quantity: water_level, kinds: [gully]", {3}, id="kind"),
        pytest.param("quantity: water_level, districts: [harbour, hill]", {1, 2}, id="any of several districts"),
        pytest.param("quantity: water_level, sites: [tunnel]", {4}, id="site"),
        pytest.param("quantity: water_level, tags: [low, deep]", {1, 3}, id="any of several tags"),
        pytest.param("quantity: water_level, sensors: [level-2, level-9]", {2}, id="by name"),
        pytest.param("quantity: water_level, grids: ['990101']", {1, 3}, id="grids of one street"),
        pytest.param("quantity: water_level, classes: ['0103']", {2}, id="by the class of its component"),
        pytest.param("quantity: water_level, classes: ['01']", {2, 3}, id="by the main class"),
        pytest.param("quantity: water_level, upstreams: [gateway-1]", {4}, id="behind a gateway"),
        pytest.param("quantity: water_level, area: [[120, 30], [121, 30], [121, 31]]", {2}, id="within a polygon"),
        pytest.param("quantity: water_level, tags: [low], districts: [hill]", set(), id="every condition"),
    ],
)
def test_context_matches_sensors(select: str, expected: set[int]) -> None:
    bench = Bench()
    sensors = [
        sensor(1, district="harbour", tags=frozenset({"low"}), quantities=("water_level",), grid="990101001"),
        sensor(2, district="hill", domain="traffic", place=Place(120.8, 30.2), code="9901010103000001"),
        sensor(
            3,
            kind="gully",
            tags=frozenset({"deep", "old"}),
            grid="990101002",
            place=Place(120.2, 30.8),
            code="9901010106000001",
        ),
        sensor(4, site="tunnel", upstream="gateway-1", grid="990102001"),
    ]
    bench.feed(context(book(rule("{notice: {above: 3}}", unit="", select=f"{{{select}}}")), sensors))
    quantity = 2 if "temperature" in select else 1

    transitions = bench.feed(readings(*((number, 0, 5.0) for number in (1, 2, 3, 4, 5)), quantity=quantity))

    assert {transition.target for transition in transitions} == {f"level-{number}" for number in expected}


def test_context_without_rules_or_sensors_judges_nothing() -> None:
    bench = Bench()
    seen = readings((1, 0, 5.0))

    timed = (Connection(at(0), listening=True), Tick(at(1)))
    assert (
        bench.feed(seen, *timed, context(book(), SENSORS), seen, *timed, context(book(FLOOD), []), seen, *timed) == []
    )


def test_readings_of_other_quantities_and_strangers_are_passed_over() -> None:
    bench = flooded()

    assert (
        bench.feed(readings((1, 1, 0.0), quantity=2), readings((1, 1, 0.0), quantity=999), readings((999, 1, 9.0)))
        == []
    )
