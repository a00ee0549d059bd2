"""Passwords made at the first start, kept in one file that only its owner can read."""

import json
import secrets
import tomllib
from collections.abc import Iterator
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
    simulator_password: SecretStr = Field(default_factory=_fresh, description="of the simulators at the broker")
    link_key: SecretStr = Field(default_factory=_fresh, description="that signs the links in messages")
    replay_password: SecretStr = Field(default_factory=_fresh, description="of `liandong replay` at the broker")


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
        write_private(path, _HEAD + "".join(f"{name} = {json.dumps(secret)}\n" for name, secret in _plain(found)))
    return found


def _plain(found: Secrets) -> Iterator[tuple[str, str]]:
    for name, secret in found:
        yield name, secret.get_secret_value()


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
