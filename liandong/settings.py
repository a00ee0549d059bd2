"""All settings, gathered: the environment goes before one TOML file, which goes before the defaults."""

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from api.config import HttpSettings
from city.errors import BadSettings
from ingest.config import IngestSection
from liandong.address import Address
from liandong.broker.config import BrokerSettings
from liandong.broker.link import MqttLink
from liandong.copies.config import BackupSettings
from liandong.folder import DataFolder
from liandong.heartbeat_config import HeartbeatSettings
from liandong.restart_config import RestartSettings
from liandong.secret_file import with_secrets_read
from liandong.settings_error import ManyBadSettings, Origin
from linkage.config import LinkageSettings
from storage.config import DatabaseSettings, HistorySettings

#: Settings file that is read where none is named and this one exists.
USUAL_FILE = Path("liandong.toml")

_PREFIX = "LIANDONG_"


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix=_PREFIX,
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    data: Path = Field(Path("data"), description="data folder, made for its owner alone")
    city: Path = Field(Path("city"), description="city folder: sensors, routes, rules, departments")
    http: HttpSettings = HttpSettings()
    mqtt: MqttLink = MqttLink()
    broker: BrokerSettings = BrokerSettings()
    ingest: IngestSection = IngestSection()
    history: HistorySettings = HistorySettings()
    database: DatabaseSettings = DatabaseSettings()
    linkage: LinkageSettings = LinkageSettings()
    backup: BackupSettings = BackupSettings()
    heartbeat: HeartbeatSettings = HeartbeatSettings()
    restart: RestartSettings = RestartSettings()

    @property
    def folder(self) -> DataFolder:
        """Return the data folder, wherever the process may go."""
        return DataFolder(self.data.resolve())

    @property
    def anchors(self) -> Path:
        """Return the file in which the ends of the event log are noted, outside the database."""
        chosen = self.linkage.audit.anchors
        return self.folder.anchors if chosen is None else chosen

    @property
    def http_address(self) -> Address:
        """Return where the console and the API listen."""
        return Address(self.http.host, self.http.port)

    @property
    def console_url(self) -> str:
        """Return where a browser finds the console, with a slash at its end."""
        url = self.http.public_url or f"http://{self.http_address.dialled}"
        return url.rstrip("/") + "/"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the environment before the file's values, which come as arguments."""
        return env_settings, init_settings


def load_settings(file: Path | None = None) -> Settings:
    """Return the settings of the environment and of `file` (`liandong.toml` when there is one and none is named).

    Raises:
        BadSettings: something in them is wrong; each such thing is named with its place.
    """
    path = USUAL_FILE if file is None and USUAL_FILE.exists() else file
    text = "" if path is None else _text_of(path)
    origin = Origin("" if path is None else str(path), text, frozenset(name.upper() for name in os.environ))
    origin.require_known(Settings.model_fields, prefix=_PREFIX)
    values = _values_in(text, origin.file)
    try:
        return with_secrets_read(Settings(**values))
    except ValidationError as exc:
        raise ManyBadSettings(origin.faults(exc)) from exc
    except BadSettings as exc:
        raise ManyBadSettings([origin.placed(exc), *_others(exc, values, origin)]) from exc
    except SettingsError as exc:
        raise BadSettings(
            expected="JSON in a variable that is a list or table", got=str(exc), at="environment"
        ) from exc


def _others(error: BadSettings, values: dict[str, Any], origin: Origin) -> list[BadSettings]:
    """Return the faults of the file's other sections; one that spans settings ends the reading of its own."""
    section = error.at.partition(".")[0]
    rest = {name: value for name, value in values.items() if name != section}
    if len(rest) == len(values):  # it stands in the environment
        return []
    try:
        with_secrets_read(Settings(**rest))
    except ValidationError as exc:
        return origin.faults(exc)
    except BadSettings as exc:
        return [origin.placed(exc), *_others(exc, rest, origin)]
    return []


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as exc:
        raise BadSettings(expected="a readable settings file", got=exc.strerror, at=str(path)) from exc
    except UnicodeDecodeError as exc:
        raise BadSettings(expected="UTF-8 text", got=f"byte {exc.start}", at=str(path)) from exc


def _values_in(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise BadSettings(expected="TOML", got=str(exc), at=file) from exc
