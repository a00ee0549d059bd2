"""`liandong token`: the tokens with which departments' own systems answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from city.clock import SystemClock, iso
from city.errors import BadRequest
from liandong.city_folder import read_city
from liandong.commands.options import City, Config, Data, chosen_settings
from liandong.settings import Settings
from liandong.stores import opened_database
from linkage.outside.tokens import SystemTokens

_app = typer.Typer(help="Tokens of departments' own systems.", no_args_is_help=True)


@_app.callback()
def tokens() -> None:
    """Tokens of departments' own systems."""


@_app.command("issue")
def issue(
    department: Annotated[str, typer.Argument(help="Department, from departments.yaml.")],
    *,
    name: Annotated[str, typer.Option("--name", help="How people call the system.")] = "system",
    data: Data = None,
    city: City = None,
    config: Config = None,
) -> None:
    """Make a token for a department's system, and print it, once."""
    settings = chosen_settings(config, data=data, city=city)
    if department not in read_city(settings.city).departments:
        raise BadRequest(expected="a department of departments.yaml", got=department, at="department")
    with _tokens(settings) as kept:
        _, secret = kept.issue(department, name, by="command line")
    typer.echo(secret)


@_app.command("list")
def listed(*, data: Data = None, config: Config = None) -> None:
    """Print every token without its secret: id, department, name, and since when it counts or counts no more."""
    with _tokens(chosen_settings(config, data=data, city=None)) as kept:
        for token in kept.all():
            ended = "live" if token.revoked_ns is None else f"revoked {iso(token.revoked_ns)}"
            typer.echo(f"{token.id}\t{token.department}\t{token.name}\t{iso(token.created_ns)}\t{ended}")


@_app.command("revoke")
def revoke(
    token: Annotated[int, typer.Argument(help="Its id, which `liandong token list` prints.")],
    *,
    data: Data = None,
    config: Config = None,
) -> None:
    """End a token at once."""
    with _tokens(chosen_settings(config, data=data, city=None)) as kept:
        kept.revoke(token)


@contextmanager
def _tokens(settings: Settings) -> Iterator[SystemTokens]:
    folder = settings.folder
    folder.create()
    with opened_database(settings.database, folder) as database:
        yield SystemTokens(database, SystemClock())


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="token")
