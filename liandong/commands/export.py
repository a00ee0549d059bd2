"""`liandong export`: readings of a running city, as CSV or Parquet."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from city.catalogue import Catalogue, default_catalogue
from city.clock import to_ns
from city.errors import BadRequest, BadSettings
from city.exporting import Wanted
from city.feed import Feed
from liandong.commands.options import City, Config, Data, chosen_settings
from liandong.export import Form, export
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

    Columns: sensor, quantity, unit, time, value, quality (`good`, or flags separated by spaces).
    """
    settings = chosen_settings(config, data=data, city=city)
    span = range(_moment(from_, "--from"), _moment(to, "--to") if to is not None else to_ns(datetime.now(UTC)))
    form = _form(out)
    count = asyncio.run(_export(settings, span, (sensor or [], quantity or []), out, form))
    typer.echo(f"{out}: {count} readings")


async def _export(settings: Settings, span: range, chosen: tuple[list[str], list[str]], out: Path, form: Form) -> int:
    async with linked(settings.folder.socket) as feed:
        return await export(feed, [one async for one in _wanted(settings, feed, chosen, span)], out, form)


async def _wanted(
    settings: Settings, feed: Feed, chosen: tuple[list[str], list[str]], span: range
) -> AsyncIterator[Wanted]:
    """Yield the series that are asked for: of what is registered, and of what was heard lately."""
    sensors, quantities = chosen
    catalogue = _catalogue(settings.city)
    known = {(sensor, one) for sensor, named in _registered(settings) for one in named}
    known |= {(one.sensor, one.quantity) for one in await feed.latest(sensors)}
    known |= {(sensor, one) for sensor in sensors for one in quantities}
    for sensor, quantity in sorted(known):
        if (not sensors or sensor in sensors) and (not quantities or quantity in quantities):
            found = catalogue.of_series(quantity)
            yield Wanted(sensor, quantity, "" if found is None else found.unit, span.start, span.stop)


def _registered(settings: Settings) -> Iterator[tuple[str, tuple[str, ...]]]:
    with database_at(settings.database, settings.folder) as database:
        for sensor in SensorRegistry(database).all():
            yield sensor.id, tuple(sensor.quantities)


def _catalogue(city: Path) -> Catalogue:
    own = city / "quantities.toml"
    base = default_catalogue()
    return Catalogue.parse(own.read_text("utf-8"), file=str(own), base=base) if own.exists() else base


def _form(out: Path) -> Form:
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
