"""`liandong registry`: sensors and components from files and to files, however many."""

import asyncio
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from city.errors import BadRequest, StoreUnavailable
from liandong.city_about import parse_about
from liandong.commands.options import City, Config, Data, chosen_settings
from liandong.exits import Exit
from liandong.link.client import linked
from liandong.settings import Settings
from liandong.stores import opened_database
from registry.component_csv import USUAL_CODE
from registry.components import ComponentRegistry
from registry.coordinates import Crs
from registry.exporting import write_components, write_sensors
from registry.importing import BadImport, FileToImport, Format, format_of, stage
from registry.sensors import SensorRegistry
from registry.shape import COMPONENTS, SENSORS
from registry.staging import Staging
from storage.sql import Database

_app = typer.Typer(help="Sensors and components from files and to files.", no_args_is_help=True)


class Noun(StrEnum):
    """What a file is about."""

    SENSORS = "sensors"
    COMPONENTS = "components"


What = Annotated[Noun, typer.Argument(help="What the file is about.")]
System = Annotated[
    Crs | None,
    typer.Option("--crs", help="Coordinate system of the file, before what it says itself; WGS-84 where nobody says."),
]


@_app.callback()
def registry() -> None:
    """Sensors and components from files and to files."""


@_app.command("import")
def bring_in(
    what: What,
    file: Annotated[Path, typer.Argument(help="A `.csv` or `.geojson` file.")],
    *,
    crs: System = None,
    data: Data = None,
    city: City = None,
    config: Config = None,
) -> None:
    """Add or change what a file says, all of it or nothing; every mistake is told with its line.

    A CSV file may name its coordinate system in its first line (`# crs: GCJ-02`), GeoJSON in its member `crs`; all is
    kept in WGS-84. What the file does not name stays as it is. A running ingest follows within a second.
    """
    settings = chosen_settings(config, data=data, city=city)
    settings.folder.create()
    try:
        with file.open("rb") as content:
            taken = FileToImport(content, file.name, format_of(file), crs, _code(settings))
            count, changed = _merged(settings, what, taken)
    except OSError as error:
        raise BadRequest(expected="a readable file", got=error.strerror, at=str(file)) from error
    except BadImport as error:
        for mistake in error.mistakes:
            typer.echo(f"liandong: {mistake}", err=True)
        if error.total > len(error.mistakes):
            typer.echo(f"liandong: and {error.total - len(error.mistakes)} more", err=True)
        raise typer.Exit(Exit.SETTINGS) from error
    asyncio.run(_tell(settings))
    typer.echo(f"{count} {what} read, {changed} new or changed")


@_app.command("export")
def take_out(
    what: What,
    file: Annotated[Path, typer.Argument(help="A `.csv` or `.geojson` file to write; `-` prints CSV.")],
    *,
    crs: Annotated[Crs, typer.Option("--crs", help="Coordinate system to write.")] = Crs.WGS84,
    data: Data = None,
    config: Config = None,
) -> None:
    """Write all sensors or components to a file that `import` brings back."""
    settings = chosen_settings(config, data=data)
    settings.folder.create()
    with opened_database(settings.database, settings.folder) as database:
        if str(file) == "-":
            sys.stdout.writelines(_written(database, what, Format.CSV, crs))
            return
        lines = _written(database, what, format_of(file), crs)
        try:
            with file.open("w", encoding="utf-8", newline="") as written:
                written.writelines(lines)
        except OSError as error:
            raise BadRequest(expected="a file that can be written", got=error.strerror, at=str(file)) from error


def _merged(settings: Settings, what: Noun, file: FileToImport) -> tuple[int, int]:
    """Bring a file in; return how many rows it has, and how many were new or different."""
    shape = SENSORS if what is Noun.SENSORS else COMPONENTS
    with Staging(shape.fields, settings.folder.root) as staging:
        count = stage(file, shape, staging)
        with opened_database(settings.database, settings.folder) as database:
            kept = SensorRegistry(database) if what is Noun.SENSORS else ComponentRegistry(database)
            return count, kept.merge(shape.fields, staging.rows())


def _written(database: Database, what: Noun, format_: Format, crs: Crs) -> Iterator[str]:
    if what is Noun.SENSORS:
        return write_sensors(SensorRegistry(database).all(), format_, crs)
    return write_components(ComponentRegistry(database).all(), format_, crs)


def _code(settings: Settings) -> str:
    """Return the city's pattern of codes; the usual one where there is no city folder yet."""
    file = settings.city / "city.toml"
    return parse_about(file.read_text("utf-8")).component_code if file.is_file() else USUAL_CODE


async def _tell(settings: Settings) -> None:
    """Let ingest look now; one that is not running looks when it starts."""
    async with linked(settings.folder.socket) as feed:
        try:
            await feed.refresh()
        except StoreUnavailable:
            return


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="registry")
