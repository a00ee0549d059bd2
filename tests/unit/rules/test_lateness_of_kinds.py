"""Disorder within the lateness leaves no trace, under every kind that judges one sensor by itself."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition
from city.entry import Arrivals, Entry, Tick
from city.quality import Quality
from city.reading import ReadingBatch
from rules.book import read_book
from rules.faults import BadRuleBook
from tests.support.judging import CATALOGUE, Bench, at, book, context, rule, sensor

LATENESS = "lateness: 5s"

#: A rule of each way in which a kind judges the readings of one series by themselves.
OF_ONE_SERIES: dict[str, dict[str, str]] = {
    "held": {"levels": "{notice: {above: 40, clear: 30, hold: 4s}, major: {above: 80, hold: 3s}}"},
    "rising": {"levels": "{notice: {rises: 40, clear: 20}}", "extra": "over: 10s"},
    "hanging": {
        "levels": "{notice: {flat: 31s}}",
        "kind": "stuck",
        "select": "{quantity: water_level}",
        "extra": "tolerance: 0.6",
    },
    "jumping": {
        "levels": "{notice: {steps: 0.4}}",
        "kind": "stuck",
        "select": "{quantity: water_level}",
        "extra": "per: 2s\n    remembered: 10s",
    },
    "reckoned": {
        "levels": "{notice: {above: 0.2, hold: 3s}}",
        "kind": "expression",
        "extra": "values: {x: {quantity: water_level}}\n    expression: x * x\n    same: sensor\n    within: 20s",
    },
    "usual": {
        "levels": "{notice: {score: 1.0}}",
        "kind": "baseline",
        "select": "{quantity: water_level}",
        "extra": "warm_up: 1m",
    },
}

SENSORS = [sensor(1), sensor(2)]
LAST = 170

#: When it was made and when it came, in seconds; the sensor; the value in metres.
Said = tuple[int, int, int, float]


def rules(lateness: str) -> list[str]:
    return [
        rule(**{"name": name, **how, "extra": "\n    ".join(filter(None, (lateness, how.get("extra", ""))))})
        for name, how in OF_ONE_SERIES.items()
    ]


def stream(seed: int) -> list[Said]:
    """Return what two sensors say about once in two seconds, each reading up to five seconds late."""
    dice, said = random.Random(seed), list[Said]()
    for number in (1, 2):
        level, made = 0.3, 0
        while made < LAST - 20:
            level = level if dice.random() < 0.3 else min(1.0, max(0.0, level + dice.gauss(0, 0.25)))
            said.append((made, made + dice.randint(0, 5), number, round(level, 3)))
            made += dice.randint(1, 3)
    return said


def entries(said: Sequence[Said]) -> list[Entry]:
    """Return readings as ingest hands them on, marked late where they are, with a tick a second."""
    newest: dict[int, int] = {}
    found: list[Entry] = []
    coming = sorted(said, key=lambda one: one[1])
    for second in range(LAST + 1):
        rows = []
        while coming and coming[0][1] <= second:
            made, came, number, value = coming.pop(0)
            flag = Quality.LATE if made < newest.get(number, -1) else Quality.GOOD
            newest[number] = max(newest.get(number, -1), made)
            rows.append((number, 1, at(made), at(came), value, int(flag)))
        found += [Arrivals(ReadingBatch.of(rows))] if rows else []
        found.append(Tick(at(second)))
    return found


def told(transitions: Sequence[AlarmTransition]) -> list[tuple[object, ...]]:
    return sorted(
        (one.rule, one.target, one.time_ns, one.change, one.level, one.value, one.late) for one in transitions
    )


def judged(said: Sequence[Said], lateness: str) -> list[tuple[object, ...]]:
    bench = Bench()
    bench.feed(context(book(*rules(lateness)), SENSORS))
    return told(bench.feed(*entries(said)))


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_disorder_within_the_lateness_changes_no_alarm_of_any_kind(seed: int) -> None:
    said = stream(seed)
    in_order = [(made, made, number, value) for made, _, number, value in said]

    assert judged(said, LATENESS) == judged(in_order, "")


def test_the_streams_raise_every_rule_and_disorder_would_change_that() -> None:
    streams = [stream(seed) for seed in range(3)]
    found = [judged(said, LATENESS) for said in streams]

    assert {one[0] for some in found for one in some} == set(OF_ONE_SERIES)
    assert [judged(said, "") for said in streams] != found


@pytest.mark.parametrize(
    ("kind", "extra"),
    [
        pytest.param("expression", OF_ONE_SERIES["reckoned"]["extra"], id="expression"),
        pytest.param("count", "event: knock\n    same: sensor\n    within: 1m", id="events count readings' steps too"),
    ],
)
def test_every_kind_but_silence_may_wait(kind: str, extra: str) -> None:
    levels = "{notice: {above: 1}}" if kind == "expression" else "{notice: {at_least: 1}}"

    (read,) = read_book(book(rule(levels, kind=kind, extra=f"{extra}\n    {LATENESS}")), CATALOGUE).rules

    assert read.lateness_ns == at(5) - at(0)


def test_silence_has_nothing_to_wait_for() -> None:
    with pytest.raises(BadRuleBook, match="lateness"):
        read_book(book(rule("{notice: {intervals: 3}}", kind="silence", extra=LATENESS)), CATALOGUE)
