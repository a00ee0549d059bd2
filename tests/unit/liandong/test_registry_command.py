"""`liandong registry import` and `export`: what goes in comes out, and a bad file changes nothing."""

import json
from pathlib import Path

import pytest

from liandong.cli import run
from liandong.exits import Exit
from tests.support.small_city import write_small_city

SENSORS = "id,name,domain,kind,longitude,latitude\na,甲,video,camera,116.404,39.915\nb,乙,traffic,loop,,\n"


def command(folder: Path, *words: str) -> int:
    return run(["registry", *words, "--data", str(folder / "data")])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text(SENSORS, "utf-8")
    return path


def test_what_was_imported_is_exported(tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(tmp_path, "import", "sensors", str(file)) == Exit.OK
    assert capsys.readouterr().out == "2 sensors read, 2 new or changed\n"

    assert command(tmp_path, "export", "sensors", "-") == Exit.OK
    head, columns, first, second = capsys.readouterr().out.splitlines()
    assert (head, columns.split(",")[:3]) == ("# crs: WGS-84", ["id", "name", "name_en"])
    assert (first.split(",")[:2], second.split(",")[:2]) == (["a", "甲"], ["b", "乙"])


def test_file_in_another_system_comes_back_where_it_was(tmp_path: Path, file: Path) -> None:
    shifted, kept = tmp_path / "gcj.geojson", tmp_path / "wgs.geojson"
    assert command(tmp_path, "import", "sensors", str(file)) == Exit.OK
    assert command(tmp_path, "export", "sensors", str(shifted), "--crs", "GCJ-02") == Exit.OK
    assert command(tmp_path, "import", "sensors", str(shifted)) == Exit.OK
    assert command(tmp_path, "export", "sensors", str(kept)) == Exit.OK

    places = [json.loads(path.read_text("utf-8"))["features"][0]["geometry"]["coordinates"] for path in (shifted, kept)]
    assert places[0] == pytest.approx([116.4102445, 39.9164043], abs=1e-6)
    assert places[1] == pytest.approx([116.404, 39.915], abs=1e-8)


def test_every_mistake_is_told_on_a_line_of_its_own(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(SENSORS + "c,,audio,loop,,\n", "utf-8")

    assert command(tmp_path, "import", "sensors", str(file)) == Exit.SETTINGS
    told = capsys.readouterr()
    command(tmp_path, "export", "sensors", "-")

    assert [line.rpartition("`in.csv:")[2] for line in told.err.splitlines()] == ["4`", "4`"]
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_components_go_in_and_out(tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(
        "id,kind,class,name,longitude,latitude,installed\n9901010103000001,manhole,0103,井盖,122.9,36.2,2024-01-01\n",
        "utf-8",
    )
    assert command(tmp_path, "import", "components", str(file)) == Exit.OK
    for ending in ("csv", "geojson"):
        out = tmp_path / f"out.{ending}"
        assert command(tmp_path, "export", "components", str(out)) == Exit.OK
        capsys.readouterr()
        assert command(tmp_path, "import", "components", str(out)) == Exit.OK
        assert capsys.readouterr().out == "1 components read, 0 new or changed\n"


def test_file_that_cannot_be_one_is_said(tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(tmp_path, "import", "sensors", str(tmp_path / "none.csv")) == Exit.USAGE
    assert command(tmp_path, "import", "sensors", str(file.rename(tmp_path / "in.xlsx"))) == Exit.SETTINGS

    assert "none.csv" in capsys.readouterr().err


def test_dry_run_names_who_is_no_department(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "in.csv"
    file.write_text("id,name,domain,kind,owner,maintainer\na,甲,video,camera,国家电网,water-bureau\n", "utf-8")
    city = write_small_city(tmp_path / "city")

    assert command(tmp_path, "import", "sensors", str(file), "--dry-run", "--city", str(city)) == Exit.OK

    said = capsys.readouterr().out.splitlines()
    assert said[1:] == ["+ a", "? 国家电网: no department of this city, as `owner` of 1, first at `in.csv:2`"]


def test_dry_run_tells_what_would_change_and_changes_nothing(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path, "import", "sensors", str(file)) == Exit.OK
    file.write_text("id,name,domain,kind,longitude,latitude\na,丙,video,camera,116.404,39.915\nc,丁,traffic,loop,,\n")
    capsys.readouterr()

    assert command(tmp_path, "import", "sensors", str(file), "--dry-run", "--complete") == Exit.OK
    said = capsys.readouterr().out.splitlines()
    assert command(tmp_path, "import", "sensors", str(file), "--complete") == Exit.OK

    assert said == ["2 sensors read, 1 would be new, 1 changed, 1 taken out", "+ c", "~ a: name", "- b"]
    assert capsys.readouterr().out == "2 sensors read, 2 new or changed, 1 taken out\n"
