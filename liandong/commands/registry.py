"""`liandong registry`: sensors and components from files and to files, however many."""

import asyncio
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer

from city.errors import BadRequest, StoreUnavailable
from liandong.city_about import parse_about
from liandong.city_folder import read_city
from liandong.commands.options import City, Config, Data, chosen_settings
from liandong.exits import Exit
from liandong.link.client import linked
from liandong.settings import Settings
from liandong.stores import opened_database
from linkage.departments import parse_departments
from registry.coordinates import Crs
from registry.files import Noun, RegistryFiles
from registry.importing import BadImport, FileToImport, Format, format_of
from storage.sql import Database

#: Of each kind of change that many are told.
_FIRST = 20

_app = typer.Typer(help="Sensors and components from files and to files.", no_args_is_help=True)


What = Annotated[Noun, typer.Argument(help="What the file is about.")]
System = Annotated[
    Crs | None,
    typer.Option("--crs", help="Coordinate system of the file, before what it says itself; WGS-84 where nobody says."),
]


@_app.callback()
def registry() -> None:
    """Sensors and components from files and to files."""


@_app.command("import")
def bring_in(  # noqa: PLR0913 - each option is a parameter
    what: What,
    file: Annotated[Path, typer.Argument(help="A `.csv` or `.geojson` file.")],
    *,
    crs: System = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would change, and change nothing.")] = False,
    complete: Annotated[
        bool, typer.Option("--complete", help="The file is all there is: take out what it does not name.")
    ] = False,
    data: Data = None,
    city: City = None,
    config: Config = None,
) -> None:
    """Add or change what a file says, all of it or nothing; every mistake is told with its line.

    A CSV file may name its coordinate system in its first line (`# crs: GCJ-02`), GeoJSON in its member `crs`; all is
    kept in WGS-84. What the file does not name stays as it is, unless it is `--complete`; what the city folder names
    stays in any case. A running ingest follows within a second.
    """
    settings = chosen_settings(config, data=data, city=city)
    settings.folder.create()
    try:
        with file.open("rb") as content, opened_database(settings.database, settings.folder) as database:
            taken = FileToImport(content, file.name, format_of(file), crs)
            said = _tried if dry_run else _brought
            typer.echo(said(_files(settings, database, complete=complete), what, taken, complete=complete))
    except OSError as error:
        raise BadRequest(expected="a readable file", got=error.strerror, at=str(file)) from error
    except BadImport as error:
        _tell_mistakes(error)
        raise typer.Exit(Exit.SETTINGS) from error
    if not dry_run:
        asyncio.run(_tell(settings))


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
        files = RegistryFiles(database, settings.folder.root)
        if str(file) == "-":
            sys.stdout.writelines(files.written(what, Format.CSV, crs))
            return
        lines = files.written(what, format_of(file), crs)
        try:
            with file.open("w", encoding="utf-8", newline="") as written:
                written.writelines(lines)
        except OSError as error:
            raise BadRequest(expected="a file that can be written", got=error.strerror, at=str(file)) from error


def _files(settings: Settings, database: Database, *, complete: bool) -> RegistryFiles:
    """Return what takes files; there may be no city folder yet."""
    about = settings.city / "city.toml"
    if not about.is_file():
        return RegistryFiles(database, settings.folder.root)
    code = parse_about(about.read_text("utf-8")).component_code
    lasting: Collection[str] = read_city(settings.city).sensors.ids if complete else ()
    return RegistryFiles(
        database, settings.folder.root, code=code, lasting=lasting, departments=_departments(settings.city)
    )


def _departments(city: Path) -> set[str]:
    """Return the city's departments; none where it does not name them."""
    file = city / "departments.yaml"
    return {one.id for one in parse_departments(file.read_text("utf-8"))} if file.is_file() else set()


def _brought(files: RegistryFiles, what: Noun, file: FileToImport, *, complete: bool) -> str:
    rows, merged = files.bring_in(what, file, complete=complete)
    return f"{rows} {what} read, {merged.changed} new or changed{_gone(merged.removed)}"


def _tried(files: RegistryFiles, what: Noun, file: FileToImport, *, complete: bool) -> str:
    """Return what would change, with the first of each kind."""
    rows, found = files.try_out(what, file, _FIRST, complete=complete)
    lines = [f"{rows} {what} read, {found.added} would be new, {found.changed} changed{_gone(found.removed)}"]
    lines += [f"+ {one}" for one in found.first_added]
    lines += [f"~ {one.id}: {', '.join(one.columns)}" for one in found.first_changed]
    lines += [f"- {one}" for one in found.first_removed]
    lines += [
        f"? {one.word}: no department of this city, as `{one.column}` of {one.rows}, first at `{one.at}`"
        for one in found.strangers
    ]
    return "\n".join(lines)


def _gone(removed: int) -> str:
    return f", {removed} taken out" if removed else ""


def _tell_mistakes(error: BadImport) -> None:
    for mistake in error.mistakes:
        typer.echo(f"liandong: {mistake}", err=True)
    if error.total > len(error.mistakes):
        typer.echo(f"liandong: and {error.total - len(error.mistakes)} more", err=True)


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
