from math import pi, sin
from pathlib import Path

import pytest

from liandong.cli import run
from liandong.exits import Exit

Printed = pytest.CaptureFixture[str]


def detect(path: Path, *more: str) -> int:
    return run(["rules", "detect", "--csv", str(path), *more])


def written(path: Path, rows: list[str], header: str = "timestamp,value") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


def hours(count: int) -> list[str]:
    """Return what a quiet sensor says every ten minutes."""
    values = (20 + sin(2 * pi * number / 144) + (number * 7 % 11) / 40 for number in range(count))
    return [
        f"2026-11-{1 + number // 144:02} {number // 6 % 24:02}:{number % 6}0:00,{value:.3f}"
        for number, value in enumerate(values)
    ]


def test_detect_prints_a_line_for_each_row_and_raises_one_alarm(tmp_path: Path, capsys: Printed) -> None:
    rows = [*hours(288), *(row.replace("-11-", "-12-").split(",")[0] + ",90.5" for row in hours(3))]

    code = detect(written(tmp_path / "series.csv", rows))

    header, *lines = capsys.readouterr().out.splitlines()
    assert (code, header) == (Exit.OK, "timestamp,value,score,alarm")
    assert [line.rsplit(",", 2)[0] for line in lines] == rows
    assert all(0 <= float(line.split(",")[2]) <= 5 for line in lines)
    assert [line.split(",")[3] for line in lines[-3:]] == ["1", "0", "0"]
    assert {line.split(",")[2] for line in lines[:50]} == {"0.0000"}


def test_detect_names_bad_rows_and_goes_on(tmp_path: Path, capsys: Printed) -> None:
    rows = hours(60)
    rows[10:10] = ["2026-11-01 01:39:00,", "yesterday,3", "2026-11-01 01:39:30,nan", rows[3]]

    code = detect(written(tmp_path / "series.csv", rows))

    printed = capsys.readouterr()
    assert code == Exit.OK
    assert len(printed.out.splitlines()) == 65
    assert "series.csv:12`" in printed.err
    assert "3 rows not judged, since they are no readings" in printed.err
    assert "1 rows not judged, since they are not newer" in printed.err
    assert printed.out.splitlines()[12] == "yesterday,3,0.0000,0"


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="nothing"),
        pytest.param(hours(2), id="two readings"),
        pytest.param([row.split(",")[0] + ",7" for row in hours(200)], id="a constant"),
        pytest.param(hours(200)[::-1], id="backwards"),
    ],
)
def test_detect_raises_no_alarm_in(rows: list[str], tmp_path: Path, capsys: Printed) -> None:
    assert detect(written(tmp_path / "series.csv", rows)) == Exit.OK

    assert [line for line in capsys.readouterr().out.splitlines() if line.endswith(",1")] == []


def test_detect_raises_no_alarm_because_of_a_gap(tmp_path: Path, capsys: Printed) -> None:
    rows = [row for row in hours(900) if not "2026-11-05 09" <= row < "2026-11-06 03"]

    assert detect(written(tmp_path / "series.csv", rows)) == Exit.OK

    after = [line for line in capsys.readouterr().out.splitlines()[1:] if line > "2026-11-05"]
    assert len(after) > 200
    assert [line for line in after if line.endswith(",1")] == []


@pytest.mark.parametrize(
    ("header", "more", "expected"),
    [
        pytest.param("time,number", (), "the columns `timestamp` and `value`", id="other columns"),
        pytest.param("timestamp,value", ("--timezone", "Mars/Olympus"), "a time zone", id="no such zone"),
    ],
)
def test_detect_refuses(header: str, more: tuple[str, ...], expected: str, tmp_path: Path, capsys: Printed) -> None:
    assert detect(written(tmp_path / "series.csv", hours(3), header), *more) != Exit.OK

    assert expected in capsys.readouterr().err


def test_detect_refuses_a_file_without_a_header(tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / "empty.csv").touch()

    assert detect(tmp_path / "empty.csv") != Exit.OK

    assert "Expected the columns `timestamp` and `value`, got `none` - at" in capsys.readouterr().err


def test_detect_fails_where_no_row_is_a_reading(tmp_path: Path, capsys: Printed) -> None:
    assert detect(written(tmp_path / "series.csv", ["1704067200,3", "1704067500,4"])) == Exit.FAILED

    assert "2 rows not judged, since they are no readings" in capsys.readouterr().err


def test_detect_reads_times_with_an_offset_and_local_ones_alike(tmp_path: Path, capsys: Printed) -> None:
    scores = []
    for suffix in ("", "+08:00"):
        rows = [row.replace(",", f"{suffix},") for row in hours(150)]
        detect(written(tmp_path / "series.csv", rows), "--timezone", "Asia/Shanghai")
        scores.append([line.split(",")[2] for line in capsys.readouterr().out.splitlines()[1:]])

    assert scores[0] == scores[1]
    assert len(set(scores[0])) > 50


def test_detect_says_that_there_is_no_file(tmp_path: Path, capsys: Printed) -> None:
    assert detect(tmp_path / "none.csv") != Exit.OK

    assert "Expected a file to read" in capsys.readouterr().err
