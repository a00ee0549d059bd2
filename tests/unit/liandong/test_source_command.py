"""`liandong source`: what was added is listed, and gone when it is removed, from the files of a Mosquitto too."""

from pathlib import Path

import pytest

from liandong.cli import run
from liandong.exits import Exit


@pytest.fixture(autouse=True)
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_sources_are_listed_without_their_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    run(["source", "add", "gateway", "--topics", "v3/#", "--topics", "city/#"])
    run(["source", "add", "desk", "--listen", "water-bureau"])
    capsys.readouterr()

    assert run(["source", "list"]) == Exit.OK
    assert capsys.readouterr().out == "desk\t-\twater-bureau\ngateway\tv3/# city/#\t-\n"


def test_nothing_is_listed_where_there_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["source", "list"]) == Exit.OK
    assert capsys.readouterr().out == ""


def test_removed_source_is_gone_and_the_others_stay(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    files = ["--mosquitto", str(tmp_path / "mosquitto")]
    for name in ("a", "b"):
        run(["source", "add", name, "--topics", f"{name}/#", *files])
    code = run(["source", "remove", "a", *files])
    capsys.readouterr()
    run(["source", "list"])

    passwords, acl = ((tmp_path / "mosquitto" / name).read_text() for name in ("passwords", "acl"))
    assert (code, capsys.readouterr().out) == (Exit.OK, "b\tb/#\t-\n")
    assert [line.partition(":")[0] for line in passwords.splitlines()] == ["liandong-ingest", "b"]
    assert [line for line in acl.splitlines() if line] == [
        "user liandong-ingest", "topic read #", "topic write liandong/#", "user b", "topic write b/#",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("c", "Expected a source that there is: `a`, got `c` - at `source name`", id="unknown"),
        pytest.param("liandong-ingest", "does not start with `liandong`", id="our own"),
    ],
)
def test_source_that_is_not_there_is_refused(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["source", "add", "a", "--topics", "a/#", "--mosquitto", "m"])

    assert run(["source", "remove", name, "--mosquitto", "m"]) == Exit.USAGE
    assert said in capsys.readouterr().err
