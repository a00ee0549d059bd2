from pathlib import Path

import pytest

from city.errors import BadSettings
from ingest.mqtt.packet import Credentials
from liandong.publishing import publishing_line
from liandong.settings import Settings
from simulators.mouth import Line

OWN = Credentials("liandong-replay", "generated")


OTHER = {"url": "mqtt://b:1884", "username": "u", "password": "p"}


def line(mqtt: dict[str, str], username: str | None = None, password_file: Path | None = None) -> Line:
    settings = Settings.model_validate({"mqtt": mqtt, "broker": {"host": "0.0.0.0", "port": 1999}})
    return publishing_line(settings, OWN, username=username, password_file=password_file)


def test_embedded_broker_knows_the_program_itself() -> None:
    assert line({}) == Line("127.0.0.1", 1999, "liandong-replay", "generated")


def test_other_broker_without_users_asks_for_none() -> None:
    assert line({"url": "mqtt://b:1884"}) == Line("b", 1884, "", "")


def test_ingests_own_account_is_not_published_with() -> None:
    with pytest.raises(BadSettings, match="--username"):
        line(OTHER)


def test_other_broker_is_told_whoever_the_command_line_names(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("q\n")

    said = line(OTHER, "w", tmp_path / "password")

    assert said == Line("b", 1884, "w", "q")


def test_password_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="--password-file"):
        line(OTHER, "w", tmp_path / "none")
