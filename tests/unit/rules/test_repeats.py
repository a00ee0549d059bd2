"""An upload that is sent again, as gateways do that lost the answer, counts once."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition
from city.entry import Arrivals, Connection, SensorEvent, Tick
from city.reading import ReadingBatch
from tests.support.judging import Bench, at, book, context, rule, sensor

GATE = [sensor(number, site="gate") for number in (1, 2, 3)]
THREE = "{notice: {at_least: 3}, major: {at_least: 6}}"
Row = tuple[int, int, str]


def started(kind: str, what: str, levels: str = THREE) -> Bench:
    bench = Bench()
    extra = f"{what}\n    same: site\n    within: 10m"
    written = rule(levels, kind=kind, extra=extra, select="{domain: environment}")
    bench.feed(context(book(written), GATE), Connection(at(0), listening=True))
    return bench


def uploaded(rows: list[Row], came: float) -> Arrivals:
    """Return events of sensors, seconds and words that were made before they came."""
    told = (SensorEvent(number, word, at(seconds), at(came)) for number, seconds, word in rows)
    return Arrivals(ReadingBatch.empty(), tuple(told))


def told(transitions: list[AlarmTransition]) -> list[tuple[str, str, float | None]]:
    return [(one.change.value, one.level.word, one.value) for one in transitions]


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        pytest.param([(1, 0, "open"), (1, 9, "open")], [], id="the same upload"),
        pytest.param([(1, 9, "open"), (1, 10, "open")], [("raised", "notice", 3)], id="one more in it"),
        pytest.param([(2, 0, "open")], [("raised", "notice", 3)], id="another sensor at that time"),
        pytest.param([(1, 9, "forced")], [("raised", "notice", 3)], id="another word at that time"),
    ],
)
def test_an_upload_that_is_sent_again_is_counted_once(again: list[Row], expected: list[tuple[str, str, float]]) -> None:
    bench = started("count", "event: [open, forced]")
    bench.feed(uploaded([(1, 0, "open"), (1, 9, "open")], 60))

    assert told(bench.feed(uploaded(again, 90))) == expected


def test_events_that_told_no_time_are_as_many_as_came() -> None:
    bench = started("count", "event: open")

    assert told(bench.feed(uploaded([(1, 60, "open")] * 3, 60))) == [("raised", "notice", 3)]


def test_a_sequence_that_is_sent_again_is_completed_once() -> None:
    what = "event: open\n    then: [{select: {domain: environment}, event: smoke}]"
    bench = started("sequence", what, "{notice: {at_least: 1}, major: {at_least: 2}}")
    rows = [(1, 0, "open"), (2, 9, "smoke")]

    first, again = (bench.feed(uploaded(rows, came)) for came in (60, 90))

    assert (told(first), told(again)) == ([("raised", "notice", 1)], [])


def test_what_was_missed_is_not_missed_again_when_it_is_sent_again() -> None:
    what = "event: open\n    without: {select: {domain: environment}, event: badge}"
    bench = started("sequence", what, "{notice: {at_least: 1}, major: {at_least: 2}}")

    changes = [
        told([*bench.feed(uploaded([(1, 0, "open")], came)), *bench.feed(*_ticks(came + 1, 700))]) for came in (60, 800)
    ]

    assert changes[0][:1] == [("raised", "notice", 1)]
    assert not [one for one in changes[1] if one[0] in {"raised", "risen"}]


def _ticks(first: int, seconds: int) -> list[Tick]:
    return [Tick(at(first + number)) for number in range(seconds)]


_ROWS = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 900), st.just("open")), max_size=5)


@settings(max_examples=60, deadline=None)
@given(uploads=st.lists(_ROWS, min_size=1, max_size=8), again=st.lists(st.integers(0, 7), max_size=8))
def test_whatever_is_sent_again_changes_nothing(uploads: list[list[Row]], again: list[int]) -> None:
    once, twice = started("count", "event: open"), started("count", "event: open")
    came = count(1000)
    for number, rows in enumerate(uploads):
        now = next(came)
        plain = told(once.feed(uploaded(list(dict.fromkeys(rows)), now)))

        assert told(twice.feed(uploaded(rows, now))) == plain
        for earlier in (uploads[one] for one in again if one <= number):
            assert twice.feed(uploaded(earlier, now + 0.5)) == []
