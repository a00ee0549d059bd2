"""What every history store promises, on the real thing: DuckDB, InfluxDB's reads, influxdb-client's writes."""

import math
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from city.clock import SECOND_NS
from city.history import KeptEvent, LatestReading, Resolution, SeriesQuery
from city.quality import Quality
from storage.arrivals import REFUSED
from tests.support.history import SENSORS, START_NS, arrivals, event, row
from tests.support.history_stores import WIDE, Rig

DAY_NS = 86_400 * SECOND_NS


def at(second: float) -> int:
    return START_NS + round(second * SECOND_NS)


def query(quantity: str, resolution: Resolution, limit: int = 5000) -> SeriesQuery:
    return SeriesQuery("air-1", quantity, START_NS, START_NS + DAY_NS, resolution, limit)


def test_empty_store_knows_nothing(rig: Rig) -> None:
    series = rig.history.readings(query("pm25", Resolution.AUTO))

    assert rig.history.position() == 0
    assert (series.time_ns, series.resolution, series.truncated) == ([], Resolution.RAW, False)
    assert rig.history.newest(0).readings() == []
    assert rig.history.events("air-1", *WIDE, 10) == []


def test_readings_are_kept_with_value_quality_and_position(written: Rig) -> None:
    written.history.append([(3, arrivals(row(1, 1, 1, 35.2), row(1, 1, 0.001, 34.9, 8), row(3, 2, 0, -1e-9)))], 3)
    written.history.append([(4, arrivals(row(1, 1, 2, 123456.75)))], 4)

    assert written.points("air-1", "pm25") == [(at(0.001), 34.9, 8, 3), (at(1), 35.2, 0, 3), (at(2), 123456.75, 0, 4)]
    assert written.points(SENSORS[2], "noise") == [(at(0), -1e-9, 0, 3)]


def test_repeating_an_append_writes_nothing_new(written: Rig) -> None:
    entries = [(1, arrivals(row(1, 1, 0, 1.0))), (2, arrivals(row(1, 1, 1, 2.0)))]
    for _ in range(2):
        written.history.append(entries, 2)
        written.reopen()

    written.history.append([*entries, (3, arrivals(row(1, 1, 2, 3.0)))], 3)

    assert [(value, position) for _, value, _, position in written.points("air-1", "pm25")] == [(1, 1), (2, 2), (3, 3)]


def test_position_is_remembered_even_without_readings(rig: Rig) -> None:
    rig.history.append([(7, arrivals())], 7)
    rig.history.append([], 12)

    assert rig.history.position() == 12
    assert rig.reopen().position() == 12


@pytest.mark.parametrize("split", [1, 2, 3], ids=["one entry", "one append", "two appends"])
def test_last_position_wins(rig: Rig, split: int) -> None:
    first, second = row(1, 1, 0, 1.0), row(1, 1, 0, 2.0, Quality.LATE)
    other = row(1, 2, 0, 5.0)

    if split == 1:
        rig.history.append([(1, arrivals(first, other, second))], 1)
    elif split == 2:
        rig.history.append([(1, arrivals(first, other)), (2, arrivals(second))], 2)
    else:
        rig.history.append([(1, arrivals(first, other))], 1)
        rig.history.append([(2, arrivals(second))], 2)

    assert rig.raw("air-1", "pm25") == [(at(0), 2.0, Quality.LATE)]
    assert rig.raw("air-1", "noise") == [(at(0), 5.0, 0)]


def test_range_includes_its_start_and_not_its_end(rig: Rig) -> None:
    rig.history.append([(1, arrivals(*(row(1, 1, second, second) for second in range(5))))], 1)

    series = rig.history.readings(SeriesQuery("air-1", "pm25", at(1), at(3), Resolution.RAW))

    assert series.time_ns == [at(1), at(2)]
    assert (series.minimum, series.maximum, series.count) == ([1.0, 2.0], [1.0, 2.0], [1, 1])


@pytest.mark.parametrize("limit", [2, 3])
def test_limit_keeps_the_first_and_says_that_it_cut(rig: Rig, limit: int) -> None:
    rig.history.append([(1, arrivals(*(row(1, 1, second, second) for second in range(3))))], 1)

    series = rig.history.readings(query("pm25", Resolution.RAW, limit))

    assert (series.value, series.truncated) == ([0.0, 1.0, 2.0][:limit], limit < 3)


def test_roll_up_gives_one_bucket_a_minute(rig: Rig) -> None:
    rows = [row(1, 1, 0, 1.0), row(1, 1, 59.9, 4.0, Quality.LATE), row(1, 1, 60, 10.0), row(1, 1, 300, 7.0)]
    rig.history.append([(1, arrivals(*rows))], 1)

    series = rig.history.readings(query("pm25", Resolution.MINUTE))

    assert series.resolution is Resolution.MINUTE
    assert series.time_ns == [at(0), at(60), at(300)]
    assert (series.value, series.minimum, series.maximum) == ([2.5, 10.0, 7.0], [1.0, 10.0, 7.0], [4.0, 10.0, 7.0])
    assert (series.count, series.quality) == ([2, 1, 1], [Quality.LATE, 0, 0])


def test_roll_up_counts_a_repeated_reading_once(rig: Rig) -> None:
    for position in (1, 2, 3):
        rig.history.append([(position, arrivals(row(1, 1, 0, position), row(1, 1, 1, 9.0)))], position)

    series = rig.history.readings(query("pm25", Resolution.HOUR))

    assert (series.value, series.minimum, series.count) == ([6.0], [3.0], [2])


@pytest.mark.parametrize(
    ("quantity", "values", "expected"),
    [
        pytest.param(1, (10.0, 20.0), 15.0, id="linear"),
        pytest.param(2, (60.0, 60.0, 90.0), 10 * math.log10((2e6 + 1e9) / 3), id="decibels by energy"),
        pytest.param(3, (350.0, 20.0), 5.0, id="bearings round the circle"),
        pytest.param(3, (200.0, 220.0), 210.0, id="bearings in the west"),
        pytest.param(4, (0.2, 0.3), 0.5, id="rain in sum"),
        pytest.param(5, (1.0, 0.0), 0.0, id="state as it was last"),
    ],
)
def test_quantity_has_its_own_mean(rig: Rig, quantity: int, values: tuple[float, ...], expected: float) -> None:
    rig.history.append([(1, arrivals(*(row(1, quantity, 10 * n, value) for n, value in enumerate(values))))], 1)
    name = ("pm25", "noise", "wind_direction", "rain", "door")[quantity - 1]

    series = rig.history.readings(query(name, Resolution.MINUTE))

    assert series.value == pytest.approx([expected])
    assert (series.minimum, series.maximum, series.count) == ([min(values)], [max(values)], [len(values)])


@pytest.mark.parametrize(
    ("limit", "resolution", "points"),
    [
        pytest.param(240, Resolution.RAW, 240, id="all of them"),
        pytest.param(239, Resolution.MINUTE, 120, id="minutes"),
        pytest.param(119, Resolution.HOUR, 2, id="hours"),
        pytest.param(1, Resolution.HOUR, 1, id="too many hours"),
    ],
)
def test_auto_is_the_finest_that_keeps_within_the_limit(
    rig: Rig, limit: int, resolution: Resolution, points: int
) -> None:
    rig.history.append([(1, arrivals(*(row(1, 1, 30 * n, n) for n in range(240))))], 1)

    series = rig.history.readings(query("pm25", Resolution.AUTO, limit))

    assert (series.resolution, len(series.value), series.truncated) == (resolution, points, limit == 1)


@pytest.mark.parametrize("quality", [Quality.DUPLICATE, Quality.DUPLICATE | Quality.LATE], ids=["at once", "later"])
def test_a_reading_that_is_said_again_stays_as_it_came_first(rig: Rig, quality: Quality) -> None:
    first = row(1, 1, 0, 1.0)
    sensor, quantity, time_ns, arrival_ns, value, _ = first
    again = sensor, quantity, time_ns, arrival_ns + 60 * SECOND_NS, value, int(quality)
    rig.history.append([(1, arrivals(first)), (2, arrivals(again, row(1, 1, 1, 2.0)))], 2)
    rig.history.append([(3, arrivals(again))], 3)

    series = rig.history.readings(query("pm25", Resolution.RAW))

    assert (series.time_ns, series.quality) == ([at(0), at(1)], [0, 0])
    assert series.arrival_ns[0] == arrival_ns


def test_latest_is_the_newest_by_time_of_each_series(rig: Rig) -> None:
    rig.history.append([(1, arrivals(row(1, 1, 100, 1.0), row(1, 1, 50, 2.0), row(2, 1, 10, 3.0)))], 1)
    rig.history.append([(2, arrivals(row(1, 1, 100, 4.0, Quality.LATE), row(1, 2, 99, 5.0)))], 2)

    def latest(sensor: int, quantity: str, second: int, value: float, quality: int = 0) -> LatestReading:
        return LatestReading(SENSORS[sensor - 1], quantity, at(second), at(second) + 7_000_000, value, quality)

    newest = latest(1, "pm25", 100, 4.0, Quality.LATE)
    others = [latest(1, "noise", 99, 5.0), latest(2, "pm25", 10, 3.0)]
    assert sorted(rig.history.newest(0).readings(), key=repr) == sorted([newest, *others], key=repr)
    assert rig.history.newest(at(100)).readings() == [newest]


def test_events_come_newest_first_and_each_once(rig: Rig) -> None:
    odd = '{"path":"C:\\\\new","text":"a\\n\\"b\\", 积水=1"}'
    rig.history.append([(1, arrivals(events=(event(1, "intrusion", 1), event(1, "intrusion", 3, odd))))], 1)
    rig.history.append([(2, arrivals(events=(event(1, "loitering, again", 2), event(2, "intrusion", 2))))], 2)
    rig.history.append([(3, arrivals(events=(event(1, "intrusion", 1, '{"again":true}'),)))], 3)

    def kept(name: str, second: int, attributes: str = "{}") -> KeptEvent:
        return KeptEvent("air-1", name, at(second), at(second) + 7_000_000, attributes)

    newest = [kept("intrusion", 3, odd), kept("loitering, again", 2), kept("intrusion", 1, '{"again":true}')]
    assert rig.history.events("air-1", at(0), at(10), 10) == newest
    assert rig.history.events("air-1", at(0), at(10), 2) == newest[:2]
    assert rig.history.events("air-1", at(1), at(3), 10) == newest[1:]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_value_that_is_no_number_is_counted_and_the_rest_kept(rig: Rig, value: float) -> None:
    before = REFUSED.labels("not_finite")._value.get()

    rig.history.append([(1, arrivals(row(1, 1, 0, value), row(1, 1, 1, 5.0)))], 1)

    assert rig.raw("air-1", "pm25") == [(at(1), 5.0, 0)]
    assert REFUSED.labels("not_finite")._value.get() == before + 1


def test_unknown_sensor_or_quantity_has_an_empty_series(rig: Rig) -> None:
    rig.history.append([(1, arrivals(row(1, 1, 0, 1.0)))], 1)

    assert rig.raw("air-1", "never heard") == []
    assert rig.raw("nobody' OR '1'='1", "pm25") == []
    assert rig.raw("air-1", 'pm25" WHERE true; DROP DATABASE "city') == []


_ROWS = st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(0, 4), st.integers(-9, 9))
_ENTRIES = st.lists(st.lists(_ROWS, max_size=5), min_size=1, max_size=6)


@pytest.mark.slow
@pytest.mark.timeout(90)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=_ENTRIES, cuts=st.lists(st.integers(1, 6), max_size=6), again=st.integers(0, 3))
def test_any_split_and_repeat_of_the_same_entries_gives_the_same_reads(
    new_rig: Callable[[], Rig], entries: list[list[tuple[int, int, int, int]]], cuts: list[int], again: int
) -> None:
    rig = new_rig()
    numbered = [
        (position, arrivals(*(row(sensor, quantity, second, value) for sensor, quantity, second, value in rows)))
        for position, rows in enumerate(entries, 1)
    ]
    expected = {(s, q, second): value for rows in entries for s, q, second, value in rows}

    for cut in sorted({*(cut for cut in cuts if cut < len(entries)), len(entries)}):
        rig.history.append(numbered[max(0, rig.history.position() - again) : cut], cut)

    assert rig.history.position() == len(entries)
    for sensor in (1, 2):
        for quantity, name in ((1, "pm25"), (2, "noise")):
            kept = {second: value for (s, q, second), value in expected.items() if (s, q) == (sensor, quantity)}
            assert rig.raw(SENSORS[sensor - 1], name) == [(at(second), kept[second], 0) for second in sorted(kept)]
