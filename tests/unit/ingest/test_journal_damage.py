"""The journal with rows and segments that a failing disk has changed, and on a disk that is not there."""

import errno
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from city.entry import Arrivals, Tick
from city.errors import StoreUnavailable
from ingest import segment
from ingest.journal import Journal
from ingest.journal_codec import Row
from ingest.segment import Segment
from tests.unit.ingest.test_journal import SMALL, bulk, damaged, journal_in, read_all, segments, ticks_of


def changed(segment: Path, statement: str) -> None:
    with closing(sqlite3.connect(segment)) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize("value", ["NULL", "7", "1.5"])
def test_row_of_another_type_is_set_aside_and_the_others_are_read(tmp_path, value):
    with journal_in(tmp_path) as journal:
        journal.append([Tick(1), Tick(2), Tick(3)])
    changed(segments(tmp_path)[0], f"UPDATE row SET blob = {value} WHERE position = 2")
    before = damaged("row")

    with journal_in(tmp_path) as journal:
        assert ticks_of(journal) == [1, 3]
    assert damaged("row") == before + 1


@pytest.mark.parametrize("kind", ["65", "NULL", "'x'"])
def test_row_of_no_kind_is_met_by_whoever_reads_only_some(tmp_path, kind):
    with journal_in(tmp_path) as journal:
        journal.append([Tick(1), bulk(2), Tick(3)])
    changed(segments(tmp_path)[0], f"UPDATE row SET kind = {kind} WHERE position = 2")
    before = damaged("row")

    with journal_in(tmp_path) as journal:
        kept = [read_all(journal, kinds=(one,)) for one in (Tick, Arrivals)]

    assert kept == [[1, 3], []]
    assert damaged("row") == before + 1


def test_bytes_that_became_a_text_are_read_as_they_were(tmp_path):
    with journal_in(tmp_path) as journal:
        journal.append([bulk(1), bulk(2)])
    changed(segments(tmp_path)[0], "UPDATE row SET blob = CAST(blob AS TEXT) WHERE position = 2")

    with journal_in(tmp_path) as journal:
        assert read_all(journal) == [1, 2]


@pytest.mark.parametrize("statement", ["UPDATE origin SET first = NULL", "UPDATE origin SET last = 'x'"])
def test_damaged_word_of_the_segment_before_keeps_nobody_from_starting(tmp_path, statement):
    with journal_in(tmp_path) as journal:
        for number in range(20):
            journal.append([bulk(number)])
    changed(segments(tmp_path)[1], statement)

    with journal_in(tmp_path, history=0) as journal:
        assert read_all(journal) == list(range(1, 21))


def test_rows_beside_damaged_ones_wait_while_they_cannot_be_read(tmp_path):
    with journal_in(tmp_path) as journal:
        journal.append([Tick(1), Tick(2)])
    with journal_in(tmp_path) as journal:
        reader = journal.reader()
        reader._connection, reader._connected_to = _Failing(), journal._segments[0]  # type: ignore[assignment]
        with pytest.raises(StoreUnavailable, match="out of memory"):
            reader.read(0, 10)
        reader.close()

        assert ticks_of(journal) == [1, 2]


class _Failing:
    """A connection to a damaged file on a machine without memory."""

    def __init__(self) -> None:
        self._codes = iter((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOMEM))

    def execute(self, *_: object) -> None:
        code = next(self._codes)
        error = sqlite3.DatabaseError("malformed" if code == sqlite3.SQLITE_CORRUPT else "out of memory")
        error.sqlite_errorcode = code
        raise error

    def close(self) -> None:
        """Nothing to close."""


def test_journal_whose_disk_is_gone_refuses(tmp_path):
    with closing(Journal(tmp_path / "journal", SMALL, readers={})) as journal:
        shutil.rmtree(tmp_path / "journal")
        with pytest.raises(StoreUnavailable, match="No such file"):
            journal.append([Tick(1)])


@pytest.mark.parametrize("limit", [64, 10_000])
def test_page_that_cannot_be_read_costs_the_rows_on_it_and_is_counted_however_little_is_read_at_once(tmp_path, limit):
    with journal_in(tmp_path) as journal:
        journal.append([Tick(number) for number in range(2000)])
    path = segments(tmp_path)[0]
    data = bytearray(path.read_bytes())
    data[5 * 4096 : 5 * 4096 + 8] = b"\xff" * 8
    path.write_bytes(data)
    before = damaged("page")

    with journal_in(tmp_path) as journal:
        left = read_all(journal, limit=limit)

    assert 1500 < len(left) < 2000
    assert left == sorted(set(left))
    assert damaged("page") > before


def test_positions_rise_though_the_newest_segment_is_damaged_again_and_again(tmp_path):
    used = []
    for _ in range(3):
        with journal_in(tmp_path) as journal:
            used.append(journal.append([Tick(1)]))
        segments(tmp_path)[-1].write_bytes(b"no database at all" * 100)

    assert used == sorted(set(used))


def test_positions_of_a_commit_that_failed_are_not_used_again(tmp_path, monkeypatch):
    with journal_in(tmp_path) as journal:
        journal.append([Tick(1)])
        with monkeypatch.context() as broken:
            broken.setattr("ingest.journal.write", _fail_after_writing)
            with pytest.raises(StoreUnavailable):
                journal.append([Tick(2), Tick(3)])
        position = journal.append([Tick(4)])

    with journal_in(tmp_path) as journal:
        assert (position, read_all(journal)) == (4, [1, 2, 3, 4])


def test_segment_that_cannot_be_opened_now_is_waited_for(tmp_path):
    folder = tmp_path / "00000000000000000001.sqlite"
    folder.mkdir()

    with pytest.raises(StoreUnavailable, match="unable to open"):
        Journal(tmp_path, SMALL, readers={})
    assert folder.is_dir()


def test_segment_that_cannot_be_made_leaves_nothing(tmp_path, monkeypatch):
    with journal_in(tmp_path) as journal:
        with monkeypatch.context() as broken:
            broken.setattr(segment, "_sync_folder", _full_disk)
            with pytest.raises(StoreUnavailable, match="No space"):
                journal.append([Tick(1)])
        left = list(tmp_path.iterdir())

        assert (left, journal.append([Tick(1)])) == ([], 2)


def _full_disk(_: Path) -> None:
    raise OSError(28, "No space left on device")


def test_empty_segment_ends_before_it_begins(tmp_path):
    begun = Segment(tmp_path, 7, 6)
    begun.create().close()

    found = Segment(tmp_path, 7, 0)

    assert (found.recover(), found.last) == (0, 6)


def test_every_commit_reaches_the_disk_and_none_waits_for_a_checkpoint(tmp_path):
    with closing(Segment(tmp_path, 1, 0).create()) as writer:
        told = {name: writer.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "wal_autocheckpoint")}

    assert told == {"synchronous": 2, "wal_autocheckpoint": 0}


def test_sealed_segment_keeps_no_log_though_somebody_reads_it(tmp_path):
    first = Segment(tmp_path, 1, 0)
    writer = first.create()
    segment.write(writer, [Row(1, 2, 1, 0, b"x" * 20_000)])
    with closing(first.connect()) as reader:
        reader.execute("SELECT count(*) FROM row").fetchone()
        before = first.log_path.stat().st_size
        first.seal(writer)

        assert before > 20_000 > first.log_path.stat().st_size


def test_commit_that_failed_leaves_no_trace_for_readers(tmp_path, monkeypatch):
    with journal_in(tmp_path) as journal:
        journal.append([Tick(1)])
        with monkeypatch.context() as broken:
            broken.setattr("ingest.journal.write", _fail_after_writing)
            with pytest.raises(StoreUnavailable, match="EIO"):
                journal.append([Tick(2)])
        journal.append([Tick(3)])

        assert ticks_of(journal) == [1, 3]


def _fail_after_writing(connection, rows):
    connection.executemany("INSERT INTO row VALUES (?, ?, ?, ?, ?)", rows)
    raise sqlite3.OperationalError("EIO")


def test_damage_that_cannot_be_set_aside_keeps_nobody_from_starting(tmp_path, monkeypatch):
    with journal_in(tmp_path) as journal:
        journal.append([Tick(1)])
        journal.append([Tick(2)])
    (path,) = segments(tmp_path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE row SET crc = crc + 1 WHERE position = 1")
    before = damaged("row"), damaged("segment")
    monkeypatch.setattr(Path, "mkdir", full_disk)
    with closing(Journal(tmp_path, SMALL, readers={})) as journal:
        times = ticks_of(journal)
    path.write_bytes(b"no database at all")
    with closing(Journal(tmp_path, SMALL, readers={})) as journal:
        left = ticks_of(journal)

    assert (times, left, path.exists()) == ([2], [], True)
    assert (damaged("row"), damaged("segment")) == (before[0] + 1, before[1] + 1)


def full_disk(path: Path, *_: object, **__: object) -> None:
    if path.name == "damaged":
        raise OSError(errno.ENOSPC, "No space left on device")
