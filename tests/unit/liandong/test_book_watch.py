"""Rule files that somebody edits are read once, and only when they have stopped changing."""

import os
from pathlib import Path

import pytest

from liandong.book_watch import BookWatch


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "water.yaml").write_text("rules: []\n")
    return tmp_path


def test_nothing_is_told_of_files_that_stay(root: Path) -> None:
    watch = BookWatch(root)

    assert [watch.changed(), watch.changed()] == [False, False]


def test_a_change_is_told_when_it_has_settled_and_until_it_is_read(root: Path) -> None:
    watch = BookWatch(root)
    (root / "rules" / "water.yaml").write_text("rules: [1]\n")

    assert [watch.changed(), watch.changed(), watch.changed()] == [False, True, True]
    watch.read(watch.look())
    assert not watch.changed()


def test_a_file_that_is_still_being_written_is_left_alone(root: Path) -> None:
    watch = BookWatch(root)
    told = []
    for length in range(3):
        (root / "rules" / "water.yaml").write_text("rules: [" + "1," * length)
        told.append(watch.changed())

    assert told == [False, False, False]


@pytest.mark.parametrize("name", ["holidays.toml", "rules/more.yaml", "quantities.toml"])
def test_new_and_removed_files_are_changes(root: Path, name: str) -> None:
    watch = BookWatch(root)
    (root / name).write_text("")
    told = [watch.changed(), watch.changed()]
    watch.read(watch.look())
    (root / name).unlink()

    assert [*told, watch.changed(), watch.changed()] == [False, True, False, True]


def test_a_file_of_equal_size_and_time_that_replaces_another_is_a_change(root: Path) -> None:
    watch = BookWatch(root)
    file = root / "rules" / "water.yaml"
    times = file.stat()
    (root / "new").write_text("rules: {}\n")
    os.utime(root / "new", ns=(times.st_atime_ns, times.st_mtime_ns))
    (root / "new").replace(file)

    assert [watch.changed(), watch.changed()] == [False, True]
