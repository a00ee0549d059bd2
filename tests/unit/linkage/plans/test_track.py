"""What simulated sensors say: lines between points, home at the end, the same time for the same reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.clock import SECOND_NS
from city.errors import BadCityFile
from city.level import Domain
from city.sensor import Sensor
from linkage.plans.library import twins_of, unplayable
from linkage.plans.parsing import parse_plan
from linkage.plans.track import CALM_S, Play, Track, script_of, twins
from tests.support.plans import FLOOD_PLAN

LEVEL = Sensor(
    "up-1", "东门", Domain.ENVIRONMENT, "underpass_level", "East", site="gate", upstream="gw", interval_s=20.0,
    quantities=("water_level",), tags=frozenset({"underpass"}),
)  # fmt: skip
TRACK = Track(sensor="up-1", quantity="water_level", points=((0, 2), (2, 20), (10, 20), (11, 0)), unit="cm")
START_NS = 1_000 * SECOND_NS + 7

PLAYED = FLOOD_PLAN.replace("    injects:", "    sensors:\n      - {}\n    injects:")


def play(ended_s: float | None = None, start_ns: int = START_NS) -> Play:
    ended_ns = None if ended_s is None else start_ns + round(ended_s * SECOND_NS)
    return Play(tuple(script_of("flood", [TRACK], {"up-1": LEVEL})), start_ns, ended_ns)


@pytest.mark.parametrize(("at_s", "value"), [(0, 2), (60, 11), (120, 20), (400, 20), (630, 10), (660, 0), (9999, 2)])
def test_track_runs_straight_between_its_points_and_home(at_s: float, value: float) -> None:
    assert TRACK.value(at_s) == value


def test_twin_is_judged_alike_and_stands_beside() -> None:
    (twin,) = twins("flood", [TRACK, TRACK], {"up-1": LEVEL})

    assert (twin.id, twin.kind, twin.name_en) == ("drill-flood-up-1", LEVEL.kind, "[DRILL] East")
    assert twin.tags == {"underpass", "drill"}
    assert (twin.site, twin.upstream, twin.interval_s) == ("drill-gate", "", None)


def test_play_says_its_first_reading_at_once() -> None:
    (reading,) = play().due(START_NS - 1, START_NS)

    assert (reading.sensor, reading.value, reading.unit, reading.time_ns) == ("drill-flood-up-1", 2, "cm", START_NS)


def test_what_was_missed_stays_unsaid() -> None:
    now_ns = START_NS + 65 * SECOND_NS

    (reading,) = play().due(START_NS + 10 * SECOND_NS, now_ns)

    assert (reading.time_ns, reading.value) == (START_NS + 60 * SECOND_NS, 11)
    assert play().next_ns(now_ns) == START_NS + 70 * SECOND_NS


def test_ended_exercise_sends_its_sensors_home_and_silences_them() -> None:
    ended = play(ended_s=300)
    (reading,) = ended.due(START_NS + 300 * SECOND_NS, START_NS + 310 * SECOND_NS)
    last_ns = START_NS + (300 + CALM_S) * SECOND_NS

    assert reading.value == 2
    assert ended.over_ns == last_ns
    assert ended.next_ns(last_ns) is None
    assert ended.due(last_ns, last_ns + 20 * SECOND_NS) == []


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_every_play_ends_and_never_says_the_same_twice(start_s: int, late_s: int) -> None:
    playing, since_ns, times = play(start_ns=start_s * SECOND_NS), start_s * SECOND_NS - 1, []
    now_ns: int | None = (start_s + late_s) * SECOND_NS
    while now_ns is not None:
        times += [reading.time_ns for reading in playing.due(since_ns, now_ns)]
        since_ns, now_ns = (playing.next_ns(now_ns) or now_ns) - 1, playing.next_ns(now_ns)

    assert times == sorted(set(times))
    assert not times or times[-1] <= playing.over_ns


@pytest.mark.parametrize(
    ("track", "expected"),
    [
        ("{sensor: up-1, quantity: water_level, points: []}", "1 to 200 points"),
        ("{sensor: up-1, quantity: water_level, points: [[1, 2], [1, 3]]}", "each later than the one before"),
        ("{sensor: up-1, quantity: water_level, points: [[1]]}", "a minute and a value"),
        ("{sensor: up-1, quantity: water_level, points: [[-1, 2]]}", "0 to 1440 minutes"),
        ("{sensor: up-1, quantity: water_level, every_s: 0, points: [[1, 2]]}", "1 to 3600"),
    ],
)
def test_track_that_cannot_be_played_is_named_with_its_line(track: str, expected: str) -> None:
    with pytest.raises(BadCityFile, match=expected):
        parse_plan(PLAYED.replace("{}", track))


@pytest.mark.parametrize(
    ("sensor", "quantity", "wrong"),
    [("up-1", "water_level", []), ("up-2", "water_level", ["up-2"]), ("up-1", "speed", ["speed"])],
)
def test_city_is_checked_for_what_plays(sensor: str, quantity: str, wrong: list[str]) -> None:
    plan = parse_plan(PLAYED.replace("{}", f"{{sensor: {sensor}, quantity: {quantity}, points: [[0, 1]]}}"))

    assert [mistake.got for mistake in unplayable([plan], [LEVEL])] == wrong
    assert [twin.id for twin in twins_of([plan], [LEVEL])] == (["drill-flood-up-1"] if sensor == "up-1" else [])
