"""Spans that the history misses: told until somebody removes their file, also after a restart."""

import errno
from pathlib import Path

import pytest

from city.feed import Trouble
from ingest.gaps import Gap, Gaps

GAP = Gap(after=7, upto=90, from_ns=0, to_ns=1_780_000_000 * 10**9, noted_ns=5)
TOLD = [Trouble("history_misses", 5, "? - 2026-05-28T20:26:40.000Z")]


def test_gap_is_told_until_its_file_is_removed(tmp_path):
    gaps = Gaps(tmp_path / "gaps.json")
    gaps.note(GAP)
    told = gaps.troubles(), Gaps(tmp_path / "gaps.json").troubles()
    (tmp_path / "gaps.json").unlink()

    assert told == (TOLD, TOLD)
    assert gaps.troubles() == []


def test_gap_that_is_found_at_every_start_is_noted_once(tmp_path):
    for _ in range(2):
        gaps = Gaps(tmp_path / "gaps.json")
        gaps.note(GAP)

    assert len(gaps.troubles()) == 1


@pytest.mark.parametrize("data", [b"[{", b"\xff", b'[{"after": "x"}]', b"{}"])
def test_damaged_file_is_set_aside(tmp_path, data):
    (tmp_path / "gaps.json").write_bytes(data)

    gaps = Gaps(tmp_path / "gaps.json")
    gaps.note(GAP)

    assert gaps.troubles() == TOLD
    assert (tmp_path / "gaps.damaged-1").read_bytes() == data


def test_file_that_cannot_be_read_keeps_nobody_from_starting(tmp_path):
    (tmp_path / "gaps.json").mkdir()

    assert Gaps(tmp_path / "gaps.json").troubles() == []


def test_gap_that_cannot_be_written_is_told_all_the_same(tmp_path, monkeypatch):
    gaps = Gaps(tmp_path / "gaps.json")
    with monkeypatch.context() as full:
        full.setattr(Path, "write_bytes", _full_disk)
        gaps.note(GAP)

    assert gaps.troubles() == TOLD


def _full_disk(path: Path, data: bytes) -> int:
    raise OSError(errno.ENOSPC, f"{len(data)} bytes more than there is room for", str(path))
