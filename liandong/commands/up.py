"""`liandong up`: everything on one machine."""

import asyncio
from typing import Annotated

import typer

from liandong.carried import demo_city
from liandong.commands.options import City, Config, Data, Http, Mqtt, chosen_settings
from liandong.log import configure_log
from liandong.nursery import Nursery, possible
from liandong.settings import Settings
from liandong.up import COMMANDS, up

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
    nursery = Nursery([*COMMANDS, *(["simulate"] if demo else [])]) if possible() else None

    async def tell() -> None:
        typer.echo(_welcome(settings, demo=demo))

    try:
        asyncio.run(up(settings, config=config, demo=demo, ready=tell, nursery=nursery))
    finally:
        if nursery is not None:
            nursery.close()


def _welcome(settings: Settings, *, demo: bool) -> str:
    broker = f"mqtt://{settings.broker.address}" if settings.mqtt.embedded else settings.mqtt.url
    lines = [f"Console  {settings.console_url}", f"Broker   {broker}", f"Data     {settings.folder.root}"]
    if demo:
        link = settings.folder.sign_in_link
        lines += [
            f"Accounts {settings.folder.demo_accounts}",
            f"Sign in  {link.read_text('utf-8').strip()} (works once)",
        ]
        link.unlink()
    return "\n".join(lines)


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("up")(run_up)
