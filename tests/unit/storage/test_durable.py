"""A small file that is replaced as a whole."""

import os
from pathlib import Path

from storage.durable import write_durably


def test_content_and_folder_are_on_the_disk_when_the_call_returns(tmp_path: Path, monkeypatch) -> None:
    path, synced = tmp_path / "deep" / "file", []
    write_durably(path, "old")
    monkeypatch.setattr(
        os, "fsync", lambda file: synced.append((str(Path(f"/proc/self/fd/{file}").readlink()), path.read_text()))
    )

    write_durably(path, "new")

    assert synced == [(f"{path}.new", "old"), (str(path.parent), "new")]
    assert [one.name for one in path.parent.iterdir()] == ["file"]
