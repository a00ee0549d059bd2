import stat
import tomllib
from pathlib import Path

import pytest

from city.errors import BadSettings
from liandong.secrets import Secrets, secrets_at


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"

    first, second = secrets_at(path), secrets_at(path)

    assert first == second
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    values = [secret.get_secret_value() for _, secret in first]
    assert len(set(values)) == len(values)
    assert min(map(len, values)) >= 32


def test_secret_that_a_file_lacks_is_added_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    path.write_text('ingest_password = "kept"\n')
    path.chmod(0o600)

    found = secrets_at(path)

    assert found.ingest_password.get_secret_value() == "kept"
    assert tomllib.loads(path.read_text()).keys() == Secrets.model_fields.keys()


def test_secrets_do_not_show() -> None:
    secrets = Secrets()

    assert secrets.ingest_password.get_secret_value() not in f"{secrets!r}{secrets}{secrets.model_dump_json()}"


@pytest.mark.parametrize(
    ("text", "mode", "message"),
    [
        pytest.param("", 0o644, "mode 0644", id="readable by others"),
        pytest.param("ingest_password = 5", 0o600, "ingest_password", id="not a text"),
        pytest.param("unknown = 'x'", 0o600, "unknown", id="unknown secret"),
        pytest.param("= secret-value", 0o600, "TOML", id="not TOML"),
    ],
)
def test_file_that_cannot_be_trusted_is_refused(text: str, mode: int, message: str, tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    path.write_text(text)
    path.chmod(mode)

    with pytest.raises(BadSettings, match=message) as caught:
        secrets_at(path)

    assert "secret-value" not in str(caught.value)
