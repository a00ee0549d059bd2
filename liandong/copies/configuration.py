"""What people wrote, in a copy: city folder, settings, sources, and passwords only where they are asked for."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, SecretStr

from liandong.copies.staging import Staging
from liandong.settings import USUAL_FILE, Settings

#: Names inside a copy.
CITY, SETTINGS, STARRED, SOURCES = "city", "liandong.toml", "settings.txt", "broker/sources.json"


def copy_configuration(settings: Settings, config: Path | None, staging: Staging, *, secrets: bool) -> None:
    """Copy city folder, settings and the sources' password hashes.

    A settings file with a secret in clear goes along only with `secrets`; what it amounts to always does, starred.
    """
    if settings.city.is_dir():
        staging.tree(settings.city, CITY, lambda path: not path.name.startswith("."))
    staging.text("".join(f"{line}\n" for line in listed(settings)), STARRED)
    file = config if config is not None else USUAL_FILE
    if file.exists() and (secrets or not _holds_secret(file.read_text("utf-8"), settings)):
        staging.file(file, SETTINGS)
    folder = settings.folder
    sources = folder.broker / "sources.json"
    if sources.exists():
        staging.file(sources, SOURCES)
    if secrets:
        for path in (folder.secrets, folder.demo_accounts):
            if path.exists():
                staging.file(path, path.name)


def listed(settings: BaseModel, prefix: str = "") -> Iterator[str]:
    """Yield every setting on a line, secrets starred."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            yield from listed(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name} = {value}"


def _holds_secret(text: str, value: object) -> bool:
    match value:
        case SecretStr():
            secret = value.get_secret_value()
            return bool(secret) and secret in text
        case BaseModel():
            return any(_holds_secret(text, getattr(value, name)) for name in type(value).model_fields)
        case dict():
            return any(_holds_secret(text, one) for one in value.values())
        case tuple() | list():
            return any(_holds_secret(text, one) for one in value)
        case _:
            return False
