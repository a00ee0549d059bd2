"""`liandong source`: credentials of those who publish."""

from pathlib import Path
from typing import Annotated

import typer

from city.errors import BadRequest
from liandong.broker.mosquitto import MosquittoFiles
from liandong.broker.sources import SourceFile, new_source, require_source_name
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
    typer.Option("--mosquitto", metavar="DIR", help="Folder of Mosquitto's `passwords` and `acl`, changed too."),
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


@_app.command("list")
def listed(*, data: Data = None, config: Config = None) -> None:
    """Print every source: name, topic filters that it may publish to, departments whose messages it may read."""
    for source in SourceFile(chosen_settings(config, data=data).folder.broker).all():
        typer.echo("\t".join((source.name, " ".join(source.topics) or "-", " ".join(source.listens) or "-")))


@_app.command("remove")
def remove(name: Name, *, mosquitto: Mosquitto = None, data: Data = None, config: Config = None) -> None:
    """Forget the credentials of a source.

    The embedded broker of a running `liandong up` lets it go within a second or two. With --mosquitto they are taken
    out of the files for a Mosquitto broker too, which reads them again at SIGHUP.
    """
    require_source_name(name)
    folder = chosen_settings(config, data=data).folder
    folder.create()
    with folder.held("source"):
        file = SourceFile(folder.broker)
        found = [file.remove(name)]
        if mosquitto is not None:
            found.append(MosquittoFiles(mosquitto).remove(name))
        if not any(found):
            known = ", ".join(f"`{one.name}`" for one in file.all()) or "none yet; `liandong source add` makes one"
            raise BadRequest(expected=f"a source that there is: {known}", got=name, at="source name")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="source")
