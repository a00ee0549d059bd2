"""Commits in a write-ahead log that recovery leaves out; the bytes are laid out as SQLite writes them."""

import struct

import pytest

from ingest.wal_file import unreadable_commits

OLD, NEW = b"old salt", b"new salt"


def log(*frames: tuple[int, bytes], page_bytes: int = 512, told: int | None = None) -> bytes:
    """Return a log whose header tells `told` as the size of a page; of each frame size after a commit, and salts."""
    header = struct.pack(">IIIIIIII", 0x377F0682, 3007000, told if told is not None else page_bytes, 0, 0, 0, 0, 0)
    parts = [struct.pack(">II8sII", 1, size, salt, 0, 0) + bytes(page_bytes) for size, salt in frames]
    return header + b"".join(parts)


@pytest.mark.parametrize(
    ("data", "valid", "lost"),
    [
        pytest.param(log((1, NEW), (0, NEW), (2, NEW)), 1, 1, id="a commit of two frames"),
        pytest.param(log((1, NEW), (1, NEW), (1, NEW)), 0, 3, id="all of them"),
        pytest.param(log((1, NEW), (1, OLD), (1, OLD)), 1, 0, id="what an earlier log left behind"),
        pytest.param(log((1, NEW), (1, NEW))[:-1], 1, 0, id="one that was being written"),
        pytest.param(log((1, NEW), (1, NEW), page_bytes=4096, told=7), 0, 2, id="size of a page damaged"),
        pytest.param(log()[:20], 0, 0, id="no whole header"),
        pytest.param(b"", 0, 0, id="nothing"),
    ],
)
def test_commits_behind_the_last_valid_frame_are_counted(tmp_path, data, valid, lost):
    (tmp_path / "log").write_bytes(data)

    assert unreadable_commits(tmp_path / "log", valid) == lost


def test_log_that_is_not_there_lost_nothing(tmp_path):
    assert unreadable_commits(tmp_path / "log", 0) == 0
