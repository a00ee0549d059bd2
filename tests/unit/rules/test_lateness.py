"""Rules that wait for late readings judge them in the order of the sensors' time, however they came."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition
from city.clock import SECOND_NS
from city.entry import Arrivals, Connection, Entry, SensorEvent, Tick
from city.quality import Quality
from city.reading import ReadingBatch
from rules.reorder import Reorder
from tests.support.judging import QUANTITIES, Bench, at, book, context, reloaded, rule, sensor

LEVELS = "{notice: {above: 3, clear: 2}, major: {above: 10, clear: 8, hold: 4s}}"
PATIENT = rule(LEVELS, extra="lateness: 5s")
PROMPT = rule(LEVELS)
MORTAL = rule("{notice: {above: 3, hold: 3s}}", name="mortal", extra="lateness: 5s")
VOTES = rule(
    "{notice: {at_least: 2}}",
    name="votes",
    kind="quorum",
    extra="lateness: 5s\n    each: {above: 3, clear: 2}\n    same: district\n    within: 3s",
)
KNOCKS = rule(
    "{notice: {at_least: 2}, major: {at_least: 4}}",
    name="knocks",
    kind="count",
    extra="lateness: 5s\n    event: knock\n    confidence: 0.5\n    same: district\n    within: 6s",
)
KNOCK_THEN_WATER = rule(
    "{notice: {at_least: 1}}",
    name="knock-then-water",
    kind="sequence",
    extra="lateness: 5s\n    event: knock\n    then: [{select: {quantity: water_level}, each: {above: 0.1}}]\n"
    "    same: district\n    within: 6s",
)
UNANSWERED = rule(
    "{notice: {at_least: 1}}",
    name="unanswered",
    kind="sequence",
    extra="lateness: 5s\n    event: knock\n    without: {select: {quantity: water_level}, each: {above: 0.1}}\n"
    "    same: district\n    within: 6s",
)
OF_ALL_WAYS = (PATIENT, MORTAL, VOTES, KNOCKS, KNOCK_THEN_WATER, UNANSWERED)
SENSORS = [sensor(1, district="east", interval_s=2.0), sensor(2, district="east", interval_s=2.0)]

#: When it was made and when it came, in seconds; the sensor; the value in metres.
Said = tuple[int, int, int, float]


def late_marked(said: list[Said]) -> list[tuple[int, int, int, int, float, int]]:
    """Return what is said in the order in which it came, no two at one moment, marked as ingest does."""
    newest: dict[int, int] = {}
    rows = []
    for place, (made, came, number, value) in enumerate(sorted(said, key=lambda one: one[1])):
        flag = Quality.LATE if made < newest.get(number, -1) else Quality.GOOD
        newest[number] = max(newest.get(number, -1), made)
        rows.append((number, 1, at(made), at(came) - 1000 * (len(said) - place), value, int(flag)))
    return rows


def arrivals(rows: Sequence[tuple[int, int, int, int, float, int]]) -> Arrivals:
    """Return readings, and a knock with each that is neither calm nor high."""
    events = (
        SensorEvent(number, "knock", made_ns, came_ns + 1, f'{{"confidence": {10 * value}}}')
        for number, _, made_ns, came_ns, value, _ in rows
        if value in {0.025, 0.05}
    )
    return Arrivals(ReadingBatch.of(list(rows)), tuple(events))


def entries(rows: list[tuple[int, int, int, int, float, int]], until: int, cuts: set[int]) -> list[Entry]:
    """Return readings and ticks in their order; a cut is a place between two readings."""
    found: list[Entry] = []
    waiting: list[tuple[int, int, int, int, float, int]] = []
    said = list(enumerate(rows))
    for second in range(until + 1):
        while said and said[0][1][3] <= at(second):
            place, row = said.pop(0)
            waiting.append(row)
            if place in cuts:
                found.append(arrivals(waiting))
                waiting = []
        if waiting:
            found.append(arrivals(waiting))
            waiting = []
        found.append(Tick(at(second)))
    return found


def told(transitions: list[AlarmTransition]) -> list[tuple[object, ...]]:
    return sorted((one.target, one.time_ns, one.change.value, one.level, one.value, one.late) for one in transitions)


def of_each(transitions: list[AlarmTransition]) -> list[tuple[str, str]]:
    """Return transitions by rule and target, those of each in their order."""
    return [(one.id, one.evidence) for one in sorted(transitions, key=lambda one: (one.rule, one.target))]


STREAMS = st.lists(
    st.tuples(
        st.integers(0, 30), st.integers(0, 5), st.sampled_from([1, 2]), st.sampled_from([0.0, 0.025, 0.05, 0.12])
    ),
    max_size=30,
    unique_by=lambda one: (one[0], one[2]),
).map(lambda found: [(made, made + delay, number, value) for made, delay, number, value in found])


@settings(max_examples=25)
@given(said=STREAMS)
def test_disorder_within_the_lateness_changes_no_alarm(said: list[Said]) -> None:
    disordered, ordered = Bench(), Bench()
    disordered.feed(context(book(PATIENT), SENSORS))
    ordered.feed(context(book(PROMPT), SENSORS))
    in_order = sorted((made, made, number, value) for made, _, number, value in said)

    assert told(disordered.feed(*entries(late_marked(said), 45, set()))) == told(
        ordered.feed(*entries(late_marked(in_order), 45, set()))
    )


@settings(max_examples=25)
@given(said=STREAMS, cuts=st.sets(st.integers(0, 30)), reload_at=st.integers(0, 60), most=st.sampled_from([2, 64]))
def test_batches_cut_otherwise_and_a_reload_change_no_alarm(
    said: list[Said], cuts: set[int], reload_at: int, most: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("rules.reorder.MOST", most)
        whole, cut = Bench(), Bench()
        files = context(book(*OF_ALL_WAYS), SENSORS)
        whole.feed(files, Connection(at(-1), listening=True))
        cut.feed(files, Connection(at(-1), listening=True))
        rows = late_marked(said)
        expected = whole.feed(*entries(rows, 55, set()))
        found: list[AlarmTransition] = []
        for place, entry in enumerate(entries(rows, 55, cuts)):
            if place == reload_at:
                cut = Bench(reloaded(cut.engine))
            found += cut.feed(entry)

    assert of_each(found) == of_each(expected)


def leapt(rows: list[tuple[int, int, int, int, float, int]], cuts: set[int], until: int) -> list[AlarmTransition]:
    """Judge readings in leaps that end at `cuts` and at `until`, in seconds."""
    bench, found = Bench(), list[AlarmTransition]()
    bench.feed(context(book(*OF_ALL_WAYS), SENSORS), Connection(at(-1), listening=True))
    for begin, end in pairwise([-1, *sorted(cuts), until]):
        some = [row for row in rows if at(begin) < row[3] <= at(end)]
        found += bench.engine.leap(arrivals(some), at(end))
    return found


@settings(max_examples=15)
@given(said=STREAMS, again=STREAMS, cuts=st.sets(st.integers(0, 59)), most=st.sampled_from([2, 64]))
def test_leaps_over_many_ticks_give_what_every_tick_gives(
    said: list[Said], again: list[Said], cuts: set[int], most: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("rules.reorder.MOST", most)
        # What was made at one moment may come twice, with another value.
        rows = late_marked([*said, *again])
        bench = Bench()
        bench.feed(context(book(*OF_ALL_WAYS), SENSORS), Connection(at(-1), listening=True))
        expected = bench.feed(*entries(rows, 60, set()))

        found = leapt(rows, cuts, 60)

    assert [(one.id, one.evidence) for one in found] == [(one.id, one.evidence) for one in expected]


def test_rules_of_several_latenesses_judge_one_series_each_in_its_time() -> None:
    bench = Bench()
    slower = rule(LEVELS, name="slower", extra="lateness: 20s")
    bench.feed(context(book(PROMPT, rule(LEVELS, name="patient", extra="lateness: 5s"), slower), SENSORS))
    stream = entries([(1, 1, at(0), at(0), 0.05, 0)], 30, set())
    when = [
        (one.rule, number - 2)  # the reading, then a tick for each second from 0 on
        for number, entry in enumerate(stream, start=1)
        for one in bench.feed(entry)
    ]

    assert when == [("flood", -1), ("patient", 5), ("slower", 20)]


def test_rule_whose_lateness_changed_starts_anew() -> None:
    bench = Bench()
    bench.feed(context(book(PATIENT), SENSORS), *entries([(1, 1, at(0), at(0), 0.05, 0)], 6, set()))
    changed = [
        [one.change.value for one in bench.feed(context(book(written), SENSORS, seconds=7 + number))]
        for number, written in enumerate((PATIENT.replace("5s", "6s"), PATIENT, PROMPT, PATIENT))
    ]

    assert changed == [["cleared"], [], [], []]


def test_who_waits_goes_on_waiting_under_a_new_context() -> None:
    bench = Bench()
    first, *rest = entries([(1, 1, at(0), at(0), 0.05, 0)], 8, set())
    bench.feed(context(book(PATIENT), SENSORS), first, *rest[:3])
    bench.feed(context(book(PATIENT), [sensor(3), *SENSORS], seconds=3))

    (raised,) = bench.feed(*rest[3:])
    assert (raised.target, raised.time_ns) == ("level-1", at(0))


def test_upload_of_history_is_judged_with_its_holds_and_says_that_it_is_late() -> None:
    bench = Bench()
    bench.feed(context(book(PATIENT), SENSORS))
    upload = [(1, 1, at(second), at(4000), 0.12, 0) for second in range(0, 10, 2)]
    raised, risen = bench.feed(Arrivals(ReadingBatch.of(upload)), Tick(at(4005)))

    assert [(one.time_ns, one.level.word, one.late) for one in (raised, risen)] == [
        (at(0), "notice", True),
        (at(4), "major", True),
    ]


def room(most: int) -> Reorder:
    return Reorder("r", 5 * SECOND_NS, [(np.array([1, 2]), QUANTITIES["water_level"])], most=most)


def batch(*rows: tuple[int, int, int, float]) -> ReadingBatch:
    """Return readings from rows of sensor, when made, when come, and value."""
    return ReadingBatch.of([(number, 1, at(made), at(came), value, 0) for number, made, came, value in rows])


def test_the_oldest_goes_when_there_is_no_more_room() -> None:
    waiting = room(2)
    kept = waiting.push(batch((1, 3, 3, 0.3), (1, 2, 3, 0.2)))
    out = waiting.push(batch((1, 4, 4, 0.4), (2, 9, 4, 0.9), (1, 1, 4, 0.1)))
    left = waiting.ripe(at(60))

    assert len(kept.readings) == 0
    assert (out.readings.value.tolist(), out.cause.tolist()) == ([0.2, 0.3, 0.1], [0, 1, 2])
    assert [bool(flag & Quality.LATE) for flag in out.readings.quality] == [False, False, True]
    assert left.value.tolist() == [0.4, 0.9]


def test_readings_of_other_series_do_not_wait() -> None:
    waiting = room(10)
    waiting.push(ReadingBatch.of([(1, 2, at(0), at(0), 1.0, 0), (3, 1, at(0), at(0), 1.0, 0)]))

    assert len(waiting.ripe(at(60))) == 0


def test_one_that_has_waited_takes_along_what_was_made_before_it_whosever_it_is() -> None:
    waiting = room(10)
    waiting.push(batch((1, 5, 5, 0.5), (1, 4, 9, 0.4), (1, 6, 9, 0.6), (2, 1, 9, 0.1), (2, 7, 9, 0.7)))

    assert waiting.ripe(at(9)).value.tolist() == []
    assert waiting.ripe(at(10)).value.tolist() == [0.1, 0.4, 0.5]
    assert waiting.ripe(at(14)).value.tolist() == [0.6, 0.7]


def test_who_is_behind_waits_for_those_of_its_series() -> None:
    waiting = room(10)
    waiting.push(batch((1, 5, 5, 0.5)))
    waiting.ripe(at(10))
    waiting.push(batch((2, 3, 11, 0.3), (1, 6, 11, 0.6)))
    waiting.push(batch((2, 2, 14, 0.2)))

    assert waiting.ripe(at(15)).value.tolist() == []
    out = waiting.ripe(at(16))
    assert out.value.tolist() == [0.2, 0.3, 0.6]
    assert not (out.quality & Quality.LATE).any()


@pytest.mark.parametrize(
    ("ahead", "goes"),
    [pytest.param(4, 14, id="it waits for its own time"), pytest.param(300, 15, id="but not for ever")],
)
def test_a_clock_that_is_ahead_lets_nobody_go(ahead: int, goes: int) -> None:
    waiting = room(10)
    waiting.push(batch((1, 5 + ahead, 5, 0.5)))
    waiting.push(batch((2, 13, 13, 0.3)))

    assert waiting.ripe(at(goes - 1)).value.tolist() == []
    assert waiting.ripe(at(goes)).value.tolist() == [0.5]
    assert waiting.ripe(at(18)).value.tolist() == [0.3]
