"""Passwords and keys made at the first start, kept in one file that only its owner can read."""

import json
import secrets
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from city.errors import BadSettings
from liandong.folder import write_private

#: Entropy of every generated secret in bytes; 192 bits cannot be guessed, so no hash of one needs to be slow.
SECRET_BYTES = 24

_HEAD = "# Made at the first start. Whoever reads this file owns the city: keep it private, back it up.\n"


def new_secret() -> str:
    """Return a fresh secret of letters, digits, `-` and `_`."""
    return secrets.token_urlsafe(SECRET_BYTES)


def _fresh() -> SecretStr:
    return SecretStr(new_secret())


class Secrets(BaseModel):
    """Everything in the secrets file; what a file does not have yet is generated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ingest_password: SecretStr = Field(default_factory=_fresh, description="of ingest at the embedded broker")
    ingest_client_id: str = Field(
        default_factory=lambda: f"ingest-{secrets.token_hex(16)}",
        description="of ingest's MQTT session; unguessable, because whoever connects with it ends ingest's connection",
    )
    simulator_password: SecretStr = Field(default_factory=_fresh, description="of the simulators at the broker")
    replay_password: SecretStr = Field(default_factory=_fresh, description="of `liandong replay` at the broker")
    signing_key: SecretStr = Field(default_factory=_fresh, description="of the API's tokens")


def secrets_at(path: Path) -> Secrets:
    """Return the secrets in `path`, generating and keeping those that it lacks.

    Raises:
        BadSettings: others may read the file, or it is not what was written there.
    """
    kept = _kept(path)
    try:
        found = Secrets.model_validate(kept)
    except ValidationError as exc:
        where = ".".join(str(part) for part in exc.errors()[0]["loc"])
        raise BadSettings(expected="a generated secret", got="something else", at=f"{path}: {where}") from exc
    if found.model_fields_set != Secrets.model_fields.keys():
        write_private(
            path, _HEAD + "".join(f"{name} = {json.dumps(_plain(found, name))}\n" for name in Secrets.model_fields)
        )
    return found


def _kept(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise BadSettings(expected="a file for its owner alone (chmod 600)", got=f"mode {mode:04o}", at=str(path))
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise BadSettings(expected="the TOML that was written here", got="damaged text", at=str(path)) from exc


def _plain(found: Secrets, name: str) -> str:
    value = getattr(found, name)
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
