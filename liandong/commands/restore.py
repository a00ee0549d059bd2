"""`liandong restore`: a copy, brought back into an empty folder."""

from pathlib import Path
from typing import Annotated

import typer

from liandong.commands.options import City, Config, Data, chosen_settings
from liandong.copies.configuration import CITY, SETTINGS
from liandong.copies.restoring import restore

From = Annotated[Path, typer.Argument(metavar="COPY", help="A copy, or a folder of copies, of which the newest.")]


Live = Annotated[
    bool,
    typer.Option("--live", help="It is the city from now on; left out, it keeps to itself until somebody says so."),
]


def run(copy: From, *, live: Live = False, data: Data = None, city: City = None, config: Config = None) -> None:
    """Bring a copy back into an empty data folder; `liandong up` then goes on from it.

    Every file is checked before anything is written. The city folder goes to --city, or to `city` in the data folder.
    With a `database.url` in the settings the rows go there, into an empty database of either kind.
    """
    settings = chosen_settings(config, data=data)
    manifest = restore(copy, settings, city, live=live)
    root = settings.folder.root
    typer.echo(f"restored what was copied at {manifest.made}: {manifest.size} bytes")
    if not manifest.secrets:
        typer.echo("without passwords: those of the broker's own users are made anew at the next start")
    if not live:
        typer.echo("it sends nothing and connects to no broker of your own before `liandong restored --live`")
    copied = root / SETTINGS
    with_settings = f" --config {copied}" if config is None and copied.exists() else ""
    typer.echo(f"liandong up --data {root} --city {city if city is not None else root / CITY}{with_settings}")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("restore")(run)
