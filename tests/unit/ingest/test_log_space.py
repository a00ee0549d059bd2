import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from ingest.journal_codec import Row
from ingest.log_space import PIECE_BYTES, LogSpace
from ingest.segment import Segment, write
from ingest.wal_file import unreadable_commits

SEGMENT_BYTES = 16 * PIECE_BYTES


def row(position: int, size: int) -> Row:
    return Row(position, 1, 1, 0, position.to_bytes(4, "big") * (size // 4))


def positions(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as connection:
        return [position for (position,) in connection.execute("SELECT position FROM row ORDER BY position")]


@settings(max_examples=8)
@given(sizes=st.lists(st.sampled_from([100, 40_000, PIECE_BYTES, 3 * PIECE_BYTES]), min_size=1, max_size=12))
def test_no_commit_is_harmed_however_large_they_are(tmp_path_factory, sizes):
    segment = Segment(tmp_path_factory.mktemp("journal"), 1, 0)
    writer = segment.create()
    space = LogSpace(segment.log_path, SEGMENT_BYTES)
    for position, size in enumerate(sizes, 1):
        write(writer, [row(position, size)])
        space.extend()

    # As after `kill -9`: the log with the zeros behind it is all that there is.
    died = Path(shutil.copytree(segment.path.parent, segment.path.parent / "died"))
    assert positions(died / segment.name) == list(range(1, len(sizes) + 1))
    space.close()
    segment.seal(writer)
    assert positions(segment.path) == list(range(1, len(sizes) + 1))
    assert not segment.log_path.exists()


def test_commit_finds_its_room_laid_out(tmp_path):
    segment = Segment(tmp_path, 1, 0)
    writer = segment.create()
    space = LogSpace(segment.log_path, SEGMENT_BYTES)

    made_longer = 0
    for position in range(1, 101):
        before = segment.log_path.stat().st_size
        write(writer, [row(position, 20_000)])
        made_longer += segment.log_path.stat().st_size != before
        space.extend()

    assert made_longer == 0
    assert segment.log_path.stat().st_size <= 101 * 30_000 + 3 * PIECE_BYTES
    space.close()
    writer.close()


def test_zeros_behind_the_log_are_no_lost_commits(tmp_path):
    segment = Segment(tmp_path, 1, 0)
    writer = segment.create()
    write(writer, [row(1, 100)])
    frames = (segment.log_path.stat().st_size - 32) // 4120
    space = LogSpace(segment.log_path, SEGMENT_BYTES)

    assert unreadable_commits(segment.log_path, frames) == 0
    space.close()
    writer.close()


def test_disk_that_takes_no_zeros_leaves_commits_as_they_are(tmp_path, monkeypatch):
    segment = Segment(tmp_path, 1, 0)
    writer = segment.create()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    space = LogSpace(segment.log_path, SEGMENT_BYTES)
    write(writer, [row(1, 100)])

    assert not space.extend()
    space.flush()
    space.close()
    writer.close()
    assert positions(segment.path) == [1]


def test_log_that_is_not_there_gets_no_room(tmp_path):
    space = LogSpace(tmp_path / "nothing", SEGMENT_BYTES)

    assert not space.extend()
    space.flush()
    space.close()


def test_small_segments_get_no_room(tmp_path):
    segment = Segment(tmp_path, 1, 0)
    writer = segment.create()
    before = segment.log_path.stat().st_size
    space = LogSpace(segment.log_path, SEGMENT_BYTES - 1)

    assert segment.log_path.stat().st_size == before
    assert not space.extend()
    space.close()
    writer.close()


def test_disk_that_is_full_later_leaves_commits_as_they_are_and_is_counted(tmp_path, monkeypatch):
    segment = Segment(tmp_path, 1, 0)
    writer = segment.create()
    space = LogSpace(segment.log_path, SEGMENT_BYTES)
    before = REGISTRY.get_sample_value("ingest_journal_untidy_total") or 0.0

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    for position in range(1, 101):
        write(writer, [row(position, 20_000)])
        assert not space.extend()
    space.close()
    writer.close()

    assert positions(segment.path) == list(range(1, 101))
    assert REGISTRY.get_sample_value("ingest_journal_untidy_total") == before + 1
