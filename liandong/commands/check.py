"""`liandong check`: the settings and the city folder, before anything is started."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import typer
from pydantic import BaseModel

from city.clock import SystemClock
from city.errors import BadSettings
from ingest.mqtt.errors import BadTlsFile
from ingest.mqtt.tls import client_context
from liandong.channel_doubts import channel_doubts
from liandong.city_doubts import doubts
from liandong.city_folder import BadCity, CityFolder, read_city
from liandong.commands.options import City, Config, Data, chosen_settings
from liandong.duty_doubts import duty_doubts
from liandong.exits import Exit
from liandong.settings import Settings
from liandong.settings_error import ManyBadSettings
from storage.influxdb_server import InfluxAddress
from storage.sql import parsed_url


def check(*, city: City = None, data: Data = None, config: Config = None) -> None:
    """Check settings and city folder, and name every mistake with file and line.

    What may be said but is hardly meant, such as a rule about no sensor, is called doubtful and stops nothing.
    Prints the settings as they come out of file and environment, secrets starred.
    """
    settings = _settings(config, data, city)
    for line in _lines(settings):
        typer.echo(line)
    unusable = list(_unusable(settings))
    for fault in unusable:
        typer.echo(fault, err=True)
    try:
        read = read_city(settings.city)
    except BadCity as exc:
        for mistake in exc.faults:
            typer.echo(str(mistake), err=True)
        raise typer.Exit(Exit.SETTINGS) from exc
    found = [*doubts(read), *duty_doubts(read, SystemClock().now_ns()), *channel_doubts(read, settings.linkage)]
    for doubt in found:
        typer.echo(f"doubtful: {doubt}", err=True)
    typer.echo(_summary(read, found))
    if unusable:
        raise typer.Exit(Exit.SETTINGS)


def _unusable(settings: Settings) -> Iterator[str]:
    """Yield what stands in the settings as it should, and leads nowhere: addresses of stores, files for TLS."""
    history, database = settings.history.url, settings.database.url
    if history:
        yield from _fault(partial(InfluxAddress.parse, history))
    if database is not None:
        yield from _fault(partial(parsed_url, database.get_secret_value()))
    for name, broker in (("mqtt", settings.mqtt), *settings.mqtt.brokers.items()):
        place = name if name == "mqtt" else f"mqtt.brokers.{name}"
        for fault in _fault(partial(client_context, broker)):
            yield f"{fault}, `{place}`"


def _fault(use: Callable[[], object]) -> Iterator[str]:
    try:
        use()
    except (BadSettings, BadTlsFile) as error:
        yield str(error)


def _settings(config: Path | None, data: Path | None, city: Path | None) -> Settings:
    try:
        return chosen_settings(config, data=data, city=city)
    except ManyBadSettings as exc:
        for mistake in exc.faults:
            typer.echo(str(mistake), err=True)
        raise typer.Exit(Exit.SETTINGS) from exc


def _lines(settings: BaseModel, prefix: str = "") -> Iterator[str]:
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            yield from _lines(value, f"{prefix}{name}.")
        elif isinstance(value, dict) and any(isinstance(one, BaseModel) for one in value.values()):
            for key, one in value.items():
                yield from _lines(one, f"{prefix}{name}.{key}.")
        else:
            yield f"{prefix}{name} = {value}"


def _summary(city: CityFolder, found: Sequence[str]) -> str:
    rules = sum(name.endswith(".yaml") for name, _ in city.book)
    departments = sum(1 for _ in city.departments)
    verdict = f"{len(found)} doubtful" if found else "good"
    holds = f"{len(city.sensors)} sensors, {departments} departments, {rules} rule files"
    return f"{city.about.name['en']}: {holds}: {verdict}"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)
