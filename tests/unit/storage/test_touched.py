from pathlib import Path

import pytest

from city.errors import StoreUnavailable
from storage.touched import Touched


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history" / "touched.json"


def test_what_is_touched_survives_a_restart_until_it_is_made(path: Path) -> None:
    touched = Touched(path)
    touched.touch([120, 60])
    touched.take_minute(60)

    assert (touched.minutes, Touched(path).minutes) == ([120], [60, 120])
    touched.made([0])
    again = Touched(path)
    assert (again.minutes, again.hours, again.ever_rolled) == ([120], [0], True)


def test_minute_that_is_touched_while_it_is_made_comes_back(path: Path) -> None:
    touched = Touched(path)
    touched.touch([60])
    touched.take_minute(60)
    touched.touch([60])
    touched.made([0])

    assert Touched(path).minutes == [60]


def test_minute_that_a_full_disk_kept_out_is_noted_the_next_time(path: Path) -> None:
    touched = Touched(path)
    path.mkdir(parents=True)  # what cannot be written, whatever the disk
    with pytest.raises(StoreUnavailable):
        touched.touch([60])
    path.rmdir()

    touched.touch([60])

    assert Touched(path).minutes == [60]


def test_what_was_there_before_the_list_is_remembered_until_it_is_on_it(path: Path) -> None:
    assert not Touched(path).has_older
    touched = Touched(path, has_older=True)
    touched.touch([60])

    assert Touched(path).has_older
    touched.touch_older([0])
    assert (Touched(path, has_older=True).minutes, Touched(path, has_older=True).has_older) == ([0, 60], False)


def test_list_that_cannot_be_read_is_made_again(path: Path) -> None:
    Touched(path).touch([60])
    path.write_text("{")

    assert (Touched(path).minutes, Touched(path).has_older) == ([], True)
