"""`liandong export`: readings of a running city, as CSV or Parquet."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from city.catalogue import Catalogue, default_catalogue
from city.clock import iso, to_ns
from city.errors import BadRequest, BadSettings
from liandong.commands.options import City, Config, Data, chosen_settings
from liandong.export import Form, export
from liandong.export_choice import Asked, choose
from liandong.link.client import linked
from liandong.settings import Settings
from liandong.stores import database_at
from registry.sensors import SensorRegistry

Sensors = Annotated[list[str] | None, typer.Option("--sensor", metavar="ID", help="Which sensors; all when left out.")]
Quantities = Annotated[
    list[str] | None, typer.Option("--quantity", metavar="NAME", help="Which quantities; all when left out.")
]
From = Annotated[str, typer.Option("--from", metavar="TIME", help="First time (RFC 3339, with its zone).")]
To = Annotated[str | None, typer.Option("--to", metavar="TIME", help="Time before which it ends; now when left out.")]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write: `.csv` or `.parquet`.")]


def run(  # noqa: PLR0913 - each option is a parameter
    *,
    out: Out,
    from_: From,
    to: To = None,
    sensor: Sensors = None,
    quantity: Quantities = None,
    data: Data = None,
    city: City = None,
    config: Config = None,
) -> None:
    """Write readings as they were kept, with what is not in the history yet; times are UTC.

    A quantity may be named by an alias of the catalogue. A sensor or quantity that nobody knows is refused.

    Columns: sensor, quantity, unit, time, value, quality (`good`, or flags separated by spaces).
    """
    settings = chosen_settings(config, data=data, city=city)
    span = _span(_moment(from_, "--from"), _moment(to, "--to") if to is not None else to_ns(datetime.now(UTC)))
    form = _form(out)
    asked = Asked(sensor or [], quantity or [], span)
    count = asyncio.run(_export(settings, asked, out, form))
    typer.echo(f"{out}: {count.total()} readings")
    for name in _without(asked, count):
        typer.echo(f"No readings{name} from {iso(span.start)} up to {iso(span.stop)}", err=True)


async def _export(settings: Settings, asked: Asked, out: Path, form: Form) -> Counter[str]:
    catalogue = _catalogue(settings.city)
    async with linked(settings.folder.socket) as feed:
        return await export(feed, await choose(asked, feed, catalogue, _registered(settings)), out, form)


def _without(asked: Asked, count: Counter[str]) -> list[str]:
    """Return what is said of the sensors that were named and have no readings, or of all when nothing has any."""
    if not asked.sensors:
        return [] if count else [""]
    return [f" of `{sensor}`" for sensor in asked.sensors if not count[sensor]]


def _span(start_ns: int, end_ns: int) -> range:
    if end_ns <= start_ns:
        raise BadRequest(expected=f"a time after --from, {iso(start_ns)}", got=iso(end_ns), at="--to")
    return range(start_ns, end_ns)


def _registered(settings: Settings) -> Iterator[tuple[str, tuple[str, ...]]]:
    with database_at(settings.database, settings.folder) as database:
        for sensor in SensorRegistry(database).all():
            yield sensor.id, tuple(sensor.quantities)


def _catalogue(city: Path) -> Catalogue:
    own = city / "quantities.toml"
    base = default_catalogue()
    return Catalogue.parse(own.read_text("utf-8"), file=str(own), base=base) if own.exists() else base


def _form(out: Path) -> Form:
    if not out.absolute().parent.is_dir():
        raise BadRequest(expected="a file in a folder that exists", got=str(out), at="--out")
    try:
        return Form(out.suffix.removeprefix("."))
    except ValueError as error:
        raise BadSettings(expected="a file that ends in `.csv` or `.parquet`", got=out.name, at="--out") from error


def _moment(text: str, at: str) -> int:
    try:
        return to_ns(datetime.fromisoformat(text))
    except (ValueError, TypeError) as error:
        raise BadRequest(expected="a time with its zone (RFC 3339)", got=text, at=at) from error


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export")(run)
