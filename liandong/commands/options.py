"""Options that several commands share, and the settings they amount to."""

from pathlib import Path
from typing import Annotated

import typer

from city.errors import BadSettings
from liandong.address import Address
from liandong.settings import Settings, load_settings

Config = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings file; `liandong.toml` here when there is one.")
]
Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Data folder, made at the first start.")]
City = Annotated[Path | None, typer.Option("--city", metavar="DIR", help="City folder: sensors, routes, rules.")]
Http = Annotated[str | None, typer.Option("--http", metavar="HOST:PORT", help="Where the console and the API listen.")]
Mqtt = Annotated[str | None, typer.Option("--mqtt", metavar="HOST:PORT", help="Where the embedded broker listens.")]


def chosen_settings(
    config: Path | None,
    *,
    data: Path | None = None,
    city: Path | None = None,
    http: str | None = None,
    mqtt: str | None = None,
) -> Settings:
    """Return the settings with what the command line says put before them.

    Raises:
        BadSettings: something in file, environment or options is wrong.
    """
    settings = load_settings(config)
    chosen: dict[str, object] = {}
    if data is not None:
        chosen["data"] = data
    if city is not None:
        chosen["city"] = city
    if http is not None:
        host, port = Address.parse(http, at="--http")
        chosen["http"] = settings.http.model_copy(update={"host": host, "port": port})
    if mqtt is not None:
        if not settings.mqtt.embedded:
            raise BadSettings(expected="no --mqtt beside another broker's `mqtt.url`", got=mqtt, at="--mqtt")
        host, port = Address.parse(mqtt, at="--mqtt")
        chosen["broker"] = settings.broker.model_copy(update={"host": host, "port": port})
    return settings.model_copy(update=chosen)
