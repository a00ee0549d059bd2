from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from city.clock import SECOND_NS
from city.errors import StoreUnavailable
from city.history import Resolution, SeriesQuery
from city.quality import Quality
from storage import duckdb_roll
from storage.config import HistorySettings
from storage.duckdb import DuckdbHistory
from tests.support.history import NAMES, START_NS, arrivals, row

HOUR_S, DAY_S = 3600, 86_400
HOUR_NS, DAY_NS = HOUR_S * SECOND_NS, DAY_S * SECOND_NS
EVERYTHING = (0, 2**62)
ROLLED = ("minutes", "hours")

#: What a file held before there were roll-ups.
OLD = (
    "CREATE TABLE sensors AS SELECT 0::INTEGER AS number, 'air-1' AS name",
    "CREATE TABLE quantities AS SELECT 0::INTEGER AS number, 'pm25' AS name",
    "CREATE TABLE readings (sensor INTEGER NOT NULL, quantity INTEGER NOT NULL, time_ns BIGINT NOT NULL, "
    "arrival_ns BIGINT NOT NULL, value DOUBLE NOT NULL, quality USMALLINT NOT NULL, position BIGINT NOT NULL)",
    f"INSERT INTO readings SELECT 0, 0, {START_NS} + range * 1800000000000, 0, range, 0, range FROM range(1, 21)",
    "CREATE TABLE events (sensor INTEGER NOT NULL, event VARCHAR NOT NULL, time_ns BIGINT NOT NULL, "
    "arrival_ns BIGINT NOT NULL, attributes VARCHAR NOT NULL, position BIGINT NOT NULL)",
    "CREATE TABLE written AS SELECT 20::BIGINT AS position",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "readings.duckdb"


@pytest.fixture
def history(path: Path) -> Iterator[DuckdbHistory]:
    history = DuckdbHistory(path, NAMES, settings=HistorySettings(retention_days=30, minute_retention_days=60))
    yield history
    history.close()


def stored(history: DuckdbHistory, table: str) -> list[tuple[int, ...]]:
    """Return sensor, quantity and time of every row, in the order in which they lie in the file."""
    with history._file.cursor() as cursor:
        return cursor.execute(f"SELECT sensor, quantity, time_ns FROM {table} ORDER BY rowid").fetchall()


def fill(history: DuckdbHistory, *, hours: int, position: int = 0) -> int:
    entries = []
    for second in range(0, hours * HOUR_S, 300):
        position += 1
        rows = (row(sensor, quantity, second, position) for quantity in (1, 2) for sensor in (3, 1, 2))
        entries.append((position, arrivals(*rows)))
    history.append(entries, position)
    return position


def test_closed_hours_are_in_order_by_sensor_and_the_open_one_is_as_it_came(history: DuckdbHistory) -> None:
    fill(history, hours=3)
    before = stored(history, "readings")

    history.tend(START_NS + 2 * HOUR_NS + 400 * SECOND_NS)

    after = stored(history, "readings")
    hours = [time_ns // HOUR_NS for _, _, time_ns in after]
    closed, still_open = sorted(set(hours))[:2], max(hours)
    for hour in closed:
        rows = [each for each, at in zip(after, hours, strict=True) if at == hour]
        assert rows == sorted(rows)
    assert [each for each in after if each[2] // HOUR_NS == still_open] == [
        each for each in before if each[2] // HOUR_NS == still_open
    ]
    assert sorted(after) == sorted(before)


def test_closed_day_is_in_order_with_its_roll_ups(history: DuckdbHistory) -> None:
    fill(history, hours=4)

    history.tend(START_NS + 2 * DAY_NS)

    for table in ("readings", "minutes", "hours"):
        rows = stored(history, table)
        assert rows == sorted(rows), table


def test_roll_ups_of_many_days_are_in_order_and_readings_of_each_day(history: DuckdbHistory) -> None:
    span = 30 * DAY_S
    first = span - START_NS // SECOND_NS % span
    spoken = range(first, first + span, 8 * HOUR_S)
    history.append([(1, arrivals(*(row(sensor, 1, at, 0.0) for at in spoken for sensor in (3, 1, 2))))], 1)

    history.tend(START_NS + (first + span) * SECOND_NS + DAY_NS)

    for table, days in (("readings", 1), ("minutes", 5), ("hours", 30)):
        rows = stored(history, table)
        assert rows == sorted(rows, key=lambda each: (each[2] // (days * DAY_NS), each)), table


def test_a_few_late_readings_stay_where_they_are_and_many_are_put_in_order(history: DuckdbHistory) -> None:
    position = fill(history, hours=20)
    history.tend(START_NS + 2 * DAY_NS)

    history.append([(position + 1, arrivals(row(1, 1, 1, 0.0)))], position + 1)
    history.tend(START_NS + 3 * DAY_NS)
    few = stored(history, "readings")
    many = (row(1, 1, second / 10, 0.0) for second in range(1, 100))
    history.append([(position + 2, arrivals(*many))], position + 2)
    history.tend(START_NS + 4 * DAY_NS)

    first_day = START_NS // DAY_NS
    assert few != sorted(few)
    rows = [each for each in stored(history, "readings") if each[2] // DAY_NS == first_day]
    assert rows == sorted(rows)


def test_order_is_kept_within_the_hour_and_made_at_the_next(history: DuckdbHistory) -> None:
    fill(history, hours=1)
    history.tend(START_NS + 10 * SECOND_NS)
    unordered = stored(history, "readings")

    history.tend(START_NS + 30 * SECOND_NS)
    assert stored(history, "readings") == unordered
    history.tend(START_NS + HOUR_NS + 400 * SECOND_NS)
    assert stored(history, "readings") == sorted(unordered)


def test_file_from_before_there_were_roll_ups_gets_them(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        for statement in OLD:
            connection.execute(statement)
    history = DuckdbHistory(path, NAMES)

    history.tend(START_NS + 2 * DAY_NS)

    found = history.readings(SeriesQuery("air-1", "pm25", *EVERYTHING, Resolution.HOUR))
    with history._file.cursor() as cursor:
        assert cursor.execute("SELECT count(*), sum(count) FROM hours").fetchall() == [(11, 20)]
    assert (len(found.count), sum(found.count), history.position()) == (11, 20, 20)
    history.close()


def test_each_resolution_is_forgotten_in_its_own_time_but_for_recordings(history: DuckdbHistory) -> None:
    history.append([(1, arrivals(row(1, 1, 0, 1.0), row(2, 1, 0, 2.0, Quality.RECORDED)))], 1)

    counts = []
    for days in (29, 31, 61):
        history.tend(START_NS + days * DAY_NS)
        counts.append([len(stored(history, table)) for table in ("readings", "minutes", "hours")])

    assert counts == [[2, 2, 2], [1, 2, 2], [1, 1, 2]]


def test_what_is_rolled_up_in_parts_is_what_is_rolled_up_at_once(
    history: DuckdbHistory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = DuckdbHistory(tmp_path / "whole.duckdb", NAMES)
    found = []
    for one in (whole, history):
        position = fill(one, hours=2)
        one.tend(START_NS + HOUR_NS)
        fill(one, hours=3, position=position)  # the first two again, and one more
        one.tend(START_NS + 2 * HOUR_NS)
        with one._file.cursor() as cursor:
            found.append([cursor.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in ROLLED])
        monkeypatch.setattr(duckdb_roll, "AT_ONCE", 7)

    assert found[0] == found[1]
    assert [len(rows) for rows in found[0]] == [216, 18]
    whole.close()


def test_closed_file_is_not_tended(history: DuckdbHistory) -> None:
    history.close()

    with pytest.raises(StoreUnavailable, match="is closed"):
        history.tend(START_NS)


_STEPS = st.lists(
    st.one_of(
        st.lists(st.tuples(st.sampled_from([0, 30, 59, 60, 3599, 3600, 7300]), st.integers(-5, 5)), max_size=6),
        st.sampled_from(["tend", "later"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_buckets_are_what_their_readings_make_them_whenever_they_were_rolled_up(tmp_path_factory, steps):
    history = DuckdbHistory(tmp_path_factory.mktemp("history") / "readings.duckdb", NAMES)
    kept: dict[int, float] = {}
    for position, step in enumerate(steps, 1):
        if isinstance(step, str):
            history.tend(START_NS + (DAY_NS if step == "later" else HOUR_NS))
            continue
        history.append([(position, arrivals(*(row(1, 1, second, value) for second, value in step)))], position)
        kept |= {START_NS + second * SECOND_NS: float(value) for second, value in step}

    for resolution, width_ns in ((Resolution.MINUTE, 60 * SECOND_NS), (Resolution.HOUR, HOUR_NS)):
        found = history.readings(SeriesQuery("air-1", "pm25", *EVERYTHING, resolution))
        buckets = zip(found.time_ns, found.count, found.minimum, found.value, found.maximum, found.last, strict=True)
        assert list(buckets) == expected(kept, width_ns)
    history.close()


def expected(kept: dict[int, float], width_ns: int) -> list[tuple[object, ...]]:
    buckets: defaultdict[int, list[float]] = defaultdict(list)
    for time_ns in sorted(kept):
        buckets[time_ns // width_ns * width_ns].append(kept[time_ns])
    return [
        (start, len(values), min(values), pytest.approx(sum(values) / len(values)), max(values), values[-1])
        for start, values in buckets.items()
    ]


def test_late_reading_of_a_minute_whose_readings_are_forgotten_leaves_it_as_it_was(path: Path) -> None:
    history = DuckdbHistory(path, NAMES, settings=HistorySettings(retention_days=1))
    history.append([(1, arrivals(*(row(1, 1, second, 6.0) for second in (0, 20, 40))))], 1)
    history.tend(START_NS + 3 * DAY_NS)
    history.append([(2, arrivals(row(1, 1, 30, 90.0)))], 2)

    asked = [Resolution.MINUTE, Resolution.HOUR]
    seen = [history.readings(SeriesQuery("air-1", "pm25", *EVERYTHING, one)) for one in asked]
    history.tend(START_NS + 3 * DAY_NS + SECOND_NS)
    rolled = [history.readings(SeriesQuery("air-1", "pm25", *EVERYTHING, one)) for one in asked]

    assert [(one.count, one.value) for one in (*seen, *rolled)] == [([3], [6.0])] * 4
    history.close()
