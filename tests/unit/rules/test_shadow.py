"""A rule goes into shadow, or comes out of it, with all its state; what stands open ends there and begins here."""

import json

import pytest

from city.alarm import AlarmTransition, Change, Shadow
from city.entry import Connection, Tick
from rules.states import AlarmStates
from rules.summary import summaries
from tests.support.judging import Bench, at, book, context, readings, rule, sensor

LEVELS = "{notice: {above: 3, clear: 2}, major: {above: 10, clear: 8, hold: 10s}}"
LIVE = rule(LEVELS)
SHADOW = rule(LEVELS, extra="shadow: true")
SENSORS = [sensor(1), sensor(2)]


def told(transitions: list[AlarmTransition]) -> list[tuple[str, str, str, bool]]:
    return [(one.target, one.change.value, one.level.word, one.response.shadow is not None) for one in transitions]


def burning(*rules: str) -> Bench:
    """Return an engine with a notice open on sensor 1, whose hold towards major runs."""
    bench = Bench()
    bench.feed(context(book(*rules), SENSORS), readings((1, 0, 0.12), (2, 0, 0.01)))
    return bench


@pytest.mark.parametrize(
    ("before", "after", "shadow", "words"),
    [
        pytest.param(SHADOW, LIVE, True, "the rule came out of shadow", id="out of shadow"),
        pytest.param(LIVE, SHADOW, False, "the rule runs in shadow", id="into shadow"),
    ],
)
def test_open_alarm_ends_as_it_was_and_begins_as_it_is(before: str, after: str, *, shadow: bool, words: str) -> None:
    ended, begun = burning(before).feed(context(book(after), SENSORS, seconds=5))

    assert told([ended, begun]) == [
        ("level-1", "cleared", "notice", shadow),
        ("level-1", "raised", "notice", not shadow),
    ]
    assert ended.alarm != begun.alarm
    assert (begun.time_ns, begun.arrival_ns) == (at(0), at(5))  # it burns since then, and is told of now
    assert json.loads(ended.evidence) == {"cleared": words}
    assert json.loads(begun.evidence)["switched"] == words


def test_hold_goes_on_when_a_rule_comes_out_of_shadow() -> None:
    bench = burning(SHADOW)
    bench.feed(context(book(LIVE), SENSORS, seconds=5))

    assert told(bench.feed(readings((1, 10, 0.12)))) == [("level-1", "risen", "major", False)]


def test_nothing_is_said_when_only_what_it_is_compared_with_changes() -> None:
    bench = burning(LIVE.replace("flood", "wet"), SHADOW)

    assert (
        bench.feed(context(book(LIVE.replace("flood", "wet"), SHADOW.replace("true", "{against: wet}")), SENSORS)) == []
    )


def test_switched_twice_every_alarm_has_a_name_of_its_own() -> None:
    bench = burning(SHADOW)
    switched = [
        one
        for seconds, written in enumerate((LIVE, SHADOW, LIVE), start=1)
        for one in bench.feed(context(book(written), SENSORS, seconds=seconds))
    ]
    cleared = bench.feed(readings((1, 60, 0.0)))

    assert len({one.alarm for one in switched}) == 4
    assert len({one.id for one in (*switched, *cleared)}) == 7
    assert cleared[0].alarm == switched[-1].alarm


def test_silence_rule_is_switched_too() -> None:
    bench = Bench()
    quiet = rule("{major: {intervals: 1}}", name="quiet", kind="silence")
    bench.feed(context(book(quiet.replace("levels:", "shadow: true\n    levels:")), [sensor(1, interval_s=2.0)]))
    bench.feed(Connection(at(0), listening=True), *(Tick(at(second)) for second in range(1, 5)))

    switched = bench.feed(context(book(quiet), [sensor(1, interval_s=2.0)], seconds=5))

    assert [one.change for one in switched] == [Change.CLEARED, Change.RAISED]
    assert [one.response.shadow for one in switched] == [Shadow(), None]


def test_live_map_shows_nothing_of_a_rule_in_shadow() -> None:
    bench, states = Bench(), AlarmStates()
    bench.feed(context(book(SHADOW), SENSORS))
    states.apply(bench.feed(readings((1, 0, 0.12))))
    of_start = AlarmStates(bench.engine.open_alarms()).states()
    states.apply(bench.feed(context(book(LIVE), SENSORS, seconds=1)))

    assert of_start == {}
    assert states.states() == {"level-1": "notice"}


def test_summary_says_that_a_rule_is_in_shadow_and_which_line_puts_it_in_force() -> None:
    bench = Bench()
    bench.feed(context(book(LIVE.replace("flood", "wet"), SHADOW.replace("true", "{against: wet}")), SENSORS))

    live, shadow = summaries(bench.engine)

    assert (live.shadow, shadow.shadow) == (None, Shadow("wet"))
    assert shadow.switch == f"{shadow.file}:{shadow.line + 6}"
