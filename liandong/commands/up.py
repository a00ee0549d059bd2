"""`liandong up`: everything on one machine."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from liandong.address import Address
from liandong.carried import demo_city
from liandong.commands.options import City, Config, Data, Http, Mqtt, chosen_settings
from liandong.log import configure_log
from liandong.settings import Settings
from liandong.up import up

Demo = Annotated[bool, typer.Option("--demo", help="Run the demo city: its sensors are simulated, its people made up.")]


def run_up(
    *,
    demo: Demo = False,
    data: Data = None,
    city: City = None,
    http: Http = None,
    mqtt: Mqtt = None,
    config: Config = None,
) -> None:
    """Run the broker, ingest, and the desk with API and console, until Ctrl-C.

    Everything listens on this machine only, unless settings or options name another address.
    """
    folder = demo_city() if demo and city is None else city
    settings = chosen_settings(config, data=data, city=folder, http=http, mqtt=mqtt)
    configure_log("supervisor")

    async def tell() -> None:
        typer.echo(_welcome(settings))

    asyncio.run(up(settings, _arguments(settings, config, http, mqtt), demo=demo, ready=tell))


def _arguments(settings: Settings, config: Path | None, http: str | None, mqtt: str | None) -> tuple[str, ...]:
    """Return the options with which the parts come to the same settings."""
    given = {"--data": settings.data, "--city": settings.city, "--config": config, "--http": http, "--mqtt": mqtt}
    return tuple(word for option, value in given.items() if value is not None for word in (option, str(value)))


def _welcome(settings: Settings) -> str:
    console = settings.http.public_url or f"http://{Address(settings.http.host, settings.http.port).dialled}/"
    broker = f"mqtt://{settings.broker.address}" if settings.mqtt.embedded else settings.mqtt.url
    return f"Console  {console}\nBroker   {broker}\nData     {settings.data.resolve()}"
