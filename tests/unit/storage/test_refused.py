import json
from pathlib import Path

from structlog.testing import capture_logs

from storage import refused
from storage.refused import RefusedPoints


def test_refused_points_are_kept_with_their_reason(tmp_path: Path) -> None:
    aside = RefusedPoints(tmp_path / "history" / "influxdb.refused")

    aside.keep(["a value=1 1"], "field type conflict")
    aside.keep([], "为其自身的原因")

    kept = [json.loads(line) for line in (tmp_path / "history" / "influxdb.refused").read_text("utf-8").splitlines()]
    assert kept == [
        {"reason": "field type conflict", "points": ["a value=1 1"]},
        {"reason": "为其自身的原因", "points": []},
    ]


def test_refused_points_do_not_fill_the_disk(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(refused, "MOST_BYTES", 100)
    aside = RefusedPoints(tmp_path / "influxdb.refused")

    for _ in range(9):
        aside.keep(["a value=1 1"], "no")

    assert 0 < (tmp_path / "influxdb.refused").stat().st_size <= 100


def test_full_disk_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "influxdb.refused").mkdir()

    with capture_logs() as logs:
        RefusedPoints(tmp_path / "influxdb.refused").keep(["a value=1 1"], "no")

    assert [one["event"] for one in logs] == ["refused_points_not_kept"]
