"""What comes long after it was made is judged as history, and what comes again changes nothing, under every kind."""

from dataclasses import replace

import numpy as np
import pytest

from city.alarm import AlarmTransition, Change
from city.entry import Arrivals, Connection, Entry, SensorEvent, Tick
from city.quality import Quality
from city.reading import ReadingBatch
from rules.kinds import KINDS
from tests.support.judging import Bench, at, book, context, hint, reloaded
from tests.support.judging_run import RULES
from tests.unit.rules.test_lateness_of_kinds import BEGINS, LAST, OF_EVENTS, SENSORS, WAITING, entries, stream, told

#: Rules that do not wait; those that do are called like them, and stand beside them.
PROMPT = tuple(one.replace("lateness: 4s", "").replace("id: ", "id: prompt-", 1) for one in (*RULES, *OF_EVENTS))

#: What ends, or is missed, as time passes: a buffer that is told at once has none.
_BY_TIME = ("count", "sequence", "silence")


@pytest.fixture(scope="module")
def live() -> list[Entry]:
    return entries((one.made, one) for one in stream(1))


@pytest.fixture(scope="module")
def judged(live: list[Entry]) -> tuple[Bench, list[AlarmTransition]]:
    """Return an engine that has judged the stream, and what it told."""
    bench = Bench()
    bench.feed(context(book(*PROMPT, *WAITING), SENSORS, seconds=BEGINS - 1))
    return bench, bench.feed(*live)


def readings_of(live: list[Entry]) -> ReadingBatch:
    return ReadingBatch.concatenate([one.readings for one in live if isinstance(one, Arrivals)])


def events_of(live: list[Entry], second: int) -> list[SensorEvent]:
    found = [event for one in live if isinstance(one, Arrivals) for event in one.events]
    return [replace(event, arrival_ns=at(second)) for event in found]


def arriving(batch: ReadingBatch, second: int) -> ReadingBatch:
    """Return readings as if all came in one second."""
    return replace(batch, arrival_ns=np.full(len(batch), at(second)))


def said_again(batch: ReadingBatch) -> ReadingBatch:
    """Return readings as ingest marks them when they come again and only the newest of each sensor are remembered."""
    newest = np.array([batch.time_ns[batch.sensor == one].max() for one in batch.sensor])
    flags = np.where(batch.time_ns == newest, np.uint16(Quality.DUPLICATE), np.uint16(Quality.LATE))
    return replace(batch, quality=batch.quality | flags)


def test_what_comes_again_changes_no_alarm(live: list[Entry], judged: tuple[Bench, list[AlarmTransition]]) -> None:
    """Events that come again are left out at the door."""
    again = Arrivals(said_again(arriving(readings_of(live), LAST + 1)))
    after: list[Entry] = [Tick(at(second)) for second in range(LAST + 1, LAST + 30)]
    plain, repeated = (Bench(reloaded(judged[0].engine)) for _ in range(2))

    expected, found = plain.feed(*after), repeated.feed(again, *after)

    # Whoever says something again is not silent.
    heard = [[one for one in some if one.kind != "silence"] for some in (expected, found)]
    assert told(heard[1]) == told(heard[0])
    assert {one.kind for one in judged[1]} == set(KINDS)


def test_a_buffer_that_comes_an_hour_late_is_judged_as_it_would_have_been(live: list[Entry]) -> None:
    immortal = [hint(one.replace("on_death: {intervals: 2}", "on_death: false")) for one in (*PROMPT, *WAITING)]
    files = context(book(*immortal), SENSORS, seconds=BEGINS - 1)
    prompt, buffered = Bench(), Bench()
    upload = Arrivals(arriving(readings_of(live), 3600), tuple(events_of(live, 3600)))
    start: list[Entry] = [files, Connection(at(BEGINS - 1), listening=True)]

    at_once, late = prompt.feed(*start, *live[1:]), buffered.feed(*start, upload, *ticks(3600, 3620))

    of_values = [
        [one for one in some if one.kind not in _BY_TIME and one.change != Change.CONFIRMED] for some in (at_once, late)
    ]
    assert [one[:7] for one in told(of_values[1])] == [one[:7] for one in told(of_values[0])]
    by_readings = [one for one in late if one.change == Change.RAISED and one.kind not in {"sequence", "silence"}]
    assert all(one.late for one in by_readings)
    assert {one.kind for one in late} == set(KINDS)


def ticks(first: int, last: int) -> list[Entry]:
    return [Tick(at(second)) for second in range(first, last)]
