import json
from pathlib import Path
from typing import Any

import pytest

from liandong.cli import run
from liandong.exits import Exit

READING = {"quantity": "temperature", "value": 21.5, "sensor": "a", "unit": "°C", "time": None}


def folder(path: Path, *lines: dict[str, Any]) -> Path:
    """Write a manifest whose messages are ESPHome's."""
    path.mkdir(exist_ok=True)
    rows = []
    for number, line in enumerate(lines):
        (path / f"{number}.txt").write_bytes(line.pop("payload", b"21.5"))
        rows.append({"family": "f", "file": f"{number}.txt", "topic": "a/sensor/temperature/state"} | line)
    (path / "manifest.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return path


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param({"expect": "readings", "readings": [READING]}, (1, 0, 0), id="as listed"),
        pytest.param({"expect": "readings", "readings": [READING | {"value": 9}]}, (0, 1, 1), id="another value"),
        pytest.param({"expect": "readings", "readings": [READING | {"sensor": "b"}]}, (0, 1, 1), id="another sensor"),
        pytest.param(
            {"expect": "readings", "readings": [READING | {"time": "2026-11-20T08:00:00Z"}]},
            (0, 1, 1),
            id="another time",
        ),
        pytest.param({"expect": "readings", "readings": [READING, READING]}, (1, 1, 0), id="listed twice"),
        pytest.param({"expect": "no_readings", "readings": []}, (0, 0, 1), id="nothing listed"),
        pytest.param(
            {"expect": "readings_if_codec", "readings": [READING], "payload": b"nan"}, (0, 0, 0), id="a codec"
        ),
        pytest.param({"expect": "reject", "readings": [], "payload": b"warm"}, (0, 0, 0), id="refused as it should be"),
        pytest.param({"expect": "readings", "readings": [READING], "payload": b"warm"}, (0, 1, 0), id="refused"),
        pytest.param(
            {"expect": "readings", "readings": [READING], "topic": "a/sensor/temperature/state (by hand)"},
            (1, 0, 0),
            id="a remark behind the topic",
        ),
    ],
)
def test_readings_are_counted(
    line: dict[str, Any], expected: tuple[int, int, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["decode", "--score", str(folder(tmp_path / "m", line)), "--json"]) == Exit.OK

    score = json.loads(capsys.readouterr().out)
    counts = dict(zip(("matched", "missing", "invented"), expected, strict=True))
    assert score == {"total": counts, "families": {"f": counts}}


def test_families_are_summed_and_differences_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ({"expect": "readings", "readings": [READING]}, {"expect": "no_readings", "family": "g", "topic": None})

    assert run(["decode", "--score", str(folder(tmp_path / "m", *lines))]) == Exit.OK

    said = capsys.readouterr().out
    assert [row.split() for row in said.splitlines()[1:4]] == [
        ["f", "1", "0", "0"],
        ["g", "0", "0", "0"],
        ["total", "1", "0", "0"],
    ]
    assert "1.txt: refused (unrecognised)" in said


def test_citys_routes_come_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sources = tmp_path / "sources.toml"
    sources.write_text('[[template]]\ntopic = "plant/{sensor}/x"\nquantity = "temperature"\n', "utf-8")
    manifest = folder(tmp_path / "m", {"expect": "readings", "readings": [READING], "topic": "plant/a/x"})

    assert run(["decode", "--score", str(manifest), "--sources", str(sources), "--json"]) == Exit.OK

    assert json.loads(capsys.readouterr().out)["total"] == {"matched": 1, "missing": 0, "invented": 0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(None, "Expected a readable file", id="no manifest"),
        pytest.param("{", "manifest.jsonl:1", id="no JSON"),
        pytest.param('{"family": "f", "file": "gone", "expect": "readings"}', "gone", id="no message"),
        pytest.param('{"family": "f", "file": "../x", "expect": "readings"}', "a file in the folder", id="outside"),
    ],
)
def test_manifest_that_cannot_be_read_is_told(
    text: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        (tmp_path / "manifest.jsonl").write_text(text, "utf-8")

    assert run(["decode", "--score", str(tmp_path)]) == Exit.USAGE
    assert said in capsys.readouterr().err
