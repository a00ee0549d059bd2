import os
import subprocess
import sys
from pathlib import Path

import pytest

from liandong.cli import COMMANDS, run
from liandong.exits import Exit
from liandong.folder import DataFolder
from liandong.scenario_box import ScenarioBox

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(["bogus"], Exit.USAGE, "No such command 'bogus'", id="unknown command"),
        pytest.param(["up", "--bogus"], Exit.USAGE, "No such option: --bogus", id="unknown option"),
        pytest.param(["source", "add"], Exit.USAGE, "Missing argument", id="missing argument"),
        pytest.param(["source", "add", "X", "--topics", "a/#"], Exit.USAGE, "got `X`", id="wrong name"),
        pytest.param(["source", "add", "x", "--topics", "#"], Exit.USAGE, "got `#`", id="wrong topic"),
        pytest.param(["up", "--http", "x"], Exit.SETTINGS, "Expected HOST:PORT, got `x` - at `--http`", id="address"),
        pytest.param(["up"], Exit.SETTINGS, "Expected a city folder with a `city.toml`", id="no city"),
        pytest.param(["up", "--config", "none.toml"], Exit.SETTINGS, "none.toml", id="no settings file"),
    ],
)
def test_mistake_is_said_in_one_line_with_its_exit_code(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == code

    told = capsys.readouterr()
    assert told.out == ""
    [line] = told.err.splitlines()
    assert line.startswith("liandong: ")
    assert said in line


@pytest.mark.parametrize("arguments", [[], ["--help"], *([name, "--help"] for name in COMMANDS)], ids=" ".join)
def test_help_is_everywhere(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code = run(arguments)

    assert code == (Exit.OK if arguments else Exit.USAGE)
    assert "Usage: liandong" in capsys.readouterr().out


def test_version_names_what_it_runs_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["version"]) == Exit.OK

    assert "NATS server 2." in capsys.readouterr().out


def test_source_add_prints_the_password_and_nothing_else(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["source", "add", "gateway", "--topics", "v3/#", "--mosquitto", "broker"]) == Exit.OK

    password = capsys.readouterr().out.strip()
    kept = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert len(password) >= 32
    assert password not in kept
    assert {path.name for path in (tmp_path / "broker").iterdir()} == {"acl", "passwords", "ingest.password"}


def test_check_stars_secrets_and_sums_up_the_city(capsys: pytest.CaptureFixture[str]) -> None:
    Path("liandong.toml").write_text('[mqtt]\nurl = "mqtt://b"\nusername = "u"\npassword = "hunter2"\n')

    code = run(["check", "--city", str(ROOT / "examples" / "haibin")])

    told = capsys.readouterr().out
    assert code == Exit.OK
    assert "hunter2" not in told
    assert "mqtt.password = **********" in told
    assert "Haibin: " in told


def test_check_names_every_mistake_with_its_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "city.toml").write_text('timezone = "Mars/Olympus"\ncenter = [1, 2]\n')
    (tmp_path / "city" / "sensors.csv").write_text("id,name\n")

    code = run(["check"])

    mistakes = capsys.readouterr().err.splitlines()
    assert code == Exit.SETTINGS
    assert any("city/city.toml:1" in mistake for mistake in mistakes)
    assert any("city/sensors.csv:1" in mistake for mistake in mistakes)
    assert any("city/departments.yaml" in mistake for mistake in mistakes)


def test_working_folder_is_no_place_to_import_from(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise SystemExit('imported from the working folder')")
    command = [sys.executable, "-P", "-m", "liandong", "version"]

    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)

    assert done.returncode == Exit.OK


def test_scenario_begins_in_the_simulators_that_run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.create()
    city = str(ROOT / "examples" / "haibin")

    with folder.held("simulate"):
        begun = run(["simulate", "--scenario", "flood", "--city", city])
        again = run(["simulate", "--city", city])

    assert (begun, again) == (Exit.OK, Exit.TAKEN)
    assert "Begins" in capsys.readouterr().out
    assert [start.name for start in ScenarioBox(folder.run / "scenarios").take()] == ["flood"]


def test_scenario_that_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["simulate", "--scenario", "earthquake", "--city", str(ROOT / "examples" / "haibin")])

    assert code == Exit.USAGE
    assert "`flood`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(
            ["source", "list", "--data", "a-file"],
            Exit.FAILED,
            "liandong: Expected a file or folder that can be used, got `Not a directory` - at `",
            id="a file where a folder is needed",
        ),
        pytest.param(
            ["quarantine", "counts"],
            Exit.UNAVAILABLE,
            "; it runs in `liandong up` or `liandong ingest`, on the folder that `--data` or the setting `data` names",
            id="ingest does not run",
        ),
        pytest.param(
            ["audit", "export", "--city", "nowhere"], Exit.SETTINGS, "got `none` - at `nowhere`", id="no city folder"
        ),
        pytest.param(
            ["backup", "verify", "a-file"],
            Exit.FAILED,
            "Expected a copy as `liandong backup` writes it, got no tar file - at `a-file`",
            id="no copy",
        ),
        pytest.param(
            ["decode"], Exit.USAGE, "Missing option '--score' - see `liandong decode --help`", id="no argument"
        ),
        pytest.param(
            ["decode", "--score", ".", "--sources", "nowhere"],
            Exit.USAGE,
            "Expected a readable file, got `No such file or directory` - at `nowhere`",
            id="no sources",
        ),
    ],
)
def test_what_cannot_be_used_is_named(
    words: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a-file").write_text("nothing")
    Path("data", "run").mkdir(parents=True, mode=0o700)
    Path("data").chmod(0o700)
    Path("manifest.jsonl").touch()

    assert run(words) == code
    assert said in capsys.readouterr().err
