"""The journal with rows and segments that a failing disk has changed, and on a disk that is not there."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from city.entry import Tick
from city.errors import StoreUnavailable
from ingest.journal import Journal
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
