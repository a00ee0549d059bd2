"""Secrets that stand in files of their own: `file:PATH` in place of any secret setting."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, SecretStr

from city.errors import BadSettings

_MARK = "file:"

Model = TypeVar("Model", bound=BaseModel)


def with_secrets_read(settings: Model, at: str = "") -> Model:
    """Return `settings` with every secret of the form `file:PATH` replaced by the text of that file.

    Raises:
        BadSettings: such a file cannot be read.
    """
    read = {name: _read(getattr(settings, name), f"{at}{name}") for name in type(settings).model_fields}
    return settings.model_copy(update={name: new for name, new in read.items() if new is not getattr(settings, name)})


def _read(value: object, at: str) -> object:
    match value:
        case SecretStr():
            return _opened(value, at)
        case BaseModel():
            return with_secrets_read(value, f"{at}.")
        case dict():
            return {key: _read(one, f"{at}.{key}") for key, one in value.items()}
        case _:
            return value


def _opened(secret: SecretStr, at: str) -> SecretStr:
    text = secret.get_secret_value()
    if not text.startswith(_MARK):
        return secret
    try:
        return SecretStr(Path(text.removeprefix(_MARK)).read_text("utf-8").removesuffix("\n"))
    except (OSError, UnicodeDecodeError) as exc:
        raise BadSettings(expected="a readable file with the secret", got=text, at=at) from exc
