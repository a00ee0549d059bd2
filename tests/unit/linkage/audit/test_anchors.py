from pathlib import Path

import pytest

from city.errors import BadDocument
from linkage.audit.anchors import add_anchor, read_anchors
from linkage.audit.chain import Head

ONE, OTHER = Head(5, "a" * 64), Head(9, "b" * 64)


def test_anchors_are_read_as_they_were_added(tmp_path: Path):
    path = tmp_path / "anchors.log"
    add_anchor(path, ONE, 0)
    add_anchor(path, OTHER, 1_000_000_000)

    assert read_anchors(path) == {5: "a" * 64, 9: "b" * 64}
    assert path.read_text().startswith("1970-01-01T00:00:00.000Z 5 aaaa")
    assert path.stat().st_mode & 0o777 == 0o600


def test_line_cut_short_by_a_crash_is_left_out_and_then_replaced(tmp_path: Path):
    path = tmp_path / "anchors.log"
    add_anchor(path, ONE, 0)
    with path.open("a") as file:
        file.write("1970-01-01T00:00:01.000Z 9 bb")

    assert read_anchors(path) == {5: "a" * 64}
    add_anchor(path, OTHER, 0)
    assert read_anchors(path) == {5: "a" * 64, 9: "b" * 64}


def test_no_file_is_no_anchor(tmp_path: Path):
    assert read_anchors(tmp_path / "none") == {}


def test_line_that_is_no_anchor_is_named(tmp_path: Path):
    path = tmp_path / "anchors.log"
    add_anchor(path, ONE, 0)
    path.write_text(path.read_text() + "hello\n")

    with pytest.raises(BadDocument) as caught:
        read_anchors(path)

    assert caught.value.at == f"{path}:2"
