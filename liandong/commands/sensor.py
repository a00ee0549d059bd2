"""`liandong sensor`: sensors that send and are not registered, and registering them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from city.clock import iso
from city.errors import BadRequest, Conflict, NotFound
from city.feed import Discovered
from city.sensor import Sensor
from liandong.commands.options import Config, Data, chosen_settings
from liandong.link.client import linked
from liandong.settings import Settings
from liandong.stores import opened_database
from registry.sensor_fields import FIELDS, read_sensor, write_sensor
from registry.sensors import SensorRegistry

_app = typer.Typer(help="Sensors that send and are not registered.", no_args_is_help=True)

#: Strangers asked for at a time.
_PAGE = 500

Said = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="A column of sensors.csv, in place of what is proposed."),
]


@_app.callback()
def sensors() -> None:
    """Sensors that send and are not registered."""


@_app.command("strangers")
def strangers(*, data: Data = None, config: Config = None) -> None:
    """Print every sensor that sends and is not registered: id, messages, last time, domain, kind, interval, place."""
    settings = chosen_settings(config, data=data)
    for found in asyncio.run(_listed(settings)):
        typer.echo(_line(found))


@_app.command("adopt")
def adopt(
    sensor: Annotated[str, typer.Argument(help="Its id, which `liandong sensor strangers` prints.")],
    *,
    said: Said = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Register a sensor as it is proposed by what it sent; what it sent before is among its readings.

    Ingest must be running; it counts the sensor as registered at once.
    """
    settings = chosen_settings(config, data=data)
    found = asyncio.run(_found(settings, sensor))
    adopted = _changed(_proposed(found), said if said is not None else []) if found is not None else None
    with opened_database(settings.database, settings.folder) as database:
        registry = SensorRegistry(database)
        if _is_registered(registry, sensor):
            raise Conflict(found=f"`{sensor}` is registered", at="sensor")
        if found is None or adopted is None:
            raise NotFound("sensor", sensor)
        registry.upsert_many([adopted])
    asyncio.run(_tell(settings))
    typer.echo(_line(replace(found, proposed=adopted)))


def _is_registered(registry: SensorRegistry, sensor: str) -> bool:
    try:
        registry.get(sensor)
    except NotFound:
        return False
    return True


async def _listed(settings: Settings) -> list[Discovered]:
    found: list[Discovered] = []
    async with linked(settings.folder.socket) as feed:
        while page := await feed.discovered(found[-1].sensor if found else "", _PAGE):
            found += page
    return found


async def _found(settings: Settings, sensor: str) -> Discovered | None:
    async with linked(settings.folder.socket) as feed:
        try:
            return await feed.stranger(sensor)
        except NotFound:
            return None


async def _tell(settings: Settings) -> None:
    async with linked(settings.folder.socket) as feed:
        await feed.refresh()


def _changed(sensor: Sensor, said: Sequence[str]) -> Sensor:
    """Return a sensor with fields as a file would say them."""
    fields = write_sensor(sensor)
    for assignment in said:
        field, equals, value = assignment.partition("=")
        if not equals or field not in FIELDS or field == "id":
            raise BadRequest(expected="FIELD=VALUE with a column of sensors.csv", got=assignment, at="--set")
        fields[field] = value
    changed = read_sensor(fields)
    if isinstance(changed, Sensor):
        return changed
    raise BadRequest(expected=changed[0].expected, got=changed[0].got, at="--set")


def _proposed(found: Discovered) -> Sensor:
    if found.proposed is None:
        raise BadRequest(expected="an ingest of this version", got="one that proposes nothing", at=found.sensor)
    return found.proposed


def _line(found: Discovered) -> str:
    one = _proposed(found)
    place = f"{one.place.longitude:.6f},{one.place.latitude:.6f}" if one.place is not None else "-"
    interval = f"{one.interval_s:g} s" if one.interval_s is not None else "-"
    cells = (found.sensor, str(found.messages), iso(found.last_ns), one.domain.value, one.kind, interval, place)
    return "\t".join(cells)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="sensor")
