"""Disorder within the lateness leaves no trace, under every kind: what is judged is the order of the sensors' time."""

import json
import random
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition
from city.entry import Arrivals, Connection, Entry, SensorEvent, Tick
from city.quality import Quality
from city.reading import ReadingBatch
from rules.book import read_book
from rules.faults import BadRuleBook
from rules.kinds import KINDS
from rules.lateness import NEVER_WAITING
from tests.support.judging import CATALOGUE, Bench, at, book, context, rule, sensor
from tests.support.judging_run import RULES

LATENESS_S = 5

#: What counts and follows by events, which the stream of all kinds has none of.
OF_EVENTS = (
    rule(
        "{notice: {at_least: 3, hold: 2s}, major: {at_least: 5}}",
        name="knocks",
        kind="count",
        extra="event: knock\n    confidence: 0.5\n    same: site\n    within: 12s",
    ),
    rule(
        "{notice: {at_least: 1}, major: {at_least: 3}}",
        name="unanswered",
        kind="sequence",
        extra="event: knock\n    without: {select: {domain: environment}, event: answer}\n"
        "    same: site\n    within: 8s",
    ),
    rule(
        "{notice: {at_least: 1}, major: {at_least: 2}}",
        name="knock-then-water",
        kind="sequence",
        extra="event: knock\n    then: [{select: {quantity: water_level}, each: {above: 0.6}}]\n"
        "    same: site\n    within: 10s",
    ),
)

#: Rules that wait already do so for as long as all others here.
WAITING = tuple(
    one.replace("lateness: 4s", "").replace("    source:", f"    lateness: {LATENESS_S}s\n    source:", 1)
    for one in (*RULES, *OF_EVENTS)
    if not any(f"kind: {kind}" in one for kind in NEVER_WAITING)
)
#: Five of one site, of which each has the neighbours that it needs, and two of another.
SENSORS = [sensor(number, interval_s=2.0, site=f"site-{number % 4}") for number in (1, 5, 9, 13, 17, 2, 6)]
#: Drifts are learned for 90 s, habits for a minute and 50 readings.
BEGINS, LAST = -4 * LATENESS_S, 150


class Said(NamedTuple):
    """When it was made, in seconds, by whom, and what: an event, or a value (in m) that may be beyond range."""

    made: float
    number: int
    event: str
    value: float
    quality: Quality

    def row(self, came: float) -> tuple[int, int, int, int, float, int]:
        return self.number, 1, at(self.made), at(came), self.value, int(self.quality)

    def told(self, came: float) -> SensorEvent:
        return SensorEvent(self.number, self.event, at(self.made), at(came), f'{{"confidence": {self.value}}}')


def stream(seed: int) -> list[Said]:
    """Return what seven sensors say about once a second each, in the order in which they say it."""
    dice, said = random.Random(seed), list[Said]()
    for one in SENSORS:
        level, made = 0.3, dice.random()
        while made < LAST - 3 * LATENESS_S:
            level = min(1.0, max(0.0, level if dice.random() < 0.3 else level + dice.gauss(0, 0.2)))
            drowned = dice.random() < 0.05
            event = dice.choice(["knock", "knock", "answer"]) if dice.random() < 0.1 else ""
            quality = Quality.OUT_OF_RANGE if drowned and not event else Quality.GOOD
            said.append(Said(round(made, 1), one.number, event, 9.9 if drowned else round(level, 3), quality))
            # Now and then one is silent for longer than three intervals.
            made += dice.uniform(7, 9) if dice.random() < 0.02 else dice.choice([0.6, 0.9, 1.2, 1.5])
    return sorted(said)


def entries(came: Iterable[tuple[float, Said]]) -> list[Entry]:
    """Return what came when as ingest hands it on, marked late where it is, with a tick a second."""
    newest: dict[int, float] = {}
    found: list[Entry] = [Connection(at(BEGINS - 1), listening=True)]
    coming = sorted(came, key=lambda one: one[0])
    for second in range(BEGINS, LAST + 1):
        rows, events = [], []
        while coming and coming[0][0] <= second:
            when, one = coming.pop(0)
            if one.event:
                events.append(one.told(when))
                continue
            late = Quality.LATE if one.made < newest.get(one.number, BEGINS) else Quality.GOOD
            newest[one.number] = max(newest.get(one.number, BEGINS), one.made)
            rows.append(one._replace(quality=one.quality | late).row(when))
        found += [Arrivals(ReadingBatch.of(rows), tuple(events))] if rows or events else []
        found.append(Tick(at(second)))
    return found


def without_arrivals(evidence: object) -> object:
    """Return evidence without what says when it came."""
    if isinstance(evidence, dict):
        return {key: without_arrivals(value) for key, value in evidence.items() if key != "arrival"}
    return [without_arrivals(one) for one in evidence] if isinstance(evidence, list) else evidence


def told(transitions: Iterable[AlarmTransition]) -> list[tuple[object, ...]]:
    return [
        (
            *(one.id, one.rule, one.target, one.time_ns, one.change, one.level, one.value, one.late, one.unconfirmed),
            without_arrivals(json.loads(one.evidence)),
        )
        for one in sorted(transitions, key=lambda one: (one.rule, one.target, one.time_ns, one.id))
    ]


def judged(said: Sequence[Said], came: Sequence[float], rules: Sequence[str] = WAITING) -> list[AlarmTransition]:
    """Judge what came when, tick by tick."""
    bench = Bench()
    bench.feed(context(book(*rules), SENSORS, seconds=BEGINS - 1))
    return bench.feed(*entries(zip(came, said, strict=True)))


def leapt(said: Sequence[Said]) -> list[AlarmTransition]:
    """Judge what came in order, in leaps, which cost less."""
    bench = Bench()
    connection, *rest = entries((one.made, one) for one in said)
    bench.feed(context(book(*WAITING), SENSORS, seconds=BEGINS - 1), connection)
    came = [one for one in rest if isinstance(one, Arrivals)]
    readings = ReadingBatch.concatenate([one.readings for one in came])
    return bench.engine.leap(Arrivals(readings, tuple(event for one in came for event in one.events)), at(LAST))


def disordered(seed: int, said: Sequence[Said]) -> list[float]:
    """Return when each came, so that who overtook whom did so within the lateness; clocks may be ahead by as much."""
    dice = random.Random(seed)
    ahead = dice.choice([0, 0, 2, LATENESS_S])
    return [one.made - ahead + dice.uniform(0, LATENESS_S) for one in said]


@pytest.mark.timeout(120)
@settings(max_examples=2)
@given(seed=st.integers(0, 10_000))
def test_disorder_within_the_lateness_changes_nothing_of_any_alarm(seed: int) -> None:
    said = stream(seed)

    found = told(judged(said, disordered(seed, said)))

    assert found == told(leapt(said))


def test_the_stream_raises_every_rule_and_disorder_would_change_each() -> None:
    said = stream(1)
    came = disordered(1, said)
    prompt = [one.replace(f"    lateness: {LATENESS_S}s\n", "", 1) for one in WAITING]

    in_order, out_of_order = (told(judged(said, when, prompt)) for when in ([one.made for one in said], came))

    rules = {one.split("id: ")[1].split()[0] for one in WAITING}
    assert {one[1] for one in in_order} == rules
    for name in rules:
        assert [one for one in in_order if one[1] == name] != [one for one in out_of_order if one[1] == name], name


def test_every_kind_is_judged_here_but_those_that_never_wait() -> None:
    read = read_book(book(*WAITING), CATALOGUE).rules

    assert {one.kind for one in read} == set(KINDS) - set(NEVER_WAITING)
    assert {one.lateness_ns for one in read} == {at(LATENESS_S) - at(0)}


def test_silence_has_nothing_to_wait_for() -> None:
    with pytest.raises(BadRuleBook, match="lateness"):
        read_book(book(rule("{notice: {intervals: 3}}", kind="silence", extra="lateness: 5s")), CATALOGUE)
