"""`liandong replay`: recorded data, sent as if it came now."""

import sys
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.console import Console
from rich.progress import track

from city.catalogue import Catalogue, default_catalogue
from city.errors import BadRequest
from city.level import Domain
from city.units import NoConversion
from ingest.mqtt.packet import Credentials
from liandong.broker.sources import REPLAY_USER
from liandong.commands.options import Config, Data, Mqtt, chosen_settings
from liandong.publishing import PasswordFile, Username, publishing_line
from liandong.recording import read_recording
from liandong.replay import Recording, announce, mark, send
from liandong.secrets import secrets_at
from liandong.stores import opened_database
from registry.sensors import SensorRegistry

File = Annotated[Path, typer.Argument(metavar="FILE.csv", help="Columns `timestamp` (local time) and `value`.")]
SensorId = Annotated[str, typer.Option("--sensor", metavar="ID", help="Sensor to send it as; registered as recorded.")]
Quantity = Annotated[str, typer.Option("--quantity", metavar="NAME", help="What was measured.")]
Unit = Annotated[str, typer.Option("--unit", metavar="U", help="Unit of the values.")]
Timezone = Annotated[str, typer.Option("--timezone", metavar="TZ", help="Time zone of the file's times (IANA).")]
InDomain = Annotated[
    Domain | None, typer.Option("--domain", help="Domain of the sensor; traffic for a new one when left out.")
]
Speedup = Annotated[
    float | None, typer.Option("--speedup", metavar="N", min=0.001, help="N times as fast as recorded; else at once.")
]
Tell = Annotated[bool, typer.Option("--tell", help="Let departments be told of what is found in it.")]


def replay(  # noqa: PLR0913 - each option is a parameter
    file: File,
    *,
    sensor: SensorId,
    quantity: Quantity,
    unit: Unit,
    timezone: Timezone,
    domain: InDomain = None,
    speedup: Speedup = None,
    tell: Tell = False,
    username: Username = None,
    password_file: PasswordFile = None,
    data: Data = None,
    mqtt: Mqtt = None,
    config: Config = None,
) -> None:
    """Send a recording through the broker of a running `liandong up`.

    Its readings keep their recorded times, which are believed and never expire; rules judge them like any others.
    """
    settings = chosen_settings(config, data=data, mqtt=mqtt)
    _require_convertible(settings.city, quantity, unit)
    recording = Recording(sensor, domain, quantity, unit, read_recording(file, _zone(timezone)))
    folder = settings.folder
    folder.create()
    with opened_database(settings.database, folder) as database:
        marked = mark(recording, SensorRegistry(database), tell=tell)
    announce(folder)
    own = Credentials(REPLAY_USER, secrets_at(folder.secrets).replay_password.get_secret_value())
    line = publishing_line(settings, own, username=username, password_file=password_file)
    shown = track(
        recording.readings, "Sending", console=Console(file=sys.stderr), disable=not sys.stderr.isatty(), transient=True
    )
    acknowledged = send(recording, marked, line, speedup=speedup, shown=shown)
    typer.echo(f"{len(recording.readings)} readings sent, {acknowledged} acknowledged by the broker")


def _require_convertible(city: Path, quantity: str, unit: str) -> None:
    """Refuse what would become a series that no rule looks at."""
    own = city / "quantities.toml"
    catalogue = default_catalogue()
    if own.exists():
        catalogue = Catalogue.parse(own.read_text("utf-8"), file=str(own), base=catalogue)
    known = catalogue.find(quantity)
    if known is None:
        raise BadRequest(expected="a quantity of the catalogue", got=quantity, at="--quantity")
    if isinstance(known.conversion(unit), NoConversion):
        raise BadRequest(expected=f"a unit of {known.name}, such as {known.unit}", got=unit, at="--unit")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise BadRequest(expected="an IANA time zone such as `Asia/Shanghai`", got=name, at="--timezone") from exc


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay")(replay)
