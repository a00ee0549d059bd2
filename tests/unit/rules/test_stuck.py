import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition, Lane
from city.catalogue import Catalogue
from city.clock import SECOND_NS, iso
from city.errors import BadCityFile
from city.quality import UNTRUSTED, Quality
from rules.book import read_book
from tests.support.judging import CATALOGUE, START_NS, Bench, book, context, readings, rule, sensor
from tests.unit.rules.test_engine import Row, cuts, judged, streams

SENSORS = [sensor(number) for number in (1, 2, 3)]
FLAT = "{notice: {flat: 10s}, major: {flat: 20s}}"
STEPS = "{notice: {steps: 50}, major: {steps: 80}}"
SELECT = "{quantity: water_level}"


def stuck(levels: str = FLAT, extra: str = "", unit: str = "cm") -> str:
    return rule(levels, kind="stuck", select=SELECT, extra="\n    ".join(filter(None, [f"unit: {unit}", extra])))


def started(levels: str = FLAT, extra: str = "") -> Bench:
    bench = Bench()
    bench.feed(context(book(stuck(levels, extra)), SENSORS))
    return bench


def told(transitions: list[AlarmTransition]) -> list[tuple[int, str, str]]:
    return [((one.time_ns - START_NS) // SECOND_NS, one.change.value, one.level.word) for one in transitions]


def every_second(*values: float, start: int = 0) -> list[tuple[int, float, float]]:
    return [(1, start + second, value) for second, value in enumerate(values)]


@pytest.mark.parametrize(
    ("levels", "extra", "rows", "expected"),
    [
        pytest.param(FLAT, "", every_second(*[1.0] * 11), [(10, "raised", "notice")], id="unchanged for the time"),
        pytest.param(FLAT, "", every_second(*[1.0] * 10), [], id="not for long enough"),
        pytest.param(
            FLAT,
            "",
            every_second(*[1.0] * 22, 1.1),
            [(10, "raised", "notice"), (20, "risen", "major"), (22, "cleared", "major")],
            id="worse as it lasts, over when it moves",
        ),
        pytest.param(FLAT, "", every_second(*[1.0] * 6, 1.1, *[1.0] * 6), [], id="moved in between"),
        pytest.param(FLAT, "", [(1, 0, 1.0), (1, 60, 1.0), (1, 120, 1.0)], [], id="no readings, no line"),
        pytest.param(
            FLAT,
            "tolerance: 2",
            every_second(*[1.0, 1.01, 1.02] * 4),
            [(10, "raised", "notice")],
            id="within the tolerance",
        ),
        pytest.param(FLAT, "tolerance: 2", every_second(*(second / 100 for second in range(30))), [], id="creeping"),
        pytest.param(FLAT, "except_at: 0", every_second(*[0.0] * 30), [], id="where it may stay"),
        pytest.param(
            FLAT, "except_at: [0, 100]", every_second(*[1.0] * 30, start=1), [], id="where it may stay, of several"
        ),
        pytest.param(
            STEPS,
            "per: 1s\n    remembered: 5s",
            every_second(0, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6),
            [(1, "raised", "notice"), (6, "cleared", "notice")],
            id="a step is told for a while",
        ),
        pytest.param(
            STEPS,
            "per: 1s\n    remembered: 5s",
            every_second(0, 0.6, 0.6, -0.3),
            [(1, "raised", "notice"), (3, "risen", "major")],
            id="a wider step is worse",
        ),
        pytest.param(STEPS, "per: 1s", [(1, 0, 0.0), (1, 10, 2.0)], [], id="possible in the time between"),
        pytest.param(STEPS, "per: 10s", [(1, 0, 0.0), (1, 1, 0.6)], [(1, "raised", "notice")], id="too soon"),
    ],
)
def test_stuck_follows_its_timeline(
    levels: str, extra: str, rows: list[tuple[int, float, float]], expected: list[tuple[int, str, str]]
) -> None:
    bench = started(levels, extra)

    assert told([transition for row in rows for transition in bench.feed(readings(row))]) == expected


def test_stuck_says_since_when_and_by_how_many_readings() -> None:
    (raised,) = started().feed(readings(*every_second(*[1.0] * 11)))

    evidence = json.loads(raised.evidence)
    assert evidence["line"] == {"since": iso(START_NS), "readings": 11}
    assert (raised.value, raised.limit, raised.unit) == (10, 10, "s")
    assert raised.response.lane is Lane.EQUIPMENT


def test_stuck_says_from_which_reading_it_stepped() -> None:
    (raised,) = started(STEPS, "per: 1s").feed(readings(*every_second(0.1, 0.8)))

    evidence = json.loads(raised.evidence)
    assert (evidence["reading_before"]["value"], evidence["reading"]["value"], raised.value) == (0.1, 0.8, 0.7)


@pytest.mark.parametrize(
    ("levels", "extra", "expected"),
    [
        ("{notice: {flat: 10s}, major: {steps: 3}}", "", "all levels with `flat` or all with `steps`"),
        ("{notice: {flat: 10s}, major: {flat: 5s}}", "", "more than `notice` has"),
        ("{notice: {flat: 0s}}", "", "a duration above 0"),
        ("{notice: {steps: 0}}", "per: 1s", "a step above 0"),
        ("{notice: {steps: 3}}", "", "`per`, the time in which such a step is impossible"),
        ("{notice: {flat: 10s}}", "per: 1s", "no `per` in a rule whose levels say `flat`"),
        ("{notice: {steps: 3}}", "per: 1s\n    tolerance: 2", "no `tolerance` in a rule whose levels say `steps`"),
        ("{notice: {flat: 10s}}", "tolerance: -1", "0 or more"),
    ],
)
def test_stuck_refuses(levels: str, extra: str, expected: str) -> None:
    with pytest.raises(BadCityFile) as caught:
        read_book(book(stuck(levels, extra)), CATALOGUE)

    assert caught.value.expected == expected


def test_stuck_refuses_states_unless_it_says_which_may_stay() -> None:
    catalogue = Catalogue.parse('[quantity.water_level]\nunit = "cm"\nkind = "state"\n')

    with pytest.raises(BadCityFile, match="a quantity that moves"):
        read_book(book(stuck(unit="cm")), catalogue)
    assert read_book(book(stuck(extra="except_at: [0, 1]")), catalogue).rules


def seen_of(transitions: list[AlarmTransition]) -> list[tuple[int, int, int]]:
    """Return sensor, seconds and level of each change."""
    return [
        (
            int(one.target.removeprefix("level-")),
            (one.time_ns - START_NS) // SECOND_NS,
            0 if one.change == "cleared" else int(one.level),
        )
        for one in transitions
    ]


def flat_one_by_one(rows: list[Row], tolerance: int) -> list[tuple[int, int, int]]:
    """Judge as one would for one reading at a time: (sensor, seconds, level) where a level changes."""
    lines: dict[int, list[tuple[int, float]]] = {}
    flat: dict[int, int] = {}
    level: dict[int, int] = {}
    changes = []
    for number, seconds, value, quality in rows:
        if quality & (UNTRUSTED | Quality.DUPLICATE | Quality.LATE):
            continue
        line = lines.get(number, [])
        said = [one for _, one in line] + [value]
        goes_on = bool(line) and max(said) - min(said) <= tolerance and abs(value - 3) > tolerance
        gap = seconds - line[-1][0] if line else 0
        flat[number] = flat[number] + (gap if gap <= 2 else 0) if goes_on else 0
        lines[number] = [*(line if goes_on else []), (seconds, value)]
        after = sum(flat[number] >= least for least in (20, 26))
        if after != level.get(number, 0):
            level[number] = after
            changes.append((number, seconds, after))
    return changes


def flat_of(rows: list[Row], places: list[int], tolerance: int) -> list[AlarmTransition]:
    extra = f"tolerance: {tolerance}\n    except_at: 3"
    written = stuck("{notice: {flat: 20s}, major: {flat: 26s}}", extra, "m")
    return judged(context(book(written), SENSORS), rows, places)


@settings(max_examples=30)
@given(streams(), cuts, st.integers(0, 2), st.integers(10, 14))
def test_flat_lines_agree_with_judging_one_by_one_however_batches_are_cut(
    rows: list[Row], places: list[int], tolerance: int, coarse: int
) -> None:
    rows = [(1, at, value // coarse + 5, quality) for at, (_, _, value, quality) in enumerate(rows)]

    transitions = flat_of(rows, places, tolerance)

    assert seen_of(transitions) == flat_one_by_one(rows, tolerance)
    assert flat_of(rows, [], tolerance) == transitions


def stepped(rows: list[Row], places: list[int]) -> list[AlarmTransition]:
    written = stuck("{notice: {steps: 3}, major: {steps: 6}}", "per: 2s\n    remembered: 6s", "m")
    return judged(context(book(written), SENSORS), rows, places)


def steps_one_by_one(rows: list[Row]) -> list[tuple[int, int, int]]:
    """Judge as one would for one reading at a time: (sensor, seconds, level) where a level changes."""
    newest: dict[int, tuple[int, float]] = {}
    widest: dict[int, tuple[int, float]] = {}
    level: dict[int, int] = {}
    changes = []
    for number, seconds, value, quality in rows:
        if quality & (UNTRUSTED | Quality.DUPLICATE | Quality.LATE):
            continue
        then, said = newest.get(number, (seconds, value))
        step = abs(value - said) / max((seconds - then) / 2, 1)
        newest[number] = (seconds, value)
        told_ns, worst = widest.get(number, (-100, 0.0))
        if seconds - told_ns >= 6 or step >= worst:
            widest[number] = (seconds, step)
        kept = sum(widest[number][1] > limit for limit in (3, 6))
        after = max(sum(step > limit for limit in (3, 6)), min(level.get(number, 0), kept))
        if after != level.get(number, 0):
            level[number] = after
            changes.append((number, seconds, after))
    return changes


@settings(max_examples=30)
@given(streams(), cuts)
def test_steps_agree_with_judging_one_by_one_however_batches_are_cut(rows: list[Row], places: list[int]) -> None:
    transitions = stepped(rows, places)

    assert seen_of(transitions) == steps_one_by_one(rows)
    assert stepped(rows, []) == transitions
