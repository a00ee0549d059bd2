"""`liandong check`: the settings and the city folder, before anything is started."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import typer
from pydantic import BaseModel

from city.clock import SystemClock
from liandong.channel_doubts import channel_doubts
from liandong.city_doubts import doubts
from liandong.city_folder import BadCity, CityFolder, read_city
from liandong.commands.options import City, Config, Data, chosen_settings
from liandong.duty_doubts import duty_doubts
from liandong.exits import Exit
from liandong.settings import Settings
from liandong.settings_error import ManyBadSettings


def check(*, city: City = None, data: Data = None, config: Config = None) -> None:
    """Check settings and city folder, and name every mistake with file and line.

    What may be said but is hardly meant, such as a rule about no sensor, is called doubtful and stops nothing.
    Prints the settings as they come out of file and environment, secrets starred.
    """
    settings = _settings(config, data, city)
    for line in _lines(settings):
        typer.echo(line)
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
