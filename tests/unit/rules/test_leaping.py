"""A stretch judged at once gives the alarms that its readings and ticks give one by one, in the same order."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from itertools import takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition
from city.entry import Arrivals, Connection, Entry, SensorEvent, Tick
from city.quality import Quality
from city.reading import ReadingBatch
from tests.support.judging import Bench, at, book, context, readings, rule, sensor
from tests.support.judging_run import journal

#: Seconds of the recorded stream that are judged.
_SECONDS = 200


@cache
def stream() -> tuple[Entry, ...]:
    """Return some minutes judged by every kind, with everybody's silence of 40 s in the middle."""
    begun = takewhile(lambda one: not isinstance(one, Arrivals) or _first_ns(one) < at(_SECONDS), journal())
    return tuple(one for one in begun if not isinstance(one, Arrivals) or not _is_quiet(one))


def _is_quiet(arrivals: Arrivals) -> bool:
    return len(arrivals.readings) > 0 and at(100) < int(arrivals.readings.arrival_ns[0]) < at(140)


@cache
def one_by_one() -> tuple[AlarmTransition, ...]:
    return tuple(Bench().feed(*stream()))


def leapt(entries: Iterable[Entry], cuts: Iterable[int], last: int) -> list[AlarmTransition]:
    """Judge what comes up to the first second of `cuts` at once, then what comes up to the next one, and so on."""
    bench, waiting = Bench(), [one for one in entries if not isinstance(one, Tick)]
    found = bench.feed(*(one for one in waiting if not isinstance(one, Arrivals)))
    arrivals = [one for one in waiting if isinstance(one, Arrivals)]
    for second in [*cuts, last]:
        some = [one for one in arrivals if _first_ns(one) <= at(second)]
        arrivals = arrivals[len(some) :]
        batch = ReadingBatch.concatenate([one.readings for one in some])
        events = tuple(event for one in some for event in one.events)
        found += bench.engine.leap(Arrivals(batch, events), at(second))
    return found


def _first_ns(arrivals: Arrivals) -> int:
    times = [*arrivals.readings.arrival_ns.tolist(), *(event.arrival_ns for event in arrivals.events)]
    return int(min(times, default=0))


@pytest.mark.parametrize("cuts", [(), (3, 101, 102)], ids=["at once", "in pieces"])
def test_leap_gives_what_every_tick_gives(cuts: Iterable[int]) -> None:
    assert tuple(leapt(stream(), cuts, _SECONDS)) == one_by_one()
    assert len({one.kind for one in one_by_one()}) >= 6


_LONG = 120
_COUNTED = "same: site\n    within: 20s"
_RULES = (
    rule("{notice: {intervals: 3}, major: {intervals: 7}}", name="quiet", kind="silence"),
    rule(
        "{notice: {intervals: 2}}", name="timely", kind="silence", extra="when: {hours: ['22:14-22:15', '22:16-22:30']}"
    ),
    rule(
        "{notice: {at_least: 2, hold: 9s}, major: {at_least: 3}}",
        name="often",
        kind="count",
        extra=f"event: knock\n    {_COUNTED}",
    ),
    rule(
        "{notice: {at_least: 1}, major: {at_least: 2}}",
        name="unanswered",
        kind="sequence",
        extra=f"event: knock\n    without: {{select: {{domain: environment}}, event: answer}}\n    {_COUNTED}",
    ),
)


def happening(seconds: list[tuple[int, int, bool]]) -> Iterator[Entry]:
    """Yield what six sensors of two sites say: events at some seconds, of which the last is not installed at first."""
    new = date.fromordinal(date(1970, 1, 1).toordinal() + at(0) // (86_400 * 10**9) + 1)
    sensors = [sensor(number, interval_s=4.0, site=f"site-{number % 2}") for number in range(1, 7)]
    yield context(book(*_RULES), [*sensors, sensor(7, interval_s=4.0, installed=new)])
    yield Connection(at(0), listening=True)
    told = sorted(seconds)
    for second in range(1, _LONG + 1):
        spoken = [(number, knocks) for when, number, knocks in told if when == second]
        if spoken:
            when_ns = at(second - 0.25)
            events = [
                SensorEvent(number, "knock" if knocks else "answer", when_ns, when_ns) for number, knocks in spoken
            ]
            yield Arrivals(ReadingBatch.empty(), tuple(events))
        yield Tick(at(second))


_SPOKEN = st.lists(st.tuples(st.integers(1, _LONG), st.integers(1, 7), st.booleans()), max_size=60)


@settings(max_examples=10)
@given(spoken=_SPOKEN, cuts=st.sets(st.integers(1, _LONG - 1), max_size=4))
def test_whatever_happens_and_wherever_it_is_cut_a_leap_misses_no_tick(
    spoken: list[tuple[int, int, bool]], cuts: set[int]
) -> None:
    entries = list(happening(spoken))

    assert leapt(entries, sorted(cuts), _LONG) == Bench().feed(*entries)


def test_what_is_derived_of_a_silent_sensor_is_no_word_of_it_to_a_leap_either():
    """A mean is computed every five seconds of a sensor that said nothing after the fourth."""
    entries: list[Entry] = [context(book(*_RULES[:1]), [sensor(1, interval_s=4.0)]), Connection(at(0), listening=True)]
    for second in range(1, _LONG + 1):
        if second % 5 == 0 or second <= 4:
            entries.append(readings((1, second, 1.0, Quality.GOOD if second <= 4 else Quality.DERIVED)))
        entries.append(Tick(at(second)))

    raised = [(one.level, one.arrival_ns) for one in leapt(entries, (), _LONG)]

    assert raised == [(one.level, one.arrival_ns) for one in Bench().feed(*entries)]
    assert [arrival_ns for _, arrival_ns in raised] == [at(16), at(32)]
