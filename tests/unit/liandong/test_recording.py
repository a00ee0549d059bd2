from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from city.clock import iso
from city.errors import BadRequest
from liandong.recording import read_recording

CHICAGO = ZoneInfo("America/Chicago")


def recording(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "speed.csv"
    path.write_text(text)
    return path


def test_local_times_become_utc_across_the_change_of_clocks(tmp_path: Path) -> None:
    path = recording(
        tmp_path, "timestamp,value\n2015-09-08 11:39:00,73\n2015-12-08 11:39:00,62.5\n2015-09-08T11:39:00+00:00,1\n"
    )

    found = [(iso(one.time_ns), one.value) for one in read_recording(path, CHICAGO)]

    assert found == [
        ("2015-09-08T16:39:00.000Z", 73.0),
        ("2015-12-08T17:39:00.000Z", 62.5),
        ("2015-09-08T11:39:00.000Z", 1.0),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("time,value\n", r"columns `timestamp` and `value`.*:1`", id="other columns"),
        pytest.param("", r"columns.*:1`", id="nothing"),
        pytest.param("timestamp,value\n2015-09-08 11:39:00,x\n", r"a number, got `x` - at `.*:2`", id="no number"),
        pytest.param("timestamp,value\n2015-09-08 11:39:00,nan\n", r"a finite number", id="not a number"),
        pytest.param("timestamp,value\n2015-09-08 11:39:00,1\nsoon,1\n", r"got `soon` - at `.*:3`", id="no time"),
        pytest.param("timestamp,value\n2015-09-08 11:39:00\n", r"a number", id="row cut short"),
    ],
)
def test_mistake_is_named_with_its_line(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=message):
        read_recording(recording(tmp_path, text), CHICAGO)


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"none\.csv"):
        read_recording(tmp_path / "none.csv", CHICAGO)
