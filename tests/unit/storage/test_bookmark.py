from pathlib import Path

import pytest

from city.errors import StoreUnavailable
from storage.bookmark import Bookmark


def test_new_bookmark_is_at_the_start(tmp_path: Path) -> None:
    assert Bookmark(tmp_path / "influxdb.json", "influxdb://a").position == 0


def test_position_is_kept_for_each_store(tmp_path: Path) -> None:
    path = tmp_path / "new" / "influxdb.json"
    Bookmark(path, "influxdb://a").move(7)
    Bookmark(path, "influxdb://b").move(3)

    assert [Bookmark(path, store).position for store in ("influxdb://a", "influxdb://b", "influxdb://c")] == [7, 3, 0]
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"influxdb://a": "7"}', "\x00" * 20])
def test_unreadable_bookmark_begins_again(tmp_path: Path, text: str) -> None:
    path = tmp_path / "influxdb.json"
    path.write_text(text)

    bookmark = Bookmark(path, "influxdb://a")
    before = bookmark.position
    bookmark.move(5)

    assert (before, Bookmark(path, "influxdb://a").position) == (0, 5)


def test_bookmark_that_cannot_be_written_has_not_moved(tmp_path: Path) -> None:
    path = tmp_path / "influxdb.json"
    bookmark = Bookmark(path, "influxdb://a")
    path.mkdir()  # what cannot be written, whatever the disk

    with pytest.raises(StoreUnavailable, match="`history` is not available"):
        bookmark.move(7)

    assert bookmark.position == 0
