import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from city.errors import StoreUnavailable
from city.history import Resolution, SeriesQuery
from city.quality import Quality
from storage.config import HistorySettings
from storage.duckdb import DuckdbHistory
from storage.duckdb_order import Tier, due
from tests.support.history import NAMES, START_NS, TableNames, arrivals, event, row

EVERYTHING = (0, 2**62)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "readings.duckdb"


@pytest.fixture
def history(path: Path) -> Iterator[DuckdbHistory]:
    history = DuckdbHistory(path, NAMES)
    yield history
    history.close()


def values(history: DuckdbHistory, sensor: str = "air-1", quantity: str = "pm25") -> list[float]:
    return history.readings(SeriesQuery(sensor, quantity, *EVERYTHING, Resolution.RAW)).value


def test_expiry_spares_what_is_new_and_what_is_recorded(path: Path) -> None:
    history = DuckdbHistory(path, NAMES, settings=HistorySettings(retention_days=1))
    recorded = row(1, 1, 1, 2.0, Quality.RECORDED | Quality.LATE)
    rows = [row(1, 1, 0, 1.0), recorded, row(1, 1, 2, 3.0), row(1, 1, 3600, 4.0)]
    history.append([(1, arrivals(*rows))], 1)

    history.tend(START_NS + (86_400 + 3600) * 1_000_000_000)

    assert values(history) == [2.0, 4.0]
    assert history.position() == 1
    history.close()


def test_names_stay_with_their_readings_when_numbers_were_given_anew(path: Path) -> None:
    before = DuckdbHistory(path, TableNames({1: "old", 2: "other"}, {1: "pm25"}))
    before.append([(1, arrivals(row(1, 1, 0, 1.0), row(2, 1, 0, 2.0)))], 1)
    before.close()

    after = DuckdbHistory(path, TableNames({1: "new", 5: "old"}, {3: "pm25"}))
    after.append([(2, arrivals(row(1, 3, 1, 3.0), row(5, 3, 1, 4.0), events=(event(5, "moved", 0),)))], 2)

    assert (values(after, "old"), values(after, "other"), values(after, "new")) == ([1.0, 4.0], [2.0], [3.0])
    assert [kept.event for kept in after.events("old", *EVERYTHING, 10)] == ["moved"]
    after.close()


def test_append_that_fails_leaves_nothing_and_can_be_repeated(history: DuckdbHistory, path: Path) -> None:
    history.append([(1, arrivals(row(1, 1, 0, 1.0)))], 1)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    entry = (2, arrivals(*(row(2, 2, second / 1000, second * 0.7) for second in range(50_000))))

    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, hard))
    try:
        with pytest.raises(StoreUnavailable):
            history.append([entry], 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert (history.position(), values(history), values(history, NAMES.sensor(2), "noise")) == (1, [1.0], [])
    history.append([entry], 2)
    found = history.readings(SeriesQuery(NAMES.sensor(2), "noise", *EVERYTHING, Resolution.RAW, 60_000))
    assert (history.position(), len(found.value)) == (2, 50_000)


def test_readers_see_whole_appends_while_one_writes(history: DuckdbHistory) -> None:
    done = Event()

    def read() -> set[int]:
        seen = set()
        while not done.is_set():
            seen.add(len(history.readings(SeriesQuery("air-1", "pm25", *EVERYTHING, Resolution.RAW, 100_000)).value))
        return seen

    with ThreadPoolExecutor(3) as threads:
        readers = [threads.submit(read) for _ in range(3)]
        for position in range(1, 31):
            history.append([(position, arrivals(*(row(1, 1, position * 100 + n, n) for n in range(100))))], position)
        done.set()
        seen = set().union(*(reader.result() for reader in readers))

    assert {count % 100 for count in seen} == {0}
    assert len(values(history)) == 3000


def test_closed_store_is_unavailable(history: DuckdbHistory) -> None:
    history.close()

    with pytest.raises(StoreUnavailable, match="is closed"):
        history.append([(1, arrivals(row(1, 1, 0, 1.0)))], 1)


def test_store_is_settled_up_to_what_a_checkpoint_brought_into_the_file(history: DuckdbHistory, path: Path) -> None:
    settled = []
    for position in (1, 2):
        history.append([(position, arrivals(row(1, 1, position, 1.0)))], position)
        settled.append(history.settled())
    history.append([], 2)  # nothing new
    settled.append(history.settled())
    with history.still():
        assert not path.with_name("readings.duckdb.wal").exists() or history._file.log_bytes == 0
    history.append([(3, arrivals(row(1, 1, 3, 1.0)))], 3)
    settled.append(history.settled())

    assert settled == [0, 0, 0, 2]
    assert history._file.log_bytes > 0  # where the last one is


def test_store_is_settled_where_the_commit_itself_brought_everything_into_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.duckdb._CHECKPOINT", "16KB")
    history = DuckdbHistory(path, NAMES)
    history.append([(1, arrivals(row(1, 1, 0, 1.0)))], 1)
    history.append([(2, arrivals(*(row(1, 1, 1 + n, 0.7 * n) for n in range(2000))))], 2)

    assert (history.settled(), history._file.log_bytes) == (2, 0)
    history.close()


def test_start_settles_what_the_last_run_left_in_the_log(path: Path) -> None:
    before = DuckdbHistory(path, NAMES)
    before.append([(7, arrivals(row(1, 1, 0, 1.0)))], 7)
    before.close()

    after = DuckdbHistory(path, NAMES)

    assert (before.settled(), after.settled()) == (0, 7)
    after.close()


def test_only_whole_hours_are_forgotten(path: Path) -> None:
    history = DuckdbHistory(path, NAMES, settings=HistorySettings(retention_days=1))
    history.append([(1, arrivals(row(1, 1, 0, 1.0), row(1, 1, 3600, 2.0)))], 1)

    kept = []
    for after_s in (3599, 3600 + 1800, 7200):
        history.tend(START_NS + (86_400 + after_s) * 1_000_000_000)
        kept.append(values(history))

    assert kept == [[1.0, 2.0], [2.0], []]
    history.close()


def test_span_that_holds_too_many_rows_stays_as_its_parts_are(history: DuckdbHistory) -> None:
    tier = Tier("readings by test", "readings", 3600 * 10**9, most_rows=2)
    history.append([(1, arrivals(*(row(1, 1, second, 1.0) for second in range(3))))], 1)
    with history._file.cursor() as cursor:
        cursor.execute("INSERT INTO loose VALUES (?, ?, 3)", [tier.name, START_NS])
        due_then = due(cursor, tier, START_NS + 2 * tier.width_ns)
        left = cursor.execute("SELECT count(*) FROM loose WHERE tier = ?", [tier.name]).fetchall()

    assert (due_then, left) == ([], [(0,)])


@pytest.mark.parametrize(("loose", "starts"), [(9, []), (10, [START_NS])], ids=["a few rows", "one of a hundred"])
def test_span_is_put_in_order_again_when_enough_of_it_came_later(
    history: DuckdbHistory, loose: int, starts: list[int]
) -> None:
    tier = Tier("readings by test", "readings", 3600 * 10**9)
    history.append([(1, arrivals(*(row(1, 1, second, 1.0) for second in range(1000))))], 1)
    with history._file.cursor() as cursor:
        cursor.execute("INSERT INTO loose VALUES (?, ?, ?)", [tier.name, START_NS, loose])

        assert due(cursor, tier, START_NS + 2 * tier.width_ns) == starts
