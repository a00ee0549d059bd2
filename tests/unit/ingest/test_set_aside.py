"""Damaged files: moved to a free name with all that belongs to them, and told until they are removed."""

import os
from pathlib import Path

from prometheus_client import REGISTRY

from city.feed import Trouble
from ingest.set_aside import SetAside, put_aside


def test_file_goes_to_a_free_name_with_what_belongs_to_it_and_is_counted(tmp_path):
    before = set_aside()
    names = []
    for _ in range(2):
        for companion in ("", "-wal"):
            (tmp_path / f"odd.sqlite{companion}").write_text(companion)
        names.append(put_aside(tmp_path / "odd.sqlite", ValueError("damaged")).name)

    assert names == ["odd.damaged-1", "odd.damaged-2"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "odd.damaged-1", "odd.damaged-1-wal", "odd.damaged-2", "odd.damaged-2-wal"
    ]  # fmt: skip
    assert set_aside() == before + 2


def set_aside() -> float:
    return REGISTRY.get_sample_value("ingest_side_files_damaged_total", {"file": "odd"}) or 0.0


def test_what_was_set_aside_is_told_with_the_newest_until_it_is_removed(tmp_path):
    place = SetAside("side_file_damaged", tmp_path, "*.damaged-*")
    told = [place.troubles()]
    for time_ns, name in ((20, "a.damaged-1"), (10, "b.damaged-1")):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, ns=(time_ns, time_ns))
        told.append(place.troubles())
    (tmp_path / "a.damaged-1").unlink()
    told.append(place.troubles())

    newest, other = str(tmp_path / "a.damaged-1"), str(tmp_path / "b.damaged-1")
    assert told == [
        [],
        [Trouble("side_file_damaged", 20, newest)],
        [Trouble("side_file_damaged", 20, f"2: {newest}")],
        [Trouble("side_file_damaged", 10, other)],
    ]


def test_file_that_is_removed_while_one_looks_is_not_told(tmp_path, monkeypatch):
    gone = tmp_path / "a.damaged-1"
    monkeypatch.setattr(Path, "glob", lambda *_: iter([gone]))

    assert SetAside("side_file_damaged", tmp_path, "*").troubles() == []
