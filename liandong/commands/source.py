"""`liandong source add`: credentials for something that publishes."""

from pathlib import Path
from typing import Annotated

import typer

from liandong.broker.mosquitto import MosquittoFiles
from liandong.broker.sources import SourceFile, new_source
from liandong.commands.options import Config, Data, chosen_settings
from liandong.secrets import new_secret

_app = typer.Typer(help="Who may publish to the broker.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="User name of the source: a-z, 0-9, - and _.")]
Topics = Annotated[
    list[str] | None,
    typer.Option("--topics", metavar="FILTER", help="Topic filter it may publish to; repeat for several."),
]
Listen = Annotated[
    list[str] | None, typer.Option("--listen", metavar="DEPARTMENT", help="Department whose messages it may read.")
]
Mosquitto = Annotated[
    Path | None,
    typer.Option("--mosquitto", metavar="DIR", help="Write Mosquitto's `passwords` and `acl` there too."),
]


@_app.callback()
def sources() -> None:
    """Who may publish to the broker."""


@_app.command("add")
def add(
    name: Name,
    *,
    topics: Topics = None,
    listen: Listen = None,
    mosquitto: Mosquitto = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Make credentials that may publish to these topics only, and print the password, once.

    With --listen they may also read the messages to a department, at `liandong/notify/<department>`.

    The embedded broker of a running `liandong up` takes them within a second or two; a source of the same name gets
    a new password. With --mosquitto the same credentials go into files for a Mosquitto broker, which reads them again
    at SIGHUP; the first time these files also get an account for Liandong itself, its password in `ingest.password`.
    """
    password = new_secret()
    source = new_source(name, tuple(topics or ()), password=password, listens=tuple(listen or ()))
    folder = chosen_settings(config, data=data).folder
    folder.create()
    with folder.held("source"):  # two at a time could each lose the other's
        SourceFile(folder.broker).put(source)
        if mosquitto is not None:
            MosquittoFiles(mosquitto).put(source, password)
    typer.echo(password)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="source")
