import json

import pytest

from city.alarm import AlarmTransition
from city.entry import Connection, NumberedSensor, Tick
from rules.book import read_book
from tests.support.judging import CATALOGUE, Bench, at, book, context, readings, rule, sensor

LEVELS = "{notice: {above: 3, clear: 2}, major: {above: 15}}"
EXCEPTIONS = """exceptions:
      - {select: {sensors: [level-2]}, source: under repair until spring, exempt: true}
      - {select: {tags: [deep]}, source: it lies 10 cm deeper, levels: {notice: {above: 13, clear: 12}}}
      - {select: {districts: [harbour]}, source: by word of the harbour, levels: {major: {above: 40}}}"""
SENSORS = [
    sensor(1),
    sensor(2, tags=frozenset({"deep"})),
    sensor(3, tags=frozenset({"deep"}), district="harbour"),
    sensor(4, district="harbour"),
]


def changes(transitions: list[AlarmTransition]) -> list[tuple[str, str, str]]:
    return [(one.target, one.change.value, one.level.word) for one in transitions]


def bench(exceptions: str = EXCEPTIONS, sensors: list[NumberedSensor] = SENSORS) -> Bench:
    started = Bench()
    started.feed(context(book(rule(LEVELS, extra=exceptions)), sensors))
    return started


def test_exceptions_judge_some_sensors_by_other_terms() -> None:
    transitions = bench().feed(readings(*((number, 0, 0.14) for number in (1, 2, 3, 4))))

    assert changes(transitions) == [
        ("level-1", "raised", "notice"),
        ("level-3", "raised", "notice"),
        ("level-4", "raised", "notice"),
    ]
    assert [one.limit for one in transitions] == [0.03, 0.13, 0.03]


def test_exceptions_replace_only_the_levels_they_name() -> None:
    transitions = bench().feed(readings(*((number, 0, 0.2) for number in (1, 2, 3, 4))))

    assert [level for _, _, level in changes(transitions)] == ["major", "major", "notice"]


@pytest.mark.parametrize(
    ("level", "held"),
    [
        pytest.param("{above: 13}", {"notice": "above 0.13 m for 5m", "major": "above 0.15 m"}, id="the rule's"),
        pytest.param(
            "{above: 13, hold: 0s}", {"notice": "above 0.13 m", "major": "above 0.15 m"}, id="none if it says so"
        ),
    ],
)
def test_an_exception_keeps_the_hold_unless_it_says_another(level: str, held: dict[str, str]) -> None:
    extra = f"exceptions: [{{select: {{tags: [deep]}}, source: it lies deeper, levels: {{notice: {level}}}}}]"
    levels = "{notice: {above: 3, clear: 2, hold: 5m}, major: {above: 15}}"

    (written,) = read_book(book(rule(levels, extra=extra)), CATALOGUE).rules
    (variant,) = written.exceptions

    assert variant.terms is not None
    assert {name: words.split(",")[0] for name, words in variant.terms.described().items()} == held


def test_exception_is_in_the_evidence() -> None:
    plain, excepted = bench().feed(readings((1, 0, 0.14), (3, 0, 0.14)))

    assert "exception" not in json.loads(plain.evidence)
    assert json.loads(excepted.evidence)["exception"] == "it lies 10 cm deeper"


def test_changed_exception_starts_only_its_own_sensors_anew() -> None:
    started = bench()
    started.feed(readings(*((number, 0, 0.14) for number in (1, 3, 4))))

    transitions = started.feed(
        context(book(rule(LEVELS, extra=EXCEPTIONS.replace("above: 13", "above: 14"))), SENSORS, seconds=5)
    )

    assert changes(transitions) == [("level-3", "cleared", "notice")]


def test_sensor_that_becomes_exempt_is_cleared() -> None:
    started = bench("")
    started.feed(readings((1, 0, 0.14), (2, 0, 0.14)))

    transitions = started.feed(context(book(rule(LEVELS, extra=EXCEPTIONS)), SENSORS, seconds=5))

    assert changes(transitions) == [("level-2", "cleared", "notice")]


@pytest.mark.parametrize(("seconds", "expected"), [(200, ["level-1"]), (400, ["level-1", "level-2"])])
def test_exceptions_hold_for_silence_too(seconds: int, expected: list[str]) -> None:
    slow = "exceptions: [{select: {sensors: [level-2]}, source: battery, levels: {notice: {intervals: 5}}}]"
    started = Bench()
    started.feed(context(book(rule("{notice: {intervals: 3}}", kind="silence", extra=slow)), SENSORS[:2]))

    transitions = started.feed(Connection(at(0), listening=True), *(Tick(at(second)) for second in range(1, seconds)))

    assert [one.target for one in transitions] == expected
