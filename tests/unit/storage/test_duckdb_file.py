import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from city.clock import ManualClock
from city.errors import StoreUnavailable
from storage.duckdb_file import DuckdbFile

CLOCK = ManualClock(datetime(2026, 11, 20, 8, tzinfo=UTC))
SCHEMA = ("CREATE TABLE IF NOT EXISTS kept (value BIGINT)",)

#: Leaves its rows in the log, as a killed process does.
KILLED = """
import duckdb, os, sys
connection = duckdb.connect(sys.argv[1])
for _ in range(5):
    connection.execute("INSERT INTO kept SELECT range FROM range(10000)")
os._exit(0)
"""
HOLDING = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


def opened(path: Path, **options: str) -> DuckdbFile:
    return DuckdbFile(path, schema=SCHEMA, options=options, clock=CLOCK)


def fill(file: DuckdbFile, rows: int) -> None:
    with file.cursor() as cursor:
        cursor.execute("INSERT INTO kept SELECT (hash(range) >> 1)::BIGINT FROM range(?)", [rows])


def count(file: DuckdbFile) -> int:
    with file.cursor() as cursor:
        [(found,)] = cursor.execute("SELECT count(*) FROM kept").fetchall()
    return int(found)


@contextmanager
def file_size_limit(limit: int) -> Iterator[None]:
    """Let no file of this process grow beyond `limit` bytes, as a full disk would not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "history" / "readings.duckdb"
    file = opened(path)
    fill(file, 200_000)
    file.close()
    return path


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        pytest.param("SET threads = 4", duckdb.InvalidInputException, id="configuration"),
        pytest.param("COPY kept TO '/tmp/liandong.csv'", StoreUnavailable, id="write a file"),
        pytest.param("SELECT * FROM read_text('/etc/passwd')", StoreUnavailable, id="read a file"),
        pytest.param("ATTACH '/tmp/liandong.db'", StoreUnavailable, id="attach"),
        pytest.param("INSTALL httpfs", StoreUnavailable, id="extension"),
    ],
)
def test_file_is_locked_down(path: Path, statement: str, error: type[Exception]) -> None:
    file = opened(path)

    with pytest.raises(error), file.cursor() as cursor:
        cursor.execute(statement)

    file.close()


def test_file_is_for_its_owner_only(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: b"x" * 50_000, id="overwritten"),
        pytest.param(lambda data: b"", id="emptied"),
        pytest.param(lambda data: data[:5000], id="cut in the headers"),
        pytest.param(lambda data: data[: len(data) // 2], id="cut in the middle"),
        pytest.param(lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:], id="bit flipped in the header"),
    ],
)
def test_broken_file_is_set_aside_and_a_new_one_begun(path: Path, damage) -> None:
    broken = damage(path.read_bytes())
    path.write_bytes(broken)

    file = opened(path)

    assert count(file) == 0
    assert path.with_name("readings.broken-20261120T080000.duckdb").read_bytes() == broken
    file.close()


def test_file_that_gave_back_the_blocks_at_its_end_is_whole(path: Path) -> None:
    file = opened(path)
    fill(file, 2_000_000)
    with file.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("DELETE FROM kept WHERE rowid >= 200000")
        cursor.execute("CHECKPOINT")
        cursor.execute("CHECKPOINT")
    file.close()

    again = opened(path)

    assert count(again) == 200_000
    assert not list(path.parent.glob("*.broken-*"))
    again.close()


def test_file_with_blocks_of_duckdbs_own_size_is_taken_on_and_its_end_missed(path: Path) -> None:
    older = path.with_name("older.duckdb")
    with duckdb.connect(str(older)) as connection:
        connection.execute(SCHEMA[0])
    file = opened(older)
    fill(file, 400_000)
    file.close()
    again = opened(older)
    found = count(again)
    again.close()
    older.write_bytes(older.read_bytes()[:-262_144])
    broken = opened(older)

    assert (found, count(broken)) == (400_000, 0)
    assert len(list(older.parent.glob("older.broken-*"))) == 1
    broken.close()


def test_broken_log_is_set_aside_and_the_file_kept(path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=True)
    wal = path.with_name("readings.duckdb.wal")
    data = bytearray(wal.read_bytes())
    data[len(data) // 2] ^= 255
    wal.write_bytes(data)

    file = opened(path)

    assert count(file) == 200_000
    assert path.with_name("readings.broken-20261120T080000.duckdb.wal").read_bytes() == data
    assert not path.with_name("readings.broken-20261120T080000.duckdb").exists()
    file.close()


def test_whole_log_is_replayed(path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=True)

    file = opened(path)

    assert count(file) == 250_000
    file.close()


def test_file_of_another_process_is_left_where_it_is(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()

        with pytest.raises(StoreUnavailable, match="Could not set lock"):
            opened(path)

    assert sorted(path.parent.iterdir()) == [path]


def test_full_disk_at_a_commit_loses_only_that_commit(path: Path) -> None:
    file = opened(path, checkpoint_threshold="1GB")

    with file_size_limit(100_000), pytest.raises(StoreUnavailable, match="Failed to commit"):
        fill(file, 100_000)

    fill(file, 10)
    assert count(file) == 200_010
    file.close()


def test_full_disk_at_a_checkpoint_is_recovered_from(path: Path) -> None:
    file = opened(path)

    with file_size_limit(path.stat().st_size + 1000):
        fill(file, 10)
        fill(file, 100_000)
        with pytest.raises(StoreUnavailable, match="Failed to create checkpoint"), file.cursor() as cursor:
            cursor.execute("CHECKPOINT")
        assert count(file) == 300_010

    fill(file, 5)
    assert count(file) == 300_015
    file.close()


def test_what_was_not_committed_is_rolled_back(path: Path) -> None:
    file = opened(path)

    with file.cursor() as cursor:
        cursor.begin()
        cursor.execute("INSERT INTO kept VALUES (1)")

    assert count(file) == 200_000
    file.close()


def test_closed_file_says_so(path: Path) -> None:
    file = opened(path)
    file.close()

    with pytest.raises(StoreUnavailable, match="is closed"):
        count(file)


def test_file_that_the_disk_does_not_give_is_waited_for_where_it_is(tmp_path: Path) -> None:
    place = tmp_path / "readings.duckdb"
    place.mkdir()

    with pytest.raises(StoreUnavailable, match="Is a directory"):
        opened(place)

    assert [path.name for path in tmp_path.iterdir()] == ["readings.duckdb"]


def test_file_that_was_invalidated_waits_for_its_readers(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.duckdb_file._DRAIN_S", 0.01)
    file = opened(path)

    with file.cursor():
        file._invalidate(duckdb.FatalException("told so by the test"))
        with pytest.raises(StoreUnavailable, match="still being read"):
            count(file)

    assert count(file) == 200_000
    file.close()
