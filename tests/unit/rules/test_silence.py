import json
from datetime import date

import pytest

from city.clock import SECOND_NS
from city.entry import Connection, Entry, SensorEvent, Tick
from city.quality import Quality
from tests.support.judging import START_NS, Bench, at, book, context, readings, rule, sensor

QUIET = rule("{notice: {intervals: 3}, major: {intervals: 6}}", name="quiet", kind="silence")


def ticks(first: int, last: int) -> list[Entry]:
    return [Tick(at(second)) for second in range(first, last + 1)]


def listening(seconds: float, *, on: bool = True) -> Entry:
    return Connection(at(seconds), listening=on)


def heard(seconds: float, quality: Quality = Quality.GOOD) -> Entry:
    return readings((1, seconds, 0.0, quality))


def timeline(*entries: Entry, **changes: object) -> list[tuple[float, str, str]]:
    """Feed entries to a sensor that promised a reading every 2 seconds; return (seconds, change, level)."""
    bench = Bench()
    bench.feed(context(book(QUIET), [sensor(1, **{"interval_s": 2.0, **changes})]))
    return [
        ((transition.time_ns - START_NS) / SECOND_NS, transition.change.value, transition.level.word)
        for transition in bench.feed(*entries)
    ]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param(
            [listening(0), *ticks(1, 20)], [(6, "raised", "notice"), (12, "risen", "major")], id="never heard at all"
        ),
        pytest.param(
            [listening(0), *ticks(1, 3), heard(3.5), *ticks(4, 9), *ticks(10, 10)],
            [(10, "raised", "notice")],
            id="timed from the last word",
        ),
        pytest.param(
            [listening(0), *ticks(1, 7), heard(7.5), *ticks(8, 9)],
            [(6, "raised", "notice"), (8, "cleared", "notice")],
            id="cleared at the tick after a word",
        ),
        pytest.param(
            [listening(0), *ticks(1, 5), heard(5.5, Quality.BAD), *ticks(6, 9)],
            [],
            id="a bad reading is a word",
        ),
        pytest.param(
            [listening(0), *ticks(1, 5), heard(5.5, Quality.DERIVED), *ticks(6, 7)],
            [(6, "raised", "notice")],
            id="a derived reading is no word",
        ),
        pytest.param([*ticks(1, 60)], [], id="nobody listens, nobody is silent"),
        pytest.param(
            [listening(0), *ticks(1, 5), listening(5, on=False), *ticks(6, 60), listening(60.0), *ticks(61, 62)],
            [(61, "raised", "notice")],
            id="our own outage does not count",
        ),
        pytest.param(
            [listening(0), *ticks(1, 5), Tick(at(3600)), Tick(at(3601))],
            [(3601, "raised", "notice")],
            id="time in which nobody ticked does not count",
        ),
        pytest.param([listening(0), *ticks(1, 3), *ticks(1, 5)], [(4, "raised", "notice")], id="a clock set back"),
    ],
)
def test_silence_follows_its_timeline(entries: list[Entry], expected: list[tuple[float, str, str]]) -> None:
    assert timeline(*entries) == expected


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"interval_s": None}, id="one that speaks on change"),
        pytest.param({"recorded": True}, id="a recording"),
        pytest.param({"installed": date(2099, 1, 1)}, id="one not installed yet"),
    ],
)
def test_silence_exempts(changes: dict[str, object]) -> None:
    assert timeline(listening(0), *ticks(1, 60), **changes) == []


def test_silence_begins_with_installation() -> None:
    midnight = 1_790_035_200 - START_NS // SECOND_NS  # 2026-09-22T00:00:00Z, seen from the start of these timelines

    transitions = timeline(listening(midnight - 60), *ticks(midnight - 59, midnight + 7), installed=date(2026, 9, 22))

    assert transitions == [(midnight + 5, "raised", "notice")]


def test_silence_is_broken_by_an_event() -> None:
    bench = Bench()
    bench.feed(context(book(QUIET), [sensor(1, interval_s=2.0)]), listening(0), *ticks(1, 5))
    spoken = readings()
    event = SensorEvent(1, "intrusion", at(5.5), at(5.5))

    transitions = bench.feed(type(spoken)(spoken.readings, events=(event,)), *ticks(6, 9))

    assert transitions == []


def test_silence_says_when_the_sensor_was_last_heard() -> None:
    bench = Bench()
    bench.feed(context(book(QUIET), [sensor(1, interval_s=2.0), sensor(2, interval_s=2.0)]), listening(0))

    one, two = bench.feed(heard(0.5), *ticks(1, 7))[::-1]

    assert (one.target, two.target) == ("level-1", "level-2")
    assert json.loads(one.evidence)["last_heard"] == "2026-09-21T14:13:20.500Z"
    assert json.loads(two.evidence)["last_heard"] is None
    assert (one.value, one.limit, one.unit) == (6.5, 6.0, "s")


def test_silence_keeps_its_timers_in_a_new_context() -> None:
    bench = Bench()
    files, sensors = book(QUIET), [sensor(1, interval_s=2.0)]
    bench.feed(context(files, sensors), listening(0), *ticks(1, 4))

    grown = context(files, [*sensors, sensor(2, interval_s=2.0)], seconds=4.5)
    transitions = bench.feed(grown, *ticks(5, 8))

    assert [(transition.target, transition.time_ns) for transition in transitions] == [("level-1", at(6))]


def test_silence_counts_within_the_hours_of_its_rule() -> None:
    bench = Bench()
    written = rule("{notice: {intervals: 3}}", name="quiet", kind="silence", extra="when: {hours: ['22:20-22:30']}")
    bench.feed(context(book(written), [sensor(1)]), Connection(at(0), listening=True))

    # The bench begins at 22:13:20; three minutes of silence count from 22:20 on, and no more from 22:30.
    transitions = bench.feed(*(Tick(at(second)) for second in range(1, 1100)))

    assert [(one.change.value, one.time_ns) for one in transitions] == [("raised", at(580)), ("cleared", at(1000))]
    assert '"schedule"' in transitions[0].evidence
