import stat
from pathlib import Path

import pytest

from city.errors import BadSettings
from liandong.folder import DataFolder, FolderTaken, write_private


def test_folder_and_its_parts_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "new" / "data")

    folder.create()

    parts = (folder.root, folder.broker, folder.ingest, folder.run, folder.history)
    assert {stat.S_IMODE(path.stat().st_mode) for path in parts} == {0o700}


def test_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    with pytest.raises(BadSettings, match="chmod 700"):
        DataFolder(tmp_path).create()


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(BadSettings, match="file/data"):
        DataFolder(tmp_path / "file" / "data").create()


def test_folder_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.create()

    with folder.held("up"):
        with pytest.raises(FolderTaken), folder.held("up"):
            pass
        with folder.held("ingest"):
            pass
    with folder.held("up"):
        pass


def test_private_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o644)

    write_private(path, "new")

    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_file_that_cannot_be_replaced_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()

    with pytest.raises(IsADirectoryError):
        write_private(tmp_path / "file", "new")

    assert [path.name for path in tmp_path.iterdir()] == ["file"]
