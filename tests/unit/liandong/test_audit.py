"""`liandong audit` at the command line."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import update

from city.clock import SystemClock
from liandong.city_folder import read_city
from liandong.cli import run
from linkage import event_log
from linkage.audit.anchors import add_anchor
from linkage.audit.rebuilding import Rebuilder
from linkage.deed import Deed
from linkage.event_log import Stamp
from linkage.tables import INCIDENTS
from storage.sql import Database
from tests.support.linkage import Town
from tests.support.migrated import migrated
from tests.support.small_city import write_small_city

#: 2026-11-20T00:00:00+08:00
MIDNIGHT_NS = 1_795_104_000_000_000_000
HOUR_NS = 3_600_000_000_000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder with six events, the first two of the day before."""
    monkeypatch.chdir(tmp_path)
    write_small_city(tmp_path / "city")
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    database = migrated(data / "city.sqlite")
    with database.write() as connection:
        times = [MIDNIGHT_NS + hour * HOUR_NS for hour in (-2, -1, 0, 1, 2, 3)]
        event_log.append(connection, [(Deed(step="note", note="水"), Stamp(at_ns=at_ns)) for at_ns in times])
        end = event_log.head(connection)
    add_anchor(data / "anchors.log", end, MIDNIGHT_NS)
    database.close()
    return data


def tamper(folder: Path, *statements: str) -> None:
    with sqlite3.connect(folder / "city.sqlite") as connection:
        for verb in ("update", "delete"):
            connection.execute(f"DROP TRIGGER events_no_{verb}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_whole_log_is_said_to_be_whole(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "verify"]) == 0
    assert capsys.readouterr().out.startswith("whole: 6 rows")
    assert folder.exists()


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        pytest.param(["UPDATE events SET note = 'dry' WHERE number = 3"], "changed: row 3", id="changed"),
        pytest.param(["DELETE FROM events WHERE number = 2"], "missing: row 2", id="missing"),
        pytest.param(
            [
                "DELETE FROM events WHERE number > 4",
                "UPDATE event_chain SET number = 4, hash = (SELECT hash FROM events WHERE number = 4)",
            ],
            "missing: row 5",
            id="cut off with its head, which the anchor knows",
        ),
    ],
)
def test_tampered_row_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], statements: list[str], said: str
) -> None:
    tamper(folder, *statements)

    assert run(["audit", "verify"]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_day_is_exported_and_verified_elsewhere(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, form: str
) -> None:
    copy = tmp_path / f"day.{form}"
    anchors = str(folder / "anchors.log")

    assert run(["audit", "export", "--from", "2026-11-20", "--format", form, "--out", str(copy)]) == 0
    assert "rows 3 to 6" in capsys.readouterr().out
    assert run(["audit", "verify", "--file", str(copy), "--anchors", anchors]) == 0
    assert "4 rows up to 6" in capsys.readouterr().out

    copy.write_text(copy.read_text("utf-8").replace("水", "干", 1), "utf-8")
    assert run(["audit", "verify", "--file", str(copy)]) == 1
    assert "changed: row 3" in capsys.readouterr().err


def test_export_to_standard_output_ends_before_a_moment(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "export", "--to", "2026-11-20T02:00:00+08:00"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    assert folder.exists()


def test_wrong_time_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "export", "--from", "yesterday"]) == 2
    assert "--from" in capsys.readouterr().err
    assert folder.exists()


def test_folder_without_a_database_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "verify", "--data", str(tmp_path / "none")]) == 2
    assert "No database" in capsys.readouterr().err


def test_rows_are_compared_with_the_log_and_mended(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = Database(f"sqlite:///{folder / 'city.sqlite'}")
    Town(database).reported()
    city = read_city(folder.parent / "city")
    Rebuilder(database, SystemClock(), city.standards, city.calendar).mend()  # deadlines by this city's standards
    with database.write() as connection:
        connection.execute(update(INCIDENTS).values(priority=5))
    database.close()

    assert run(["audit", "rebuild", "--check"]) == 1
    assert "incident 1: priority is `5`, the log tells `3`" in capsys.readouterr().err
    assert run(["audit", "rebuild"]) == 0
    assert "1 incidents compared, 1 mended" in capsys.readouterr().out
    assert run(["audit", "rebuild", "--check"]) == 0
    assert capsys.readouterr().out.startswith("alike: 1 incidents")
    assert run(["audit", "verify"]) == 0
