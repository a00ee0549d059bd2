"""`liandong user` and `liandong token` on a data folder of their own."""

import io
from pathlib import Path

import pytest

from api.passwords import Passwords
from api.users import Users
from city.clock import SystemClock
from liandong.cli import run
from liandong.exits import Exit
from linkage.outside.tokens import SystemTokens
from storage.sql import Database
from tests.support.small_city import write_small_city


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the options that name a city and a data folder."""
    monkeypatch.chdir(tmp_path)
    write_small_city(tmp_path / "city")
    return ["--data", str(tmp_path / "data")]


def users(place: list[str]) -> Users:
    return Users(Database(f"sqlite:///{place[1]}/city.sqlite"), Passwords(), SystemClock())


def said(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{line}\n"))


def test_user_is_disabled_enabled_and_given_another_password(place: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    said(monkeypatch, "first long password")
    assert run(["user", "add", "li", "--role", "monitor", "--password-stdin", *place]) == 0
    assert run(["user", "disable", "li", *place]) == 0
    out = users(place).check("li", "first long password")
    assert run(["user", "enable", "li", *place]) == 0
    said(monkeypatch, "second long password")
    assert run(["user", "password", "li", "--password-stdin", *place]) == 0

    assert out is None
    assert users(place).check("li", "first long password") is None
    assert users(place).check("li", "second long password") is not None


def test_users_are_listed_with_roles_and_whether_they_may_sign_in(
    place: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("li", "wang"):
        said(monkeypatch, "first long password")
        options = ["--role", "monitor", "--role", "collector", "--department", "water-bureau", "--password-stdin"]
        assert run(["user", "add", name, *options, *place]) == 0
    assert run(["user", "disable", "li", *place]) == 0
    capsys.readouterr()

    assert run(["user", "list", *place]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "li\tli\tcollector,monitor\twater-bureau\t\tdisabled",
        "wang\twang\tcollector,monitor\twater-bureau\t\tenabled",
    ]


@pytest.mark.parametrize("role", ["officer", "handler"])
def test_who_works_for_a_department_has_one(
    place: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], role: str
) -> None:
    said(monkeypatch, "first long password")

    assert run(["user", "add", "li", "--role", role, "--password-stdin", *place]) == Exit.USAGE

    assert f"Expected a department for `{role}`, got `none` - at `--department`" in capsys.readouterr().err


def test_short_password_is_refused(
    place: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said(monkeypatch, "short")

    assert run(["user", "password", "li", "--password-stdin", *place]) != 0
    assert "at least 12 characters" in capsys.readouterr().err


def test_token_is_printed_once_listed_without_its_secret_and_revoked(
    place: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["token", "issue", "water-bureau", "--name", "scada", *place]) == 0
    secret = capsys.readouterr().out.strip().splitlines()[-1]
    assert run(["token", "list", *place]) == 0
    listed = capsys.readouterr().out
    kept = SystemTokens(Database(f"sqlite:///{place[1]}/city.sqlite"), SystemClock())
    before = kept.find(secret)
    assert run(["token", "revoke", "1", *place]) == 0

    assert before is not None
    assert secret not in listed
    assert "water-bureau\tscada" in listed
    assert kept.find(secret) is None


def test_token_for_no_department_is_refused(place: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["token", "issue", "nobody", *place]) != 0
    assert "a department of departments.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["Li Lei", "", "x" * 65])
def test_username_that_cannot_be_is_said_in_words(
    name: str, place: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["user", "add", name, "--role", "monitor", *place]) == Exit.USAGE
    expected = "Expected a-z, 0-9, `.`, `_` and `-`, 64 at most, beginning with a letter or digit"
    assert capsys.readouterr().err == f"liandong: {expected}, got `{name}` - at `username`\n"
