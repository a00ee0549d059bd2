"""`liandong restored`: whether this city is a restored copy that keeps to itself, and calling it the city."""

from typing import Annotated

import typer

from city.clock import SystemClock, iso
from liandong.commands.options import Config, Data, chosen_settings
from liandong.copies.restored import RestoredMark


def run(
    *,
    live: Annotated[bool, typer.Option("--live", help="Call it the city: it sends and connects from now on.")] = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """Tell whether this city was restored from a copy and keeps to itself, sending nothing."""
    settings = chosen_settings(config, data=data)
    mark = RestoredMark(settings.folder.restored, SystemClock())
    if live:
        mark.acknowledge("command")
    found = mark.standing()
    if found is None:
        typer.echo("this is the city")
    else:
        typer.echo(f"restored {iso(found.restored_ns)} from what was copied at {found.made}; it sends nothing yet")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("restored")(run)
