import json
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition
from city.clock import SECOND_NS
from city.entry import Arrivals, Connection, Entry, SensorEvent, Tick
from city.reading import ReadingBatch
from tests.support.judging import START_NS, Bench, at, book, context, readings, rule, sensor

CAMERAS = [sensor(number, site="gate") for number in (1, 2, 3)]
LEVELS = "{notice: {at_least: 2}, major: {at_least: 3}}"
INTRUSIONS = "event: intrusion"


def events(*told: tuple[int, float] | tuple[int, float, str] | tuple[int, float, str, str]) -> Arrivals:
    """Return events from rows of sensor, seconds, word (an intrusion) and attributes."""
    return Arrivals(
        ReadingBatch.empty(),
        tuple(
            SensorEvent(number, str((*word, "intrusion")[0]), at(seconds), at(seconds), *word[1:])
            for number, seconds, *word in told
        ),
    )


def started(
    what: str = INTRUSIONS, *, levels: str = LEVELS, same: str = "site", within: str = "10m", select: str = ""
) -> Bench:
    bench = Bench()
    extra = f"{what}\n    same: {same}\n    within: {within}"
    written = rule(levels, kind="count", extra=extra, select=select or "{domain: environment}")
    bench.feed(context(book(written), CAMERAS), Connection(at(0), listening=True))
    return bench


def told(transitions: list[AlarmTransition]) -> list[tuple[str, str, str, float | None]]:
    return [(one.target, one.change.value, one.level.word, one.value) for one in transitions]


@pytest.mark.parametrize(
    ("told_of", "expected"),
    [
        pytest.param([(1, 0), (2, 60)], [("gate", "raised", "notice", 2)], id="two at one gate"),
        pytest.param([(1, 0), (2, 600)], [], id="too far apart"),
        pytest.param([(1, 0), (1, 1, "loitering")], [], id="another event"),
        pytest.param([(1, 0), (9, 1)], [], id="a sensor that no rule selects"),
        pytest.param(
            [(1, 0), (2, 60), (3, 61)],
            [("gate", "raised", "notice", 2), ("gate", "risen", "major", 3)],
            id="one level after the other",
        ),
        pytest.param([(1, 60), (2, 0)], [("gate", "raised", "notice", 2)], id="whatever order they come in"),
    ],
)
def test_count_of_events(told_of: list[tuple[int, float]], expected: list[tuple[str, str, str, float]]) -> None:
    assert told(started().feed(events(*told_of))) == expected


def test_count_by_sensor_is_each_ones_own() -> None:
    transitions = started(same="sensor").feed(events((1, 0), (2, 1), (2, 2)))

    assert told(transitions) == [("level-2", "raised", "notice", 2)]


@pytest.mark.parametrize(
    ("attributes", "raised"),
    [
        pytest.param('{"confidence":0.9}', True, id="sure"),
        pytest.param('{"confidence":0.5}', False, id="doubtful"),
        pytest.param("{}", True, id="does not say"),
        pytest.param('{"confidence":"high"}', True, id="says it in words"),
    ],
)
def test_count_leaves_out_doubtful_events(attributes: str, *, raised: bool) -> None:
    bench = started("event: [intrusion, tripwire]\n    confidence: 0.6", levels="{notice: {at_least: 1}}")

    assert bool(bench.feed(events((1, 0, "tripwire", attributes)))) is raised


def test_count_falls_as_time_passes() -> None:
    bench = started()
    bench.feed(events((1, 0), (2, 60), (3, 120)))

    transitions = bench.feed(*(Tick(at(seconds)) for seconds in (599, 600, 659, 660, 661)))

    assert told(transitions) == [("gate", "fallen", "notice", 2), ("gate", "cleared", "notice", 1)]
    assert [(one.time_ns - START_NS) // SECOND_NS for one in transitions] == [600, 660]


def test_count_does_not_fall_while_nobody_listens() -> None:
    bench = started()
    bench.feed(events((1, 0), (2, 60)))

    assert bench.feed(Connection(at(100), listening=False), Tick(at(5000))) == []


def test_count_of_readings_that_go_beyond_a_limit() -> None:
    bench = started("each: {above: 0.5}", same="sensor", select="{quantity: water_level}")

    transitions = bench.feed(readings((1, 0, 1), (1, 1, 1), (1, 2, 0), (1, 3, 1), (2, 4, 1)))

    assert told(transitions) == [("level-1", "raised", "notice", 2)]


def test_count_says_what_it_counted() -> None:
    (raised,) = started().feed(events((1, 0), (2, 60)))

    evidence = json.loads(raised.evidence)
    assert (evidence["count"], evidence["within_s"], evidence["last_from"]) == (2, 600, "level-2")
    assert evidence["first"] == "2026-09-21T14:13:20.000Z"
    assert (raised.limit, raised.quantity) == (2, "")


def test_count_of_a_buffered_upload_says_that_it_is_late() -> None:
    late = SensorEvent(1, "intrusion", at(0), at(4000))

    (raised,) = started(levels="{notice: {at_least: 1}}").feed(Arrivals(ReadingBatch.empty(), (late,)))

    assert raised.late
    assert raised.time_ns == at(0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "{notice: {above: 9}}", id="another kind"),
        pytest.param("", "{notice: {at_least: 9}}", id="one that counts further"),
        pytest.param("{notice: {at_least: 9}}", "", id="none that counts further any more"),
    ],
)
def test_count_survives_a_new_book(before: str, after: str) -> None:
    extra = f"{INTRUSIONS}\n    same: site\n    within: 10m"

    def files(levels: str) -> tuple[tuple[str, str], ...]:
        kind = {"kind": "count", "extra": extra} if "at_least" in levels else {}
        other = [rule(levels, name="a", **kind)] if levels else []
        return book(*other, rule(LEVELS, kind="count", extra=extra))

    bench = Bench()
    bench.feed(context(files(before), CAMERAS), Connection(at(0), listening=True), events((1, 0)))
    files_after = files(after)

    assert told(bench.feed(context(files_after, CAMERAS, seconds=5), events((2, 6)))) == [
        ("gate", "raised", "notice", 2)
    ]


Told = tuple[int, int]  # camera, seconds


@st.composite
def journals(draw: st.DrawFn) -> list[Told | int]:
    """Return events, and ticks as whole seconds, in rising order but for events that come late."""
    entries: list[Told | int] = []
    now = 10
    steps = st.tuples(st.integers(0, 6), st.sampled_from([0, 1, 2, 3]), st.sampled_from([0, 0, 0, 5]))
    for step, camera, late in draw(st.lists(steps, max_size=40)):
        now += step
        entries.append((camera, now - late) if camera else now)
    return entries


def fed(journal: list[Told | int], cuts: list[int]) -> Iterator[Entry]:
    ends = [0, *sorted(min(cut, len(journal)) for cut in cuts), len(journal)]
    for start, end in pairwise(ends):
        some: list[Told] = []
        for entry in journal[start:end]:
            if isinstance(entry, tuple):
                some.append(entry)
                continue
            yield from [events(*some)] if some else []
            some = []
            yield Tick(at(entry))
        yield from [events(*some)] if some else []


@settings(max_examples=60)
@given(journals(), st.lists(st.integers(0, 40), max_size=8), st.integers(1, 20))
def test_count_gives_the_same_however_batches_are_cut(
    journal: list[Told | int], cuts: list[int], within_s: int
) -> None:
    whole, cut = started(within=f"{within_s}s"), started(within=f"{within_s}s")

    assert cut.feed(*fed(journal, cuts)) == whole.feed(*fed(journal, []))


@settings(max_examples=60)
@given(journals(), st.integers(1, 20))
def test_count_agrees_with_counting_one_by_one(journal: list[Told | int], within_s: int) -> None:
    clock, level = 0, 0
    happened: list[int] = []
    expected: list[int] = []
    for entry in journal:
        if isinstance(entry, tuple):
            happened.append(entry[1])
            clock = max(clock, entry[1])
        elif not level:
            continue
        now = clock if isinstance(entry, tuple) else max(clock, entry)
        # A target remembers the newest three, as many as its worst level needs.
        after = sum(then > now - within_s for then in sorted(happened)[-3:])
        after = 0 if after < 2 else after - 1
        if after != level:
            level = after
            expected.append(level)

    transitions = started(within=f"{within_s}s").feed(*fed(journal, []))

    assert [0 if one.change == "cleared" else int(one.level) for one in transitions] == expected


def test_a_hold_is_completed_by_the_clock_while_ingest_listens() -> None:
    bench = started(levels="{notice: {at_least: 2, hold: 2m}}", within="5m")
    bench.feed(events((1, 0), (2, 60)), *(Tick(at(second)) for second in range(61, 100)))

    away = bench.feed(Connection(at(100), listening=False), *(Tick(at(second)) for second in range(101, 200)))
    (raised,) = bench.feed(Connection(at(200), listening=True), Tick(at(201)), Tick(at(202)))

    assert away == []
    assert (raised.change, raised.time_ns, raised.value) == ("raised", at(201), 2)


def test_a_hold_that_outlives_its_window_raises_nothing() -> None:
    bench = started(levels="{notice: {at_least: 2, hold: 2m}}", within="90s")

    assert bench.feed(events((1, 0), (2, 60)), *(Tick(at(second)) for second in range(61, 400))) == []
