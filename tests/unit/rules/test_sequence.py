import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition
from city.clock import SECOND_NS
from city.entry import Arrivals, Connection, Tick
from city.place import Place
from tests.support.judging import START_NS, Bench, at, book, context, readings, rule, sensor
from tests.unit.rules.test_count import Told, events, fed, journals

ROOM = [sensor(number, site="room", place=Place(120 + number * 0.001, 30)) for number in (1, 2, 3)]
DOOR_THEN_SMOKE = "event: door\n    then: [{select: {domain: environment}, event: smoke}]"
DOOR_WITHOUT_BADGE = "event: door\n    without: {select: {domain: environment}, event: badge}"


def started(
    what: str,
    *,
    same: str = "site",
    within: str = "5m",
    select: str = "{domain: environment}",
    levels: str = "{notice: {at_least: 1}}",
) -> Bench:
    bench = Bench()
    extra = f"{what}\n    same: {same}\n    within: {within}"
    written = rule(levels, kind="sequence", extra=extra, select=select)
    bench.feed(context(book(written), ROOM), Connection(at(0), listening=True))
    return bench


def told(transitions: list[AlarmTransition]) -> list[tuple[str, str, int]]:
    return [(one.target, one.change.value, (one.time_ns - START_NS) // SECOND_NS) for one in transitions]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([(1, 0, "door"), (2, 60, "smoke")], [("room", "raised", 60)], id="one then the other"),
        pytest.param([(1, 60, "smoke"), (2, 61, "door")], [], id="the other way round"),
        pytest.param([(1, 0, "door"), (2, 301, "smoke")], [], id="too late"),
        pytest.param([(2, 60, "smoke"), (1, 0, "door")], [("room", "raised", 60)], id="told in another order"),
        pytest.param([(1, 0, "door"), (1, 60, "door")], [], id="the first twice"),
        pytest.param(
            [(1, 0, "door"), (2, 60, "smoke"), (2, 61, "smoke")], [("room", "raised", 60)], id="each step once"
        ),
    ],
)
def test_sequence_follows_its_timeline(
    rows: list[tuple[int, float, str]], expected: list[tuple[str, str, int]]
) -> None:
    bench = started(DOOR_THEN_SMOKE)

    assert told([one for row in rows for one in bench.feed(events(row))]) == expected
    assert told(started(DOOR_THEN_SMOKE).feed(events(*rows))) == expected


def test_sequence_is_over_after_its_while() -> None:
    bench = started(DOOR_THEN_SMOKE)
    bench.feed(events((1, 0, "door"), (2, 60, "smoke")))

    assert told(bench.feed(Tick(at(359)), Tick(at(360)))) == [("room", "cleared", 360)]


def test_sequence_of_three_steps_and_readings() -> None:
    third = "{select: {quantity: temperature}, each: {above: 40}}"
    second = "{select: {quantity: water_level}, unit: cm, each: {above: 10}}"
    bench = started(f"event: door\n    then: [{second}, {third}]")

    transitions = bench.feed(
        events((1, 0, "door")), readings((2, 30, 0.12)), readings((3, 60, 39), (3, 61, 41), quantity=2)
    )

    assert told(transitions) == [("room", "raised", 61)]
    assert json.loads(transitions[0].evidence)["last_from"] == "level-3"


@pytest.mark.parametrize(("same", "raised"), [("150 m", True), ("50 m", False)])
def test_sequence_within_a_distance(same: str, *, raised: bool) -> None:
    bench = started(DOOR_THEN_SMOKE, same=same)

    assert bool(bench.feed(events((1, 0, "door"), (2, 60, "smoke")))) is raised


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param([events((1, 0, "door"))], [("room", "raised", 300)], id="nothing followed"),
        pytest.param([events((1, 0, "door"), (2, 60, "badge"))], [], id="it followed"),
        pytest.param([events((2, 60, "badge"), (1, 0, "door"))], [], id="it followed and was told before"),
        pytest.param([events((2, 0, "badge"), (1, 60, "door"))], [("room", "raised", 360)], id="it came before only"),
        pytest.param([events((1, 0, "door"), (2, 301, "badge"))], [("room", "raised", 300)], id="it followed too late"),
        pytest.param(
            [events((2, 301, "badge"), (1, 0, "door"))],
            [("room", "raised", 300)],
            id="it followed too late, told before",
        ),
        pytest.param(
            [events((1, 0, "door")), events((1, 200, "door"))],
            [("room", "raised", 300)],
            id="the first is not forgotten",
        ),
    ],
)
def test_sequence_without_what_should_follow(entries: list[Arrivals], expected: list[tuple[str, str, int]]) -> None:
    bench = started(DOOR_WITHOUT_BADGE)

    transitions = bench.feed(*entries, *(Tick(at(second)) for second in range(250, 450)))

    assert told(transitions) == expected


@pytest.mark.parametrize(
    ("lateness", "follows", "expected"),
    [
        pytest.param("", True, [("room", "raised", 300)], id="who does not wait misses what is late"),
        pytest.param("lateness: 1m\n    ", True, [], id="it followed, and came late"),
        pytest.param("lateness: 1m\n    ", False, [("room", "raised", 300)], id="nothing followed"),
    ],
)
def test_what_should_follow_may_be_as_late_as_the_rule_says(
    lateness: str, *, follows: bool, expected: list[tuple[str, str, int]]
) -> None:
    bench = started(f"{lateness}{DOOR_WITHOUT_BADGE}")
    late = [events((2, 250, "badge"))] if follows else []

    before, after = ([Tick(at(second)) for second in range(*span)] for span in ((250, 305), (305, 450)))
    transitions = bench.feed(events((1, 0, "door")), *before, *late, *after)

    assert told(transitions) == expected


@pytest.mark.parametrize(
    ("doors", "badge", "expected"),
    [
        pytest.param(
            [1, 10], 0, [("raised", 31), ("risen", 40), ("fallen", 61), ("cleared", 70)], id="both are missed"
        ),
        pytest.param([1, 10], 35, [("raised", 31), ("cleared", 61)], id="the second was followed"),
        pytest.param([1, 10], 25, [], id="what follows answers both"),
        pytest.param(
            [*range(1, 28, 2)],
            0,
            [("raised", 31), ("risen", 33), ("fallen", 63), ("cleared", 87)],
            id="the newest of many keeps it open",
        ),
    ],
)
def test_sequence_without_what_should_follow_is_counted_each_time(
    doors: list[int], badge: int, expected: list[tuple[str, int]]
) -> None:
    levels = "{notice: {at_least: 1}, major: {at_least: 2}}"
    bench = started(DOOR_WITHOUT_BADGE, within="30s", levels=levels)
    said = {second: events((1, second, "door")) for second in doors} | {badge: events((2, badge, "badge"))}

    transitions = bench.feed(
        *(entry for second in range(1, 100) for entry in (said.get(second, Tick(at(second))), Tick(at(second))))
    )

    assert [(change, second) for _, change, second in told(transitions)] == expected


def test_sequence_is_not_missed_while_nobody_listens() -> None:
    bench = started(DOOR_WITHOUT_BADGE)
    bench.feed(events((1, 0, "door")))

    assert bench.feed(Connection(at(100), listening=False), Tick(at(5000))) == []
    assert bench.feed(events((2, 60, "badge")), Connection(at(5001), listening=True), Tick(at(5002))) == []


def test_sequence_survives_a_new_book() -> None:
    bench = started(DOOR_THEN_SMOKE)
    bench.feed(events((1, 0, "door")))
    extra = f"{DOOR_THEN_SMOKE}\n    same: site\n    within: 5m"
    files = book(rule("{notice: {above: 9}}", name="a"), rule("{notice: {at_least: 1}}", kind="sequence", extra=extra))

    assert told(bench.feed(context(files, ROOM, seconds=5), events((2, 6, "smoke")))) == [("room", "raised", 6)]


WORDS = {1: "door", 2: "smoke", 3: "badge"}


@settings(max_examples=60)
@given(journals(), st.lists(st.integers(0, 40), max_size=8), st.sampled_from([DOOR_THEN_SMOKE, DOOR_WITHOUT_BADGE]))
def test_sequence_gives_the_same_however_batches_are_cut(journal: list[Told | int], cuts: list[int], what: str) -> None:
    whole, cut = started(what, within="8s"), started(what, within="8s")

    def said(places: list[int]) -> list[Arrivals | Tick]:
        return [
            events(*((one.sensor, (one.time_ns - START_NS) / SECOND_NS, WORDS[one.sensor]) for one in entry.events))
            if isinstance(entry, Arrivals)
            else entry
            for entry in fed(journal, places)
            if isinstance(entry, Arrivals | Tick)
        ]

    assert cut.feed(*said(cuts)) == whole.feed(*said([]))
